using System.Globalization;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>Plays scenarios in virtual time, against a resolver of this process.</summary>
public static class ScenarioRunner
{
    /// <summary>Plays one.</summary>
    /// <param name="scenario">What to play.</param>
    /// <param name="step">Told of each step, query and reply.</param>
    public static ScenarioResult Run(Scenario scenario, Action<ScenarioStep>? step = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        if (scenario.Missing is { } missing)
            return new ScenarioSkipped(missing.Line, missing.Reason);
        SynchronizationContext? outer = SynchronizationContext.Current;
        // Continuations run where they are completed: the same scenario takes the same way every time.
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            new Play(scenario, step).Run();
            return new ScenarioPassed();
        }
        catch (ScenarioEndedException ended)
        {
            return ended.Result;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }
}

/// <summary>One performance of a scenario.</summary>
internal sealed class Play
{
    /// <summary>Replies and timers between two steps beyond which something goes in a circle.</summary>
    private const int MostRounds = 5000;

    /// <summary>Queries that may run out by themselves while one answer is waited for, in the dialect that has its own time.</summary>
    private const int MostSilences = 200;

    private readonly Scenario _scenario;
    private readonly Action<ScenarioStep>? _told;
    private readonly ScenarioClock _clock = new();
    private readonly Variables _variables;
    private readonly ScriptedServers _servers;
    private readonly RecursiveResolver _resolver;
    private readonly List<(SeenMessage Answer, IpAddress Client)> _answers = [];
    private readonly HashSet<Entry> _used = [];
    private Exception? _broken;
    private int _next;
    private int _silences;

    public Play(Scenario scenario, Action<ScenarioStep>? told)
    {
        _scenario = scenario;
        _told = told;
        _variables = new Variables(_clock);
        _servers = new ScriptedServers(text => Tell(0, text), OnSent);
        _resolver = ResolverUnderTest.Create(scenario.Configuration, _servers, _clock);
    }

    public void Run()
    {
        int rounds = 0;
        while (_next < _scenario.Steps.Count)
        {
            Step step = _scenario.Steps[_next];
            ThrowIfBroken();
            if (TryMeet(step))
                continue;
            if (LetTrafficFlow(step))
            {
                if (rounds++ > MostRounds)
                    throw ScenarioEndedException.Failed(step, $"{MostRounds} replies came before it: the search goes in a circle");
                continue;
            }

            // What a step sets in motion already belongs to the time of the next one.
            rounds = 0;
            _silences = 0;
            _next++;
            Do(step);
        }

        if (_scenario.Steps.Count > 0)
            Finish(_scenario.Steps[^1]);
    }

    // A step that waits for something is over as soon as that is there, so that later traffic is later.
    private bool TryMeet(Step step)
    {
        if (step.Kind == StepKind.CheckAnswer && FindAnswer(step) is >= 0 and int at)
        {
            Tell(step.Line, step.ToString());
            _answers.RemoveAt(at);
        }
        else if (step.Kind == StepKind.CheckOutQuery && FindWaiting(step, unchecked_: true) is { } query)
        {
            // It was sent before its step came: then the step answers it, when it has an answer.
            Tell(step.Line, step.ToString());
            query.IsChecked = true;
            if (step.Entry is { Packet.IsResponse: true } entry)
                _servers.Answer(query, entry);
        }
        else
        {
            return false;
        }

        _next++;
        return true;
    }

    // A query that is sent while a step waits for it is left waiting, for a REPLY.
    private void OnSent(WaitingQuery query)
    {
        if (_next >= _scenario.Steps.Count || _scenario.Steps[_next] is not { Kind: StepKind.CheckOutQuery } step || !Fits(step, query))
            return;
        query.IsChecked = true;
        _next++;
        Tell(step.Line, step.ToString());
    }

