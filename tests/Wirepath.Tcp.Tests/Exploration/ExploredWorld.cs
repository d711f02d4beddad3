using System.Globalization;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests.Exploration;

internal enum Move : byte
{
    Call,
    Read,
    Deliver,
    Timer,
    Lose,
    Duplicate,
    Overtake,
    PathMtu,
    ForgeReset,
    ForgeSyn,
}

/// <param name="Move">What happens.</param>
/// <param name="Client">To the client, its calls, or what it sent; otherwise the server's.</param>
/// <param name="Index">Of the segment in its direction.</param>
internal readonly record struct Choice(Move Move, bool Client, int Index = 0);

/// <summary>Two connections, what is under way between them, and all that may happen next.</summary>
internal sealed class ExploredWorld : IDisposable
{
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(10);
    private static readonly ConnectionId s_id = new(new IpEndpoint(IpAddress.V4(192, 0, 2, 1), 40000), new IpEndpoint(IpAddress.V4(192, 0, 2, 2), 80));
    private static readonly ConnectionId s_reverse = new(s_id.Remote, s_id.Local);
    private static readonly SequenceNumber s_clientIss = new(uint.MaxValue - 150); // data wraps around
    private static readonly SequenceNumber s_serverIss = new(5000);

    private readonly Scope _scope;
    private readonly TcpListener _listener;
    private readonly End _client;
    private readonly End _server;
    private readonly List<string>? _trace;
    private Instant _now = Pair.Start;
    private int _losses, _duplicates, _reorders, _earlyTimers, _forgeries;
    private bool _mtuReported;
    private string? _complaint;

    /// <param name="scope">What is explored.</param>
    /// <param name="trace">Receives a line for each event; null: none are made.</param>
    public ExploredWorld(Scope scope, List<string>? trace = null)
    {
        (_scope, _trace) = (scope, trace);
        _listener = new TcpListener(s_id.Remote, 16, scope.Server, NodeLog.Silent);
        (_losses, _duplicates, _reorders, _earlyTimers, _forgeries) = (scope.Losses, scope.Duplicates, scope.Reorders, scope.EarlyTimers, scope.Forgeries);
        _mtuReported = scope.PathMss == 0;
        _client = new End("client", scope.ClientCalls, scope.ServerBytes, 1)
        {
            Connection = TcpConnection.Connect(s_id, scope.Client, s_clientIss, scope.Mss, NodeLog.Silent, _now),
        };
        _server = new End("server", scope.ServerCalls, scope.ClientBytes, 2)
        {
            Connection = scope.Simultaneous ? TcpConnection.Connect(s_reverse, scope.Server, s_serverIss, scope.Mss, NodeLog.Silent, _now) : null,
        };
        Flush(_client);
        Flush(_server);
    }

    private sealed class End(string name, Step[] calls, int expects, int key)
    {
        public string Name { get; } = name;
        public Step[] Calls { get; } = calls;
        public int Expects { get; } = expects;
        public int Key { get; } = key;
        public TcpConnection? Connection;
        public bool IsReleased;
        public int NextCall;
        public int WrittenOfCall;
        public int Written;
        public int Received;
        public SequenceNumber HighestRcvNxt;
        public SequenceNumber HighestEdge;
        public bool HasEdge;

        /// <summary>What it sent and has not arrived.</summary>
        public List<Packet> Sent { get; } = [];

        public bool MayCall => NextCall < Calls.Length && Connection is { } connection && Calls[NextCall].Call switch
        {
            Call.Write => connection.End is not null || connection.State != TcpState.SynReceived,
            Call.AwaitEnd => connection.IsReadClosed && connection.Readable == 0,
            Call.Shutdown or Call.Close => connection.End is not null || connection.IsSynchronized(),
            Call.Abort => true,
            _ => throw new InvalidOperationException(),
        };
    }

    /// <summary>All that may happen next; what a good network does comes first, and first of all what the applications do.</summary>
    public void List(List<Choice> choices)
    {
        choices.Clear();
        ListCalls(_client, true, choices);
        ListCalls(_server, false, choices);
        if (_client.Sent.Count > 0)
            choices.Add(new Choice(Move.Deliver, true));
        if (_server.Sent.Count > 0)
            choices.Add(new Choice(Move.Deliver, false));
        bool quiet = _client.Sent.Count + _server.Sent.Count == 0;
        if (!NextTimer.IsNever && (quiet || _earlyTimers > 0))
            choices.Add(new Choice(Move.Timer, false));
        ListFaults(_client, true, choices);
        ListFaults(_server, false, choices);
        if (!_mtuReported && _client.Connection!.IsSynchronized())
            choices.Add(new Choice(Move.PathMtu, true));
    }

