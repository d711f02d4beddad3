using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>The DHCP client of one interface (RFC 2131 §4.4, figure 5), with the check that nobody else has the address (RFC 5227).</summary>
internal sealed class DhcpClient : ITimerTarget
{
    private enum State
    {
        Init,
        Selecting,
        Requesting,
        /// <summary>Has an ACK and asks by ARP whether somebody uses the address all the same.</summary>
        Probing,
        Bound,
        Renewing,
        Rebinding,
    }

    private static readonly DhcpOptionCode[] s_wanted =
    [
        DhcpOptionCode.SubnetMask, DhcpOptionCode.Router, DhcpOptionCode.DnsServers, DhcpOptionCode.DomainName,
        DhcpOptionCode.InterfaceMtu, DhcpOptionCode.RenewalTime, DhcpOptionCode.RebindingTime,
    ];

    private readonly Host _host;
    private readonly WheelTimer _timer;
    private readonly RandomSource _random;
    private State _state;
    private Operation<DhcpLease>? _waiting;
    private DhcpMessage? _offer;
    private DhcpMessage? _ack;
    private DhcpLease? _lease;
    private EventId _cause;
    private uint _transaction;
    private int _attempts;
    private Instant _began;
    private Instant _requestedAt;
    private Instant _renewAt;
    private Instant _rebindAt;
    private Instant _expiresAt;

    public DhcpClient(Host host, Interface on)
    {
        (_host, Interface) = (host, on);
        _timer = new WheelTimer(this);
        _random = host.Random.Fork("dhcp " + on.Name);
    }

    public Interface Interface { get; }

    public bool IsWithoutAddress => _state is State.Selecting or State.Requesting;

    private DhcpSettings Settings => _host.Settings.Dhcp;

    public void Start(Operation<DhcpLease> operation, Instant now)
    {
        if (_waiting is not null)
        {
            operation.Fail(new InvalidOperationException($"{Interface.Name} is already being configured by DHCP."));
            return;
        }

        if (_lease is not null)
        {
            operation.Complete(_lease);
            return;
        }

        _waiting = operation;
        _cause = _host.Log.Because;
        _began = now;
        Discover(now, attempts: 0);
    }

    public void Stop(Operation<DhcpLease> operation)
    {
        if (!ReferenceEquals(_waiting, operation))
            return;
        _waiting = null;
        _state = State.Init;
        _host.Wheel.Cancel(_timer);
    }

    public void OnTimer(WheelTimer timer, Instant now)
    {
        _host.Log.Because = _cause;
        switch (_state)
        {
            case State.Init:
                Discover(now, attempts: 0);
                break;
            case State.Selecting:
                if (_waiting is not null && _attempts >= Settings.MostDiscovers)
                    GiveUp($"No DHCP server answered on {Interface.Name} after {_attempts} attempts.");
                else
                    Discover(now, _attempts);
                break;
            case State.Requesting:
                if (_attempts >= Settings.MostRequests)
                    Discover(now, attempts: 0);
                else
                    Request(now);
                break;
            case State.Probing:
                if (_attempts < Settings.AddressProbes)
                    Probe(now);
                else
                    Bind(now);
                break;
            case State.Bound:
                _state = State.Renewing;
                Request(now);
                break;
            case State.Renewing when now >= _rebindAt:
                _state = State.Rebinding;
                Request(now);
                break;
            case State.Renewing:
                Request(now);
                break;
            case State.Rebinding when now >= _expiresAt:
                Expire(now);
                break;
            case State.Rebinding:
                Request(now);
                break;
            default:
                throw new InvalidOperationException($"No timer runs in {_state}.");
        }
    }

    public void Receive(DhcpMessage message, Instant now)
    {
        if (message.Operation != DhcpOperation.BootReply || message.TransactionId != _transaction || message.ClientMac != Interface.Mac)
            return;
        IpAddress server = message.ServerId ?? IpAddress.None;
        if (_host.Log.IsEnabled)
            _cause = _host.Log.WriteAndFollow(new DhcpExchange(Interface.Name, Sent: false, Name(message.MessageType), message.YourIp, server));
        bool asked = _state is State.Requesting or State.Renewing or State.Rebinding;
        switch (message.MessageType)
        {
            case DhcpMessageType.Offer when _state == State.Selecting && IsUsable(message) && !server.IsNone:
                _offer = message;
                _state = State.Requesting;
                _attempts = 0;
                Request(now);
                break;
            case DhcpMessageType.Ack when asked && IsUsable(message):
                Accept(message, now);
                break;
            case DhcpMessageType.Nak when asked:
                Forget();
                Discover(now, attempts: 0);
                break;
            default: // Answers that nobody waits for any more.
                break;
        }
    }

