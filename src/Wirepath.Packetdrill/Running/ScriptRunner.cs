using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>
/// Runs scripts against a host of its own each, in virtual time: calls are made and packets arrive exactly when the script says;
/// what leaves must be what it says, within the tolerance (4 ms unless the script has another).
/// </summary>
public sealed class ScriptRunner
{
    /// <summary>How far beyond its time a segment is still waited for, so that "too late" can be told from "never".</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>How long something may be waited for whose time the script leaves open.</summary>
    private static readonly TimeSpan s_anyTime = TimeSpan.FromHours(3);

    /// <summary>All randomness of a host under test; scripts must not depend on it.</summary>
    private const ulong Seed = 1;

    private readonly PacketdrillScript _script;
    private readonly EventLog _log;
    private readonly Action<ScriptStep>? _step;
    private readonly PythonProgram _program = new();
    private readonly HostSetup _setup = new();
    private readonly SetupCommands _commands;
    private readonly CounterCommands _counters;
    private TestBench? _bench;
    private Peers? _peers;
    private SystemCalls? _calls;
    private TimeSpan _previous;
    private TimeSpan _begin;
    private TimeSpan? _begunBefore;
    private PendingCall? _pending;

    private ScriptRunner(PacketdrillScript script, EventLog log, Action<ScriptStep>? step)
    {
        (_script, _log, _step) = (script, log, step);
        _counters = new CounterCommands(() => _bench?.Host.Statistics.List() ?? []);
        _commands = new SetupCommands(_setup, script.Settings.ReadFile, _counters);
    }

    private sealed record PendingCall(SystemCall Call, Task<CallOutcome> Task, TimeSpan Begin, TimeSpan End)
    {
        /// <summary>Set by what completes it.</summary>
        public TimeSpan? CompletedAt { get; set; }
    }

    private Peers Peers => _peers ?? throw new InvalidOperationException("The host is not there yet.");

    private SystemCalls Calls => _calls ?? throw new InvalidOperationException("The host is not there yet.");

    private TestBench Bench => _bench ?? throw new InvalidOperationException("The host is not there yet.");

    /// <summary>Runs a script from its beginning.</summary>
    /// <param name="script">What to run.</param>
    /// <param name="log">Where the host writes what happens; null for nowhere.</param>
    /// <param name="step">Told of every call and packet in turn; null for nobody.</param>
    public static ScriptResult Run(PacketdrillScript script, EventLog? log = null, Action<ScriptStep>? step = null)
    {
        ArgumentNullException.ThrowIfNull(script);
        if (script.Options.Unoffered is { } unoffered)
            return new ScriptSkipped(0, unoffered);
        if (script.Options.Mismatched)
            return new ScriptSkipped(0, "addresses of another IP version than the script's own");
        var runner = new ScriptRunner(script, log ?? EventLog.Silent, step);
        try
        {
            foreach (ScriptEvent next in script.Events)
            {
                runner.Run(next);
                runner._begunBefore = runner._begin;
            }

            runner.FinishPending();
            return new ScriptPassed(runner._peers?.CountUnasked() ?? 0);
        }
        catch (ScriptEndedException ended)
        {
            return ended.Result;
        }
        finally
        {
            runner._bench?.Dispose();
        }
    }

    private void Run(ScriptEvent next)
    {
        _begin = next.Time.Kind switch
        {
            TimeKind.Absolute => next.Time.Start,
            TimeKind.Relative => _previous + next.Time.Start,
            TimeKind.Any => _bench?.Elapsed ?? TimeSpan.Zero,
            _ => throw new ArgumentOutOfRangeException(nameof(next)),
        };
        // What makes the host ready comes before there is one.
        if (next is SetupCommand { } early && _bench is null && _begin == TimeSpan.Zero)
        {
            SetUp(early);
            return;
        }

        if (_bench is null)
            Build();
        if (next is OutboundSegment outbound)
        {
            Expect(outbound);
            return;
        }

        Bench.RunUntil(_begin);
        _previous = next.Time.IsRange ? Bench.Elapsed : _begin;
        switch (next)
        {
            case SetupCommand command:
                Tell(command, Bench.Elapsed, command.Source);
                SetUp(command);
                break;
            case SystemCall call:
                Invoke(call);
                break;
            case InboundSegment inbound:
                Conversation conversation = Peers.ForInbound(inbound.Segment);
                Tell(inbound, Bench.Elapsed, inbound.Source);
                Bench.Wire.Deliver(SegmentWriter.Write(inbound.Segment, conversation));
                Settle();
                break;
            case InboundIcmp icmp:
                if (Peers.Current is not { } quoted)
                    throw ScriptEndedException.Failed(icmp, "a connection that the message is about", "none");
                Tell(icmp, Bench.Elapsed, icmp.Source);
                Bench.Wire.Deliver(SegmentWriter.Write(icmp.Message, quoted, _script.Options.GatewayIp));
                Settle();
                break;
            case CodeBlock code:
                Tell(code, Bench.Elapsed, code.Source);
                _program.Run(code, FindStatistics);
                break;
            case Unoffered unoffered:
                throw ScriptEndedException.Skipped(unoffered, unoffered.What);
            default:
                throw new InvalidOperationException($"Nobody runs a {next.GetType().Name}.");
        }
    }

