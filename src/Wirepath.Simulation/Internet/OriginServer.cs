using System.Net.Security;
using System.Security.Authentication;
using Wirepath.Events;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Url;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>A web server at one address and port: accepts, speaks TLS if it should, and answers requests with <see cref="OriginPages"/>.</summary>
internal sealed class OriginServer : IDisposable
{
    private static readonly HttpServerOptions s_options = new() { ServerName = "wirepath-origin" };

    private readonly Host _host;
    private readonly bool _tls;
    private readonly TcpAcceptor _acceptor;

    public OriginServer(Host host, IpEndpoint local, bool tls)
    {
        (_host, _tls) = (host, tls);
        _acceptor = host.Listen(local);
        _ = AcceptAsync();
    }

    public void Dispose() => _acceptor.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpStream stream;
            try
            {
                stream = await _acceptor.AcceptAsync().ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            // As every web server does: an answer's last segment must not wait for an acknowledgment.
            stream.NoDelay = true;
            _ = ServeAsync(stream);
        }
    }

    private async Task ServeAsync(TcpStream stream)
    {
        try
        {
            Stream speaking = _tls ? await HandshakeAsync(stream).ConfigureAwait(false) : stream;
            await HttpServerConnection.ServeAsync(speaking, new Handler(_host, stream, _tls), s_options, _host.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException or ObjectDisposedException)
        {
            // The client did not like the certificate, or is gone: nobody is left to tell.
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<SslStream> HandshakeAsync(TcpStream stream)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsServerAsync(ChooseCertificate, null, CancellationToken.None).ConfigureAwait(false);
        return tls;
    }

    private static ValueTask<SslServerAuthenticationOptions> ChooseCertificate(SslStream stream, SslClientHelloInfo hello, object? state, CancellationToken cancellation) =>
        ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = EmbeddedAuthority.Shared.For(hello.ServerName).Context,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            // Tickets carry times and counters: without them handshakes have the same sizes in every run.
            AllowTlsResume = false,
        });

    private sealed class Handler(Host host, TcpStream stream, bool tls) : IHttpHandler
    {
        public async ValueTask HandleAsync(HttpExchange exchange, CancellationToken cancellation)
        {
            // What is sent in answer is sent because of the segment that completed the request.
            EventId heard = stream.ReadCause;
            RequestHead request = exchange.Request;
            UrlRecord? url = request.TargetUrl(tls ? "https" : "http");
            OriginAnswer answer = OriginPages.Answer(url?.Host ?? "", url?.PathAndQuery ?? request.Target);
            await Task.Delay(answer.Thought, host.Time, cancellation).ConfigureAwait(false);
            if (host.Log.IsEnabled)
            {
                NodeLog.ApplicationCause = host.Log.Write(heard, new RequestServed(
                    stream.Id, request.Method, request.Target, answer.Status, answer.Body.Length, answer.Thought));
            }

            var head = new ResponseHead(answer.Status);
            if (answer.Body.Length > 0)
                head.Headers.Add("Content-Type", answer.ContentType);
            if (answer.Location is { } location)
                head.Headers.Add("Location", location);
            if (answer.Close)
                head.Headers.Add("Connection", "close");
            if (answer.ChunkSize > 0)
                await exchange.RespondAsync(head, new PacedStream(answer.Body, answer.ChunkSize, answer.ChunkPause, host.Time), length: null, cancellation).ConfigureAwait(false);
            else
                await exchange.RespondAsync(head, answer.Body, cancellation).ConfigureAwait(false);
        }
    }
}
