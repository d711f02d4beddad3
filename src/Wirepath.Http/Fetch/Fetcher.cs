using System.Globalization;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Url;
using Wirepath.Wire;

namespace Wirepath.Http;

/// <summary>
/// What a browser does between Enter and the page, over one host: fix up what was typed, parse the URL, resolve the
/// name, connect, TLS, request, response, redirects. Each step is written to the log with its cause; what the network
/// does never throws, it ends in a <see cref="FetchResult"/>. One navigation at a time.
/// </summary>
public sealed class Fetcher(Host host, INameResolver names, FetchSettings settings) : IAsyncDisposable
{
    private readonly OriginConnections _connections = new(host, names, settings);

    /// <summary>Fetches what a person typed and copies the body of the last response to <paramref name="body"/>.</summary>
    public async Task<FetchResult> GetAsync(string typed, Stream body, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(typed);
        ArgumentNullException.ThrowIfNull(body);
        NodeLog log = host.Log;
        NodeLog.ApplicationCause = log.Write(EventId.None, new NavigationStarted(typed));
        using var limit = new CancellationTokenSource(settings.Limit, host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        FetchResult result;
        try
        {
            result = await NavigateAsync(Parse(typed), body, either.Token).ConfigureAwait(false);
        }
        catch (FetchException failure)
        {
            result = new FetchResult(failure.ExitCode, 0, 0, failure.Message);
        }
        catch (OperationCanceledException)
        {
            result = ct.IsCancellationRequested
                ? new FetchResult(ExitCodes.Interrupted, 0, 0, "Stopped before the page was there.")
                : new FetchResult(ExitCodes.Tcp, 0, 0, string.Create(CultureInfo.InvariantCulture, $"Gave up: the page was not there within {settings.Limit.TotalSeconds:0.###} s."));
        }

        if (log.IsEnabled)
            NodeLog.ApplicationCause = log.Write(NodeLog.ApplicationCause, new NavigationFinished(result.ExitCode, result.Summary));
        if (!settings.KeepAlive)
            await _connections.CloseIdleAsync().ConfigureAwait(false);
        return result;
    }

    public ValueTask DisposeAsync() => new(_connections.CloseIdleAsync());

    private UrlRecord Parse(string typed)
    {
        NodeLog log = host.Log;
        AddressBarFixUp fixedUp = AddressBar.FixUp(typed);
        if (log.IsEnabled && fixedUp.Changes.Count > 0)
            NodeLog.ApplicationCause = log.Write(NodeLog.ApplicationCause, new AddressFixedUp(typed, fixedUp.Url, fixedUp.Changes));
        if (!UrlRecord.TryParse(fixedUp.Url, null, out UrlRecord? url, out UrlFailure? failure))
            throw Rejected(typed, failure!.Name, failure.Position, failure.Message);
        return Checked(typed, url!);
    }

    private UrlRecord Checked(string typed, UrlRecord url)
    {
        if (url.Scheme is not ("http" or "https"))
            throw Rejected(typed, "unsupported-scheme", 0, $"'{url.Scheme}:' cannot be fetched here; http: and https: can.");
        if (host.Log.IsEnabled)
        {
            NodeLog.ApplicationCause = host.Log.Write(NodeLog.ApplicationCause, new UrlParsed(
                url.Href, url.Scheme, url.Host!, url.EffectivePort!.Value, url.Port is null, url.PathAndQuery, url.Hash));
        }

        return url;
    }

    private FetchException Rejected(string typed, string name, int position, string message)
    {
        if (host.Log.IsEnabled)
            NodeLog.ApplicationCause = host.Log.Write(NodeLog.ApplicationCause, new UrlRejected(typed, name, position, message));
        return new FetchException(ExitCodes.Url, message);
    }

    private async Task<FetchResult> NavigateAsync(UrlRecord url, Stream body, CancellationToken ct)
    {
        for (int redirects = 0; ; redirects++)
        {
            if (await _connections.WantsHttpsAsync(url, ct).ConfigureAwait(false))
                url = Upgraded(url);
            EventId parsed = NodeLog.ApplicationCause;
            OriginConnection connection = await _connections.OpenAsync(url, ct).ConfigureAwait(false);
            try
            {
                NodeLog.ApplicationCause = connection.Ready.Value > parsed.Value ? connection.Ready : parsed;
                HttpResponse response;
                try
                {
                    response = await connection.SendAsync(url, settings, ct).ConfigureAwait(false);
                }
                catch (FetchException) when (connection.IsStale)
                {
                    // RFC 9112 §9.3.1: the server had closed what was kept open; a GET is asked once more, on a new connection.
                    if (host.Log.IsEnabled)
                        host.Log.Write(NodeLog.ApplicationCause, new Remark($"the connection kept open to {url.Host} had been closed meanwhile; asked again on a new one"));
                    await connection.DisposeAsync().ConfigureAwait(false);
                    connection = await _connections.ConnectAsync(url, ct).ConfigureAwait(false);
                    NodeLog.ApplicationCause = connection.Ready;
                    response = await connection.SendAsync(url, settings, ct).ConfigureAwait(false);
                }

                if (!settings.FollowRedirects || !response.Head.IsRedirect)
                    return await FinishAsync(connection, response, url, body, ct).ConfigureAwait(false);
                // The body of a redirect is read and dropped, so that the connection can carry the next request.
                await connection.CopyBodyAsync(response, url, Stream.Null, ct).ConfigureAwait(false);
                url = Next(url, response.Head, redirects);
            }
            finally
            {
                await _connections.ReturnAsync(connection).ConfigureAwait(false);
            }
        }
    }

    // RFC 9460 §9.5: as if the server had answered 307 with the same URL as https; port 80 becomes 443.
    private UrlRecord Upgraded(UrlRecord url)
    {
        string port = url.Port is { } own ? string.Create(CultureInfo.InvariantCulture, $":{own}") : "";
        string secure = $"https://{url.Host}{port}{url.PathAndQuery}{url.Hash}";
        if (host.Log.IsEnabled)
            NodeLog.ApplicationCause = host.Log.Write(NodeLog.ApplicationCause, new Redirected(307, url.Href, secure));
        return Checked(secure, UrlRecord.TryParse(secure, null, out UrlRecord? upgraded, out _) ? upgraded! : url);
    }

    private UrlRecord Next(UrlRecord url, ResponseHead head, int redirects)
    {
        string location = head.Headers.Get("Location")!;
        if (redirects == settings.MostRedirects)
            throw new FetchException(ExitCodes.Http, $"{url.Host} redirected once more after {settings.MostRedirects} redirects; the last one led from {url.Href} to {location}.");
        if (!HttpRedirect.TryFollow("GET", url, head, out _, out UrlRecord? next))
            throw new FetchException(ExitCodes.Http, $"{url.Host} redirects to '{location}', which is no http or https URL.");
        if (host.Log.IsEnabled)
            NodeLog.ApplicationCause = host.Log.Write(NodeLog.ApplicationCause, new Redirected(head.Status, url.Href, next.Href));
        return Checked(location, next);
    }

    private async Task<FetchResult> FinishAsync(OriginConnection connection, HttpResponse response, UrlRecord url, Stream body, CancellationToken ct)
    {
        long bytes = await connection.CopyBodyAsync(response, url, body, ct).ConfigureAwait(false);
        string summary = string.Create(CultureInfo.InvariantCulture, $"{url.Host} answered {response.Head.Status} {response.Head.Reason} with {bytes:N0} bytes.");
        int code = settings.FailOnStatus && response.Head.Status >= 400 ? ExitCodes.Http : ExitCodes.Success;
        return new FetchResult(code, response.Head.Status, bytes, summary);
    }
}
