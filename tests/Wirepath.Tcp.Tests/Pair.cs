using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>What the line between two connections does to segments.</summary>
internal sealed record Line
{
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(10);
    public double Loss { get; init; }
    public double Duplicate { get; init; }
    public double Reorder { get; init; }

    /// <summary>Segments for which it answers true are lost: (from the client?, number of the segment in that direction, header, payload bytes).</summary>
    public Func<bool, int, TcpHeader, int, bool>? Drop { get; init; }
}

/// <summary>Two connections, a line, and virtual time. Nothing else: no IP, no host.</summary>
internal sealed class Pair : IDisposable
{
    public static readonly Instant Start = new(17_000_000_000_000_000);

    private readonly PriorityQueue<(Side To, Packet Packet), (Instant, long)> _flying = new();
    private readonly RandomSource _random;
    private readonly Line _line;
    private readonly bool _copyOnWire;
    private long _order;

    public Pair(TcpSettings? client = null, TcpSettings? server = null, Line? line = null, ulong seed = 1, NodeLog? log = null, SequenceNumber? iss = null, int mss = 1460, bool connectBoth = false, bool copyOnWire = true)
    {
        (_line, _random, _copyOnWire) = (line ?? new Line(), new RandomSource(seed), copyOnWire);
        Log = log ?? NodeLog.Silent;
        IpEndpoint a = new(IpAddress.V4(192, 0, 2, 1), 40000);
        IpEndpoint b = new(IpAddress.V4(192, 0, 2, 2), 80);
        client ??= TcpSettings.Default;
        server ??= client;
        Listener = new TcpListener(b, 16, server, Log);
        ServerSettings = server;
        Mss = mss;
        SequenceNumber clientIss = iss ?? new SequenceNumber(1000);
        Client = new Side("client", TcpConnection.Connect(new ConnectionId(a, b), client, clientIss, mss, Log, Now));
        Server = new Side("server", connectBoth ? TcpConnection.Connect(new ConnectionId(b, a), server, clientIss + 5000, mss, Log, Now) : null);
        ServerIss = clientIss + 77777;
    }

    internal sealed class Side(string name, TcpConnection? connection)
    {
        public string Name { get; } = name;
        public TcpConnection? Connection { get; set; } = connection;
        public int Sent { get; set; }
        public TcpSignals Signals { get; set; }
        public bool IsReleased { get; set; }
        public List<(Instant At, TcpHeader Header, int Length, bool Lost)> Wire { get; } = [];
    }

    public Instant Now { get; private set; } = Start;
    public TimeSpan Elapsed => Now - Start;
    public NodeLog Log { get; }
    public Side Client { get; }
    public Side Server { get; }
    public TcpListener Listener { get; }
    public TcpSettings ServerSettings { get; }
    public SequenceNumber ServerIss { get; }
    public int Mss { get; }

    public TcpConnection ClientEnd => Client.Connection!;
    public TcpConnection ServerEnd => Server.Connection!;

    /// <summary>Sends what both ends want to send.</summary>
    public void Flush()
    {
        Flush(Client, Server);
        Flush(Server, Client);
    }

    private void Flush(Side from, Side to)
    {
        while (from.Connection is { } connection)
        {
            Packet packet = Packet.Rent(1600);
            if (!connection.TryTransmit(packet, Now))
            {
                packet.Dispose();
                break;
            }

            TcpHeader.TryRead(packet.Head, out TcpHeader header).ShouldBeTrue();
            int length = packet.Length - header.HeaderLength;
            bool lost = _random.Chance(_line.Loss) || (_line.Drop?.Invoke(from == Client, from.Sent, header, length) ?? false);
            from.Sent++;
            from.Wire.Add((Now, header, length, lost));
            int copies = lost ? 0 : _random.Chance(_line.Duplicate) ? 2 : 1;
            for (int i = 0; i < copies; i++)
            {
                TimeSpan delay = _line.Delay;
                if (_random.Chance(_line.Reorder))
                    delay += delay * (3 * _random.NextDouble());
                bool last = i == copies - 1;
                _flying.Enqueue((to, last && !_copyOnWire ? packet : packet.Clone()), (Now + delay, _order++));
            }

            if (copies == 0 || _copyOnWire)
                packet.Dispose();
        }

        if (from.Connection is { } asked)
        {
            TcpSignals signals = asked.TakeSignals();
            from.Signals |= signals;
            from.IsReleased |= signals.HasFlag(TcpSignals.Released);
        }
    }

    public Instant NextEvent
    {
        get
        {
            Instant next = Instant.Min(Client.Connection?.NextTimer ?? Instant.Never, Server.Connection?.NextTimer ?? Instant.Never);
            return _flying.TryPeek(out _, out (Instant At, long) first) ? Instant.Min(first.At, next) : next;
        }
    }

    /// <summary>Goes on to the next arrival or timer; false when there is none at or before <paramref name="latest"/>.</summary>
    public bool Step(Instant latest)
    {
        Flush();
        Instant next = NextEvent;
        if (next.IsNever || next > latest)
            return false;
        Now = Instant.Max(Now, next);
        while (_flying.TryPeek(out (Side To, Packet Packet) arrival, out (Instant At, long) when) && when.At <= Now)
        {
            _flying.Dequeue();
            Deliver(arrival.To, arrival.Packet);
            Flush();
        }

        foreach (Side side in (ReadOnlySpan<Side>)[Client, Server])
        {
            if (side.Connection is { } connection && connection.NextTimer <= Now)
            {
                Log.Because = EventId.None;
                connection.OnTimer(Now);
            }
        }

        Flush();
        return true;
    }

    private void Deliver(Side to, Packet packet)
    {
        TcpSegment.TryRead(packet, ce: false, out TcpSegment segment).ShouldBeTrue();
        Log.Because = packet.Cause;
        if (to.Connection is { } connection && !to.IsReleased)
            connection.Receive(segment, Now);
        else if (to == Server && to.Connection is null && segment.Header.IsSyn && !segment.Header.IsAck)
            to.Connection = Listener.OnSyn(segment, new ConnectionId(Listener.Local, ClientEnd.Id.Local), ServerIss, Mss, Now);
        else
            AnswerWithReset(to, segment);
        packet.Dispose();
    }

    private void AnswerWithReset(Side from, in TcpSegment segment)
    {
        Packet reset = Packet.Rent(TcpHeader.Size);
        if (TcpReset.TryAnswer(segment, reset) && !_random.Chance(_line.Loss))
            _flying.Enqueue((from == Client ? Server : Client, reset), (Now + _line.Delay, _order++));
        else
            reset.Dispose();
    }

    /// <summary>Runs until the condition holds; false when nothing is left to happen within the time.</summary>
    public bool RunUntil(Func<bool> condition, double seconds = 600)
    {
        Instant latest = Now + TimeSpan.FromSeconds(seconds);
        while (!condition())
        {
            if (!Step(latest))
                return condition();
        }

        return true;
    }

    public void Run(double seconds)
    {
        Instant latest = Now + TimeSpan.FromSeconds(seconds);
        while (Step(latest))
        {
        }

        Now = latest;
    }

    public Pair Establish()
    {
        RunUntil(() => Client.Signals.HasFlag(TcpSignals.Established) && Server.Signals.HasFlag(TcpSignals.Established)).ShouldBeTrue();
        return this;
    }

    public void Dispose()
    {
        Client.Connection?.Abort(Now);
        Server.Connection?.Abort(Now);
        while (_flying.TryDequeue(out (Side To, Packet Packet) arrival, out _))
            arrival.Packet.Dispose();
    }
}
