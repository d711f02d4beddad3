using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Counters of an interface, in the shape of <c>ip -s link</c>.</summary>
public struct InterfaceCounters
{
    public long ReceivedPackets { get; internal set; }

    public long ReceivedBytes { get; internal set; }

    /// <summary>Frames that are no Ethernet frames or carry a protocol that nobody here speaks.</summary>
    public long ReceiveDropped { get; internal set; }

    public long SentPackets { get; internal set; }

    public long SentBytes { get; internal set; }

    /// <summary>Frames that the device's queue did not take.</summary>
    public long SendDropped { get; internal set; }
}

/// <summary>A device and what the host knows about the network behind it: addresses, MTU, neighbours.</summary>
public sealed class Interface
{
    private readonly Host _host;
    private InterfaceCounters _counters;
    private InterfaceAddress[] _addresses = [];

    internal Interface(Host host, INetworkDevice device, string name, bool isLoopback)
    {
        _host = host;
        Device = device;
        Name = name;
        IsLoopback = isLoopback;
        Mtu = device.Mtu;
        Neighbors = new NeighborTable(host, this);
        Arp = new Arp(host, this);
    }

    public string Name { get; }

    public INetworkDevice Device { get; }

    public MacAddress Mac => Device.Address;

    /// <summary>Bytes of IP packet; at most the device's. DHCP or an administrator may lower it.</summary>
    public int Mtu
    {
        get;
        set => field = Math.Clamp(value, 68, Device.Mtu);
    }

    /// <summary>The same for IPv6, whose links carry 1,280 bytes at least (RFC 8200 §5).</summary>
    internal int Ipv6Mtu => Math.Max(Ipv6 is { Mtu: > 0 } link ? Math.Min(Mtu, link.Mtu) : Mtu, Ipv6Header.MinimumMtu);

    internal int MtuFor(IpAddress destination) => destination.IsV6 ? Ipv6Mtu : Mtu;

    public IReadOnlyList<InterfaceAddress> Addresses => _addresses;

    public InterfaceCounters Counters => _counters;

    /// <summary>Who is known behind this interface.</summary>
    public NeighborTable Neighbors { get; }

    internal Arp Arp { get; }

    /// <summary>What IPv6 keeps for this link; null until there is an IPv6 address or a router is asked for one, and on the loopback.</summary>
    internal Ipv6Link? Ipv6 { get; private set; }

    internal bool IsLoopback { get; }

    /// <summary>What DHCP gave this interface; null when its address has another origin.</summary>
    public DhcpLease? Lease { get; internal set; }

    /// <summary>What IPv6 routers have told; null as long as none has been asked, or has answered.</summary>
    public RouterConfiguration? Advertised => Ipv6?.Routers.Configuration;

    internal Nat? Nat { get; set; }

    internal bool CompletesChecksums => (Device.Offloads & DeviceOffloads.TransmitChecksum) != 0;

    /// <summary>
    /// Adds an address and the route to its network. Give addresses before the host's loop runs, or from its thread.
    /// An IPv6 address brings the link-local one along, and is checked to be nobody else's (RFC 4862 §5.4):
    /// <see cref="Ipv6Settings.OptimisticDad"/> says whether it may be used meanwhile.
    /// </summary>
    /// <exception cref="InvalidOperationException">IPv6 on a device that carries less than 1,280 bytes.</exception>
    public void AddAddress(InterfaceAddress address) => AddAddress(address, IpAddress.None, "static", TimeSpan.Zero);

    internal void AddAddress(InterfaceAddress address, IpAddress gateway, string origin, TimeSpan lease)
    {
        if (address.Address.IsV6 && !IsLoopback)
            EnableIpv6().Add(address, gateway, origin, lease);
        else
            Assign(address, gateway, origin, lease);
    }

    /// <summary>Brings IPv6 up on this link.</summary>
    internal Ipv6Link EnableIpv6()
    {
        if (Ipv6 is not null)
            return Ipv6;
        if (Device.Mtu < Ipv6Header.MinimumMtu)
            throw new InvalidOperationException($"{Name} carries {Device.Mtu} bytes; IPv6 needs {Ipv6Header.MinimumMtu} (RFC 8200 §5).");
        Ipv6 = new Ipv6Link(_host, this);
        Ipv6.Start();
        return Ipv6;
    }

    /// <summary>The address is this interface's from now on.</summary>
    internal void Assign(InterfaceAddress address, IpAddress gateway, string origin, TimeSpan lease)
    {
        if (Array.IndexOf(_addresses, address) >= 0)
            return;
        _addresses = [.. _addresses, address];
        _host.Routes.Add(new Route(address.Prefix, IpAddress.None, this) { PreferredSource = address.Address });
        _host.AddressesChanged();
        if (_host.Log.IsEnabled && !IsLoopback)
            _host.Log.Write(new AddressConfigured(Name, address, gateway, origin, lease));
    }

    /// <summary>Takes the address and the routes that depend on it away.</summary>
    public void RemoveAddress(IpAddress address)
    {
        if (address.IsV6)
            Ipv6?.Forget(address);
        _addresses = Array.FindAll(_addresses, a => a.Address != address);
        _host.Routes.RemoveWhere(r => r.Interface == this && r.PreferredSource == address);
        _host.AddressesChanged();
    }

