using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What a router tells the hosts of a link.</summary>
public sealed record RouterAdvertiserSettings
{
    /// <summary>Networks in which hosts make themselves addresses: /64.</summary>
    public IReadOnlyList<IpPrefix> Networks { get; init; } = [];

    public IReadOnlyList<IpAddress> DnsServers { get; init; } = [];

    /// <summary>Of the link; 0: not told.</summary>
    public int Mtu { get; init; }

    /// <summary>Between two messages that nobody asked for (RFC 4861 §6.2.1: at most 600 s).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>How long this is a default router after each message (three intervals); zero: it is none.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(1800);

    /// <summary>How long an address in the networks stays (RFC 4861 §6.2.1).</summary>
    public TimeSpan ValidLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long it is for new conversations.</summary>
    public TimeSpan PreferredLifetime { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>The router's side of router discovery (RFC 4861 §6.2) on one link.</summary>
public sealed class RouterAdvertiser : ITimerTarget, IDisposable
{
    private readonly Host _host;
    private readonly Interface _on;
    private readonly Ipv6Link _link;
    private readonly RouterAdvertiserSettings _settings;
    private readonly WheelTimer _timer;

    /// <summary>Advertises from now on. Before the host's loop runs, or on its thread.</summary>
    /// <param name="host">The router; it is a default router only if <see cref="Ipv6Settings.Forwarding"/> is on.</param>
    /// <param name="on">The link.</param>
    /// <param name="settings">What to tell.</param>
    public RouterAdvertiser(Host host, Interface on, RouterAdvertiserSettings settings)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(on);
        ArgumentNullException.ThrowIfNull(settings);
        (_host, _on, _settings) = (host, on, settings);
        _timer = new WheelTimer(this);
        _link = on.EnableIpv6();
        _link.Advertiser = this;
        host.Wheel.Set(_timer, _link.Now);
        host.WorkArrived?.Invoke();
    }

    void ITimerTarget.OnTimer(WheelTimer timer, Instant now)
    {
        _host.Log.Because = EventId.None;
        Advertise(IpAddress.AllNodes, now);
        // RFC 4861 §6.2.4: not all routers at once.
        _host.Wheel.Set(_timer, now + _settings.Interval * (0.33 + 0.67 * _host.Random.NextDouble()));
    }

    /// <returns>False when the message is not valid (RFC 4861 §6.1.1).</returns>
    internal static bool TryTakeSolicitation(RouterAdvertiser? advertiser, Interface on, ReadOnlySpan<byte> message, in IpArrival arrival, Instant now)
    {
        bool hasSource = !arrival.Source.IsUnspecified;
        if (!RouterSolicitation.TryRead(message, out RouterSolicitation asked) || (!hasSource && asked.SourceMac is not null) || asked.SourceMac is { IsMulticast: true })
            return false;
        if (advertiser is null)
            return true;
        if (asked.SourceMac is { } mac)
            on.Neighbors.Heard(arrival.Source, mac, confirmed: false, mayCreate: true, now);
        advertiser.Advertise(hasSource ? arrival.Source : IpAddress.AllNodes, now);
        return true;
    }

    private void Advertise(IpAddress to, Instant now)
    {
        IpAddress source = _on.SourceFor(IpAddress.AllNodes);
        if (source.IsNone || !source.IsLinkLocal)
            return; // RFC 4861 §6.1.2: hosts believe a link-local address alone.
        var told = new RouterAdvertisement
        {
            HopLimit = _host.Settings.Ipv6.HopLimit,
            LifetimeSeconds = _host.Settings.Ipv6.Forwarding ? (ushort)Math.Min(_settings.Lifetime.TotalSeconds, ushort.MaxValue) : (ushort)0,
            SourceMac = _on.Mac,
            Mtu = _settings.Mtu,
            Prefixes = [.. _settings.Networks.Select(n => new PrefixInformation(n, true, true, Seconds(_settings.ValidLifetime), Seconds(_settings.PreferredLifetime)))],
            DnsServers = _settings.DnsServers,
            DnsSeconds = Seconds(_settings.Interval * 3),
        };
        Packet packet = Packet.Rent(told.Length);
        told.Write(packet.Append(told.Length));
        _link.Send(packet, source, to, now);
    }

    private static uint Seconds(TimeSpan time) => (uint)Math.Min(time.TotalSeconds, PrefixInformation.Forever);

    /// <summary>Advertises no more; hosts forget the router when its lifetime is over.</summary>
    public void Dispose()
    {
        _host.Wheel.Cancel(_timer);
        if (ReferenceEquals(_link.Advertiser, this))
            _link.Advertiser = null;
    }
}
