using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>ARP on one interface (RFC 826): the questions and answers of IPv4; what is known is the <see cref="NeighborTable"/>'s affair.</summary>
internal sealed class Arp(Host host, Interface on)
{
    public void Receive(Packet frame, Instant now)
    {
        bool wellFormed = ArpPacket.TryRead(frame.Head, out ArpPacket arp);
        if (!wellFormed || arp.SenderMac.IsMulticast || arp.SenderIp.IsMulticast || arp.SenderIp.IsBroadcast)
        {
            host.Drop(on, frame, DropReason.Malformed);
            return;
        }

        frame.Dispose();
        bool asksForUs = on.Has(arp.TargetIp);
        bool own = on.Has(arp.SenderIp);
        // Whoever claims an address of ours does not get to change our table. RFC 826: an entry that exists is updated by
        // whatever is heard; a new one is made only when we are addressed.
        if (!own && !arp.SenderIp.IsUnspecified)
        {
            bool answers = arp.Operation == ArpOperation.Reply && arp.TargetMac == on.Mac;
            on.Neighbors.Heard(arp.SenderIp, arp.SenderMac, answers, mayCreate: asksForUs && arp.Operation == ArpOperation.Request, now);
        }

        host.ArpHeard(on, arp);
        if (arp.Operation == ArpOperation.Request && asksForUs && !own)
            Send(new ArpPacket(ArpOperation.Reply, on.Mac, arp.TargetIp, arp.SenderMac, arp.SenderIp), arp.SenderMac);
    }

    /// <summary>Asks for the owner of <paramref name="address"/>: everybody, or the one who had it last.</summary>
    public void Ask(IpAddress address, MacAddress to) =>
        Send(new ArpPacket(ArpOperation.Request, on.Mac, on.SourceFor(address), MacAddress.Zero, address), to);

    /// <summary>Asks whether anybody uses <paramref name="address"/> (RFC 5227 §2.1.1): a request without a sender.</summary>
    public void Probe(IpAddress address) =>
        Send(new ArpPacket(ArpOperation.Request, on.Mac, IpAddress.AnyV4, MacAddress.Zero, address), MacAddress.Broadcast);

    /// <summary>Tells everybody that <paramref name="address"/> is here (RFC 5227 §2.3).</summary>
    public void Announce(IpAddress address) =>
        Send(new ArpPacket(ArpOperation.Request, on.Mac, address, MacAddress.Zero, address), MacAddress.Broadcast);

    private void Send(ArpPacket arp, MacAddress to)
    {
        Packet packet = Packet.Rent(EthernetHeader.MinimumFrameSize);
        packet.Cause = host.Log.Because;
        arp.Write(packet.Append(ArpPacket.Size));
        on.Transmit(packet, to, EtherType.Arp);
    }
}