    /// <summary>Somebody else speaks ARP for the address that is being probed.</summary>
    public void OnArp(in ArpPacket arp, Instant now)
    {
        if (_state != State.Probing || _ack is null || arp.SenderMac == Interface.Mac)
            return;
        bool conflict = arp.SenderIp == _ack.YourIp || (arp.SenderIp.IsUnspecified && arp.TargetIp == _ack.YourIp);
        if (!conflict)
            return;
        DhcpMessage decline = NewMessage(DhcpMessageType.Decline, now);
        decline.RequestedIp = _ack.YourIp;
        decline.ServerId = _ack.ServerId;
        Send(decline, IpAddress.AnyV4, IpAddress.BroadcastV4, now);
        _ack = null;
        _state = State.Init;
        _host.Wheel.Set(_timer, now + Settings.DeclineWait);
    }

    private static bool IsUsable(DhcpMessage message) =>
        !message.YourIp.IsUnspecified && !message.YourIp.IsMulticast && !message.YourIp.IsBroadcast && !message.YourIp.IsLoopback;

    private void Discover(Instant now, int attempts)
    {
        _state = State.Selecting;
        _attempts = attempts + 1;
        if (attempts == 0)
            _transaction = _random.NextUInt32();
        Send(NewMessage(DhcpMessageType.Discover, now), IpAddress.AnyV4, IpAddress.BroadcastV4, now);
        _host.Wheel.Set(_timer, now + Wait());
    }

    // Exponential back-off with jitter: 4, 8, 16 … seconds, each ± 1.
    private TimeSpan Wait()
    {
        TimeSpan wait = Settings.FirstRetry * Math.Pow(2, Math.Min(_attempts - 1, 16));
        wait = wait < Settings.LongestRetry ? wait : Settings.LongestRetry;
        TimeSpan jittered = wait + Settings.RetryJitter * (2 * _random.NextDouble() - 1);
        return jittered > TimeSpan.Zero ? jittered : wait;
    }

