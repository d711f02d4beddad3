using System.Buffers;
using System.Runtime.ExceptionServices;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>Application code above a host. <see cref="Start"/> is called on the thread that polls the host, and the code stays there.</summary>
internal abstract class HostApplication
{
    private Task? _running;

    public void Start() => _running = RunAsync();

    /// <exception cref="InvalidOperationException">The application has ended, which it should not while it is measured.</exception>
    public void ThrowIfFailed()
    {
        if (_running is { IsCompleted: false } or null)
            return;
        if (_running.Exception is { } failure)
            ExceptionDispatchInfo.Throw(failure.InnerExceptions[0]);
        throw new InvalidOperationException("The connection ended before the measurement did.");
    }

    protected abstract Task RunAsync();
}

/// <summary>Accepts one connection and reads.</summary>
internal sealed class BulkSink(Host host, ushort port) : HostApplication
{
    private const int BufferSize = 128 * 1024;
    private readonly byte[] _buffer = new byte[BufferSize];
    private long _received;

    /// <summary>Bytes; any thread.</summary>
    public long Received => Volatile.Read(ref _received);

    protected override async Task RunAsync()
    {
        using TcpAcceptor acceptor = host.Listen(new IpEndpoint(IpAddress.AnyV4, port));
        TcpStream stream = await acceptor.AcceptAsync();
        while (await stream.ReadAsync(_buffer) is int count and > 0)
            Volatile.Write(ref _received, _received + count);
    }
}

/// <summary>Connects and writes without end.</summary>
internal sealed class BulkSource(Host host, IpEndpoint remote) : HostApplication
{
    private const int ChunkSize = 64 * 1024;
    private readonly byte[] _chunk = new byte[ChunkSize];
    private TcpStream? _stream;

    /// <summary>Segments sent again so far.</summary>
    public long Retransmissions => _stream?.Statistics.Retransmissions ?? 0;

    protected override async Task RunAsync()
    {
        _stream = await host.ConnectAsync(remote);
        while (true)
            await _stream.WriteAsync(_chunk);
    }
}

/// <summary>Answers each connection with its own bytes until it is closed, one after the other.</summary>
internal sealed class EchoServer(Host host, ushort port) : HostApplication
{
    private const int BufferSize = 16 * 1024;

    protected override async Task RunAsync()
    {
        using TcpAcceptor acceptor = host.Listen(new IpEndpoint(IpAddress.AnyV4, port));
        while (true)
            _ = ServeAsync(await acceptor.AcceptAsync());
    }

    private static async Task ServeAsync(TcpStream stream)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            stream.NoDelay = true;
            while (await stream.ReadAsync(buffer) is int count and > 0)
                await stream.WriteAsync(buffer.AsMemory(0, count));
        }
        catch (NetworkException)
        {
            // A client that resets is no failure of the server.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        stream.Dispose();
    }
}

/// <summary>Serves a folder over HTTP.</summary>
internal sealed class WebServer(Host host, ushort port, string folder) : HostApplication
{
    // wrk keeps its connections for as long as it runs.
    private static readonly HttpServerOptions s_options = new() { RequestsPerConnection = int.MaxValue };

    protected override async Task RunAsync()
    {
        var files = new StaticFiles(folder);
        using TcpAcceptor acceptor = host.Listen(new IpEndpoint(IpAddress.AnyV4, port), backlog: 1024);
        while (true)
        {
            TcpStream stream = await acceptor.AcceptAsync();
            stream.NoDelay = true;
            _ = HttpServerConnection.ServeAsync(stream, files, s_options, TimeProvider.System, CancellationToken.None);
        }
    }
}
