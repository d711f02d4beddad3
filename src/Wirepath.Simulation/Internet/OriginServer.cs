using System.Net.Security;
using System.Security.Authentication;
using Wirepath.Events;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Url;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>A web server at one address and port: accepts, speaks TLS if it should, and answers requests with <see cref="OriginPages"/>.</summary>
internal sealed class OriginServer : IDisposable, IHttpHandler
{
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

    async ValueTask IHttpHandler.HandleAsync(HttpExchange exchange, CancellationToken cancellation)
    {
        // The segment that completed the request woke us: what is sent in answer is sent because of it.
        EventId heard = _host.Log.Because;
        RequestHead request = exchange.Request;
        UrlRecord? url = request.TargetUrl(_tls ? "https" : "http");
        OriginAnswer answer = OriginPages.Answer(url?.Host ?? "", url?.PathAndQuery ?? request.Target);
        await Task.Delay(answer.Thought, _host.Time, cancellation).ConfigureAwait(false);
        if (_host.Log.IsEnabled)
        {
            NodeLog.ApplicationCause = _host.Log.Write(heard, new RequestServed(
                s_connection.Value, request.Method, request.Target, answer.Status, answer.Body.Length, answer.Thought));
        }

        var head = new ResponseHead(answer.Status);
        if (answer.Body.Length > 0)
            head.Headers.Add("Content-Type", answer.ContentType);
        if (answer.Location is { } location)
            head.Headers.Add("Location", location);
        if (answer.Close)
            head.Headers.Add("Connection", "close");
        if (answer.ChunkSize > 0)
            await exchange.RespondAsync(head, new PacedStream(answer.Body, answer.ChunkSize, answer.ChunkPause, _host.Time), length: null, cancellation).ConfigureAwait(false);
        else
            await exchange.RespondAsync(head, answer.Body, cancellation).ConfigureAwait(false);
    }

    // One handler serves many connections; each flow of control knows its own.
    private static readonly AsyncLocal<ConnectionId> s_connection = new();

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

            _ = ServeAsync(stream);
        }
    }

    private async Task ServeAsync(TcpStream stream)
    {
        s_connection.Value = stream.Id;
        NodeLog.ApplicationCause = _host.Log.Because;
        Stream speaking = stream;
        if (_tls)
        {
            var tls = new SslStream(stream, leaveInnerStreamOpen: false);
            try
            {
                await tls.AuthenticateAsServerAsync(ChooseCertificate, null, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is AuthenticationException or IOException)
            {
                await tls.DisposeAsync().ConfigureAwait(false); // The client did not like what it saw, or is gone.
                return;
            }

            speaking = tls;
        }

        await HttpServerConnection.ServeAsync(speaking, this, HttpServerOptions.Default, _host.Time, CancellationToken.None).ConfigureAwait(false);
    }

    private static ValueTask<SslServerAuthenticationOptions> ChooseCertificate(SslStream stream, SslClientHelloInfo hello, object? state, CancellationToken cancellation) =>
        ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = EmbeddedAuthority.Shared.For(hello.ServerName).Context,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            // Tickets carry times and counters: without them handshakes have the same sizes in every run.
            AllowTlsResume = false,
        });
}
