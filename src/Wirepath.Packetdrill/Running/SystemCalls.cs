using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>
/// The system calls of a script, made to the host, with Linux's answers. A call that blocks is a task that completes when virtual
/// time has come so far; a call that must not block is cancelled when it would.
/// </summary>
internal sealed partial class SystemCalls(Host host, ScriptOptions options)
{
    private const int FirstDescriptor = 3;

    private readonly Dictionary<int, object> _descriptors = [];
    private readonly List<ScriptSocket> _all = [];
    private readonly DateTimeOffset _start = host.Time.GetUtcNow();

    /// <summary>A socket listens: the next SYN is a new connection.</summary>
    public Action? Listening { get; set; }

    /// <summary>A connection is being opened to this end.</summary>
    public Action<IpEndpoint>? Opening { get; set; }

    /// <summary>The socket of a connection, closed ones too; null while nobody has accepted it.</summary>
    public ScriptSocket? Find(IpEndpoint local, IpEndpoint remote) =>
        _all.FindLast(s => s.Stream is { } stream && stream.Id.Local == local && stream.Id.Remote == remote);

    /// <summary>The last socket that was made wanted to connect and has no connection.</summary>
    public bool HasFailedToOpen => _all is [.., { Connect: not null, Stream: null }];

    /// <summary>Makes a call.</summary>
    /// <exception cref="ScriptEndedException">The call, or something in it, is not offered.</exception>
    public Task<CallOutcome> InvokeAsync(SystemCall call)
    {
        CallOutcome? now = call.Name switch
        {
            "socket" => Socket(call),
            "bind" => Bind(call),
            "listen" => Listen(call),
            "shutdown" => Shutdown(call),
            "fcntl" => Fcntl(call),
            "ioctl" => Ioctl(call),
            "setsockopt" => SetOption(call),
            "getsockopt" => GetOption(call),
            "getsockname" => CompareAddress(call, s => s.Stream?.Id.Local ?? s.Acceptor?.Local ?? s.Local),
            "getpeername" => CompareAddress(call, s => s.Stream?.Id.Remote),
            "dup" => Duplicate(call, lowest: FirstDescriptor),
            "dup2" or "dup3" => DuplicateTo(call),
            "cap_set" => default(CallOutcome), // nothing here asks for privileges
            "epoll_create" or "epoll_create1" => CreateEpoll(call),
            "epoll_ctl" => ControlEpoll(call),
            _ => null,
        };
        if (now is { } outcome)
            return Task.FromResult(outcome);
        Task<CallOutcome> started = call.Name switch
        {
            "accept" or "accept4" => AcceptAsync(call),
            "connect" => ConnectAsync(call),
            "close" => CloseAsync(call),
            "read" or "readv" or "recv" or "recvfrom" or "recvmsg" => ReceiveAsync(call),
            "write" or "writev" or "send" or "sendto" or "sendmsg" => SendAsync(call),
            "poll" or "ppoll" => PollAsync(call),
            "epoll_wait" or "epoll_pwait" => WaitEpollAsync(call),
            _ => throw ScriptEndedException.Skipped(call, $"the system call {call.Name}"),
        };
        if (started.IsFaulted)
            started.GetAwaiter().GetResult(); // what is not offered is said at once, not when the call would have returned
        return started;
    }

    /// <summary>Packets went in or out: somebody who waits for more than an application is told looks again.</summary>
    private event Action? Progressed;

    /// <summary>Packets went in or out: what was reported about earlier writes may have happened.</summary>
    public void OnProgress()
    {
        foreach (ScriptSocket socket in _all)
            socket.Reports?.Update(socket, Elapsed);
        Progressed?.Invoke();
    }

    private TimeSpan Elapsed => host.Time.GetUtcNow() - _start;

    // ---- Descriptors -----------------------------------------------------------------------------------------------