    private void Tell(ScriptEvent at, TimeSpan when, string text) => _step?.Invoke(new ScriptStep(at.Line, when, text));

    // What follows at this very instant happens before the script goes on.
    private void Settle()
    {
        Bench.RunUntil(Bench.Elapsed);
        _calls?.OnProgress();
    }

    private void SetUp(SetupCommand command)
    {
        if (_commands.Apply(command.Text) is { } problem)
            throw ScriptEndedException.Skipped(command, problem);
        if (_counters.Failure is { } came)
            throw ScriptEndedException.Failed(command, $"`{command.Text.Trim()}` to find it", came);
        if (_bench is not null)
            ChangeHost(command);
    }

    // The host runs: what is read at each use counts from now on, and sockets that are open are told.
    private void ChangeHost(SetupCommand command)
    {
        if (_setup.Mtu is { } mtu && mtu != Bench.Wire.Mtu)
            throw ScriptEndedException.Skipped(command, "an MTU that changes while the host is running");
        Bench.Host.Settings = _setup.Settings;
        foreach (Func<HostSettings, HostSettings> change in _setup.Changes)
            Calls.Change(tcp => change(_setup.Settings with { Tcp = tcp }).Tcp);
        if (_setup.ForgetsPeers)
            Bench.Host.ForgetPeers();
        if (_setup.Slept > TimeSpan.Zero)
        {
            Bench.RunUntil(Bench.Elapsed + _setup.Slept);
            _previous = Bench.Elapsed;
        }

        _setup.Settle();
    }

    private void Build()
    {
        _peers = new Peers(_script.Options);
        _bench = new TestBench(_script.Options, _setup.Settings, _setup.Mtu, Seed, _log)
        {
            Seen = packet =>
            {
                if (SeenSegment.TryRead(Bench.ElapsedAt(packet.At), packet.Bytes, out SeenSegment? segment))
                    Peers.OnSeen(segment);
                _calls?.OnProgress();
            },
        };
        _setup.Settle();
        _calls = new SystemCalls(_bench.Host, _script.Options) { Listening = _peers.OnListening, Opening = _peers.OnOpening };
    }

    // ---- System calls ----------------------------------------------------------------------------------------------

