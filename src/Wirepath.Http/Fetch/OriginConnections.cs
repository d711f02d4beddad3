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
        IReadOnlyList<IpAddress> addresses = await ResolveAsync(url, ct).ConfigureAwait(false);
        (TcpStream stream, EventId cause) = await ConnectAsync(url.Host!, addresses, url.EffectivePort!.Value, ct).ConfigureAwait(false);
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

    private async Task<IReadOnlyList<IpAddress>> ResolveAsync(UrlRecord url, CancellationToken ct)
    {
        string name = url.Host!;
        if (url.HostKind is HostKind.Ipv4 or HostKind.Ipv6)
            return [IpAddress.Parse(name.Trim('[', ']'))];
        if (!DomainName.TryParse(name, out DomainName domain))
            throw new FetchException(ExitCodes.Dns, $"'{name}' cannot be a domain name: {WhatIsWrong(name)}.");
        NameAnswer answer = await names.ResolveAsync(domain, DnsType.A, ct).ConfigureAwait(false);
        if (!answer.Succeeded)
            throw new FetchException(ExitCodes.Dns, answer.Explanation);
        if (answer.Addresses.Count == 0)
            throw new FetchException(ExitCodes.Dns, $"{name} exists, but has no IPv4 address.");
        return answer.Addresses;
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

    /// <summary>Tries the addresses in order; the last failure is the one that is told.</summary>
    private async Task<(TcpStream Stream, EventId Cause)> ConnectAsync(string name, IReadOnlyList<IpAddress> addresses, ushort port, CancellationToken ct)
    {
        NetworkException? last = null;
        EventId cause = NodeLog.ApplicationCause;
        foreach (IpAddress address in addresses)
        {
            var remote = new IpEndpoint(address, port);
            if (host.Log.IsEnabled)
                NodeLog.ApplicationCause = host.Log.Write(cause, new ConnectStarted(name, remote));
            try
            {
                TcpStream stream = await host.ConnectAsync(remote, ct).ConfigureAwait(false);
                stream.NoDelay = true;
                // A server that gave up, and whose RST was lost, would be waited for without end.
                stream.KeepAlive = true;
                EventId connected = host.Log.IsEnabled ? host.Log.Write(NodeLog.ApplicationCause, new ConnectFinished(stream.Id, Reused: false)) : EventId.None;
                return (stream, connected);
            }
            catch (NetworkException failure)
            {
                last = failure;
                if (host.Log.IsEnabled)
                    host.Log.Write(NodeLog.ApplicationCause, new ConnectFailed(name, remote, failure.End, failure.Detail));
            }
        }

        int code = last!.End is ConnectionEnd.Unreachable or ConnectionEnd.NotSent ? ExitCodes.Link : ExitCodes.Tcp;
        string tried = addresses.Count == 1 ? "" : $" (the last of {addresses.Count} addresses tried)";
        throw new FetchException(code, $"no connection to {name}, {new IpEndpoint(addresses[^1], port)}{tried}: {last.Detail}");
    }
}
