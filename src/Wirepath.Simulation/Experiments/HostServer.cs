using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>The same service as <see cref="BareServer"/> on a whole host.</summary>
internal sealed class HostServer
{
    private readonly int _closeAfter;

    public HostServer(Host host, ushort port, int closeAfter = int.MaxValue)
    {
        _closeAfter = closeAfter;
        _ = AcceptAsync(host, port);
    }

    public List<List<byte>> Streams { get; } = [];

    private async Task AcceptAsync(Host host, ushort port)
    {
        try
        {
            using TcpAcceptor acceptor = host.Listen(new IpEndpoint(IpAddress.AnyV4, port));
            while (true)
            {
                TcpStream stream = await acceptor.AcceptAsync();
                var bytes = new List<byte>();
                Streams.Add(bytes);
                _ = ReadAsync(stream, bytes, Streams.Count == 1 ? _closeAfter : int.MaxValue);
            }
        }
        catch (Exception e) when (e is NetworkException or ObjectDisposedException or OperationCanceledException)
        {
            // The simulation is over.
        }
    }

    private static async Task ReadAsync(TcpStream stream, List<byte> bytes, int closeAfter)
    {
        try
        {
            using TcpStream reading = stream;
            byte[] buffer = new byte[4096];
            while (bytes.Count < closeAfter && await reading.ReadAsync(buffer) is int count and > 0)
                bytes.AddRange(buffer.AsSpan(0, count));
        }
        catch (Exception e) when (e is NetworkException or ObjectDisposedException or OperationCanceledException)
        {
            // The peer was reset: what was read stays.
        }
    }
}
