using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>DNS over HTTPS (RFC 8484) by GET and POST at <c>/dns-query</c>, and the metrics page, on Kestrel.</summary>
internal sealed class HttpFront : IDisposable
{
    public const string Path = "/dns-query";
    private const string MediaType = "application/dns-message";

    private readonly Answering _answering;
    private readonly PrometheusText? _metrics;
    private readonly HashSet<int> _metricsPorts;
    private readonly IHost _host;

    public HttpFront(ServerSettings settings, X509Certificate2? certificate, Answering answering)
    {
        _answering = answering;
        _metrics = settings.Metrics.Count > 0 ? new PrometheusText(answering.Counters.Meter.Name) : null;
        _metricsPorts = [.. settings.Metrics.Select(m => (int)m.Port)];
        // Nothing from the environment or from files: what is not on the command line is not opened.
        _host = new HostBuilder()
            .ConfigureServices(services => services.AddSingleton<IHostLifetime, NoLifetime>())
            .ConfigureWebHost(
                web => web.UseKestrel(options => Listen(options, settings, certificate)).Configure(application => application.Run(ProcessAsync)),
                options => options.SuppressEnvironmentConfiguration = true)
            .Build();
    }

    /// <exception cref="IOException">An address is taken.</exception>
    public Task StartAsync(CancellationToken ct) => _host.StartAsync(ct);

    public Task StopAsync(CancellationToken ct) => _host.StopAsync(ct);

    public void Dispose()
    {
        _host.Dispose();
        _metrics?.Dispose();
    }

    private static void Listen(KestrelServerOptions options, ServerSettings settings, X509Certificate2? certificate)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = DnsMessage.MaxSize;
        options.Limits.KeepAliveTimeout = settings.IdleTimeout;
        options.Limits.MaxConcurrentConnections = settings.MostStreams;
        foreach (IpEndpoint endpoint in settings.Https)
        {
            options.Listen(endpoint.ToIPEndPoint(), listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificate!);
            });
        }

        foreach (IpEndpoint endpoint in settings.Metrics)
            options.Listen(endpoint.ToIPEndPoint());
    }

    private async Task ProcessAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (_metrics is not null && _metricsPorts.Contains(context.Connection.LocalPort))
        {
            await WriteMetricsAsync(context).ConfigureAwait(false);
            return;
        }

        if (request.Path != Path)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        byte[]? query = null;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            query = Decode(request.Query["dns"]);
        else if (!HttpMethods.IsPost(request.Method))
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        else if (request.ContentType != MediaType)
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        else
            query = await ReadAsync(request, context.RequestAborted).ConfigureAwait(false);
        if (query is null)
        {
            if (context.Response.StatusCode == StatusCodes.Status200OK)
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        await AnswerAsync(context, query).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context, byte[] query)
    {
        _answering.Counters.Received(Carrier.Https);
        var client = new IpEndpoint(IpAddress.From(context.Connection.RemoteIpAddress ?? IPAddress.None), (ushort)context.Connection.RemotePort);
        byte[] room = System.Buffers.ArrayPool<byte>.Shared.Rent(DnsMessage.MaxSize);
        try
        {
            if (!_answering.TryRespond(query, room, client, Carrier.Https, out int length))
                length = await _answering.RespondAsync(query, room, client, Carrier.Https, context.RequestAborted).ConfigureAwait(false);
            if (length == 0)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            context.Response.ContentType = MediaType;
            context.Response.ContentLength = length;
            // RFC 8484 §5.1: HTTP's freshness is the least TTL of the answer.
            if (LeastTtl(room.AsSpan(0, length)) is { } ttl)
                context.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"max-age={ttl}");
            if (!HttpMethods.IsHead(context.Request.Method))
                await context.Response.Body.WriteAsync(room.AsMemory(0, length), context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(room);
        }
    }

    private async Task WriteMetricsAsync(HttpContext context)
    {
        if (context.Request.Path != "/metrics")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(_metrics!.Write(), context.RequestAborted).ConfigureAwait(false);
    }

    private static byte[]? Decode(string? text)
    {
        if (string.IsNullOrEmpty(text) || !Base64Url.IsValid(text))
            return null;
        byte[] bytes = Base64Url.DecodeFromChars(text);
        return bytes.Length is >= DnsHeader.Size and <= DnsMessage.MaxSize ? bytes : null;
    }

    private static async ValueTask<byte[]?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var body = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(body, ct).ConfigureAwait(false);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            return null; // longer than a message can be
        }

        return body.Length >= DnsHeader.Size ? body.ToArray() : null;
    }

    private static uint? LeastTtl(ReadOnlySpan<byte> response)
    {
        if (!DnsMessage.TryRead(response, out DnsMessage message))
            return null;
        uint? least = null;
        foreach (DnsRecord record in message.Answers.Count > 0 ? message.Answers : message.Authorities)
            least = Math.Min(least ?? uint.MaxValue, record.Ttl);
        return least;
    }

    /// <summary>Signals are the command's to hear.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