    // Servers answer what they can, timers that are due fire; the number of the step that is next decides what servers say.
    private bool LetTrafficFlow(Step step)
    {
        if (FindReply(step.Number) is var (query, entry) && query is not null)
        {
            _used.Add(entry!);
            _servers.Answer(query, entry!);
        }
        else if (_clock.FireDue())
        {
            return true;
        }
        else if (_scenario.Configuration.HasOwnTime && step.Kind == StepKind.CheckAnswer && _servers.Waiting.Count > 0 && _silences++ < MostSilences)
        {
            RunOut(_servers.Waiting.MinBy(q => q.Timeout)!);
        }
        else
        {
            return false;
        }

        return true;
    }

    private void Finish(Step last)
    {
        for (int rounds = 0; rounds < MostRounds && LetTrafficFlow(last); rounds++)
            ThrowIfBroken();
        if (_servers.Waiting.Count > 0 && !_scenario.Configuration.HasOwnTime)
            throw ScenarioEndedException.Failed(last, [.. _servers.Waiting.Select(q => $"at the end nobody has answered {q}")]);
        if (_scenario.Ranges.SelectMany(r => r.Entries).FirstOrDefault(e => e.IsMandatory && !_used.Contains(e)) is { } unused)
            throw new ScenarioEndedException(new ScenarioFailed(unused.Line, "at the end", ["this entry is mandatory, and no query was answered with it"], MessageText.Whole(unused.Packet), ""));
        if (_answers.Count > 0)
            throw Unmatched(last, null, _answers[^1].Answer, "at the end an answer is left that no step has asked for");
    }

    private void RunOut(WaitingQuery query)
    {
        _clock.Advance(query.Timeout);
        if (_servers.Waiting.Contains(query))
            _servers.End(query, DnsReply.TimedOut);
    }

    private (WaitingQuery? Query, Entry? Entry) FindReply(int step)
    {
        foreach (WaitingQuery query in _servers.Waiting)
        {
            foreach (ServerRange range in _scenario.Ranges)
            {
                if (range.Covers(step, query.Server.Address) && range.Entries.Find(e => EntryMatch.Fits(e, query.Seen)) is { } entry)
                    return (query, entry);
            }
        }

        return (null, null);
    }

    private void Do(Step step)
    {
        ThrowIfBroken();
        Tell(step.Line, $"{step}{(step.Text.Length > 0 ? $" {step.Text}" : "")}");
        switch (step.Kind)
        {
            case StepKind.Query:
                Ask(step);
                break;
            case StepKind.CheckAnswer:
                throw NotAnswered(step);
            case StepKind.CheckOutQuery:
                throw NotSent(step);
            case StepKind.Reply:
                _servers.Answer(Newest(step), step.Entry ?? throw ScenarioEndedException.Failed(step, "it has no entry to reply with"));
                break;
            case StepKind.Timeout:
                _servers.End(Newest(step), DnsReply.TimedOut);
                break;
            case StepKind.Error:
                _servers.End(Newest(step), DnsReply.Unreachable);
                break;
            case StepKind.TimePasses:
                PassTime(step);
                break;
            case StepKind.Assign:
                _variables.Assign(step, step.Text);
                break;
            case StepKind.RoundTrip:
                NoteRoundTrip(step);
                break;
            case StepKind.Nothing or StepKind.Traffic:
                break;
            default:
                throw new InvalidOperationException($"No rule for {step.Kind}.");
        }

        ThrowIfBroken();
    }

