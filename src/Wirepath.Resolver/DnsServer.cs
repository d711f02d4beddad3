using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>
/// Puts a responder on the operating system's sockets: UDP, TCP, TLS and HTTPS. It answers whom the responder answers; on
/// which addresses is the caller's choice.
/// </summary>
public sealed class DnsServer : IAsyncDisposable
{
    private readonly ServerSettings _settings;
    private readonly Answering _answering;
    private readonly X509Certificate2? _certificate;
    private readonly List<IDisposable> _listeners = [];
    private HttpFront? _http;

    /// <param name="responder">Who answers.</param>
    /// <param name="settings">Where, and the limits.</param>
    /// <param name="counters">What is counted; the caller disposes of it.</param>
    /// <param name="certificate">With its private key; needed for TLS and HTTPS.</param>
    /// <param name="log">A line for each answer; null: none.</param>
    /// <param name="time">For durations.</param>
    public DnsServer(IDnsResponder responder, ServerSettings settings, ServerCounters counters, X509Certificate2? certificate, QueryLog? log, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (certificate is null && settings.Tls.Count + settings.Https.Count > 0)
            throw new ArgumentException("TLS and HTTPS need a certificate.", nameof(certificate));
        (_settings, _certificate) = (settings, certificate);
        _answering = new Answering(responder, counters, log, time);
    }

    /// <summary>Who answers; another one takes over with the next question.</summary>
    public IDnsResponder Responder
    {
        get => _answering.Responder;
        set => _answering.Responder = value;
    }

    /// <summary>Addresses with the ports that were really bound, UDP and TCP ones first.</summary>
    public IReadOnlyList<IpEndpoint> Bound { get; private set; } = [];

    /// <summary>Binds everything, then begins to answer.</summary>
    /// <exception cref="SocketException">An address is taken, or not this machine's.</exception>
    /// <exception cref="IOException">The same, of HTTPS or metrics.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        var bound = new List<IpEndpoint>();
        var starting = new List<Action>();
        foreach (IpEndpoint endpoint in _settings.Plain)
        {
            Socket tcp = Listen(endpoint);
            var local = IpEndpoint.From((System.Net.IPEndPoint)tcp.LocalEndPoint!);
            bound.Add(local);
            var listener = new StreamListener(tcp, null, _answering, _settings);
            _listeners.Add(listener);
            starting.Add(listener.Start);
            for (int i = 0; i < _settings.Threads; i++)
            {
                IUdpLoop loop = OpenUdp(local);
                _listeners.Add(loop);
                starting.Add(loop.Start);
            }
        }

        foreach (IpEndpoint endpoint in _settings.Tls)
        {
            Socket tcp = Listen(endpoint);
            bound.Add(IpEndpoint.From((System.Net.IPEndPoint)tcp.LocalEndPoint!));
            var listener = new StreamListener(tcp, new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(_certificate!, null),
                ApplicationProtocols = [new SslApplicationProtocol("dot")],
            }, _answering, _settings);
            _listeners.Add(listener);
            starting.Add(listener.Start);
        }

        if (_settings.Https.Count + _settings.Metrics.Count > 0)
        {
            _http = new HttpFront(_settings, _certificate, _answering);
            await _http.StartAsync(ct).ConfigureAwait(false);
            bound.AddRange(_settings.Https);
            bound.AddRange(_settings.Metrics);
        }

        Bound = bound;
        foreach (Action start in starting)
            start();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable listener in _listeners)
            listener.Dispose();
        _listeners.Clear();
        if (_http is null)
            return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _http.StopAsync(patience.Token).ConfigureAwait(false);
        _http.Dispose();
        _http = null;
    }

    /// <summary>A certificate for trying TLS and HTTPS on one's own machine: nobody trusts it.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddIpAddress(System.Net.IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    private Socket Listen(IpEndpoint endpoint)
    {
        var socket = new Socket(SystemDnsTransport.FamilyOf(endpoint), SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (!endpoint.Address.IsV4)
                socket.DualMode = false;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(endpoint.ToIPEndPoint());
            socket.Listen(256);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private IUdpLoop OpenUdp(IpEndpoint endpoint)
    {
        var socket = new Socket(SystemDnsTransport.FamilyOf(endpoint), SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (!endpoint.Address.IsV4)
                socket.DualMode = false;
            if (_settings.Threads > 1 && OperatingSystem.IsLinux())
                socket.SetRawSocketOption(Libc.LevelSocket, Libc.ReusePort, BitConverter.GetBytes(1));
            socket.ReceiveBufferSize = socket.SendBufferSize = _settings.SocketBuffer;
            socket.Bind(endpoint.ToIPEndPoint());
            return OperatingSystem.IsLinux()
                ? new LinuxUdpLoop(socket, endpoint.Address.IsUnspecified, _answering, _settings)
                : new ManagedUdpLoop(socket, _answering, _settings);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
