using System.Globalization;
using System.Text;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>How one query to a server came to nothing.</summary>
internal enum TrialOutcome
{
    Silent,
    /// <summary>Nobody listens on the port.</summary>
    Closed,
    Unreachable,
    /// <summary>It answered, but does not serve the zone.</summary>
    Lame,
    /// <summary>SERVFAIL and other response codes that end nothing.</summary>
    Failure,
    Unreadable,
}

/// <summary>
/// What was tried with the servers of a zone, or with the configured servers, and came to nothing; in the end, the words for it.
/// </summary>
internal sealed class ServerTrials
{
    private readonly List<Trial> _trials = [];

    public bool IsEmpty => _trials.Count == 0;

    /// <summary>Forgets what was tried: another question is asked.</summary>
    public void Clear() => _trials.Clear();

    public int TriesWith(IpEndpoint server) => _trials.Find(t => t.Server == server)?.Tries ?? 0;

    /// <summary>True when asking the server again makes no sense: it did not just stay silent.</summary>
    public bool HasGivenUpOn(IpEndpoint server, int mostTries) =>
        _trials.Find(t => t.Server == server) is { } trial && (trial.Tries >= mostTries || trial.Outcome != TrialOutcome.Silent);

    public void Add(IpEndpoint server, DomainName serverName, TrialOutcome outcome, TimeSpan waited, string detail = "")
    {
        Trial? trial = _trials.Find(t => t.Server == server);
        if (trial is null)
            _trials.Add(trial = new Trial(server, serverName));
        trial.Tries++;
        trial.Waited += waited;
        trial.Outcome = outcome;
        trial.Detail = detail;
    }

    /// <summary>The kind of failure that all of it together is.</summary>
    public NameFailure Failure
    {
        get
        {
            if (_trials.Count == 0)
                return NameFailure.NoServer;
            if (_trials.TrueForAll(t => t.Outcome is TrialOutcome.Closed or TrialOutcome.Unreachable))
                return NameFailure.NoServer;
            if (_trials.TrueForAll(t => t.Outcome is TrialOutcome.Silent or TrialOutcome.Closed or TrialOutcome.Unreachable))
                return NameFailure.TimedOut;
            return _trials.Exists(t => t.Outcome is TrialOutcome.Failure or TrialOutcome.Unreadable) ? NameFailure.ServerFailure : NameFailure.Lame;
        }
    }

    /// <param name="whose">Whose servers they are: <c>of example.com.</c>, <c>configured</c>.</param>
    public string Describe(string whose)
    {
        if (_trials.Count == 0)
            return $"no address of any server {whose} is known";
        TrialOutcome first = _trials[0].Outcome;
        bool areAlike = _trials.TrueForAll(t => t.Outcome == first);
        var text = new StringBuilder();
        string subject = _trials.Count == 1 ? $"the only server {whose}" : string.Create(CultureInfo.InvariantCulture, $"all {_trials.Count} servers {whose}");
        if (areAlike)
        {
            bool one = _trials.Count == 1;
            text.Append(subject).Append(first switch
            {
                TrialOutcome.Silent => " stayed silent: ",
                TrialOutcome.Closed => one ? " has nobody on port 53: " : " have nobody on port 53: ",
                TrialOutcome.Unreachable => one ? " is unreachable: " : " are unreachable: ",
                TrialOutcome.Lame => one ? " is lame, it answers but not for this zone: " : " are lame, they answer but not for this zone: ",
                TrialOutcome.Failure => " failed: ",
                TrialOutcome.Unreadable => " sent bytes that are no DNS reply: ",
                _ => throw new InvalidOperationException($"No words for {first}."),
            });
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"none of the {_trials.Count} servers {whose} gave a usable answer: ");
        }

        for (int i = 0; i < _trials.Count; i++)
        {
            if (i > 0)
                text.Append(", ");
            _trials[i].Describe(text, withOutcome: !areAlike);
        }

        return text.ToString();
    }

    private sealed class Trial(IpEndpoint server, DomainName serverName)
    {
        public IpEndpoint Server { get; } = server;

        public int Tries { get; set; }

        public TimeSpan Waited { get; set; }

        public TrialOutcome Outcome { get; set; }

        public string Detail { get; set; } = "";

        public void Describe(StringBuilder text, bool withOutcome)
        {
            if (!serverName.IsRoot)
                text.Append(serverName).Append(' ');
            if (Server.Port == 53)
                text.Append(Server.Address);
            else
                text.Append(Server);
            if (withOutcome)
            {
                text.Append(Outcome switch
                {
                    TrialOutcome.Silent => " stayed silent",
                    TrialOutcome.Closed => " has nobody on the port",
                    TrialOutcome.Unreachable => " is unreachable",
                    TrialOutcome.Lame => " is lame",
                    TrialOutcome.Failure => " failed",
                    TrialOutcome.Unreadable => " sent no DNS reply",
                    _ => throw new InvalidOperationException($"No words for {Outcome}."),
                });
            }

            if (Outcome == TrialOutcome.Silent)
                text.Append(CultureInfo.InvariantCulture, $" ({Tries} {(Tries == 1 ? "try" : "tries")}, {Waited.TotalSeconds:0.0} s)");
            else if (Detail.Length > 0)
                text.Append(" (").Append(Detail).Append(')');
        }
    }
}
