using System.Net.Security;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Url;
using Wirepath.Wire;

namespace Wirepath.Http;

/// <summary>Opens connections to origins, and keeps those that can carry another request.</summary>
internal sealed class OriginConnections(Host host, INameResolver names, FetchSettings settings)
{
    private readonly List<OriginConnection> _idle = [];
    private readonly HostConnector _connector = new(host, names, settings.Connect);

    /// <summary>Whether an http URL is to be fetched as https, because its name's HTTPS record says so and the settings heed it.</summary>
    public async Task<bool> WantsHttpsAsync(UrlRecord url, CancellationToken ct) =>
        settings.Connect.UpgradeHttp && url.Scheme == "http" && url.HostKind is not (HostKind.Ipv4 or HostKind.Ipv6)
        && DomainName.TryParse(url.Host!, out DomainName domain) && await _connector.WantsHttpsAsync(domain, url.EffectivePort!.Value, ct).ConfigureAwait(false);

    /// <exception cref="FetchException">No address, no connection, or no TLS.</exception>
    public async Task<OriginConnection> OpenAsync(UrlRecord url, CancellationToken ct)
    {
        int kept = _idle.FindIndex(c => c.Origin == url.Origin);
        if (kept < 0)
            return await ConnectAsync(url, ct).ConfigureAwait(false);
        OriginConnection again = _idle[kept];
        _idle.RemoveAt(kept);
        if (host.Log.IsEnabled)
            host.Log.Write(NodeLog.ApplicationCause, new ConnectFinished(again.Id, Reused: true));
        return again;
    }

    /// <summary>Opens a new connection, whatever is kept.</summary>
    /// <exception cref="FetchException">No address, no connection, or no TLS.</exception>
    public async Task<OriginConnection> ConnectAsync(UrlRecord url, CancellationToken ct)
    {
        (TcpStream stream, EventId cause) = await ConnectHostAsync(url, ct).ConfigureAwait(false);
        if (url.Scheme != "https")
            return new OriginConnection(url.Origin, stream, stream.Id, cause, host.Log);
        NodeLog.ApplicationCause = cause;
        (SslStream tls, EventId secured) = await TlsClient.HandshakeAsync(stream, stream.Id, url.Host!, settings.TrustedRoots?.Invoke(), host.Time.GetUtcNow(), host.Log, ct).ConfigureAwait(false);
        return new OriginConnection(url.Origin, tls, stream.Id, secured, host.Log);
    }

    public async ValueTask ReturnAsync(OriginConnection connection)
    {
        if (connection.IsReusable)
            _idle.Add(connection);
        else
            await connection.DisposeAsync().ConfigureAwait(false);
    }

    public async Task CloseIdleAsync()
    {
        foreach (OriginConnection connection in _idle)
            await connection.DisposeAsync().ConfigureAwait(false);
        _idle.Clear();
    }

    private Task<Connected> ConnectHostAsync(UrlRecord url, CancellationToken ct)
    {
        string name = url.Host!;
        bool secure = url.Scheme == "https";
        if (url.HostKind is HostKind.Ipv4 or HostKind.Ipv6)
            return _connector.ConnectAsync(name, IpAddress.Parse(name.Trim('[', ']')), default, url.EffectivePort!.Value, secure, ct);
        if (!DomainName.TryParse(name, out DomainName domain))
            throw new FetchException(ExitCodes.Dns, $"'{name}' cannot be a domain name: {WhatIsWrong(name)}.");
        return _connector.ConnectAsync(name, default, domain, url.EffectivePort!.Value, secure, ct);
    }

    /// <summary>Which limit of RFC 1035 §2.3.4 a name does not keep.</summary>
    private static string WhatIsWrong(string name)
    {
        string[] labels = name.TrimEnd('.').Split('.');
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i].Length == 0)
                return $"label {i + 1} is empty, where two dots meet";
            if (labels[i].Length > 63)
                return $"label {i + 1} ('{labels[i]}') has {labels[i].Length} bytes, more than 63";
        }

        return "it is longer than 255 bytes";
    }
}