    private static void ListCalls(End end, bool client, List<Choice> choices)
    {
        if (end.Connection is { Readable: > 0 })
            choices.Add(new Choice(Move.Read, client));
        if (end.MayCall)
            choices.Add(new Choice(Move.Call, client));
    }

    private void ListFaults(End end, bool client, List<Choice> choices)
    {
        if (end.Sent.Count > 0 && _losses > 0)
            choices.Add(new Choice(Move.Lose, client));
        if (end.Sent.Count > 0 && _duplicates > 0)
            choices.Add(new Choice(Move.Duplicate, client));
        if (_reorders > 0)
        {
            for (int i = 1; i < Math.Min(end.Sent.Count, 4); i++)
                choices.Add(new Choice(Move.Overtake, client, i));
        }

        if (_forgeries > 0 && !end.IsReleased && end.Connection is { } connection && connection.State is not (TcpState.SynSent or TcpState.SynReceived) && connection.RcvAdv() - connection.RcvNxt() > 1)
        {
            choices.Add(new Choice(Move.ForgeReset, client));
            choices.Add(new Choice(Move.ForgeSyn, client));
        }
    }

    private Instant NextTimer => Instant.Min(_client.Connection?.NextTimer ?? Instant.Never, _server.Connection?.NextTimer ?? Instant.Never);

    /// <summary>Lets it happen.</summary>
    /// <returns>What is wrong now; null when nothing is.</returns>
    public string? Do(Choice choice)
    {
        End end = choice.Client ? _client : _server;
        End other = choice.Client ? _server : _client;
        switch (choice.Move)
        {
            case Move.Call:
                DoCall(end);
                break;
            case Move.Read:
                Read(end);
                break;
            case Move.Deliver:
                Deliver(end, other, 0);
                break;
            case Move.Overtake:
                _reorders--;
                Deliver(end, other, choice.Index);
                break;
            case Move.Duplicate:
                _duplicates--;
                Packet copy = end.Sent[0].Clone();
                Deliver(end, other, 0);
                end.Sent.Add(copy); // an old duplicate, behind whatever was sent meanwhile
                break;
            case Move.Lose:
                _losses--;
                Trace(end, end.Sent[0], "is lost");
                end.Sent[0].Dispose();
                end.Sent.RemoveAt(0);
                break;
            case Move.Timer:
                ExpireTimer();
                break;
            case Move.PathMtu:
                _mtuReported = true;
                Trace($"{end.Name} OnPathMtu({_scope.PathMss})");
                end.Connection!.OnPathMtu(_scope.PathMss, _now);
                break;
            case Move.ForgeReset:
                Forge(end, TcpFlags.Rst);
                break;
            case Move.ForgeSyn:
                Forge(end, TcpFlags.Syn);
                break;
            default:
                throw new InvalidOperationException($"Unknown move {choice.Move}.");
        }

        Flush(_client);
        Flush(_server);
        return _complaint ?? Contradiction();
    }

    private void DoCall(End end)
    {
        TcpConnection connection = end.Connection!;
        Step step = end.Calls[end.NextCall];
        Trace($"{end.Name} {step.Call}{(step.Bytes > 0 ? $" {step.Bytes}" : "")}");
        if (connection.End is not null && step.Call != Call.Close)
        {
            end.NextCall++; // nothing more to do: the end is known
            return;
        }

        switch (step.Call)
        {
            case Call.Write:
                Span<byte> bytes = stackalloc byte[step.Bytes - end.WrittenOfCall];
                for (int i = 0; i < bytes.Length; i++)
                    bytes[i] = ByteAt(end.Key, end.Written + i);
                int taken = connection.Write(bytes, _now);
                end.Written += taken;
                end.WrittenOfCall += taken;
                if (end.WrittenOfCall < step.Bytes)
                    return;
                end.WrittenOfCall = 0;
                break;
            case Call.AwaitEnd:
                break;
            case Call.Shutdown:
                connection.Shutdown(_now);
                break;
            case Call.Close:
                connection.Close(_now);
                break;
            case Call.Abort:
                connection.Abort(_now);
                break;
            default:
                throw new InvalidOperationException($"Unknown call {step.Call}.");
        }

        end.NextCall++;
    }

    private void Read(End end)
    {
        Span<byte> bytes = stackalloc byte[2048];
        int count = end.Connection!.Read(bytes, _now);
        Trace($"{end.Name} reads {count}");
        for (int i = 0; i < count; i++)
        {
            if (bytes[i] != ByteAt(3 - end.Key, end.Received + i))
                _complaint ??= $"{end.Name}: byte {end.Received + i} is wrong";
        }

        end.Received += count;
    }

