using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>The host's side of router discovery (RFC 4861 §6.3): asks for routers, believes them for as long as they say, and makes addresses in their networks.</summary>
internal sealed class RouterDiscovery : ITimerTarget
{
    /// <summary>Behind routes that a person has given (Linux's number); each further router one more.</summary>
    private const int FirstMetric = 1024;

    /// <summary>Behind the route that comes with an address in the same network (Linux's number).</summary>
    private const int NetworkMetric = 256;

    private readonly Host _host;
    private readonly Interface _on;
    private readonly Ipv6Link _link;
    private readonly WheelTimer _timer;
    private readonly List<(IpAddress Address, Instant Until)> _routers = [];
    private readonly List<(IpPrefix Prefix, Instant Until)> _networks = [];
    private readonly List<(IpAddress Address, Instant Until)> _dnsServers = [];
    private readonly AutomaticAddresses _addresses;
    private Operation<RouterConfiguration>? _waiting;
    private EventId _cause;
    private Instant _askAgain = Instant.Never;
    private int _asked;
    private bool _isEnabled;
    private bool _hasHeard;

    public RouterDiscovery(Host host, Interface on, Ipv6Link link)
    {
        (_host, _on, _link) = (host, on, link);
        _timer = new WheelTimer(this);
        _addresses = new AutomaticAddresses(host, on, link);
    }

    private Ipv6Settings Settings => _host.Settings.Ipv6;

    /// <summary>Null as long as no router has spoken.</summary>
    public RouterConfiguration? Configuration => !_hasHeard ? null
        : new RouterConfiguration(_addresses.List(), _routers.Count > 0 ? _routers[0].Address : IpAddress.None, [.. _dnsServers.Select(s => s.Address)], _link.Mtu);

    public bool IsDeprecated(IpAddress address) => _addresses.IsDeprecated(address, _host.LoopTime);

    public void Start(Operation<RouterConfiguration> operation, Instant now)
    {
        if (!Settings.AcceptRouterAdvertisements || Settings.Forwarding)
        {
            operation.Fail(new InvalidOperationException($"{_host.Name} believes no routers: it is one itself, or accept_ra is 0."));
            return;
        }

        if (_waiting is not null)
        {
            operation.Fail(new InvalidOperationException($"{_on.Name} is already asking for a router."));
            return;
        }

        (_waiting, _isEnabled, _asked, _cause) = (operation, true, 0, _host.Log.Because);
        if (_hasHeard && _routers.Count > 0)
            CompleteIfReady();
        else
            Ask(now);
    }

    public void Stop(Operation<RouterConfiguration> operation)
    {
        if (!ReferenceEquals(_waiting, operation))
            return;
        _waiting = null;
        _askAgain = Instant.Never;
    }

    private void Ask(Instant now)
    {
        _asked++;
        _askAgain = now + Settings.RouterSolicitationInterval;
        IpAddress source = _on.SourceFor(IpAddress.AllRouters);
        bool isSure = !source.IsNone && source.IsLinkLocal && !_link.Detection.IsChecking(source);
        var solicitation = new RouterSolicitation(isSure ? _on.Mac : null);
        Packet packet = Packet.Rent(solicitation.Length);
        solicitation.Write(packet.Append(solicitation.Length));
        _host.Statistics.Icmp6OutRouterSolicits++;
        _link.Send(packet, isSure ? source : IpAddress.AnyV6, IpAddress.AllRouters, now);
        SetTimer();
    }

    /// <summary>Takes a router advertisement.</summary>
    /// <returns>False when it is not valid (RFC 4861 §6.1.2).</returns>
    public bool TryTake(ReadOnlySpan<byte> message, in IpArrival arrival, Instant now)
    {
        _host.Statistics.Icmp6InRouterAdvertisements++;
        if (!arrival.Source.IsLinkLocal || !RouterAdvertisement.TryRead(message, out RouterAdvertisement? told) || told.SourceMac is { IsMulticast: true })
            return false;
        if (!_isEnabled)
            return true;
        _cause = _host.Log.Because;
        if (_host.Log.IsEnabled)
        {
            _cause = _host.Log.WriteAndFollow(
                new RouterHeard(_on.Name, arrival.Source, TimeSpan.FromSeconds(told.LifetimeSeconds), told.Mtu, told.Prefixes.Count));
        }

        TakeParameters(told);
        if (told.SourceMac is { } mac)
            _on.Neighbors.Heard(arrival.Source, mac, confirmed: false, mayCreate: true, now);
        TakeRouter(arrival.Source, told.LifetimeSeconds, now);
        foreach (PrefixInformation prefix in told.Prefixes)
            TakePrefix(prefix, arrival.Source, now);
        foreach (IpAddress server in told.DnsServers)
            Keep(_dnsServers, server, told.DnsSeconds, Settings.MostDnsServers, now);
        _hasHeard = true;
        _askAgain = Instant.Never;
        CompleteIfReady();
        SetTimer();
        return true;
    }

    // What was not told stays as it is (RFC 4861 §6.3.4).
    private void TakeParameters(RouterAdvertisement told)
    {
        if (told.HopLimit != 0)
            _link.HopLimit = told.HopLimit;
        if (told.Mtu >= Ipv6Header.MinimumMtu && told.Mtu <= _on.Device.Mtu)
            _link.Mtu = told.Mtu;
        // More than an hour is nobody's honest wish (RFC 4861 §6.2.1's most).
        if (told.ReachableMilliseconds is > 0 and <= 3_600_000)
            _on.Neighbors.AdvertisedReachableTime = TimeSpan.FromMilliseconds(told.ReachableMilliseconds);
        if (told.RetransMilliseconds is >= 100 and <= 3_600_000)
            _on.Neighbors.AdvertisedRetransTime = TimeSpan.FromMilliseconds(told.RetransMilliseconds);
    }

