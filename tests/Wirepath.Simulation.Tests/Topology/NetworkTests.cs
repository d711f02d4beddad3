using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

public class NetworkTests
{
    private readonly Bench _bench = new();
    private readonly Network _network;

    public NetworkTests() => _network = new Network(_bench.Simulator);

    private PingReply Ping(Host from, string to) =>
        _bench.Simulator.Run(() => from.PingAsync(IpAddress.Parse(to), 56, 64, TimeSpan.FromSeconds(5)).AsTask());

    [Fact]
    public void Two_hosts_on_a_wire_find_each_other_by_arp_and_the_round_trip_is_twice_the_delay()
    {
        Host a = _network.AddHost("a"), b = _network.AddHost("b");
        _network.Connect("wire", a, "10.0.0.1/24", b, "10.0.0.2/24", new LinkSettings { Delay = TimeSpan.FromMilliseconds(5) });
        Ping(a, "10.0.0.2").RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(20)); // ARP takes one round trip more
        Ping(a, "10.0.0.2").RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public void Acquainted_hosts_never_ask_and_nothing_they_hear_changes_their_minds()
    {
        Host a = _network.AddHost("a"), b = _network.AddHost("b");
        Link link = _network.Acquaint(_network.Connect("wire", a, "10.0.0.1/24", b, "10.0.0.2/24", new LinkSettings { Delay = TimeSpan.FromMilliseconds(5) }));
        Ping(a, "10.0.0.2").RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(10));
        _bench.Simulator.RunUntil(_bench.Simulator.Now + TimeSpan.FromMinutes(5));
        Ping(a, "10.0.0.2").IsReply.ShouldBeTrue();
        _bench.Recorder.Events.ShouldNotContain(e => e.What is NeighborRequested);

        // Somebody else claims the address.
        byte[] lie = new byte[60];
        new EthernetHeader(link.A.Address, Bench.Mac(66), EtherType.Arp).Write(lie);
        new ArpPacket(ArpOperation.Reply, Bench.Mac(66), IpAddress.Parse("10.0.0.2"), link.A.Address, IpAddress.Parse("10.0.0.1")).Write(lie.AsSpan(EthernetHeader.Size));
        link.B.Transmit(Packet.From(lie));
        _bench.Simulator.RunUntil(_bench.Simulator.Now + TimeSpan.FromSeconds(1));
        a.Interfaces[1].Neighbors.Flush();
        a.Interfaces[1].Neighbors.List().ShouldBe([new Neighbor(IpAddress.Parse("10.0.0.2"), link.B.Address, NeighborState.Permanent)]);
    }

    [Fact]
    public void A_router_passes_on_between_a_switched_network_and_a_wire()
    {
        Host pc = _network.AddHost("pc"), router = _network.AddRouter("router"), server = _network.AddHost("server");
        Switch lan = _network.AddSwitch("lan");
        Link port = _network.Connect("pc-lan", pc, "192.168.1.10/24", lan, LinkSettings.Perfect);
        _network.Connect("router-lan", router, "192.168.1.1/24", lan, LinkSettings.Perfect);
        Link wan = _network.Connect("wan", router, "10.0.0.1/30", server, "10.0.0.2/30", new LinkSettings { Delay = TimeSpan.FromMilliseconds(3) });
        Network.AddRoute(pc, "default", "192.168.1.1", _network.InterfaceAt(port.A));
        Network.AddRoute(server, "192.168.1.0/24", "10.0.0.1", _network.InterfaceAt(wan.B));
        PingReply reply = Ping(pc, "10.0.0.2");
        reply.IsReply.ShouldBeTrue();
        reply.TimeToLive.ShouldBe(63);
        lan.PortOf(port.A.Address).ShouldBe(0);
    }
}
