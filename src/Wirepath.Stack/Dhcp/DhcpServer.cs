using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What a DHCP server gives.</summary>
public sealed record DhcpServerSettings
{
    /// <summary>First and last address to give, both included; the server's own and the reserved ones are left out.</summary>
    public required IpAddress First { get; init; }

    public required IpAddress Last { get; init; }

    public required int PrefixLength { get; init; }

    /// <summary>None: the server itself.</summary>
    public IpAddress Gateway { get; init; }

    public IReadOnlyList<IpAddress> DnsServers { get; init; } = [];

    public string? Domain { get; init; }

    /// <summary>A day: what home routers do.</summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long an offer is kept for the client that got it.</summary>
    public TimeSpan OfferTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes; 0: not told.</summary>
    public int Mtu { get; init; }

    /// <summary>Who always gets which address.</summary>
    public IReadOnlyDictionary<MacAddress, IpAddress> Reservations { get; init; } = new Dictionary<MacAddress, IpAddress>();
}

/// <summary>A DHCP server for one link (RFC 2131 §4.3): what a home router runs.</summary>
public sealed class DhcpServer : IUdpReceiver, IDisposable
{
    private readonly Host _host;
    private readonly Interface _on;
    private readonly DhcpServerSettings _settings;
    private readonly IpEndpoint _local;
    // Bounded by the pool.
    private readonly Dictionary<IpAddress, (MacAddress Client, Instant Until)> _leases = [];

    public DhcpServer(Host host, Interface on, DhcpServerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(settings);
        (_host, _on, _settings) = (host, on, settings);
        _local = host.Udp.Bind(new IpEndpoint(IpAddress.AnyV4, DhcpMessage.ServerPort), this);
    }

    private IpAddress Self => _on.SourceFor(_settings.First);

    /// <summary>Leases and offers that have not run out.</summary>
    public int Count => _leases.Count(l => l.Value.Until > _host.Log.Now);

    public void Dispose() => _host.Udp.Unbind(_local, this);

    void IUdpReceiver.OnDatagram(Packet packet, int offset, int length, IpEndpoint from, in IpArrival arrival, Instant now)
    {
        if (arrival.Interface == _on && DhcpMessage.TryRead(packet.Head.Slice(offset, length), out DhcpMessage message)
            && message.Operation == DhcpOperation.BootRequest)
            Receive(message, now);
        packet.Dispose();
    }

    bool IUdpReceiver.OnError(IpEndpoint remote, in IcmpReport report, Instant now) => false;

    private void Receive(DhcpMessage message, Instant now)
    {
        if (_host.Log.IsEnabled)
        {
            _host.Log.WriteAndFollow(new DhcpExchange(_on.Name, Sent: false, DhcpClient.Name(message.MessageType),
                message.RequestedIp ?? message.ClientIp, message.ServerId ?? IpAddress.None));
        }

        switch (message.MessageType)
        {
            case DhcpMessageType.Discover:
                if (TryFind(message.ClientMac, message.RequestedIp, now, out IpAddress offered))
                {
                    _leases[offered] = (message.ClientMac, now + _settings.OfferTime);
                    Answer(message, DhcpMessageType.Offer, offered, now);
                }

                break;
            case DhcpMessageType.Request:
                OnRequest(message, now);
                break;
            case DhcpMessageType.Release when Holds(message.ClientMac, message.ClientIp):
                _leases.Remove(message.ClientIp);
                break;
            case DhcpMessageType.Decline when message.RequestedIp is { } declined && Holds(message.ClientMac, declined):
                // Somebody else uses it: out of the pool for a lease's time.
                _leases[declined] = (MacAddress.Zero, now + _settings.LeaseTime);
                break;
            case DhcpMessageType.Inform when !message.ClientIp.IsUnspecified:
                Answer(message, DhcpMessageType.Ack, IpAddress.AnyV4, now);
                break;
            default: // Nothing that a server answers.
                break;
        }
    }