    /// <summary>True for an address of this very interface.</summary>
    internal bool Has(IpAddress address)
    {
        foreach (InterfaceAddress own in _addresses)
        {
            if (own.Address == address)
                return true;
        }

        return false;
    }

    internal bool HasIpv6 => IsLoopback || Ipv6 is not null;

    /// <summary>True for a group that this interface listens to: everybody's, and those where its own addresses are asked for (RFC 4291 §2.8).</summary>
    internal bool IsMemberOf(IpAddress group)
    {
        if (group == IpAddress.AllNodes || (group == IpAddress.AllRouters && _host.Settings.Ipv6.Forwarding))
            return true;
        foreach (InterfaceAddress own in _addresses)
        {
            if (own.Address.IsV6 && own.Address.SolicitedNode == group)
                return true;
        }

        return Ipv6 is not null && Ipv6.Detection.Awaits(group);
    }

    /// <summary>The limited broadcast, or the directed one of a network this interface is in (RFC 1122 §3.2.1.3).</summary>
    internal bool IsBroadcast(IpAddress address)
    {
        if (address.IsBroadcast)
            return true;
        foreach (InterfaceAddress own in _addresses)
        {
            if (own.Address.IsV4 && own.PrefixLength < 31 && own.Prefix.Broadcast == address)
                return true;
        }

        return false;
    }

    /// <summary>An address whose preferred lifetime is over: not for new conversations (RFC 4862 §5.5.4).</summary>
    internal bool IsDeprecated(IpAddress address) => Ipv6 is not null && Ipv6.Routers.IsDeprecated(address);

    /// <summary>The interface's own address to talk to <paramref name="remote"/> from: of the same network if there is one.</summary>
    internal IpAddress SourceFor(IpAddress remote)
    {
        if (remote.IsV6)
            return SourceAddress.Choose(this, _addresses, remote);
        IpAddress first = IpAddress.None;
        foreach (InterfaceAddress own in _addresses)
        {
            if (!own.Address.IsV4)
                continue;
            if (own.Prefix.Contains(remote))
                return own.Address;
            if (first.IsNone)
                first = own.Address;
        }

        return first;
    }

    /// <summary>Takes up to <paramref name="most"/> frames from the device.</summary>
    internal int Receive(int most, Instant now)
    {
        int count = 0;
        for (; count < most && Device.TryReceive(out Packet? frame); count++)
            Receive(frame, now);
        return count;
    }

    private void Receive(Packet frame, Instant now)
    {
        _counters.ReceivedPackets++;
        _counters.ReceivedBytes += frame.Length;
        NodeLog log = _host.Log;
        if (log.IsEnabled && !IsLoopback)
            log.Because = frame.Cause = log.Write(frame.Cause, new FrameReceived(Name, frame.ToArray()));
        else
            log.Because = frame.Cause;
        frame.ReceivedAt = now;

        if (!EthernetHeader.TryRead(frame.Head, out EthernetHeader ethernet))
        {
            DropFrame(frame, DropReason.Malformed);
            return;
        }

        bool forUs = ethernet.Destination == Mac || ethernet.Destination.IsMulticast;
        if (!forUs)
        {
            DropFrame(frame, DropReason.NotForUs);
            return;
        }

        frame.TrimStart(EthernetHeader.Size);
        switch (ethernet.Type)
        {
            case EtherType.IPv4:
                _host.Ipv4.Receive(this, frame, linkBroadcast: ethernet.Destination.IsMulticast, now);
                break;
            case EtherType.IPv6 when HasIpv6:
                _host.Ipv6.Receive(this, frame, linkBroadcast: ethernet.Destination.IsMulticast, now);
                break;
            case EtherType.Arp:
                Arp.Receive(frame, now);
                break;
            default:
                DropFrame(frame, DropReason.UnknownProtocol);
                break;
        }
    }

    private void DropFrame(Packet frame, DropReason reason)
    {
        _counters.ReceiveDropped++;
        _host.Drop(this, frame, reason);
    }

    /// <summary>Prepends the Ethernet header, pads, and hands the frame to the device.</summary>
    internal void Transmit(Packet packet, MacAddress destination, EtherType type)
    {
        new EthernetHeader(destination, Mac, type).Write(packet.Prepend(EthernetHeader.Size));
        if (packet.Length < EthernetHeader.MinimumFrameSize && !IsLoopback)
            Pad(packet);
        _counters.SentPackets++;
        _counters.SentBytes += packet.Length;
        NodeLog log = _host.Log;
        if (log.IsEnabled)
        {
            EventId cause = packet.Cause.IsNone ? log.Because : packet.Cause;
            packet.Cause = IsLoopback ? cause : log.Write(cause, new FrameSent(Name, packet.ToArray()));
        }

        if (!Device.Transmit(packet))
        {
            _counters.SendDropped++;
            if (log.IsEnabled)
                log.Write(new PacketDropped(Name, DropReason.QueueFull, ReadOnlyMemory<byte>.Empty));
        }
        else
        {
            _host.MarkForFlush(this);
        }
    }

    internal bool NeedsFlush { get; set; }

    private static void Pad(Packet packet)
    {
        int missing = EthernetHeader.MinimumFrameSize - packet.Length;
        if (packet.Tailroom < missing)
            packet.MakeWritable();
        packet.Append(missing).Clear();
    }
}
