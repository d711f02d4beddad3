using System.Security.Cryptography.X509Certificates;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>A zone that is kept as a copy of another server's.</summary>
public readonly record struct SecondarySource(DomainName Origin, IReadOnlyList<IpEndpoint> Primaries);

/// <summary>An authoritative server on the operating system's sockets, with its own zones and copies of others'.</summary>
public sealed class NameserverDaemon : IAsyncDisposable
{
    private readonly SystemDnsTransport _transport = new();
    private readonly ServerCounters _counters = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private readonly AuthoritativeServer _authority;
    private readonly DnsServer _server;
    private readonly List<Task> _keeping = [];

    public NameserverDaemon(
        ZoneSet zones, IReadOnlyList<SecondarySource> secondaries, AuthoritativeSettings authority, ServerSettings settings,
        X509Certificate2? certificate, QueryLog? log, NodeLog events, TimeProvider time, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(secondaries);
        Secondaries = [.. secondaries.Select(s => new SecondaryZone(s.Origin, s.Primaries, _transport, _transport, time, random.Fork(s.Origin.ToString())))];
        _authority = new AuthoritativeServer(zones, events) { Settings = authority, Notified = Notify };
        foreach (SecondaryZone secondary in Secondaries)
            secondary.Changed = zone => Take(secondary, zone);
        _server = new DnsServer(_authority, settings, _counters, certificate, log, time);
    }

    public IReadOnlyList<SecondaryZone> Secondaries { get; }

    /// <summary>Told of each copy that came or expired; the zone is null then.</summary>
    public Action<DomainName, Zone?>? SecondaryChanged { get; set; }

    public ZoneSet Zones => _authority.Zones;

    public ServerCounters Counters => _counters;

    public IReadOnlyList<IpEndpoint> Bound => _server.Bound;

    /// <exception cref="System.Net.Sockets.SocketException">An address is taken, or not this machine's.</exception>
    /// <exception cref="IOException">The same, of HTTPS or metrics.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        await _server.StartAsync(ct).ConfigureAwait(false);
        foreach (SecondaryZone secondary in Secondaries)
            _keeping.Add(secondary.RunAsync(_closing.Token));
    }

    /// <summary>Other zones from files from the next question on; copies stay.</summary>
    public void Reload(ZoneSet zones)
    {
        ArgumentNullException.ThrowIfNull(zones);
        lock (_lock)
        {
            foreach (SecondaryZone secondary in Secondaries)
            {
                if (secondary.Current is { } copy)
                    zones = zones.With(copy);
            }

            _authority.Zones = zones;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        foreach (Task keeping in _keeping)
            await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _transport.Dispose();
        _counters.Dispose();
        _closing.Dispose();
    }

    private void Notify(DomainName origin)
    {
        foreach (SecondaryZone secondary in Secondaries)
        {
            if (secondary.Origin == origin)
                secondary.Notify();
        }
    }

    private void Take(SecondaryZone secondary, Zone? zone)
    {
        lock (_lock)
            _authority.Zones = zone is null ? _authority.Zones.Without(secondary.Origin) : _authority.Zones.With(zone);
        SecondaryChanged?.Invoke(secondary.Origin, zone);
    }
}