    private void ExpireTimer()
    {
        if (_client.Sent.Count + _server.Sent.Count > 0)
            _earlyTimers--;
        _now = Instant.Max(_now, NextTimer);
        End end = _client.Connection is { } client && client.NextTimer <= _now ? _client : _server;
        Trace($"{end.Name}'s timer");
        end.Connection!.OnTimer(_now);
    }

    private void Deliver(End from, End to, int index)
    {
        // Always before the next timer: that one fires first is a choice of its own.
        Instant before = NextTimer - TimeSpan.FromTicks(1);
        _now = Instant.Max(_now, Instant.Min(_now + s_delay, before));
        Packet packet = from.Sent[index];
        from.Sent.RemoveAt(index);
        Trace(from, packet, index == 0 ? "arrives" : "arrives before others");
        TcpSegment.TryRead(packet, ce: false, out TcpSegment segment);
        if (to.Connection is { } connection && !to.IsReleased)
            connection.Receive(segment, _now);
        else if (to.Connection is null && segment.Header.IsSyn && !segment.Header.IsAck)
            to.Connection = _listener.OnSyn(segment, s_reverse, s_serverIss, _scope.Mss, _now);
        else
            AnswerForNobody(to, segment);
        packet.Dispose();
    }

    private static void AnswerForNobody(End end, in TcpSegment segment)
    {
        Packet reset = Packet.Rent(TcpHeader.Size);
        if (TcpReset.TryAnswer(segment, reset))
            end.Sent.Add(reset);
        else
            reset.Dispose();
    }

    private void Forge(End victim, TcpFlags flags)
    {
        _forgeries--;
        TcpConnection connection = victim.Connection!;
        Packet packet = Packet.Rent(TcpHeader.Size);
        new TcpHeader(connection.Id.Remote.Port, connection.Id.Local.Port, connection.RcvNxt() + 1, default, TcpHeader.Size, flags, 0, 0, 0)
            .Write(packet.Append(TcpHeader.Size));
        Trace($"{victim.Name} receives a forged {flags}");
        TcpSegment.TryRead(packet, ce: false, out TcpSegment segment);
        connection.Receive(segment, _now);
        packet.Dispose();
    }

    private void Flush(End end)
    {
        while (end.Connection is { } connection)
        {
            Packet packet = Packet.Rent(600);
            if (!connection.TryTransmit(packet, _now))
            {
                packet.Dispose();
                break;
            }

            if (_scope.Urgent)
                MarkUrgent(packet);
            end.Sent.Add(packet);
            Trace(end, packet, "leaves");
            if (end.Sent.Count > 200)
            {
                _complaint ??= "two hundred segments under way: a storm";
                break;
            }
        }

        if (end.Connection is { } asked)
            end.IsReleased |= asked.TakeSignals().HasFlag(TcpSignals.Released);
    }

    private static void MarkUrgent(Packet packet)
    {
        TcpHeader.TryRead(packet.Head, out TcpHeader header);
        if (packet.Length == header.HeaderLength)
            return;
        (header with { Flags = header.Flags | TcpFlags.Urg, UrgentPointer = 1 }).Write(packet.Head);
    }

    private string? Contradiction()
    {
        foreach (End end in (ReadOnlySpan<End>)[_client, _server])
        {
            if (end.Connection is not { } connection)
                continue;
            if (connection.Contradiction() is { } contradiction)
                return $"{end.Name}, {connection.State}: {contradiction}";
            if (!connection.IsSynchronized())
                continue;
            if (end.HasEdge && (connection.RcvNxt() < end.HighestRcvNxt || connection.RcvAdv() < end.HighestEdge))
                return $"{end.Name}: RCV.NXT or the window's edge went backwards";
            (end.HighestRcvNxt, end.HighestEdge, end.HasEdge) = (connection.RcvNxt(), connection.RcvAdv(), true);
        }

        if (_client.Connection is not { } client || _server.Connection is not { } server)
            return null;
        return client.ContradictionWith(server) ?? server.ContradictionWith(client);
    }

