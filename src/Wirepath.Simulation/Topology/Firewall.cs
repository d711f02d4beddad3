using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>What a firewall does not let in.</summary>
[Flags]
public enum FirewallRules
{
    None = 0,

    /// <summary>TCP segments with SYN and without ACK: nobody opens a connection from outside.</summary>
    DropConnects = 1,

    /// <summary>All UDP datagrams.</summary>
    DropUdp = 2,

    /// <summary>All ICMP messages, those that path MTU discovery needs included.</summary>
    DropIcmp = 4,
}

/// <summary>
/// A packet filter between a wire and a host, as most are set up: what a rule names disappears without an answer. Only what comes
/// in is looked at; it keeps no state.
/// </summary>
public sealed class Firewall(INetworkDevice outside, FirewallRules rules, NodeLog log) : INetworkDevice
{
    public string Name => outside.Name;

    public MacAddress Address => outside.Address;

    public int Mtu => outside.Mtu;

    public DeviceOffloads Offloads => outside.Offloads;

    /// <summary>May be changed during a run.</summary>
    public FirewallRules Rules { get; set; } = rules;

    public long Dropped { get; private set; }

    public Action? Readable
    {
        get => outside.Readable;
        set => outside.Readable = value;
    }

    public bool TryReceive([NotNullWhen(true)] out Packet? frame)
    {
        while (outside.TryReceive(out frame))
        {
            if (!IsForbidden(frame))
                return true;
            Dropped++;
            if (log.IsEnabled)
                log.Write(frame.Cause, new PacketDropped(Name, DropReason.Firewalled, frame.ToArray()));
            frame.Dispose();
        }

        return false;
    }

    public bool Transmit(Packet frame) => outside.Transmit(frame);

    public void Flush() => outside.Flush();

    public void Dispose() => outside.Dispose();

    private bool IsForbidden(Packet frame)
    {
        // What is no IPv4 (ARP) or cannot be read is the host's own business.
        if (!EthernetHeader.TryRead(frame.Head, out EthernetHeader ethernet) || ethernet.Type != EtherType.IPv4
            || !Ipv4Header.TryRead(frame.Head[EthernetHeader.Size..], out Ipv4Header ip))
            return false;
        return ip.Protocol switch
        {
            IpProtocol.Udp => (Rules & FirewallRules.DropUdp) != 0,
            IpProtocol.Icmp => (Rules & FirewallRules.DropIcmp) != 0,
            IpProtocol.Tcp => (Rules & FirewallRules.DropConnects) != 0 && OpensConnection(frame.Head[(EthernetHeader.Size + ip.HeaderLength)..]),
            _ => false,
        };
    }

    private static bool OpensConnection(ReadOnlySpan<byte> segment) =>
        TcpHeader.TryRead(segment, out TcpHeader tcp) && (tcp.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn;
}
