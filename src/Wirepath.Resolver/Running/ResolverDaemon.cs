using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>A recursive resolver on the operating system's sockets.</summary>
public sealed class ResolverDaemon : IAsyncDisposable
{
    private readonly byte[] _cookieSecret = RandomNumberGenerator.GetBytes(16);
    private readonly SystemDnsTransport _transport = new();
    private readonly ServerCounters _counters = new();
    private readonly NodeLog _events;
    private readonly TimeProvider _time;
    private readonly DnsServer _server;
    private ResolverCache _cache;
    private AnchorKeeper _anchors;

    public ResolverDaemon(ResolverSetup setup, ServerSettings settings, X509Certificate2? certificate, QueryLog? log, NodeLog events, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(setup);
        (_events, _time) = (events, time);
        Setup = setup;
        _cache = new ResolverCache(setup.Configuration.Cache);
        Resolver = Make(setup);
        _anchors = new AnchorKeeper(Resolver, setup.AnchorFiles, null, events, time);
        _server = new DnsServer(Resolver, settings, _counters, certificate, log, time);
        AddInstruments();
    }

    public ResolverSetup Setup { get; private set; }

    public RecursiveResolver Resolver { get; private set; }

    public ServerCounters Counters => _counters;

    /// <summary>Queries sent to servers.</summary>
    public long Sent => _transport.Sent;

    public IReadOnlyList<IpEndpoint> Bound => _server.Bound;

    /// <exception cref="System.Net.Sockets.SocketException">An address is taken, or not this machine's.</exception>
    /// <exception cref="IOException">The same, of HTTPS or metrics.</exception>
    public Task StartAsync(CancellationToken ct) => _server.StartAsync(ct);

    /// <summary>
    /// Another configuration from the next question on. The cache stays, unless its limits changed: what it holds came from servers, not
    /// from the configuration.
    /// </summary>
    public void Reload(ResolverSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        if (setup.Configuration.Cache != Setup.Configuration.Cache)
            _cache = new ResolverCache(setup.Configuration.Cache);
        Setup = setup;
        Resolver = Make(setup);
        AnchorKeeper before = _anchors;
        _anchors = new AnchorKeeper(Resolver, setup.AnchorFiles, before, _events, _time);
        _server.Responder = Resolver;
        // It has nothing left to do but to save.
        _ = before.DisposeAsync().AsTask();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        await _anchors.DisposeAsync().ConfigureAwait(false);
        _transport.Dispose();
        _counters.Dispose();
    }

    /// <summary>Takes over what another run left, as far as it has not run out.</summary>
    /// <param name="path">What <see cref="SaveCache"/> wrote; a file that is not there is an empty cache.</param>
    /// <param name="messages">Answers that are there now.</param>
    /// <param name="error">Why it cannot be used; nothing of it is then.</param>
    public bool TryLoadCache(string path, out int messages, out string error)
    {
        messages = 0;
        error = "";
        if (!File.Exists(path))
            return true;
        try
        {
            using StreamReader reader = File.OpenText(path);
            if (_cache.TryLoad(reader, path, Instant.FromDateTimeOffset(_time.GetUtcNow()), out messages, out TextError wrong))
                return true;
            error = wrong.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"{path}: {e.Message}";
        }

        return false;
    }

    /// <summary>Writes the cache beside the file and puts it in its place when it is whole: a full disk costs neither the old file nor the cache.</summary>
    public bool SaveCache(string path, out int messages, out string error)
    {
        messages = 0;
        error = "";
        string beside = path + ".new";
        try
        {
            using (StreamWriter writer = File.CreateText(beside))
                (_, messages) = _cache.Save(writer, Instant.FromDateTimeOffset(_time.GetUtcNow()));
            File.Move(beside, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"{path}: {e.Message}";
            return false;
        }
    }

    // IDs and letters' case must not be guessed by a server that has seen many of them.
    private RecursiveResolver Make(ResolverSetup setup) => new(WithSecret(setup.Configuration), setup.Hints, _cache, _transport, _events, _time,
        RandomSource.Of(UnpredictableWords.Next));

    private void AddInstruments()
    {
        _counters.Meter.CreateObservableCounter("dns.resolver.upstream_queries", () => _transport.Sent, description: "Queries sent to servers.");
        _counters.Meter.CreateObservableCounter("dns.resolver.upstream_tcp_queries", () => _transport.SentOverTcp, description: "Those over TCP.");
        _counters.Meter.CreateObservableCounter("dns.resolver.mismatched_replies", () => _transport.Mismatched, description: "Datagrams that were no reply to the query whose port they came to.");
        _counters.Meter.CreateObservableCounter("dns.resolver.coalesced", () => Resolver.Coalesced, description: "Questions that shared the answer to the same question in work.");
        _counters.Meter.CreateObservableGauge("dns.resolver.cache_sets", () => _cache.Sets, description: "RRsets in the cache.");
        _counters.Meter.CreateObservableGauge("dns.resolver.cache_messages", () => _cache.Messages, description: "Answers in the cache.");
        _counters.Meter.CreateObservableGauge("dns.resolver.cache", () => _cache.Bytes, "By", "What the cache takes.");
        _counters.Meter.CreateObservableCounter("dns.resolver.cache_evictions", () => _cache.Evictions, description: "Entries given up for others before they ran out.");
    }

    // Who has one server need not make up a secret for its cookies: the process has one, for as long as it runs.
    private ResolverConfiguration WithSecret(ResolverConfiguration configuration) =>
        configuration.Settings is { AnswerCookies: true, CookieSecret.IsEmpty: true } settings
            ? configuration with { Settings = settings with { CookieSecret = _cookieSecret } }
            : configuration;
}
