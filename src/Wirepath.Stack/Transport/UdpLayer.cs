using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Who is bound to a UDP port.</summary>
internal interface IUdpReceiver
{
    /// <summary>Takes the packet over; the datagram's payload lies at the offset given.</summary>
    void OnDatagram(Packet packet, int offset, int length, IpEndpoint from, in IpArrival arrival, Instant now);

    /// <returns>False when the receiver never sent anything there: a forgery.</returns>
    bool OnError(IpEndpoint remote, in IcmpReport report, Instant now);
}

/// <summary>UDP (RFC 768, RFC 1122 §4.1): ports, checksums, demultiplexing.</summary>
internal sealed class UdpLayer(Host host)
{
    /// <summary>Bytes of payload that fit into the largest IPv4 packet.</summary>
    public const int MostPayload = Ipv4Header.MaxTotalLength - Ipv4Header.Size - UdpHeader.Size;

    // Sockets are opened from any thread; the loop looks them up.
    private readonly Lock _lock = new();
    private readonly Dictionary<IpEndpoint, IUdpReceiver> _receivers = [];
    private readonly RandomSource _random = host.Random.Fork("udp ports");

    /// <summary>Binds to an address (unspecified: all) and a port (0: a random free one, RFC 6056 §3.3.1).</summary>
    /// <exception cref="NetworkException">The port is taken, or none is free.</exception>
    public IpEndpoint Bind(IpEndpoint local, IUdpReceiver receiver, bool v6Only = false)
    {
        if (local.Address.IsNone)
            local = local with { Address = IpAddress.AnyV4 };
        lock (_lock)
        {
            if (local.Port == 0)
                local = local with { Port = FreePort() };
            bool both = local.Address == IpAddress.AnyV6 && !v6Only;
            // "::" with both families is 0.0.0.0 too.
            bool free = !_receivers.ContainsKey(local) && (!both || !_receivers.ContainsKey(local with { Address = IpAddress.AnyV4 }));
            if (free)
                _receivers.Add(local, receiver);
            if (free && both)
                _receivers.Add(local with { Address = IpAddress.AnyV4 }, receiver);
            if (!free)
                throw new NetworkException(ConnectionEnd.NotSent, $"UDP port {local.Port} of {local.Address} is already in use on {host.Name}.");
        }

        return local;
    }

    public void Unbind(IpEndpoint local, IUdpReceiver receiver)
    {
        lock (_lock)
        {
            Remove(local, receiver);
            if (local.Address == IpAddress.AnyV6)
                Remove(local with { Address = IpAddress.AnyV4 }, receiver);
        }
    }

    private void Remove(IpEndpoint local, IUdpReceiver receiver)
    {
        if (_receivers.TryGetValue(local, out IUdpReceiver? bound) && ReferenceEquals(bound, receiver))
            _receivers.Remove(local);
    }

    /// <summary>True when a socket of this host uses the port: a NAT must keep away from it.</summary>
    public bool IsBound(IpAddress address, ushort port) => Find(new IpEndpoint(address, port)) is not null;

    private ushort FreePort()
    {
        PortRange range = host.Settings.Sockets.LocalPorts;
        int start = _random.Next(range.Count);
        for (int i = 0; i < range.Count; i++)
        {
            ushort port = (ushort)(range.First + (start + i) % range.Count);
            // Free on every address, so that a wildcard and a bound socket never share answers.
            if (!_receivers.ContainsKey(new IpEndpoint(IpAddress.AnyV4, port)) && !_receivers.ContainsKey(new IpEndpoint(IpAddress.AnyV6, port)) && !IsUsedSomewhere(port) && !host.IsUsedByNat(IpProtocol.Udp, port))
                return port;
        }

        throw new NetworkException(ConnectionEnd.NotSent, $"All {range.Count} local UDP ports of {host.Name} are in use.");
    }

    private bool IsUsedSomewhere(ushort port)
    {
        foreach (IpAddress address in host.OwnAddresses)
        {
            if (_receivers.ContainsKey(new IpEndpoint(address, port)))
                return true;
        }

        return false;
    }

    private IUdpReceiver? Find(IpEndpoint local)
    {
        lock (_lock)
        {
            return _receivers.TryGetValue(local, out IUdpReceiver? receiver)
                || _receivers.TryGetValue(local with { Address = local.Address.IsV4 ? IpAddress.AnyV4 : IpAddress.AnyV6 }, out receiver) ? receiver : null;
        }
    }

