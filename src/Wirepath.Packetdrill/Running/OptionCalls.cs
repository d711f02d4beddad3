using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

// fcntl, setsockopt, getsockopt.
internal sealed partial class SystemCalls
{
    private const long ReadWrite = 2;

    private CallOutcome Fcntl(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error("EBADF");
        if (Symbols(call, 1)?.Has("F_GETFL") == true)
            return new CallOutcome(ReadWrite | (socket.IsNonBlocking ? 0x800 : 0));
        if (Symbols(call, 1)?.Has("F_SETFL") != true)
            throw ScriptEndedException.Skipped(call, "fcntl other than F_GETFL and F_SETFL");
        socket.IsNonBlocking = Symbols(call, 2)?.Has("O_NONBLOCK") == true;
        return default;
    }

    private CallOutcome SetOption(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error("EBADF");
        string name = Symbols(call, 2)?.Names[0] ?? "";
        switch (name)
        {
            case "SO_REUSEADDR" or "SO_REUSEPORT":
                break;
            case "TCP_NODELAY":
                socket.NoDelay = Number(call, 3) != 0;
                if (socket.Stream is { } stream)
                    stream.NoDelay = socket.NoDelay;
                break;
            case "SO_KEEPALIVE":
                socket.KeepAlive = Number(call, 3) != 0;
                if (socket.Stream is { } watched)
                    watched.KeepAlive = socket.KeepAlive;
                break;
            case "SO_LINGER":
                SetLinger(call, socket);
                break;
            case "SO_RCVBUF" or "SO_SNDBUF" when socket.Stream is not null:
                throw ScriptEndedException.Skipped(call, $"{name} on a connection");
            default:
                socket.Settings = Apply(call, name, socket.Settings);
                if (socket.Stream is { } connected)
                    connected.Settings = socket.Settings;
                break;
        }

        return default;
    }

    private static TcpSettings Apply(SystemCall call, string name, TcpSettings settings)
    {
        if (name == "TCP_CONGESTION" && Argument(call, 3) is TextExpression algorithm)
        {
            return algorithm.Value == settings.CongestionControl
                ? settings : throw ScriptEndedException.Skipped(call, $"congestion control {algorithm.Value}");
        }

        int value = (int)Math.Clamp(Number(call, 3), int.MinValue, int.MaxValue);
        if (name is "SO_RCVBUF" or "SO_SNDBUF")
            value = Math.Clamp(value, 1, 1 << 30);
        return name switch
        {
            "SO_RCVBUF" => settings with { ReceiveBuffer = new BufferSizes(settings.ReceiveBuffer.Min, value, value), TuneReceiveBuffer = false },
            "SO_SNDBUF" => settings with { SendBuffer = new BufferSizes(settings.SendBuffer.Min, value, value) },
            "TCP_KEEPIDLE" => settings with { KeepAliveTime = TimeSpan.FromSeconds(value) },
            "TCP_KEEPINTVL" => settings with { KeepAliveInterval = TimeSpan.FromSeconds(value) },
            "TCP_KEEPCNT" => settings with { KeepAliveProbes = value },
            "TCP_USER_TIMEOUT" => settings with { UserTimeout = TimeSpan.FromMilliseconds(value) },
            "TCP_SYNCNT" => settings with { SynRetries = value },
            "TCP_LINGER2" => settings with { FinTimeout = TimeSpan.FromSeconds(value) },
            _ => throw ScriptEndedException.Skipped(call, $"the socket option {name}"),
        };
    }

    private static void SetLinger(SystemCall call, ScriptSocket socket)
    {
        if (Argument(call, 3) is not StructExpression linger || linger.Fields is not [{ Value: NumberExpression on }, { Value: NumberExpression seconds }])
            throw ScriptEndedException.Skipped(call, "SO_LINGER without {onoff=…, linger=…}");
        if (on.Value != 0 && seconds.Value != 0)
            throw ScriptEndedException.Skipped(call, "a close that lingers");
        socket.AbortsOnClose = on.Value != 0;
    }

    private CallOutcome GetOption(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return CallOutcome.Error("EBADF");
        string name = Symbols(call, 2)?.Names[0] ?? "";
        if (name == "SO_ERROR")
        {
            string? pending = socket.PendingError;
            socket.PendingError = null;
            return Compare(call, pending is null ? 0 : Number(pending), pending);
        }

        return name switch
        {
            "TCP_NODELAY" => Compare(call, socket.NoDelay ? 1 : 0),
            "SO_KEEPALIVE" => Compare(call, socket.KeepAlive ? 1 : 0),
            "TCP_MAXSEG" when socket.Stream is { } stream => Compare(call, stream.Statistics.SendMss),
            _ => throw ScriptEndedException.Skipped(call, $"reading the socket option {name}"),
        };
    }

    // [ECONNREFUSED] or [0]
    private static CallOutcome Compare(SystemCall call, long value, string? errno = null) => Argument(call, 3) switch
    {
        ListExpression { Items: [NumberExpression expected] } when expected.Value != value => new CallOutcome(0, Wrong: FormattableString.Invariant($"[{value}]")),
        ListExpression { Items: [SymbolExpression expected] } when expected.Names[0] != errno => new CallOutcome(0, Wrong: $"[{errno ?? "0"}]"),
        _ => default,
    };

    // Linux's numbers.
    private static long Number(string errno) => errno switch
    {
        "ECONNREFUSED" => 111,
        "ECONNRESET" => 104,
        "ECONNABORTED" => 103,
        "ETIMEDOUT" => 110,
        "EHOSTUNREACH" => 113,
        "EADDRNOTAVAIL" => 99,
        _ => 107,
    };
}