    // Address, zone, milliseconds; what is known of a server here is not known by zone.
    private void NoteRoundTrip(Step step)
    {
        string[] words = step.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !IpAddress.TryParse(words[0], out IpAddress address)
            || !int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds))
            throw ScenarioEndedException.Failed(step, $"'{step.Text}' is not an address, a zone and milliseconds");
        _resolver.NoteRoundTrip(new IpEndpoint(address, 53), TimeSpan.FromMilliseconds(milliseconds));
    }

    private void PassTime(Step step)
    {
        // ELAPSE seconds, EVAL expression, or the seconds alone.
        string[] words = step.Text.Split(' ', 2);
        _clock.Advance(_variables.Seconds(step, words.Length > 1 ? words[1] : words[0]));
    }

    private void Ask(Step step)
    {
        Entry entry = step.Entry!;
        byte[] query = entry.Raw ?? entry.Packet.ToArray();
        bool overTcp = entry.Match.OverTcp ?? false;
        IpAddress client = step.Address ?? IpAddress.LoopbackV4;
        Tell(step.Line, $"? {MessageText.Query(entry.Packet, overTcp)}");
        _ = AskAsync(query, client, overTcp);
    }

    private async Task AskAsync(byte[] query, IpAddress client, bool overTcp)
    {
        try
        {
            byte[] room = new byte[DnsMessage.MaxSize];
            // A port of no meaning: clients of scenarios are addresses.
            DnsResponse response = await _resolver.RespondAsync(query, room, new IpEndpoint(client, 10053), overTcp, CancellationToken.None).ConfigureAwait(false);
            if (response.Length == 0)
            {
                Tell(0, "! dropped");
                return;
            }

            if (!DnsMessage.TryRead(room.AsSpan(0, response.Length), out DnsMessage answer))
                throw new InvalidOperationException("The resolver's answer cannot be read.");
            _answers.Add((new SeenMessage(answer, overTcp), client));
            Tell(0, $"! {(answer.Questions.Count > 0 ? answer.Questions[0].ToString() : "")} {EntryMatch.Flags(answer.Flags)} {EntryMatch.Rcode(answer.Rcode)} {answer.Answers.Count}/{answer.Authorities.Count}/{answer.Additionals.Count}");
        }
        catch (Exception bug)
        {
            _broken ??= bug;
        }
    }

    private ScenarioEndedException NotAnswered(Step step) => _answers.Count > 0
        ? Unmatched(step, step.Entry, _answers[^1].Answer, null)
        : ScenarioEndedException.Failed(step, ["no answer has come", .. _servers.Waiting.Select(q => $"nobody answers {q}")]);

    private int FindAnswer(Step step) => _answers.FindIndex(a =>
        (step.Address is null || step.Address == a.Client) && (step.Entry is null || EntryMatch.Fits(step.Entry, a.Answer)));

    private WaitingQuery? FindWaiting(Step step, bool unchecked_)
    {
        foreach (WaitingQuery query in _servers.Waiting)
        {
            if ((!unchecked_ || !query.IsChecked) && Fits(step, query))
                return query;
        }

        return null;
    }

    private static bool Fits(Step step, WaitingQuery query) => (step.Address is null || step.Address == query.Server.Address)
        && (step.Entry is null || EntryMatch.Fits(step.Entry, query.Seen));

    // The query that a REPLY or TIMEOUT is about: one that fits it, else the newest.
    private WaitingQuery Newest(Step step) => FindWaiting(step, unchecked_: false)
        ?? (_servers.Waiting.Count > 0 ? _servers.Waiting[0] : throw ScenarioEndedException.Failed(step, "no query waits for a reply"));

    private ScenarioEndedException NotSent(Step step) => ScenarioEndedException.Failed(step,
    [
        $"expected {(step.Entry is { } entry ? MessageText.Query(entry.Packet, entry.Match.OverTcp ?? false) : "a query")} to be sent",
        .. _servers.Waiting.Select(q => $"waiting is {q}"),
    ]);

    private static ScenarioEndedException Unmatched(Step step, Entry? entry, SeenMessage answer, string? because) => new(new ScenarioFailed(
        step.Line, step.ToString(), because is not null ? [because] : entry is null ? [] : EntryMatch.Differences(entry, answer),
        entry is null ? "" : MessageText.Whole(entry.Packet), MessageText.Whole(answer.Message)));

    private void ThrowIfBroken()
    {
        if (_broken is { } bug)
            throw new InvalidOperationException($"The resolver broke: {bug.Message}", bug);
    }

    private void Tell(int line, string text) => _told?.Invoke(new ScenarioStep(line, _clock.Elapsed, text));
}