    // The script's own number, or the lowest free one. A script that gives a number out again has lost hold of what had it before.
    private int Add(SystemCall call, object what)
    {
        int descriptor = FirstDescriptor;
        if (call.Result is NumberExpression { Value: >= 0 and <= int.MaxValue } wanted)
        {
            descriptor = (int)wanted.Value;
        }
        else
        {
            while (_descriptors.ContainsKey(descriptor))
                descriptor++;
        }

        _descriptors[descriptor] = what;
        if (what is ScriptSocket socket)
            _all.Add(socket);
        return descriptor;
    }

    private ScriptSocket? Find(SystemCall call) => Find((int)Number(call, 0));

    private ScriptSocket? Find(int descriptor) => _descriptors.GetValueOrDefault(descriptor) as ScriptSocket;

    /// <summary>What a call on something that is no socket answers.</summary>
    private CallOutcome NoSocket(SystemCall call) => CallOutcome.Error(_descriptors.ContainsKey((int)Number(call, 0)) ? "ENOTSOCK" : "EBADF");

    // ---- Waiting ---------------------------------------------------------------------------------------------------

    /// <summary>Cancels a call that would block: at once, or when the socket's time-out has passed.</summary>
    private CancellationTokenSource Bound(bool isNonBlocking, TimeSpan timeout)
    {
        if (isNonBlocking || timeout <= TimeSpan.Zero)
            return new CancellationTokenSource();
        return new CancellationTokenSource(timeout, host.Time);
    }

    // In place: CancelAsync would leave the simulation's thread.
    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    // ---- Arguments -------------------------------------------------------------------------------------------------

    private static Expression? Argument(SystemCall call, int index) => index < call.Arguments.Count ? call.Arguments[index] : null;

    private static long Number(SystemCall call, int index) => Value(call, Argument(call, index), $"argument {index + 1} of {call.Name}");

    /// <summary>A number, names joined with |, or a list of one of these.</summary>
    private static long Value(SystemCall call, Expression? expression, string what) =>
        Evaluate(call, expression) ?? throw ScriptEndedException.Skipped(call, $"{what}, which is no number");

    /// <returns>Null when it is no number.</returns>
    internal static long? Evaluate(SystemCall call, Expression? expression) => expression switch
    {
        NumberExpression number => number.Value,
        ListExpression { Items: [var only] } => Evaluate(call, only),
        SymbolExpression symbols => symbols.Names.Aggregate(0L, (sum, name) => sum | ValueOf(call, name)),
        CallExpression { Name: "htons" or "htonl" or "ntohs", Arguments: [NumberExpression number] } => number.Value,
        CallExpression { Name: "sizeof" } => sizeof(int),
        _ => null,
    };

    private static long ValueOf(SystemCall call, string name)
    {
        if (Constants.Value(name) is { } value)
            return value;
        if (name.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && long.TryParse(name.AsSpan(2), System.Globalization.NumberStyles.HexNumber, null, out value))
            return value;
        return long.TryParse(name, System.Globalization.NumberStyles.None, null, out value) ? value : throw ScriptEndedException.Skipped(call, $"the constant {name}");
    }

    private static bool IsNull(Expression? expression) => expression is SymbolExpression { Names: ["NULL"] } or NumberExpression { Value: 0 };

    // {sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("192.0.2.1")}; null for "...".
    private static IpEndpoint? Address(SystemCall call, int index)
    {
        if (Argument(call, index) is not StructExpression given)
            return null;
        ushort port = (given["sin_port"] ?? given["sin6_port"]) is { } written ? (ushort)Value(call, written, "the port") : (ushort)0;
        IpAddress address = (given["sin_addr"] ?? given["sin6_addr"]) switch
        {
            CallExpression { Arguments: [.., TextExpression text] } when IpAddress.TryParse(text.Value, out IpAddress parsed) => parsed,
            _ => given["sa_family"] is SymbolExpression family && family.Has("AF_INET6") ? IpAddress.AnyV6 : IpAddress.AnyV4,
        };
        return new IpEndpoint(address, port);
    }
}