    private void TakeRouter(IpAddress router, ushort seconds, Instant now)
    {
        if (seconds == 0)
        {
            Forget(router, now);
            return;
        }

        Keep(_routers, router, seconds, Settings.MostRouters, now);
        _on.Neighbors.IsRouter(router);
        WriteRoutes();
    }

    private void TakePrefix(in PrefixInformation told, IpAddress router, Instant now)
    {
        if (told.Prefix.Address.IsLinkLocal || told.Prefix.Address.IsMulticast || told.Prefix.Length == 0)
            return;
        if (told.OnLink)
        {
            IpPrefix network = told.Prefix;
            bool isKnown = _networks.Exists(n => n.Prefix == network);
            if (Keep(_networks, network, told.ValidSeconds, Settings.MaxAddresses, now) && !isKnown)
                _host.Routes.Add(new Route(network, IpAddress.None, _on) { Metric = NetworkMetric });
            else if (isKnown && told.ValidSeconds == 0)
                RemoveNetwork(network);
        }

        if (told.Autonomous && Settings.AutomaticAddresses)
            _addresses.Take(told, router, now);
    }

    private void RemoveNetwork(IpPrefix network) =>
        _host.Routes.RemoveWhere(r => r.Interface == _on && r.Prefix == network && r.Metric == NetworkMetric);

    /// <summary>That router passes nothing on any more.</summary>
    public void Forget(IpAddress router, Instant now)
    {
        if (_routers.RemoveAll(r => r.Address == router) > 0)
            WriteRoutes();
    }

    /// <summary>That router does not answer: another one's turn, if there is one (RFC 4861 §6.3.6).</summary>
    public void Doubt(IpAddress router)
    {
        int index = _routers.FindIndex(r => r.Address == router);
        if (index < 0 || _routers.Count == 1)
            return;
        (IpAddress, Instant) doubted = _routers[index];
        _routers.RemoveAt(index);
        _routers.Add(doubted);
        WriteRoutes();
    }

    private void WriteRoutes()
    {
        _host.Routes.RemoveWhere(r => r.Interface == _on && r.Prefix.Length == 0 && r.Prefix.Address.IsV6 && r.Metric >= FirstMetric);
        for (int i = 0; i < _routers.Count; i++)
            _host.Routes.AddDefault(_routers[i].Address, _on, FirstMetric + i);
    }

    public void OnAddressReady(Instant now)
    {
        CompleteIfReady();
        SetTimer();
    }

    public void OnAddressRefused(Instant now)
    {
        _addresses.ForgetRefused();
        CompleteIfReady();
    }

    private void CompleteIfReady()
    {
        if (_waiting is not { } operation || !_hasHeard || _addresses.AreBeingChecked)
            return;
        _waiting = null;
        operation.Complete(Configuration!);
    }

    public void OnTimer(WheelTimer timer, Instant now)
    {
        _host.Log.Because = _cause;
        if (_waiting is not null && now >= _askAgain)
        {
            if (_asked < Settings.RouterSolicitations)
            {
                Ask(now);
                return;
            }

            Operation<RouterConfiguration> operation = _waiting;
            (_waiting, _askAgain) = (null, Instant.Never);
            operation.Fail(new NetworkException(ConnectionEnd.TimedOut, $"No router answered on {_on.Name} after {_asked} solicitations."));
        }

        if (_routers.RemoveAll(r => r.Until <= now) > 0)
            WriteRoutes();
        foreach ((IpPrefix prefix, Instant until) in _networks)
        {
            if (until <= now)
                RemoveNetwork(prefix);
        }

        _networks.RemoveAll(n => n.Until <= now);
        _dnsServers.RemoveAll(s => s.Until <= now);
        _addresses.Expire(now);
        SetTimer();
    }

    private void SetTimer()
    {
        Instant next = Instant.Min(_waiting is null ? Instant.Never : _askAgain, _addresses.NextExpiry);
        foreach ((_, Instant until) in _routers)
            next = Instant.Min(next, until);
        foreach ((_, Instant until) in _networks)
            next = Instant.Min(next, until);
        foreach ((_, Instant until) in _dnsServers)
            next = Instant.Min(next, until);
        _host.Wheel.Set(_timer, next);
    }

    /// <summary>Remembers something for so many seconds; zero forgets it.</summary>
    /// <returns>False when it is not remembered.</returns>
    private static bool Keep<T>(List<(T What, Instant Until)> list, T what, uint seconds, int most, Instant now)
        where T : IEquatable<T>
    {
        int index = list.FindIndex(row => row.What.Equals(what));
        if (seconds == 0)
        {
            if (index >= 0)
                list.RemoveAt(index);
            return false;
        }

        Instant until = AutomaticAddresses.After(now, seconds);
        if (index >= 0)
            list[index] = (what, until);
        else if (list.Count < most)
            list.Add((what, until));
        return index >= 0 || list.Exists(row => row.What.Equals(what));
    }

    public void Dispose()
    {
        _host.Wheel.Cancel(_timer);
        _waiting?.Fail(new ObjectDisposedException(_host.Name));
        _waiting = null;
    }
}
