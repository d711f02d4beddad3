using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>The questions and answers of neighbour discovery on one link (RFC 4861 §7); what is known is the <see cref="NeighborTable"/>'s affair.</summary>
internal sealed class NeighborDiscovery(Host host, Interface on, Ipv6Link link)
{
    /// <summary>Asks for the owner of <paramref name="target"/>: the group it listens to, or itself.</summary>
    public void Solicit(IpAddress target, bool direct, Instant now)
    {
        IpAddress source = on.SourceFor(target);
        if (source.IsNone)
            return;
        // RFC 4429 §3.2: while the address may turn out to be somebody else's, no table shall learn ours with it.
        MacAddress? mac = link.Detection.IsChecking(source) ? null : on.Mac;
        Solicit(new NeighborSolicitation(target, mac), source, direct ? target : target.SolicitedNode, now);
    }

    /// <summary>Asks whether anybody uses <paramref name="target"/> (RFC 4862 §5.4.2): a question from nobody.</summary>
    public void Probe(IpAddress target, Instant now) => Solicit(new NeighborSolicitation(target, null), IpAddress.AnyV6, target.SolicitedNode, now);

    private void Solicit(NeighborSolicitation solicitation, IpAddress source, IpAddress to, Instant now)
    {
        Packet packet = Packet.Rent(solicitation.Length);
        solicitation.Write(packet.Append(solicitation.Length));
        host.Statistics.Icmp6OutNeighborSolicits++;
        link.Send(packet, source, to, now);
    }

    public bool TryTakeSolicitation(ReadOnlySpan<byte> message, in IpArrival arrival, Instant now)
    {
        host.Statistics.Icmp6InNeighborSolicits++;
        bool isProbe = arrival.Source.IsUnspecified;
        if (!NeighborSolicitation.TryRead(message, out NeighborSolicitation asked) || asked.SourceMac is { IsMulticast: true }
            || (isProbe && (asked.SourceMac is not null || arrival.Destination != asked.Target.SolicitedNode)))
            return false;
        if (isProbe && link.Detection.IsChecking(asked.Target))
        {
            // RFC 4862 §5.4.3: two want the same address at the same time; neither gets it.
            link.Detection.Refuse(asked.Target, MacAddress.Zero, now);
            return true;
        }

        if (!on.Has(asked.Target))
            return true;
        if (asked.SourceMac is { } mac)
            on.Neighbors.Heard(arrival.Source, mac, confirmed: false, mayCreate: true, now);
        Advertise(asked.Target, isProbe ? IpAddress.AllNodes : arrival.Source, isSolicited: !isProbe, now);
        return true;
    }

    public bool TryTakeAdvertisement(ReadOnlySpan<byte> message, in IpArrival arrival, Instant now)
    {
        host.Statistics.Icmp6InNeighborAdvertisements++;
        if (!NeighborAdvertisement.TryRead(message, out NeighborAdvertisement told) || (told.IsSolicited && arrival.Destination.IsMulticast)
            || told.TargetMac is { IsMulticast: true })
            return false;
        if (link.Detection.IsChecking(told.Target))
            link.Detection.Refuse(told.Target, told.TargetMac ?? MacAddress.Zero, now);
        else if (!on.Has(told.Target)) // Whoever claims an address of ours does not get to change our table.
            on.Neighbors.Advertised(told, now);
        return true;
    }

    private void Advertise(IpAddress target, IpAddress to, bool isSolicited, Instant now)
    {
        var told = new NeighborAdvertisement(target, host.Settings.Ipv6.Forwarding, isSolicited, Overrides: !link.Detection.IsChecking(target), on.Mac);
        Packet packet = Packet.Rent(told.Length);
        told.Write(packet.Append(told.Length));
        host.Statistics.Icmp6OutNeighborAdvertisements++;
        link.Send(packet, target, to, now);
    }
}
