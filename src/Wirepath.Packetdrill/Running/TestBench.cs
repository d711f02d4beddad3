using Wirepath.Events;
using Wirepath.Simulation;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>The host under test, its wire, and virtual time that stands still while the script thinks.</summary>
internal sealed class TestBench : IDisposable
{
    private static readonly Instant s_start = Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private const int Ipv6PrefixLength = 48;

    private readonly Simulator _simulator;
    private Action? _somethingHappened;

    public TestBench(ScriptOptions options, HostSettings settings, int? mtu, ulong seed, EventLog log)
    {
        _simulator = new Simulator(seed, s_start, log);
        Wire = new ScriptedWire(mtu ?? options.Mtu, () => _simulator.Now) { ArrivalSegmentSize = options.ArrivalSegmentSize };
        Wire.Sent = packet =>
        {
            Seen?.Invoke(packet);
            Happened();
        };
        Host = _simulator.AddHost("host", settings);
        Interface eth0 = Host.AddInterface(Wire, "eth0");
        eth0.AddAddress(new InterfaceAddress(options.LocalIp, options.IsIpv6Wire ? Ipv6PrefixLength : options.PrefixLength));
        Host.Routes.AddDefault(options.GatewayIp, eth0);
        if (options.IsIpv6Wire)
            eth0.Neighbors.AddPermanent(options.GatewayIp, ScriptedWire.Peer);
    }

    public Host Host { get; }

    public ScriptedWire Wire { get; }

    /// <summary>An IP packet has left the host.</summary>
    public Action<SeenPacket>? Seen { get; set; }

    /// <summary>Since the script began.</summary>
    public TimeSpan Elapsed => _simulator.Now - s_start;

    public TimeSpan ElapsedAt(Instant at) => at - s_start;

    /// <summary>Lets everything happen up to and including <paramref name="elapsed"/>.</summary>
    public void RunUntil(TimeSpan elapsed)
    {
        if (elapsed >= Elapsed)
            _simulator.RunUntil(s_start + elapsed);
    }

    /// <summary>Lets things happen until <paramref name="condition"/> holds; time stops at that very event.</summary>
    /// <returns>False when it does not hold until <paramref name="latest"/>.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan latest)
    {
        if (condition())
            return true;
        if (latest < Elapsed)
            return false;
        var done = new TaskCompletionSource();
        Appointment timeout = _simulator.CreateAppointment("script time-out", () => done.TrySetResult());
        _somethingHappened = () =>
        {
            if (condition())
                done.TrySetResult();
        };
        // Behind whatever else is due at that instant.
        _simulator.Schedule(timeout, s_start + latest + TimeSpan.FromTicks(1));
        _simulator.Run(() => done.Task);
        _simulator.Cancel(timeout);
        _somethingHappened = null;
        return condition();
    }

    /// <summary>A condition may have become true.</summary>
    public void Happened() => _somethingHappened?.Invoke();

    public void Dispose() => _simulator.Dispose();
}