    private void Request(Instant now)
    {
        DhcpMessage request = NewMessage(DhcpMessageType.Request, now);
        _requestedAt = now;
        if (_state == State.Requesting)
        {
            _attempts++;
            request.RequestedIp = _offer!.YourIp;
            request.ServerId = _offer.ServerId;
            Send(request, IpAddress.AnyV4, IpAddress.BroadcastV4, now);
            _host.Wheel.Set(_timer, now + Wait());
            return;
        }

        // RFC 2131 §4.4.5: to the server until T2, then to anybody; each time half of what is left.
        bool renewing = _state == State.Renewing;
        _transaction = _random.NextUInt32();
        request.TransactionId = _transaction;
        request.ClientIp = _lease!.Address.Address;
        Send(request, _lease.Address.Address, renewing ? _lease.Server : IpAddress.BroadcastV4, now);
        Instant end = renewing ? _rebindAt : _expiresAt;
        Instant again = now + Max((end - now) / 2, Settings.LeastRenewWait);
        _host.Wheel.Set(_timer, Instant.Min(again, end));
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void Accept(DhcpMessage ack, Instant now)
    {
        _ack = ack;
        bool known = _lease is not null && _lease.Address.Address == ack.YourIp;
        if (known || Settings.AddressProbes == 0)
        {
            Bind(now);
            return;
        }

        _state = State.Probing;
        _attempts = 0;
        Probe(now);
    }

    private void Probe(Instant now)
    {
        _attempts++;
        Interface.Arp.Probe(_ack!.YourIp);
        _host.Wheel.Set(_timer, now + Settings.ProbeWait);
    }

    private void Bind(Instant now)
    {
        DhcpLease lease = ReadLease(_ack!);
        if (_lease is not null && _lease.Address != lease.Address)
            Forget();
        bool isNew = _lease is null;
        _lease = lease;
        Interface.Lease = lease;
        _state = State.Bound;
        if (lease.Mtu >= Ipv4Header.MinimumReassembly)
            Interface.Mtu = lease.Mtu;
        if (isNew)
        {
            Interface.AddAddress(lease.Address, lease.Gateway, "dhcp", lease.LeaseTime);
            Interface.Arp.Announce(lease.Address.Address);
        }

        if (!lease.Gateway.IsNone)
            _host.Routes.Add(new Route(new IpPrefix(IpAddress.AnyV4, 0), lease.Gateway, Interface) { PreferredSource = lease.Address.Address });
        SetLeaseTimes(lease, now);
        Operation<DhcpLease>? waiting = _waiting;
        _waiting = null;
        waiting?.Complete(lease);
    }

    private void SetLeaseTimes(DhcpLease lease, Instant now)
    {
        if (lease.LeaseTime == TimeSpan.MaxValue)
        {
            _renewAt = _rebindAt = _expiresAt = Instant.Never;
            _host.Wheel.Cancel(_timer);
            return;
        }

        // RFC 2131 §4.4.5: T1 is half of the lease, T2 seven eighths, unless the server says otherwise; they must be in order.
        TimeSpan t1 = _ack!.RenewalTime is { } renewal ? TimeSpan.FromSeconds(renewal) : lease.LeaseTime * 0.5;
        TimeSpan t2 = _ack.RebindingTime is { } rebinding ? TimeSpan.FromSeconds(rebinding) : lease.LeaseTime * 0.875;
        if (t1 >= t2 || t2 >= lease.LeaseTime)
            (t1, t2) = (lease.LeaseTime * 0.5, lease.LeaseTime * 0.875);
        (_renewAt, _rebindAt, _expiresAt) = (_requestedAt + t1, _requestedAt + t2, _requestedAt + lease.LeaseTime);
        _host.Wheel.Set(_timer, Instant.Max(_renewAt, now));
    }

    private DhcpLease ReadLease(DhcpMessage ack)
    {
        int prefixLength = ack.SubnetMask is { } mask ? System.Numerics.BitOperations.LeadingZeroCount(~mask.V4Value) : 24;
        uint seconds = ack.LeaseTime ?? 3600;
        TimeSpan time = seconds == uint.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromSeconds(Math.Max(seconds, 1));
        return new DhcpLease(new InterfaceAddress(ack.YourIp, prefixLength), ack.Routers.Count > 0 ? ack.Routers[0] : IpAddress.None,
            ack.DnsServers, ack.DomainName, time, ack.Mtu ?? 0, ack.ServerId ?? IpAddress.BroadcastV4);
    }

    private void Expire(Instant now)
    {
        Forget();
        _began = now;
        Discover(now, attempts: 0);
    }

    private void Forget()
    {
        if (_lease is not null)
            Interface.RemoveAddress(_lease.Address.Address);
        _lease = null;
        Interface.Lease = null;
    }

    private void GiveUp(string why)
    {
        _state = State.Init;
        Operation<DhcpLease>? waiting = _waiting;
        _waiting = null;
        waiting?.Fail(new NetworkException(ConnectionEnd.TimedOut, why));
    }

    private DhcpMessage NewMessage(DhcpMessageType type, Instant now)
    {
        var message = new DhcpMessage
        {
            TransactionId = _transaction,
            Seconds = (ushort)Math.Clamp((now - _began).TotalSeconds, 0, ushort.MaxValue),
            Broadcast = _lease is null,
            ClientMac = Interface.Mac,
            MessageType = type,
            HostName = _host.Name,
        };
        if (type != DhcpMessageType.Decline)
        {
            message.ParameterList = s_wanted;
            message.MaxMessageSize = (ushort)Math.Min(Interface.Mtu, ushort.MaxValue);
        }

        return message;
    }

    private void Send(DhcpMessage message, IpAddress from, IpAddress to, Instant now)
    {
        if (_host.Log.IsEnabled)
        {
            _cause = _host.Log.WriteAndFollow(new DhcpExchange(Interface.Name, Sent: true, Name(message.MessageType),
                message.RequestedIp ?? message.ClientIp, message.ServerId ?? IpAddress.None));
        }

        Span<byte> bytes = stackalloc byte[message.Size];
        message.Write(bytes);
        RouteDecision route = UdpLayer.BroadcastRoute(Interface, from);
        if (!to.IsBroadcast && !_host.IpOut.TryRoute(to, out route))
            return;
        _host.Udp.Send(bytes, new IpEndpoint(from, DhcpMessage.ClientPort), new IpEndpoint(to, DhcpMessage.ServerPort), route, now);
    }

    internal static string Name(DhcpMessageType type) => type switch
    {
        DhcpMessageType.Discover => "DISCOVER",
        DhcpMessageType.Offer => "OFFER",
        DhcpMessageType.Request => "REQUEST",
        DhcpMessageType.Decline => "DECLINE",
        DhcpMessageType.Ack => "ACK",
        DhcpMessageType.Nak => "NAK",
        DhcpMessageType.Release => "RELEASE",
        DhcpMessageType.Inform => "INFORM",
        _ => "unknown",
    };
}