    private void OnRequest(DhcpMessage message, Instant now)
    {
        if (message.ServerId is { } chosen && chosen != Self)
        {
            // The client took another server's offer.
            foreach ((IpAddress address, (MacAddress client, Instant _)) in _leases)
            {
                if (client == message.ClientMac)
                    _leases.Remove(address);
            }

            return;
        }

        IpAddress wanted = message.RequestedIp ?? message.ClientIp;
        bool mayHave = IsGivable(wanted, message.ClientMac)
            && (!_leases.TryGetValue(wanted, out (MacAddress Client, Instant Until) lease) || lease.Client == message.ClientMac || lease.Until <= now);
        if (!mayHave)
        {
            Answer(message, DhcpMessageType.Nak, IpAddress.AnyV4, now);
            return;
        }

        _leases[wanted] = (message.ClientMac, now + _settings.LeaseTime);
        Answer(message, DhcpMessageType.Ack, wanted, now);
    }

    private bool Holds(MacAddress client, IpAddress address) => _leases.TryGetValue(address, out (MacAddress Client, Instant Until) lease) && lease.Client == client;

    // RFC 2131 §4.3.1: the client's own address if it has one, then what it asks for, then any free one.
    private bool TryFind(MacAddress client, IpAddress? requested, Instant now, out IpAddress address)
    {
        if (_settings.Reservations.TryGetValue(client, out address))
            return true;
        foreach ((IpAddress held, (MacAddress owner, Instant _)) in _leases)
        {
            if (owner == client && IsGivable(held, client))
            {
                address = held;
                return true;
            }
        }

        if (requested is { } wish && IsFree(wish, client, now))
        {
            address = wish;
            return true;
        }

        for (uint value = _settings.First.V4Value; value <= _settings.Last.V4Value; value++)
        {
            address = IpAddress.V4(value);
            if (IsFree(address, client, now))
                return true;
        }

        return false;
    }

    private bool IsFree(IpAddress address, MacAddress client, Instant now) =>
        IsGivable(address, client) && (!_leases.TryGetValue(address, out (MacAddress Client, Instant Until) lease) || lease.Until <= now);

    private bool IsGivable(IpAddress address, MacAddress client)
    {
        if (_settings.Reservations.TryGetValue(client, out IpAddress reserved))
            return address == reserved;
        return address.IsV4 && address.V4Value >= _settings.First.V4Value && address.V4Value <= _settings.Last.V4Value
            && !_on.Has(address) && !_settings.Reservations.Values.Contains(address);
    }

    private void Answer(DhcpMessage request, DhcpMessageType type, IpAddress given, Instant now)
    {
        var answer = new DhcpMessage
        {
            Operation = DhcpOperation.BootReply,
            TransactionId = request.TransactionId,
            Broadcast = request.Broadcast,
            ClientMac = request.ClientMac,
            ClientIp = type == DhcpMessageType.Nak ? IpAddress.AnyV4 : request.ClientIp,
            YourIp = given,
            MessageType = type,
            ServerId = Self,
        };
        if (type != DhcpMessageType.Nak)
        {
            answer.SubnetMask = new IpPrefix(Self, _settings.PrefixLength).Netmask;
            answer.Routers = [_settings.Gateway.IsNone ? Self : _settings.Gateway];
            answer.DnsServers = _settings.DnsServers;
            answer.DomainName = _settings.Domain;
            if (_settings.Mtu > 0)
                answer.Mtu = (ushort)_settings.Mtu;
            if (!given.IsUnspecified)
                answer.LeaseTime = (uint)Math.Min(_settings.LeaseTime.TotalSeconds, uint.MaxValue);
        }

        if (_host.Log.IsEnabled)
            _host.Log.WriteAndFollow(new DhcpExchange(_on.Name, Sent: true, DhcpClient.Name(type), given, Self));
        // RFC 2131 §4.1: to the address that the client has; without one everybody hears it.
        IpAddress to = request.ClientIp.IsUnspecified || type == DhcpMessageType.Nak ? IpAddress.BroadcastV4 : request.ClientIp;
        RouteDecision route = UdpLayer.BroadcastRoute(_on, Self);
        if (!to.IsBroadcast && !_host.IpOut.TryRoute(to, out route))
            return;
        Span<byte> bytes = stackalloc byte[answer.Size];
        answer.Write(bytes);
        _host.Udp.Send(bytes, new IpEndpoint(Self, DhcpMessage.ServerPort), new IpEndpoint(to, DhcpMessage.ClientPort), route, now);
    }
}
