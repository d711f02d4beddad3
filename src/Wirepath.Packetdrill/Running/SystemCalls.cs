using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>
/// The system calls of a script, made to the host. A call that blocks is a task that completes when virtual time has come so far;
/// a call that must not block is cancelled when it would.
/// </summary>
internal sealed partial class SystemCalls(Host host, ScriptOptions options)
{
    private const int FirstDescriptor = 3;

    private readonly Dictionary<int, ScriptSocket> _sockets = [];
    private readonly List<ScriptSocket> _all = [];

    /// <summary>A socket listens: the next SYN is a new connection.</summary>
    public Action? Listening { get; set; }

    /// <summary>A connection is being opened to this end.</summary>
    public Action<IpEndpoint>? Opening { get; set; }

    /// <summary>The socket of a connection, closed ones too; null while nobody has accepted it.</summary>
    public ScriptSocket? Find(IpEndpoint local, IpEndpoint remote) =>
        _all.FindLast(s => s.Stream is { } stream && stream.Id.Local == local && stream.Id.Remote == remote);

    public Task<CallOutcome> InvokeAsync(SystemCall call)
    {
        CallOutcome? now = call.Name switch
        {
            "socket" => Socket(call),
            "bind" => Bind(call),
            "listen" => Listen(call),
            "shutdown" => Shutdown(call),
            "close" => Close(call),
            "fcntl" => Fcntl(call),
            "setsockopt" => SetOption(call),
            "getsockopt" => GetOption(call),
            "poll" => Poll(call),
            _ => null,
        };
        if (now is { } outcome)
            return Task.FromResult(outcome);
        return call.Name switch
        {
            "accept" or "accept4" => AcceptAsync(call),
            "connect" => ConnectAsync(call),
            "read" or "recv" or "recvfrom" or "readv" => ReadAsync(call),
            "write" or "send" or "sendto" or "writev" => WriteAsync(call),
            _ => throw ScriptEndedException.Skipped(call, $"the system call {call.Name}"),
        };
    }

    // ---- Opening ---------------------------------------------------------------------------------------------------

    private CallOutcome Socket(SystemCall call)
    {
        if (Symbols(call, 0) is { } domain && !domain.Has("AF_INET") && !domain.Names[0].StartsWith("...", StringComparison.Ordinal))
            throw ScriptEndedException.Skipped(call, $"sockets of {domain.Names[0]}");
        if (Symbols(call, 1) is { } type && !type.Has("SOCK_STREAM"))
            throw ScriptEndedException.Skipped(call, $"sockets of {type.Names[0]}");
        if (Symbols(call, 2) is { } protocol && !protocol.Has("IPPROTO_TCP") && !protocol.Has("0"))
            throw ScriptEndedException.Skipped(call, $"sockets of {protocol.Names[0]}");
        var socket = new ScriptSocket(host.Settings.Tcp) { IsNonBlocking = Symbols(call, 1)?.Has("SOCK_NONBLOCK") == true };
        return new CallOutcome(Add(call, socket));
    }

    // The script's own number, or the lowest free one.
    private int Add(SystemCall call, ScriptSocket socket)
    {
        int descriptor = FirstDescriptor;
        if (call.Result is NumberExpression { Value: >= 0 and <= int.MaxValue } wanted && !_sockets.ContainsKey((int)wanted.Value))
            descriptor = (int)wanted.Value;
        while (_sockets.ContainsKey(descriptor))
            descriptor++;
        _sockets.Add(descriptor, socket);
        _all.Add(socket);
        return descriptor;
    }

    private CallOutcome Bind(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error("EBADF");
        if (socket.Local.Port != 0)
            return CallOutcome.Error("EINVAL");
        socket.Local = Address(call, 1) ?? new IpEndpoint(IpAddress.AnyV4, options.BindPort);
        return default;
    }

    private CallOutcome Listen(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error("EBADF");
        if (socket.Acceptor is not null)
            return default;
        try
        {
            socket.Acceptor = host.Listen(socket.Local, (int)Math.Clamp(Number(call, 1), 0, int.MaxValue), socket.Settings);
        }
        catch (NetworkException)
        {
            return CallOutcome.Error("EADDRINUSE");
        }

        Listening?.Invoke();
        return default;
    }

    private async Task<CallOutcome> AcceptAsync(SystemCall call)
    {
        if (Find(call) is not { } listening)
            return CallOutcome.Error("EBADF");
        if (listening.Acceptor is not { } acceptor)
            return CallOutcome.Error("EINVAL");
        using var cancel = new CancellationTokenSource();
        Task<TcpStream> accepting = acceptor.AcceptAsync(cancel.Token).AsTask();
        if (!accepting.IsCompleted && listening.IsNonBlocking)
            Cancel(cancel);
        try
        {
            TcpStream stream = await accepting.ConfigureAwait(false);
            var socket = new ScriptSocket(stream.Settings)
            {
                IsNonBlocking = call.Name == "accept4" && Symbols(call, 3)?.Has("SOCK_NONBLOCK") == true,
                NoDelay = listening.NoDelay, KeepAlive = listening.KeepAlive, AbortsOnClose = listening.AbortsOnClose,
            };
            socket.Connected(stream);
            return new CallOutcome(Add(call, socket));
        }
        catch (OperationCanceledException)
        {
            return CallOutcome.Error("EAGAIN");
        }
        catch (ObjectDisposedException)
        {
            return CallOutcome.Error("EBADF");
        }
    }

