using System.Net;
using System.Net.Sockets;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>A UDP socket that is being answered.</summary>
internal interface IUdpLoop : IDisposable
{
    void Start();
}

/// <summary>The same as <see cref="LinuxUdpLoop"/> with what .NET has everywhere: one call for each datagram.</summary>
internal sealed class ManagedUdpLoop(Socket socket, Answering answering, ServerSettings settings) : IUdpLoop
{
    private const int Room = 4096;

    private readonly CancellationTokenSource _closing = new();
    private readonly ServerCounters.LoopCounters _counters = answering.Counters.AddLoop();

    public void Start() => _ = RunAsync();

    public void Dispose()
    {
        if (_closing.IsCancellationRequested)
            return;
        _closing.Cancel();
        socket.Dispose();
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        byte[] query = new byte[Room];
        byte[] response = new byte[Room];
        var from = new SocketAddress(socket.AddressFamily);
        CancellationToken closing = _closing.Token;
        while (!closing.IsCancellationRequested)
        {
            try
            {
                int length = await socket.ReceiveFromAsync(query, SocketFlags.None, from, closing).ConfigureAwait(false);
                _counters.Queries++;
                var client = IpEndpoint.From((IPEndPoint)new IPEndPoint(IPAddress.IPv6Any, 0).Create(from));
                if (!answering.Responder.TryRespond(query.AsSpan(0, length), response, in client, overTcp: false, out int size))
                {
                    if (answering.Counters.TryBegin(settings.MostInFlight))
                        _ = AnswerAsync(query.AsSpan(0, length).ToArray(), client, closing);
                }
                else if (size > 0)
                {
                    _counters.AtOnce++;
                    _counters.Answers[response[3] & 15]++;
                    answering.Log?.Write(response.AsSpan(0, size), client, Carrier.Udp, TimeSpan.Zero);
                    await socket.SendToAsync(response.AsMemory(0, size), SocketFlags.None, from, closing).ConfigureAwait(false);
                }
            }
            catch (SocketException)
            {
                // ICMP about an earlier answer, or no route back.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(byte[] query, IpEndpoint client, CancellationToken closing)
    {
        try
        {
            byte[] response = new byte[Room];
            int length = await answering.RespondAsync(query, response, client, Carrier.Udp, closing).ConfigureAwait(false);
            if (length > 0)
                await socket.SendToAsync(response.AsMemory(0, length), SocketFlags.None, client.ToIPEndPoint(), closing).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Closing, or no route back.
        }
        finally
        {
            answering.Counters.End();
        }
    }
}
