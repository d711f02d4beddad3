using System.Globalization;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>How the conversation of a <see cref="SeedWorld"/> ends.</summary>
internal enum SeedEnding
{
    /// <summary>Each side closes its direction when it has written all, and reads the other's to its end.</summary>
    InOrder,
    /// <summary>The client aborts somewhere on the way.</summary>
    ClientAborts,
    /// <summary>The server aborts somewhere on the way.</summary>
    ServerAborts,
    /// <summary>The server closes somewhere on the way, with bytes unread and more arriving.</summary>
    ServerCloses,
}

/// <summary>All that one seed decides: network, settings of both ends, what is sent and how it is read.</summary>
internal sealed class SeedPlan
{
    /// <summary>A packet of an IPv6 path (RFC 8200 §5); IPv4's smallest that is believed is smaller.</summary>
    private const int LeastMtu = 1280;

    private readonly RandomSource _random;

    public SeedPlan(ulong seed)
    {
        _random = new RandomSource(seed).Fork("plan");
        IsV6 = _random.Chance(0.4);
        HasRouter = _random.Chance(0.5);
        Near = Wire();
        Far = Wire();
        // Bits that are flipped on both wires may cancel out in the checksum; no TCP can see that.
        if (Near.Corrupt > 0)
            Far = Far with { Corrupt = 0 };
        if (HasRouter && _random.Chance(0.6))
            (ChangedMtu, MtuChangesAt) = (IsV6 ? LeastMtu + _random.Next(220) : 552 + _random.Next(900), Milliseconds(4000));
        if (_random.Chance(0.1))
            (CutAt, CutLasts) = (Milliseconds(2000), Milliseconds(20_000));
        Client = Settings();
        Server = Settings();
        Ending = _random.Next(10) switch { 0 => SeedEnding.ClientAborts, 1 => SeedEnding.ServerAborts, 2 => SeedEnding.ServerCloses, _ => SeedEnding.InOrder };
        int most = _random.Chance(0.05) ? 300_000 : 30_000;
        ClientBytes = _random.Chance(0.1) ? 0 : _random.Next(most);
        ServerBytes = _random.Chance(0.1) ? 0 : _random.Next(most);
    }

    public bool IsV6 { get; }

    /// <summary>Between the two hosts, so that the path's MTU can be smaller than their own.</summary>
    public bool HasRouter { get; }

    public LinkSettings Near { get; }
    public LinkSettings Far { get; }

    /// <summary>Of the far link from <see cref="MtuChangesAt"/> on; 0: as it is.</summary>
    public int ChangedMtu { get; }
    public TimeSpan MtuChangesAt { get; }

    public TimeSpan CutAt { get; }

    /// <summary>How long nothing gets through; zero: never.</summary>
    public TimeSpan CutLasts { get; }

    public TcpSettings Client { get; }
    public TcpSettings Server { get; }
    public SeedEnding Ending { get; }
    public int ClientBytes { get; }
    public int ServerBytes { get; }

