using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Wirepath.RealWire;

namespace Wirepath.Bench;

/// <summary>A kernel socket of a network namespace and the thread that uses it: plain blocking calls.</summary>
internal abstract class KernelEnd : IDisposable
{
    // A blocked call comes back that often, to see whether it is time to go.
    protected static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    // An answer that takes longer is a failure, and so is a thread.
    protected static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);

    // A long path's address resolution and handshake take three round trips; a lost SYN a second more.
    protected static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);

    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile Exception? _failure;

    protected KernelEnd() => _thread = new Thread(Run) { IsBackground = true, Name = GetType().Name };

    protected bool IsStopping => _stopping;

    /// <summary>Where its thread stays; null: wherever the scheduler likes.</summary>
    public int? Cpu { get; init; }

    public void Start() => _thread.Start();

    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new InvalidOperationException($"The kernel's end failed: {failure.Message}", failure);
    }

    public virtual void Dispose()
    {
        _stopping = true;
        if (_thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted))
            return;
        // One that hangs in a call has nothing left to spoil: it ends with the process.
        _thread.Join(AnswerTime + Patience);
    }

    protected abstract void Work();

    /// <summary>Sockets keep the namespace in which they were made.</summary>
    protected static Socket NewSocket(NetworkNamespace inside) =>
        inside.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

    protected static Socket Listen(NetworkNamespace inside, IPEndPoint local)
    {
        Socket socket = NewSocket(inside);
        socket.Bind(local);
        socket.Listen(4096);
        return socket;
    }

    /// <summary>Waits for a connection; null when it is time to go.</summary>
    protected Socket? Accept(Socket listener)
    {
        while (!_stopping)
        {
            if (listener.Poll(Patience, SelectMode.SelectRead))
                return listener.Accept();
        }

        return null;
    }

    /// <summary>Bounds the calls by <see cref="Patience"/>, and closes with RST: what is under way when a measurement ends must not go on.</summary>
    protected static Socket Prepare(Socket socket)
    {
        socket.SendTimeout = socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        return socket;
    }

    private void Run()
    {
        try
        {
            CpuPlacement.PinCallingThread(Cpu);
            Work();
        }
        catch (SocketException e)
        {
            if (!_stopping)
                _failure = e;
        }
    }
}

/// <summary>Accepts one connection and reads.</summary>
internal sealed class KernelSink(NetworkNamespace inside, IPEndPoint local) : KernelEnd
{
    private const int BufferSize = 256 * 1024;
    private readonly Socket _listener = Listen(inside, local);
    private long _received;

    public long Received => Volatile.Read(ref _received);

    public override void Dispose()
    {
        base.Dispose();
        _listener.Dispose();
    }

    protected override void Work()
    {
        using Socket? socket = Accept(_listener);
        if (socket is null)
            return;
        Prepare(socket);
        byte[] buffer = new byte[BufferSize];
        while (!IsStopping)
        {
            int count = socket.Receive(buffer, SocketFlags.None, out SocketError error);
            if (error is not (SocketError.Success or SocketError.TimedOut or SocketError.WouldBlock))
                throw new SocketException((int)error);
            if (count == 0 && error == SocketError.Success)
                return;
            Volatile.Write(ref _received, _received + count);
        }
    }
}

/// <summary>Connects and writes without end.</summary>
/// <param name="inside">Where.</param>
/// <param name="remote">To whom.</param>
/// <param name="congestionControl">Linux's name of it; null leaves it to the route.</param>
internal sealed class KernelSource(NetworkNamespace inside, IPEndPoint remote, string? congestionControl = null) : KernelEnd
{
    private const int ChunkSize = 64 * 1024;
    private const int CongestionControlOption = 13; // TCP_CONGESTION of tcp(7)

    protected override void Work()
    {
        using Socket socket = Prepare(NewSocket(inside));
        socket.SendTimeout = (int)ConnectTime.TotalMilliseconds;
        socket.Connect(remote);
        socket.SendTimeout = (int)Patience.TotalMilliseconds;
        // Now, not before: connect(2) takes the route's.
        if (congestionControl is not null)
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, CongestionControlOption, Encoding.ASCII.GetBytes(congestionControl));
        byte[] chunk = new byte[ChunkSize];
        while (!IsStopping)
        {
            socket.Send(chunk, 0, chunk.Length, SocketFlags.None, out SocketError error);
            if (error is not (SocketError.Success or SocketError.TimedOut or SocketError.WouldBlock))
                throw new SocketException((int)error);
        }
    }
}

/// <summary>Answers one connection after the other with its own bytes.</summary>
internal sealed class KernelEcho(NetworkNamespace inside, IPEndPoint local) : KernelEnd
{
    private readonly Socket _listener = Listen(inside, local);

    public override void Dispose()
    {
        base.Dispose();
        _listener.Dispose();
    }

    protected override void Work()
    {
        byte[] buffer = new byte[16 * 1024];
        while (Accept(_listener) is { } socket)
        {
            using (socket)
            {
                socket.NoDelay = true;
                socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
                while (!IsStopping)
                {
                    int count = socket.Receive(buffer, SocketFlags.None, out SocketError error);
                    if (error is SocketError.TimedOut or SocketError.WouldBlock)
                        continue;
                    if (count == 0 || error != SocketError.Success)
                        break;
                    socket.Send(buffer, 0, count, SocketFlags.None);
                }
            }
        }
    }
}

/// <summary>Sends a byte, waits for it to come back, and notes how long that took.</summary>
internal sealed class KernelAsker(NetworkNamespace inside, IPEndPoint remote) : KernelEnd
{
    // Enough for a minute at 100,000 a second; more are not noted.
    private const int MostSamples = 6_000_000;

    private readonly long[] _ticks = new long[MostSamples];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Microseconds of the exchanges from number <paramref name="from"/> to before <paramref name="to"/>, sorted.</summary>
    public double[] Microseconds(int from, int to) =>
        [.. _ticks.AsSpan(from, to - from).ToArray().Order().Select(ticks => ticks * 1e6 / Stopwatch.Frequency)];

    protected override void Work()
    {
        using Socket socket = Prepare(NewSocket(inside));
        socket.ReceiveTimeout = (int)AnswerTime.TotalMilliseconds;
        socket.NoDelay = true;
        socket.Connect(remote);
        byte[] one = new byte[1];
        while (!IsStopping && _count < MostSamples)
        {
            long started = Stopwatch.GetTimestamp();
            socket.Send(one);
            if (socket.Receive(one) != 1)
                throw new SocketException((int)SocketError.ConnectionReset);
            _ticks[_count] = Stopwatch.GetTimestamp() - started;
            Volatile.Write(ref _count, _count + 1);
        }
    }
}

/// <summary>Connects, sends a byte, waits for it to come back, closes with FIN, and begins anew.</summary>
internal sealed class KernelCaller(NetworkNamespace inside, IPEndPoint remote) : KernelEnd
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    protected override void Work() => inside.Inside<object?>(() =>
    {
        byte[] one = new byte[1];
        while (!IsStopping)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.ReceiveTimeout = (int)AnswerTime.TotalMilliseconds;
            socket.Connect(remote);
            socket.Send(one);
            if (socket.Receive(one) != 1)
                throw new SocketException((int)SocketError.ConnectionReset);
            Volatile.Write(ref _count, _count + 1);
        }

        return null;
    });
}