    private void Invoke(SystemCall call)
    {
        FinishPending();
        var pending = new PendingCall(call, Calls.InvokeAsync(call), _begin, call.Time.CallEnd is { } end
            ? call.Time.Kind == TimeKind.Relative ? _begin - call.Time.Start + end : end
            : Bench.Elapsed);
        _pending = pending;
        _ = pending.Task.ContinueWith(
            _ =>
            {
                pending.CompletedAt = Bench.Elapsed;
                Bench.Happened();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (call.Time.CallEnd is null)
            FinishPending();
        Settle();
    }

    // A script's calls are one thread's: the next begins when the last has returned.
    private void FinishPending()
    {
        if (_pending is not { } pending)
            return;
        _pending = null;
        SystemCall call = pending.Call;
        TimeSpan tolerance = Tolerance(pending.End, pending.Begin);
        if (!Bench.RunUntil(() => pending.CompletedAt is not null, pending.End + tolerance))
            throw ScriptEndedException.Failed(call, $"{call.Source} to return at {SegmentText.Seconds(pending.End)}", "nothing: it still blocks");
        CallOutcome outcome = pending.Task.GetAwaiter().GetResult();
        if (outcome.Wrong is not null || !Fits(call, outcome))
            throw ScriptEndedException.Failed(call, call.Source, outcome.ToString());
        TimeSpan at = pending.CompletedAt ?? TimeSpan.Zero;
        Tell(call, at, call.Source);
        if (call.Time.CallEnd is not null && (at - pending.End).Duration() > tolerance)
            throw ScriptEndedException.Failed(call, $"{call.Source} to return at {SegmentText.Seconds(pending.End)}", $"its return at {SegmentText.Seconds(at)}");
    }

    private static bool Fits(SystemCall call, CallOutcome outcome) => call.Result switch
    {
        null or AnyExpression => true,
        NumberExpression number => number.Value == outcome.Value && (call.Errno is null || call.Errno == outcome.Errno),
        _ => true,
    };

    // ---- What leaves -----------------------------------------------------------------------------------------------

    private void Expect(OutboundSegment expected)
    {
        TimeSpan tolerance = Tolerance(_begin, _begunBefore);
        bool any = expected.Time.Kind == TimeKind.Any;
        TimeSpan last = any ? _begin + s_anyTime : _begin - expected.Time.Start + expected.Time.Last;
        TimeSpan patience = any ? last : last + s_patience;
        Bench.RunUntil(any ? Bench.Elapsed : _begin);
        Bench.RunUntil(() => Peers.HasSeen, patience);
        if (Peers.Take() is not { } actual || Peers.Current is not { } conversation)
        {
            string waited = any ? "" : $" until {SegmentText.Seconds(patience)}";
            throw ScriptEndedException.Failed(expected, $"{expected.Source} at {SegmentText.Seconds(_begin)}", $"nothing{waited}");
        }

        if (!_script.Options.StrictSegments)
            actual = Join(actual, expected.Segment, patience);
        conversation.Learn(actual.Tcp, actual.Options, expected.Segment);
        string came = SegmentText.Of(actual, conversation);
        Tell(expected, actual.At, came);
        // A clock's deviation grows from the beginning, not from the event before.
        TimeSpan ofStamps = Tolerance(_begin, TimeSpan.Zero);
        if (SegmentCheck.Difference(expected.Segment, actual, conversation, _script.Options, ofStamps, _script.Settings.StrictEchoes, anyOrder: _setup.IsFreeBsd) is { } difference)
            throw ScriptEndedException.Failed(expected, $"{expected.Source} at {SegmentText.Seconds(_begin)}", $"{difference}: {came} at {SegmentText.Seconds(actual.At)}");
        if (!any && (actual.At < _begin - tolerance || actual.At > last + tolerance))
            throw ScriptEndedException.Failed(expected, $"{expected.Source} at {SegmentText.Seconds(_begin)}", $"it at {SegmentText.Seconds(actual.At)}");
        CheckPayload(expected, actual, conversation);
        _previous = any || expected.Time.IsRange ? actual.At : _begin;
    }

    // One expected segment may be several on this wire, which need not leave at once. Where a device does the cutting, Linux has it
    // push at the end of each super-segment, for the receiver's own joining: nobody cuts here, so that push is not asked for.
    private SeenSegment Join(SeenSegment first, SegmentPattern expected, TimeSpan patience)
    {
        SeenSegment whole = first;
        while (whole.Payload.Length > 0 && whole.Payload.Length < expected.Length
            && Bench.RunUntil(() => Peers.HasSeen, patience) && Peers.TakeContinuation(whole) is { } next)
            whole = whole.With(next);
        return ReferenceEquals(whole, first) ? whole : whole with { Tcp = whole.Tcp with { Flags = whole.Tcp.Flags | (expected.Flags & TcpFlags.Psh) } };
    }

    /// <summary>How far from its time something may happen: the script's microseconds, or its share of the time since <paramref name="since"/>.</summary>
    private TimeSpan Tolerance(TimeSpan at, TimeSpan? since)
    {
        TimeSpan share = since is { } before ? (at - before) * (_script.Options.TolerancePercent / 100) : TimeSpan.Zero;
        return share > _script.Options.Tolerance ? share : _script.Options.Tolerance;
    }

    private void CheckPayload(OutboundSegment expected, SeenSegment actual, Conversation conversation)
    {
        if (actual.Payload.Length == 0 || Calls.Find(conversation.Local, conversation.Remote) is not { } socket)
            return;
        int offset = actual.Tcp.IsSyn ? 0 : unchecked((int)(conversation.ToScript(actual.Tcp.Sequence, inSyn: false) - 1));
        for (int i = 0; i < actual.Payload.Length; i++)
        {
            if (offset + i < 0 || offset + i >= socket.Written.Count || actual.Payload[i] != socket.Written[offset + i])
                throw ScriptEndedException.Failed(expected, expected.Source, $"a wrong byte at {offset + i} of the stream");
        }
    }

    private Tcp.TcpStatistics? FindStatistics()
    {
        if (Peers.Current is not { } current)
            return null;
        // One that is being opened has no stream yet; one whose opening failed never had one.
        return Calls.Find(current.Local, current.Remote)?.Stream?.Statistics
            ?? Bench.Host.FindTcp(new ConnectionId(current.Local, current.Remote)) ?? (Calls.HasFailedToOpen ? default(Tcp.TcpStatistics) : null);
    }
}
