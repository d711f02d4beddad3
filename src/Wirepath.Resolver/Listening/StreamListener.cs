using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>Accepts TCP connections, and with a certificate TLS over them, and serves each by a <see cref="StreamSession"/>.</summary>
internal sealed class StreamListener(Socket socket, SslServerAuthenticationOptions? tls, Answering answering, ServerSettings settings) : IDisposable
{
    private readonly CancellationTokenSource _closing = new();

    public void Start() => _ = AcceptAsync();

    public void Dispose()
    {
        if (_closing.IsCancellationRequested)
            return;
        _closing.Cancel();
        socket.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken closing = _closing.Token;
        while (!closing.IsCancellationRequested)
        {
            try
            {
                Socket client = await socket.AcceptAsync(closing).ConfigureAwait(false);
                if (answering.Counters.TryBeginStream(settings.MostStreams))
                    _ = ServeAsync(client, closing);
                else
                    client.Close(0);
            }
            catch (SocketException)
            {
                // One connection that did not come about, or no descriptors left: others end and free some.
                await Task.Delay(10, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken closing)
    {
        try
        {
            client.NoDelay = true;
            var from = IpEndpoint.From((System.Net.IPEndPoint)client.RemoteEndPoint!);
            Stream stream = new NetworkStream(client, ownsSocket: true);
            await using (stream.ConfigureAwait(false))
            {
                if (tls is null)
                {
                    await new StreamSession(stream, from, Carrier.Tcp, answering, settings).ServeAsync(closing).ConfigureAwait(false);
                    return;
                }

                var secure = new SslStream(stream);
                await using (secure.ConfigureAwait(false))
                {
                    using var patience = CancellationTokenSource.CreateLinkedTokenSource(closing);
                    patience.CancelAfter(settings.StreamPatience);
                    await secure.AuthenticateAsServerAsync(tls, patience.Token).ConfigureAwait(false);
                    await new StreamSession(secure, from, Carrier.Tls, answering, settings).ServeAsync(closing).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            // Idle for too long, closing, no TLS, or the client broke off.
        }
        finally
        {
            client.Dispose();
            answering.Counters.EndStream();
        }
    }
}