    /// <summary>One line for whoever looks at a seed that failed.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(IsV6 ? "IPv6" : "IPv4")}{(HasRouter ? ", router" : "")}, {ClientBytes} bytes there and {ServerBytes} back, {Ending}; client {Words(Client)}; server {Words(Server)}; near {Words(Near)}; far {Words(Far)}")
        + (ChangedMtu > 0 ? string.Create(CultureInfo.InvariantCulture, $"; mtu {ChangedMtu} after {MtuChangesAt.TotalSeconds:0.###} s") : "")
        + (CutLasts > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"; cut at {CutAt.TotalSeconds:0.###} s for {CutLasts.TotalSeconds:0.###} s") : "");

    private static string Words(TcpSettings tcp) => string.Create(CultureInfo.InvariantCulture,
        $"{tcp.CongestionControl}{(tcp.Sack ? " sack" : "")}{(tcp.Timestamps ? " ts" : "")}{(tcp.WindowScaling ? " wscale" : "")} ecn={(int)tcp.Ecn}{(tcp.Pacing ? " paced" : "")} iw={tcp.InitialCwnd} super={tcp.MaxSuperSegmentBytes} rcvbuf={tcp.ReceiveBuffer.Default} sndbuf={tcp.SendBuffer.Default} cookies={tcp.SynCookies} recovery={(int)tcp.LossDetection} frto={tcp.ForwardRto}");

    private static string Words(LinkSettings link) => string.Create(CultureInfo.InvariantCulture,
        $"{link.Delay.TotalMilliseconds:0.#} ms loss {link.Loss:p1}{(link.Burst is null ? "" : " bursts")} reorder {link.Reorder:p1} dup {link.Duplicate:p1} corrupt {link.Corrupt:p1} bandwidth {link.Bandwidth} queue {link.QueuePackets}");

    private TimeSpan Milliseconds(int most) => TimeSpan.FromTicks((long)(_random.NextDouble() * most * TimeSpan.TicksPerMillisecond));

    private LinkSettings Wire() => new()
    {
        Delay = Milliseconds(60),
        Jitter = _random.Chance(0.3) ? Milliseconds(20) : TimeSpan.Zero,
        Bandwidth = _random.Chance(0.5) ? 0 : 200_000L << _random.Next(10),
        QueuePackets = 3 + _random.Next(100),
        Discipline = _random.Chance(0.2) ? QueueDiscipline.CoDel : QueueDiscipline.DropTail,
        Loss = _random.Chance(0.4) ? 0 : _random.NextDouble() * (_random.Chance(0.3) ? 0.3 : 0.05),
        Burst = _random.Chance(0.2) ? new BurstLoss(0.02 * _random.NextDouble(), 0.2 + 0.5 * _random.NextDouble()) : null,
        Reorder = _random.Chance(0.5) ? 0 : _random.NextDouble() * 0.3,
        ReorderDelay = Milliseconds(50),
        Duplicate = _random.Chance(0.6) ? 0 : _random.NextDouble() * 0.1,
        Corrupt = _random.Chance(0.6) ? 0 : _random.NextDouble() * 0.05,
    };

    private BufferSizes Sizes() => _random.Next(4) switch
    {
        0 => new BufferSizes(1, 100 + _random.Next(2000), 100),
        1 => new BufferSizes(4096, 4096 + _random.Next(60_000), 200_000),
        2 => new BufferSizes(4096, 131_072, 6_000_000),
        _ => new BufferSizes(4096, 2_000_000, 16_000_000),
    };

    // Patience without end: who gives up too early would be told from who is stuck only by luck.
    private TcpSettings Settings() => new()
    {
        SynRetries = 60,
        SynAckRetries = 60,
        Retries2 = 200,
        OrphanRetries = 200,
        SynCookies = _random.Next(2), // always (2) they lose a connection whose first bytes overtake its last ACK: that is known of them
        Timestamps = _random.Chance(0.7),
        Sack = _random.Chance(0.7),
        DuplicateSack = _random.Chance(0.8),
        WindowScaling = _random.Chance(0.7),
        CongestionControl = CongestionControls.Names[_random.Next(CongestionControls.Names.Count)],
        Ecn = (EcnMode)_random.Next(3),
        Pacing = _random.Chance(0.2),
        MaxPacingRate = _random.Chance(0.1) ? 20_000 + _random.Next(1_000_000) : 0,
        QuickAcks = _random.Next(20),
        InitialCwnd = 1 + _random.Next(20),
        LossDetection = _random.Chance(0.7) ? LossDetection.Rack : (LossDetection)_random.Next(8),
        EarlyRetransmit = _random.Chance(0.8) ? 3 : 0,
        ForwardRto = _random.Chance(0.8) ? 2 : 0,
        CollapseRepetitions = _random.Chance(0.8),
        SlowStartAfterIdle = _random.Chance(0.7),
        CopyThreshold = _random.Chance(0.2) ? 0 : 256,
        MaxReassemblyRanges = _random.Chance(0.2) ? 2 : 256,
        MaxSuperSegmentBytes = _random.Chance(0.6) ? 0 : _random.Next(65_000),
        MaxSegmentSize = _random.Chance(0.2) ? 100 + _random.Next(1300) : 0,
        WindowClamp = _random.Chance(0.1) ? 200 + _random.Next(5000) : 0,
        NotSentLowWater = _random.Chance(0.2) ? 1 + _random.Next(20_000) : uint.MaxValue,
        ReceiveBuffer = Sizes(),
        SendBuffer = Sizes(),
    };
}
