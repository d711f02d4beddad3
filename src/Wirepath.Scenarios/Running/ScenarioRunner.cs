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
        if (scenario.Steps.Find(s => s.Kind == StepKind.Unsupported) is { } missing)
            return new ScenarioSkipped(missing.Line, missing.Text);
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
    private readonly IDnsResponder _resolver;
    private readonly List<(SeenMessage Answer, IpAddress Client)> _answers = [];
    private Exception? _broken;
    private int _next;

    public Play(Scenario scenario, Action<ScenarioStep>? told)
    {
        _scenario = scenario;
        _told = told;
        _variables = new Variables(_clock);
        _servers = new ScriptedServers(text => Tell(0, text));
        _resolver = ResolverUnderTest.Create(scenario.Configuration, _servers, _clock);
    }

    public void Run()
    {
        for (; _next < _scenario.Steps.Count; _next++)
        {
            Step step = _scenario.Steps[_next];
            LetTrafficFlow(step, until: () => IsMet(step));
            Do(step);
        }

        if (_scenario.Steps.Count == 0)
            return;
        Step last = _scenario.Steps[^1];
        LetTrafficFlow(last, until: () => false);
        if (_servers.Waiting.Count > 0 && !_scenario.Configuration.HasOwnTime)
            throw ScenarioEndedException.Failed(last, [.. _servers.Waiting.Select(q => $"at the end nobody has answered {q}")]);
        if (_answers.Count > 0)
            throw Unmatched(last, null, _answers[^1].Answer, "at the end an answer is left that no step has asked for");
    }

    // A step that waits is met before anything else happens, so that later traffic is later.
    private bool IsMet(Step step) => step.Kind switch
    {
        StepKind.CheckAnswer => FindAnswer(step) >= 0,
        StepKind.CheckOutQuery => FindWaiting(step, unchecked_: true) is not null,
        _ => false,
    };

    // Servers answer what they can, timers that are due fire; whatever step is next, its number decides what servers say.
    private void LetTrafficFlow(Step step, Func<bool> until)
    {
        int silences = 0;
        for (int round = 0; !until(); round++)
        {
            if (round > MostRounds)
                throw ScenarioEndedException.Failed(step, $"{MostRounds} replies came before it: the search goes in a circle");
            ThrowIfBroken();
            if (FindReply(step.Number) is var (query, entry) && query is not null)
                _servers.Answer(query, entry!);
            else if (_clock.FireDue())
                continue;
            else if (_scenario.Configuration.HasOwnTime && step.Kind == StepKind.CheckAnswer && _servers.Waiting.Count > 0 && silences++ < MostSilences)
                RunOut(_servers.Waiting.MinBy(q => q.Timeout)!);
            else
                return;
        }
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
                CheckAnswer(step);
                break;
            case StepKind.CheckOutQuery:
                (FindWaiting(step, unchecked_: true) ?? throw NotSent(step)).IsChecked = true;
                break;
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
            case StepKind.Nothing or StepKind.Traffic or StepKind.RoundTrip:
                break;
            default:
                throw new InvalidOperationException($"No rule for {step.Kind}.");
        }

        ThrowIfBroken();
    }

    private void PassTime(Step step)
    {
        string[] words = step.Text.Split(' ', 2);
        _clock.Advance(_variables.Seconds(step, words.Length > 1 ? words[1] : ""));
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

    private void CheckAnswer(Step step)
    {
        int at = FindAnswer(step);
        if (at >= 0)
        {
            _answers.RemoveAt(at);
            return;
        }

        if (_answers.Count > 0)
            throw Unmatched(step, step.Entry, _answers[^1].Answer, null);
        throw ScenarioEndedException.Failed(step, ["no answer has come", .. _servers.Waiting.Select(q => $"nobody answers {q}")]);
    }

    private int FindAnswer(Step step) => _answers.FindIndex(a =>
        (step.Address is null || step.Address == a.Client) && (step.Entry is null || EntryMatch.Fits(step.Entry, a.Answer)));

    private WaitingQuery? FindWaiting(Step step, bool unchecked_)
    {
        foreach (WaitingQuery query in _servers.Waiting)
        {
            if ((!unchecked_ || !query.IsChecked) && (step.Address is null || step.Address == query.Server.Address)
                && (step.Entry is null || EntryMatch.Fits(step.Entry, query.Seen)))
                return query;
        }

        return null;
    }

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