    private async Task<CallOutcome> ConnectAsync(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error("EBADF");
        if (socket.Stream is not null)
            return CallOutcome.Error("EISCONN");
        if (socket.Connecting is { IsCompleted: false })
            return CallOutcome.Error("EALREADY");
        if (socket.PendingError is { } earlier)
        {
            (socket.PendingError, socket.Connecting) = (null, null);
            return CallOutcome.Error(earlier);
        }

        IpEndpoint remote = Address(call, 1) ?? new IpEndpoint(options.RemoteIp, options.ConnectPort);
        Opening?.Invoke(remote);
        socket.Connect = new CancellationTokenSource();
        socket.Connecting = host.ConnectAsync(remote, new TcpSocketOptions { Local = socket.Local, Tcp = socket.Settings }, socket.Connect.Token).AsTask();
        Task<CallOutcome> finishing = FinishConnectAsync(socket);
        if (socket.IsNonBlocking && !finishing.IsCompleted)
            return CallOutcome.Error("EINPROGRESS");
        CallOutcome outcome = await finishing.ConfigureAwait(false);
        socket.PendingError = null;
        return outcome;
    }

    private static async Task<CallOutcome> FinishConnectAsync(ScriptSocket socket)
    {
        try
        {
            socket.Connected(await socket.Connecting!.ConfigureAwait(false));
            return default;
        }
        catch (NetworkException failed)
        {
            socket.PendingError = ScriptSocket.Errno(failed);
            return CallOutcome.Error(socket.PendingError);
        }
        catch (OperationCanceledException)
        {
            return CallOutcome.Error("EBADF");
        }
    }

    // In place: CancelAsync would leave the simulation's thread.
    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    // ---- Closing ---------------------------------------------------------------------------------------------------

    private CallOutcome Shutdown(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error("EBADF");
        if (socket.Stream is not { } stream)
            return CallOutcome.Error("ENOTCONN");
        if (stream.Statistics.State is Events.TcpState.Closed or Events.TcpState.TimeWait)
            return CallOutcome.Error("ENOTCONN");
        bool both = Symbols(call, 1)?.Has("SHUT_RDWR") == true;
        if (!both && Symbols(call, 1)?.Has("SHUT_WR") != true)
            throw ScriptEndedException.Skipped(call, "shutdown of the receiving direction alone");
        socket.IsReadClosed |= both;
        socket.IsSendClosed = true;
        stream.CloseSend();
        return default;
    }

    private CallOutcome Close(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error("EBADF");
        _sockets.Remove((int)Number(call, 0));
        socket.Acceptor?.Dispose();
        if (socket.Stream is { } stream)
        {
            if (socket.AbortsOnClose)
                stream.Abort();
            else
                stream.Dispose();
        }
        else
        {
            socket.Connect?.Cancel();
        }

        return default;
    }

    // ---- Arguments -------------------------------------------------------------------------------------------------

    private ScriptSocket? Find(SystemCall call) => _sockets.GetValueOrDefault((int)Number(call, 0));

    private static Expression? Argument(SystemCall call, int index) => index < call.Arguments.Count ? call.Arguments[index] : null;

    private static SymbolExpression? Symbols(SystemCall call, int index) => Argument(call, index) as SymbolExpression;

    private static long Number(SystemCall call, int index) => Argument(call, index) switch
    {
        NumberExpression number => number.Value,
        ListExpression { Items: [NumberExpression only] } => only.Value,
        SymbolExpression { Names: ["SOMAXCONN"] } => 4096,
        SymbolExpression { Names: ["INT_MAX"] } => int.MaxValue,
        _ => throw ScriptEndedException.Skipped(call, $"argument {index + 1} of {call.Name}, which is no number"),
    };

    // {sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("192.0.2.1")}; null for "...".
    private static IpEndpoint? Address(SystemCall call, int index)
    {
        if (Argument(call, index) is not StructExpression given)
            return null;
        if (given["sa_family"] is SymbolExpression family && !family.Has("AF_INET"))
            throw ScriptEndedException.Skipped(call, $"addresses of {family.Names[0]}");
        ushort port = given["sin_port"] is CallExpression { Arguments: [NumberExpression number] } ? (ushort)number.Value : (ushort)0;
        IpAddress address = given["sin_addr"] switch
        {
            CallExpression { Arguments: [.., TextExpression text] } when IpAddress.TryParse(text.Value, out IpAddress parsed) => parsed,
            _ => IpAddress.AnyV4,
        };
        return new IpEndpoint(address, port);
    }
}
