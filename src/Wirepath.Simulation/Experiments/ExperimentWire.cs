using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>A wire with made-up segments at its left end and, at its right one, a whole host or a broken peer.</summary>
internal sealed class ExperimentWire : IDisposable
{
    public static readonly IpAddress LeftAddress = IpAddress.V4(10, 0, 0, 1), RightAddress = IpAddress.V4(10, 0, 0, 2);

    private static readonly Instant s_start = Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public ExperimentWire(LinkSettings? settings = null)
    {
        Simulator = new Simulator(1, s_start, EventLog.Silent);
        Link = new Link("wire", Simulator, "left", new MacAddress(0x0200_0000_0001), "right", new MacAddress(0x0200_0000_0002),
            settings ?? new LinkSettings { Delay = TimeSpan.FromMilliseconds(10) });
        Left = new SegmentPort(Link.A, Link.B.Address, LeftAddress, RightAddress);
    }

    public Simulator Simulator { get; }

    public Link Link { get; }

    public SegmentPort Left { get; }

    public SegmentPort AddBareRight() => new(Link.B, Link.A.Address, RightAddress, LeftAddress);

    /// <param name="tcp">Of the host.</param>
    /// <param name="between">What stands between the wire and the host.</param>
    public Host AddHost(TcpSettings? tcp = null, Func<INetworkDevice, INetworkDevice>? between = null)
    {
        Host host = Simulator.AddHost("right", HostSettings.Default with { Tcp = tcp ?? TcpSettings.Default });
        Interface on = host.AddInterface(between is null ? Link.B : between(Link.B), "eth0");
        on.AddAddress(InterfaceAddress.TryParse("10.0.0.2/24", out InterfaceAddress address) ? address : throw new FormatException());
        on.Neighbors.AddPermanent(LeftAddress, Link.A.Address);
        return host;
    }

    public void At(double seconds, Action work) => Simulator.Schedule(s_start + TimeSpan.FromSeconds(seconds), work);

    public void RunUntil(double seconds) => Simulator.RunUntil(s_start + TimeSpan.FromSeconds(seconds));

    public void Dispose() => Simulator.Dispose();
}