    /// <summary>Nothing can happen any more: what is wrong with that; null when both ends are done.</summary>
    public string? Unfinished()
    {
        foreach (End end in (ReadOnlySpan<End>)[_client, _server])
        {
            if (end.Connection is not { } connection)
            {
                if (_scope.MayAbort)
                    continue; // the SYN was lost, and nobody sent another
                return $"{end.Name} was never there";
            }

            if (!end.IsReleased || connection.State != TcpState.Closed)
                return $"{end.Name} is stuck in {connection.State}: {connection.Statistics}";
            if (end.NextCall < end.Calls.Length)
                return $"{end.Name} still waits to {end.Calls[end.NextCall].Call}";
            if (connection.MemoryCharged != 0)
                return $"{end.Name}: {connection.MemoryCharged} bytes are still charged";
            if (_scope.MayAbort)
                continue;
            if (end.Received != end.Expects)
                return $"{end.Name} got {end.Received} of {end.Expects} bytes";
            if (connection.End != ConnectionEnd.Closed)
                return $"{end.Name} ended {connection.End}: {connection.EndDetail}";
        }

        return null;
    }

    public ulong Fingerprint()
    {
        ulong hash = Exploration.Fingerprint.Of(_client.Connection, 17, _now);
        hash = Exploration.Fingerprint.Of(_server.Connection, hash, _now);
        foreach (End end in (ReadOnlySpan<End>)[_client, _server])
        {
            hash = Mix(hash, end.NextCall * 2 + (end.IsReleased ? 1 : 0));
            hash = Mix(Mix(hash, end.WrittenOfCall), end.Received);
            hash = Mix(hash, end.Sent.Count);
            foreach (Packet packet in end.Sent)
                hash = MixSegment(packet, hash);
        }

        hash = Mix(Mix(hash, _losses * 1000 + _duplicates), _reorders * 1000 + _earlyTimers);
        hash = Mix(hash, _forgeries * 2 + (_mtuReported ? 1 : 0));
        // The clock of timestamps counts milliseconds: where within one we are decides what it shows next.
        return Mix(hash, _now.Ticks % TimeSpan.TicksPerMillisecond);

        static ulong Mix(ulong hash, long value) => Exploration.Fingerprint.Mix(hash, value);
    }

    private ulong MixSegment(Packet packet, ulong hash)
    {
        TcpSegment.TryRead(packet, ce: false, out TcpSegment segment);
        TcpHeader header = segment.Header;
        hash = Exploration.Fingerprint.Mix(hash, ((long)header.Sequence.Value << 32) | header.Acknowledgment.Value);
        hash = Exploration.Fingerprint.Mix(hash, ((long)header.Flags << 48) | ((long)header.Window << 32) | (long)segment.PayloadLength << 16 | (uint)packet.Ecn);
        TcpOptions options = segment.Options;
        uint clock = Exploration.Fingerprint.Clock(_now);
        if (options.HasTimestamps)
            hash = Exploration.Fingerprint.Mix(hash, ((long)(clock - options.TimestampValue) << 32) | (options.TimestampEcho == 0 ? uint.MaxValue : clock - options.TimestampEcho));
        for (int i = 0; i < options.SackCount; i++)
            hash = Exploration.Fingerprint.Mix(hash, ((long)options.GetSack(i).Left.Value << 32) | options.GetSack(i).Right.Value);
        return hash;
    }

    private static byte ByteAt(int key, int index) => (byte)((uint)(index * 2654435761u + key * 97) >> 11);

    // ---- The trace -----------------------------------------------------------------------------------------------

    private void Trace(string text) =>
        _trace?.Add(string.Create(CultureInfo.InvariantCulture, $"{(_now - Pair.Start).TotalSeconds,9:0.000000} {text}"));

    private void Trace(End from, Packet packet, string what)
    {
        if (_trace is not null)
            Trace($"{(from == _client ? ">" : "<")} {Describe(from, packet)}   {what}");
    }

    private static string Describe(End from, Packet packet)
    {
        TcpSegment.TryRead(packet, ce: false, out TcpSegment segment);
        (SequenceNumber own, SequenceNumber theirs) = from.Key == 1 ? (s_clientIss, s_serverIss) : (s_serverIss, s_clientIss);
        TcpHeader header = segment.Header;
        TcpOptions options = segment.Options;
        int first = header.Sequence - own;
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{header.Flags,-12} {first}:{first + segment.PayloadLength}({segment.PayloadLength}){(header.IsAck ? $" ack {header.Acknowledgment - theirs}" : "")} win {header.Window}");
        for (int i = 0; i < options.SackCount; i++)
            text += string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? " sack " : " ")}{options.GetSack(i).Left - theirs}:{options.GetSack(i).Right - theirs}");
        return text;
    }

    public void Dispose()
    {
        foreach (End end in (ReadOnlySpan<End>)[_client, _server])
        {
            end.Connection?.Abort(_now);
            foreach (Packet packet in end.Sent)
                packet.Dispose();
            end.Sent.Clear();
        }
    }
}