    public void Receive(Packet packet, in IpArrival arrival, Instant now)
    {
        if (!packet.IsLinear)
            packet.MakeWritable();
        ReadOnlySpan<byte> datagram = packet.Head[arrival.HeaderLength..];
        if (!UdpHeader.TryRead(datagram, out UdpHeader udp, out ReadOnlySpan<byte> payload) || udp.DestinationPort == 0)
        {
            host.Statistics.UdpInErrors++;
            host.Drop(arrival.Interface, packet, DropReason.Malformed);
            return;
        }

        // RFC 768: 0 is "no checksum" (IPv4 only: RFC 8200 §8.1). What the device has verified or will complete is right.
        if ((udp.Checksum != 0 || arrival.Source.IsV6) && packet.Checksum == ChecksumState.Complete
            && Checksum.Compute(datagram[..udp.Length], Checksum.PseudoHeader(arrival.Source, arrival.Destination, IpProtocol.Udp, udp.Length)) != 0)
        {
            host.Statistics.UdpInErrors++;
            host.Statistics.UdpInCsumErrors++;
            host.Drop(arrival.Interface, packet, DropReason.BadChecksum);
            return;
        }

        IUdpReceiver? receiver = Find(new IpEndpoint(arrival.Destination, udp.DestinationPort));
        if (receiver is null)
        {
            host.Statistics.UdpNoPorts++;
            if (!arrival.IsBroadcast)
                host.IpOut.SendPortUnreachable(packet, arrival.Interface, now);
            host.Drop(arrival.Interface, packet, DropReason.NoListener);
            return;
        }

        host.Statistics.UdpInDatagrams++;
        var from = new IpEndpoint(arrival.Source, udp.SourcePort);
        if (host.Log.IsEnabled)
        {
            packet.Cause = host.Log.WriteAndFollow(
                new DatagramReceived(from, new IpEndpoint(arrival.Destination, udp.DestinationPort), payload.Length));
        }

        receiver.OnDatagram(packet, arrival.HeaderLength + UdpHeader.Size, payload.Length, from, arrival, now);
    }

    public bool OnError(IpEndpoint local, IpEndpoint remote, in IcmpReport report, Instant now) =>
        Find(local)?.OnError(remote, report, now) ?? false;

    /// <summary>Sends one datagram; the payload is copied.</summary>
    public void Send(ReadOnlySpan<byte> payload, IpEndpoint from, IpEndpoint to, in RouteDecision route, Instant now, byte timeToLive = 0)
    {
        Packet packet = Packet.Rent(payload.Length + UdpHeader.Size);
        Span<byte> datagram = packet.Append(UdpHeader.Size + payload.Length);
        payload.CopyTo(datagram[UdpHeader.Size..]);
        new UdpHeader(from.Port, to.Port, (ushort)datagram.Length, 0).Write(datagram);
        uint pseudo = Checksum.PseudoHeader(from.Address, to.Address, IpProtocol.Udp, datagram.Length);
        ushort checksum;
        if (route.Interface.CompletesChecksums && datagram.Length + IpSender.HeaderSize(to.Address) <= route.Interface.MtuFor(to.Address))
        {
            packet.Checksum = ChecksumState.Partial;
            checksum = (ushort)~Checksum.Finish(pseudo);
        }
        else
        {
            checksum = UdpHeader.FinishChecksum(Checksum.Sum(datagram, pseudo));
        }

        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(datagram[UdpHeader.ChecksumOffset..], checksum);
        packet.Cause = host.Log.Because;
        host.Statistics.UdpOutDatagrams++;
        if (host.Log.IsEnabled)
            packet.Cause = host.Log.Write(new DatagramSent(from, to, payload.Length));
        host.IpOut.Send(packet, new IpDeparture(from.Address, to.Address, IpProtocol.Udp) { TimeToLive = timeToLive }, route, now);
    }

    public void Dispose()
    {
        foreach (UdpSocket socket in _receivers.Values.OfType<UdpSocket>().ToArray())
        {
            socket.Dispose();
            socket.Close();
        }
    }

    /// <summary>A route for a datagram without one: out of this very interface to everybody.</summary>
    public static RouteDecision BroadcastRoute(Interface via, IpAddress source) =>
        new(new Route(new IpPrefix(IpAddress.BroadcastV4, 32), IpAddress.None, via), IpAddress.BroadcastV4, source);
}
