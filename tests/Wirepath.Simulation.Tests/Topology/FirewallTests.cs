using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

public class FirewallTests
{
    private readonly Bench _bench = new();
    private readonly Link _link;
    private readonly Firewall _firewall;
    private readonly List<IpProtocol> _through = [];

    public FirewallTests()
    {
        _link = _bench.Wire(LinkSettings.Perfect);
        _firewall = new Firewall(_link.B, FirewallRules.None, _bench.Log.For("b", _bench.Simulator.Time));
        _firewall.Readable = () =>
        {
            while (_firewall.TryReceive(out Packet? frame))
            {
                Ipv4Header.TryRead(frame.Head[EthernetHeader.Size..], out Ipv4Header ip).ShouldBeTrue();
                _through.Add(ip.Protocol);
                frame.Dispose();
            }
        };
    }

    private void Send(IpProtocol protocol, TcpFlags flags = TcpFlags.None)
    {
        byte[] bytes = new byte[EthernetHeader.Size + 20 + 20];
        new EthernetHeader(Bench.Mac(2), Bench.Mac(1), EtherType.IPv4).Write(bytes);
        byte[] ip = [0x45, 0, 0, 40, 0, 0, 0, 0, 64, (byte)protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        ip.CopyTo(bytes, EthernetHeader.Size);
        bytes[EthernetHeader.Size + 20 + 12] = 5 << 4; // data offset
        bytes[EthernetHeader.Size + 20 + 13] = (byte)flags;
        _link.A.Transmit(Packet.From(bytes));
        _bench.Simulator.RunUntilIdle(Instant.Never);
    }

    [Fact]
    public void Without_rules_everything_passes()
    {
        Send(IpProtocol.Udp);
        Send(IpProtocol.Tcp, TcpFlags.Syn);
        Send(IpProtocol.Icmp);
        _through.ShouldBe([IpProtocol.Udp, IpProtocol.Tcp, IpProtocol.Icmp]);
    }

    [Fact]
    public void Connections_from_outside_are_dropped_without_a_word_but_answers_to_our_own_pass()
    {
        _firewall.Rules = FirewallRules.DropConnects;
        Send(IpProtocol.Tcp, TcpFlags.Syn);
        _through.ShouldBeEmpty();
        Send(IpProtocol.Tcp, TcpFlags.Syn | TcpFlags.Ack);
        Send(IpProtocol.Tcp, TcpFlags.Ack);
        Send(IpProtocol.Udp);
        _through.ShouldBe([IpProtocol.Tcp, IpProtocol.Tcp, IpProtocol.Udp]);
        _firewall.Dropped.ShouldBe(1);
        _bench.Recorder.Events.Where(e => e.Node == "b").ShouldHaveSingleItem().What.ShouldBeOfType<PacketDropped>().Reason.ShouldBe(DropReason.Firewalled);
    }

    [Fact]
    public void Datagrams_and_icmp_have_rules_of_their_own()
    {
        _firewall.Rules = FirewallRules.DropUdp | FirewallRules.DropIcmp;
        Send(IpProtocol.Udp);
        Send(IpProtocol.Icmp);
        Send(IpProtocol.Tcp, TcpFlags.Syn);
        _through.ShouldBe([IpProtocol.Tcp]);
    }
}
