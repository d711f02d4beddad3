using System.Text;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

// What is known while one zone is asked, and the words for it when nothing came of it.
internal sealed partial class ZoneQuestioner
{
    private static ZoneReply Failed(ResolvedMessage failed) => new(null, failed, null);

    private static ResolvedMessage TooManyQueries(Asking asking) => ResolvedMessage.Failed(asking.Question, NameFailure.Budget, ExtendedErrorCode.NoReachableAuthority,
        $"too many queries for this one name, last to servers of {asking.At.Zone}", asking.Search.Because);

    private static ResolvedMessage OutOfBudget(Asking asking)
    {
        QueryBudget ledger = asking.Search.Ledger;
        // Out of time among silent servers is their silence, whatever the clock says.
        NameFailure failure = asking.Trials.Failure == NameFailure.TimedOut ? NameFailure.TimedOut : NameFailure.Budget;
        string words = asking.Trials.IsEmpty
            ? $"{ledger.Exhausted}, last at {asking.At.Zone}"
            : $"{ledger.Exhausted}; {asking.Trials.Describe($"of {asking.At.Zone}")}";
        return ResolvedMessage.Failed(asking.Question, failure, ExtendedErrorCode.NoReachableAuthority, words, asking.Search.Because);
    }

    private static ResolvedMessage NobodyLeft(Asking asking)
    {
        var text = new StringBuilder();
        NameFailure failure;
        List<NameFailure> failures = asking.Failures;
        if (!asking.Trials.IsEmpty)
        {
            failure = asking.Trials.Failure;
            text.Append(asking.Trials.Describe($"of {asking.At.Zone}"));
        }
        else
        {
            failure = failures.Contains(NameFailure.Loop) ? NameFailure.Loop
                : failures.Count > 0 && failures.TrueForAll(f => f == failures[0]) ? failures[0]
                : NameFailure.NoServer;
            text.Append("no server of ").Append(asking.At.Zone).Append(" can be found");
        }

        string separator = asking.Trials.IsEmpty ? ": " : "; besides, ";
        foreach (ZoneServer server in asking.At.Servers)
        {
            if (server.Addresses.Count > 0 || server.Problem.Length == 0)
                continue;
            text.Append(separator).Append(server.Name).Append(" (").Append(server.Problem).Append(')');
            separator = ", ";
        }

        return ResolvedMessage.Failed(asking.Question, failure, ExtendedErrorCode.NoReachableAuthority, text.ToString(), asking.Search.Because);
    }

    /// <summary>The state of asking one zone for one search.</summary>
    private sealed class Asking(Iterator iterator, Delegation at, DnsQuestion question, Search search)
    {
        public Iterator Iterator { get; } = iterator;

        public Delegation At { get; } = at;

        public DnsQuestion Question { get; } = question;

        public Search Search { get; } = search;

        public ServerTrials Trials { get; } = new();

        public List<NameFailure> Failures { get; } = [];

        public List<(IpEndpoint Address, DomainName Name)> Candidates { get; } = [];

        /// <summary>Addresses of servers, as they are found.</summary>
        public Inbox<(ZoneServer Server, ResolvedMessage Found)> Found { get; } = new();

        /// <summary>Look-ups that have not come back.</summary>
        public int Pending { get; set; }

        /// <summary>Answers that said that a server's name does not exist.</summary>
        public int Unknown { get; set; }

        /// <summary>A reply to fall back on.</summary>
        public ZoneReply? InNeed { get; set; }

        public void TakeFound(ResolverSettings settings)
        {
            while (Found.TryTake(out (ZoneServer Server, ResolvedMessage Found) found))
                Take(found, settings);
        }

        public void Take((ZoneServer Server, ResolvedMessage Found) result, ResolverSettings settings)
        {
            Pending--;
            (ZoneServer server, ResolvedMessage found) = result;
            Search.Because = found.Because == default ? Search.Because : found.Because;
            // RFC 2181 §10.3: an NS record must not name an alias.
            Rrset? addresses = found.Answers.Find(s => s.Name == server.Name && s.Type == found.Question.Type);
            if (addresses is not null)
                At.Add(server, addresses, settings);
            if (found.Rcode == DnsRcode.NXDomain && addresses is null && !server.IsUnknown && found.Sources.Count > 0)
            {
                server.IsUnknown = true;
                Unknown++;
            }

            if (server.Addresses.Count > 0)
                return;
            bool isAlias = found.Failure == NameFailure.None && found.Answers.Count > 0;
            Failures.Add(found.Failure != NameFailure.None ? found.Failure
                : found.Rcode == DnsRcode.NXDomain ? NameFailure.NoSuchName
                : isAlias ? NameFailure.NoServer
                : NameFailure.NoSuchType);
            server.Problem = isAlias ? "it is an alias, which RFC 2181 forbids"
                : found.Error is { } error ? error.Text
                : found.Rcode == DnsRcode.NXDomain ? $"the name {server.Name} does not exist"
                : $"{server.Name} exists but has no {DnsMnemonic.Of(found.Question.Type)} record";
        }
    }
}
