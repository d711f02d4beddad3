using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

// setsockopt, getsockopt.
internal sealed partial class SystemCalls
{
    /// <summary>Linux counts its bookkeeping as well, and so doubles what it is told; a buffer of ours holds the bytes themselves.</summary>
    private const int LeastSendBuffer = 4608;
    private const int LeastReceiveBuffer = 2304;

    /// <summary>Options without an effect on packets: what was set is read again.</summary>
    private static readonly HashSet<string> s_kept =
    [
        "SO_REUSEADDR", "SO_REUSEPORT", "SO_DEBUG", "SO_DONTROUTE", "SO_BROADCAST", "SO_PRIORITY", "SO_MARK", "SO_BUSY_POLL", "SO_PREFER_BUSY_POLL", "SO_BUSY_POLL_BUDGET",
        "SO_INCOMING_CPU", "SO_ZEROCOPY", "SO_OOBINLINE", "SO_TIMESTAMP", "SO_TIMESTAMPNS", "SO_RXQ_OVFL", "SO_NOFCS", "SO_LOCK_FILTER", "SO_SELECT_ERR_QUEUE", "SO_PASSCRED",
        "TCP_LOG", "TCP_REUSPORT_LB_NUMA", "SO_SNDBUF_AUTO", "SO_NO_DDP", "SO_NO_OFFLOAD", "SO_BINTIME", "SO_TS_CLOCK", "SO_PASSSEC", "SO_NO_CHECK",
        "SO_BINDTODEVICE", "SO_BINDTOIFINDEX", "SO_TXREHASH", "SO_RESERVE_MEM", "SO_NOSIGPIPE", "SO_USER_COOKIE", "SO_SETFIB", "SO_USELOOPBACK", "SO_SNDLOWAT",
        "IP_RECVERR", "IP_FREEBIND", "IP_TRANSPARENT", "IP_BIND_ADDRESS_NO_PORT", "IP_RECVTOS", "IP_RECVTTL", "IP_RECVOPTS", "IP_PKTINFO", "IP_MINTTL", "IP_NODEFRAG", "IP_RECVERR_RFC4884",
        "IPV6_V6ONLY", "IPV6_RECVERR", "IPV6_RECVTCLASS", "IPV6_RECVHOPLIMIT", "IPV6_RECVPKTINFO", "IPV6_AUTOFLOWLABEL", "IPV6_FREEBIND", "IPV6_TRANSPARENT",
        "TCP_THIN_LINEAR_TIMEOUTS", "TCP_THIN_DUPACK", "TCP_FASTOPEN_NO_COOKIE", "TCP_FASTOPEN_CONNECT",
    ];

    private CallOutcome SetOption(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return NoSocket(call);
        string name = OptionName(call);
        if (IsNull(Argument(call, 3)))
            return CallOutcome.Error("EFAULT");
        SocketOptions options = socket.Options;
        switch (name)
        {
            case "SO_LINGER":
                return SetLinger(call, options);
            case "SO_RCVTIMEO" or "SO_SNDTIMEO" or "SO_RCVTIMEO_OLD" or "SO_SNDTIMEO_OLD":
                return SetTimeout(call, name, options);
            // FreeBSD's own stack is what this one is compared with; its others are others.
            case "TCP_FUNCTION_BLK" when Argument(call, 3) is StructExpression block && block["function_set_name"] is TextExpression { Value: "freebsd" or "default" }:
                return default;
            case "TCP_CONGESTION" or "TCP_FUNCTION_BLK" or "TCP_ULP" or "TCP_CCALGOOPT":
                return SetCongestionControl(call, name, socket);
            case "SO_BINDTODEVICE":
                return default;
            case "SO_TYPE" or "SO_PROTOCOL" or "SO_DOMAIN" or "SO_ERROR" or "SO_ACCEPTCONN" or "IP_MTU" or "IPV6_MTU" or "TCP_INFO" or "TCP_SAVED_SYN" or "TCP_CC_INFO":
                return CallOutcome.Error("ENOPROTOOPT");
            case "TCP_FASTOPEN_KEY":
                return SetFastOpenKey(call, socket);
            default:
                break;
        }

        long value = Value(call, Argument(call, 3), $"the value of {name}");
        if (Argument(call, 4) is { } size and not AnyExpression && Value(call, size, "the size") < (name.StartsWith("IP_", StringComparison.Ordinal) ? 1 : sizeof(int)))
            return CallOutcome.Error("EINVAL");
        if (name == "TCP_FASTOPEN_CONNECT" && RefuseFastOpenConnect(socket, value) is { } refusal)
            return CallOutcome.Error(refusal);
        if (s_kept.Contains(name))
        {
            options.Keep(name, value);
            return default;
        }

        if (name == "SO_TIMESTAMPING")
        {
            options.Timestamping = value;
            (socket.Reports = value == 0 ? null : socket.Reports ?? new SendReports())?.Begin(socket);
            return default;
        }

        string? error = SetOnSocket(call, name, (int)Math.Clamp(value, int.MinValue, int.MaxValue), value, socket);
        if (error is not null)
            return CallOutcome.Error(error);
        if (socket.Stream is { } stream)
            options.ApplyTo(stream);
        if (socket.Acceptor is { } acceptor)
            options.ApplyTo(acceptor);
        return default;
    }

    /// <returns>The error; null when it was set.</returns>
    private string? SetOnSocket(SystemCall call, string name, int value, long wide, ScriptSocket socket)
    {
        SocketOptions options = socket.Options;
        switch (name)
        {
            case "TCP_NODELAY":
                options.NoDelay = value != 0;
                if (socket.Stream is { } undelayed)
                    undelayed.NoDelay = options.NoDelay; // also when it was set before: it pushes what waits
                return null;
            case "TCP_CORK" or "TCP_NOPUSH":
                options.Cork = value != 0;
                return null;
            case "TCP_FASTOPEN":
                if (value < 0 || socket.Stream is not null || socket.IsConnecting)
                    return "EINVAL";
                options.FastOpenQueue = value;
                return null;
            case "TCP_QUICKACK":
                if (socket.Stream is { } acknowledging)
                    acknowledging.QuickAck = value != 0;
                return null;
            case "SO_KEEPALIVE":
                options.KeepAlive = value != 0;
                return null;
            case "SO_RCVLOWAT":
                options.ReceiveLowWater = value < 0 ? int.MaxValue : Math.Max(value, 1);
                return null;
            case "TCP_INQ":
                options.Inq = value == 1;
                return value is 0 or 1 ? null : "EINVAL";
            case "TCP_NOTSENT_LOWAT":
                options.NotSentLowWater = wide & uint.MaxValue;
                options.Settings = options.Settings with { NotSentLowWater = options.NotSentLowWater == 0 ? host.Settings.Tcp.NotSentLowWater : options.NotSentLowWater };
                return null;
            case "IP_TOS" or "IPV6_TCLASS":
                options.TypeOfService = (byte)(value & 0xfc); // the lower two bits are TCP's own
                return value is >= -1 and <= 255 || name == "IP_TOS" ? null : "EINVAL";
            case "IP_TTL" or "IPV6_UNICAST_HOPS":
                if (value is not -1 and (< 1 or > 255))
                    return "EINVAL";
                options.TimeToLive = value == -1 ? (byte)0 : (byte)value;
                return null;
            case "IP_MTU_DISCOVER" or "IPV6_MTU_DISCOVER":
                if (value is < 0 or > 5)
                    return "EINVAL";
                options.Keep(name, value);
                options.MayFragment = value is 0 or 5;
                return null;
            default:
                return SetSetting(call, name, value, wide, socket);
        }
    }

    // What is a setting of the stack under another name, with the range that Linux takes.
    private string? SetSetting(SystemCall call, string name, int value, long wide, ScriptSocket socket)
    {
        TcpSettings settings = socket.Options.Settings;
        TcpSettings defaults = host.Settings.Tcp;
        (bool fits, TcpSettings? changed) = name switch
        {
            "SO_RCVBUF" or "SO_RCVBUFFORCE" => (true, WithReceiveBuffer(settings, value)),
            "SO_SNDBUF" or "SO_SNDBUFFORCE" => (true, WithSendBuffer(settings, value)),
            "SO_MAX_PACING_RATE" => (true, settings with { MaxPacingRate = wide is <= 0 or uint.MaxValue ? 0 : wide }),
            "TCP_MAXSEG" => (value is 0 or (>= 88 and <= 32767), settings with { MaxSegmentSize = value }),
            "TCP_KEEPIDLE" => (value is >= 1 and <= 32767, settings with { KeepAliveTime = TimeSpan.FromSeconds(value) }),
            "TCP_KEEPINTVL" => (value is >= 1 and <= 32767, settings with { KeepAliveInterval = TimeSpan.FromSeconds(value) }),
            "TCP_KEEPCNT" => (value is >= 1 and <= 127, settings with { KeepAliveProbes = value }),
            "TCP_USER_TIMEOUT" => (value >= 0, settings with { UserTimeout = TimeSpan.FromMilliseconds(value) }),
            "TCP_MAXUNACKTIME" => (value >= 0, settings with { UserTimeout = TimeSpan.FromSeconds(value) }),
            "TCP_RTO_MAX_MS" => (value is >= 1000 and <= 120_000, settings with { MaxRto = TimeSpan.FromMilliseconds(value) }),
            "TCP_RTO_MIN_US" => (value > 0 && value <= settings.MaxRto.TotalMicroseconds, settings with { MinRto = TimeSpan.FromMicroseconds(value) }),
            "TCP_DELACK_MAX_US" => (value > 0, settings with { DelayedAck = value < settings.DelayedAck.TotalMicroseconds ? TimeSpan.FromMicroseconds(value) : settings.DelayedAck }),
            "TCP_SYNCNT" => (value is >= 1 and <= 127, settings with { SynRetries = value }),
            // Below zero: no FIN-WAIT-2 at all. Beyond two minutes: the host's own.
            "TCP_LINGER2" => (true, settings with { FinTimeout = value < 0 ? TimeSpan.Zero : value is 0 or > 120 ? defaults.FinTimeout : TimeSpan.FromSeconds(value) }),
            "TCP_DEFER_ACCEPT" => (true, settings with { DeferAccept = TimeSpan.FromSeconds(Math.Max(value, 0)) }),
            "TCP_WINDOW_CLAMP" => (value > 0 || (value == 0 && socket.Stream is null), settings with { WindowClamp = value == 0 ? 0 : Math.Max(value, LeastReceiveBuffer / 2) }),
            _ => (false, null),
        };
        if (changed is null)
            return wide >= 0 && name.Length > 0 && char.IsAsciiDigit(name[0]) ? "ENOPROTOOPT" : throw ScriptEndedException.Skipped(call, $"the socket option {name}");
        if (!fits)
            return "EINVAL";
        if (name is "SO_MAX_PACING_RATE")
            socket.Options.Keep(name, wide);
        if (name is "TCP_DEFER_ACCEPT" or "TCP_LINGER2")
            socket.Options.Keep(name, value);
        socket.Options.Settings = changed;
        return null;
    }

    private static TcpSettings WithReceiveBuffer(TcpSettings settings, int value)
    {
        int bytes = (int)Math.Max(2L * Math.Clamp(value, 0, 1 << 29), LeastReceiveBuffer);
        return settings with { ReceiveBuffer = new BufferSizes(Math.Min(settings.ReceiveBuffer.Min, bytes), bytes, Math.Max(bytes, settings.ReceiveBuffer.Max)), TuneReceiveBuffer = false };
    }

    private static TcpSettings WithSendBuffer(TcpSettings settings, int value)
    {
        int bytes = (int)Math.Max(2L * Math.Clamp(value, 0, 1 << 29), LeastSendBuffer);
        return settings with { SendBuffer = new BufferSizes(Math.Min(settings.SendBuffer.Min, bytes), bytes, bytes) };
    }

    private static CallOutcome SetLinger(SystemCall call, SocketOptions options)
    {
        if (Argument(call, 3) is not StructExpression linger || linger.Fields is not [{ Value: var on }, { Value: var seconds }])
            throw ScriptEndedException.Skipped(call, "SO_LINGER without {onoff=…, linger=…}");
        options.Linger = Value(call, on, "onoff") == 0 ? null : TimeSpan.FromSeconds(Value(call, seconds, "linger"));
        return default;
    }

    // {tv_sec=1, tv_usec=500000}, or {1, 500000}
    private static CallOutcome SetTimeout(SystemCall call, string name, SocketOptions options)
    {
        if (Argument(call, 3) is not StructExpression { Fields: [{ Value: var seconds }, { Value: var microseconds }] })
            throw ScriptEndedException.Skipped(call, $"{name} without seconds and microseconds");
        long fraction = Value(call, microseconds, "tv_usec");
        if (fraction is < 0 or >= 1_000_000)
            return CallOutcome.Error("EDOM");
        TimeSpan timeout = TimeSpan.FromSeconds(Value(call, seconds, "tv_sec")) + TimeSpan.FromMicroseconds(fraction);
        if (name.StartsWith("SO_RCV", StringComparison.Ordinal))
            options.ReceiveTimeout = timeout;
        else
            options.SendTimeout = timeout;
        return default;
    }

    private static CallOutcome SetCongestionControl(SystemCall call, string name, ScriptSocket socket)
    {
        if (name != "TCP_CONGESTION")
            throw ScriptEndedException.Skipped(call, $"the socket option {name}");
        if (Argument(call, 3) is not TextExpression { Value: var algorithm })
            return CallOutcome.Error("EINVAL");
        if (algorithm == socket.Options.Settings.CongestionControl)
            return default;
        if (!CongestionControls.Names.Contains(algorithm))
            throw ScriptEndedException.Skipped(call, $"congestion control {algorithm}");
        socket.Options.Settings = socket.Options.Settings with { CongestionControl = algorithm };
        if (socket.Stream is { } stream)
            socket.Options.ApplyTo(stream);
        return default;
    }

    private static string? RefuseFastOpenConnect(ScriptSocket socket, long value) =>
        value is not (0 or 1) ? "EINVAL" : !MayFastOpen(socket) ? "EOPNOTSUPP" : socket.Stream is not null || socket.IsConnecting || socket.Acceptor is not null ? "EINVAL" : null;

    // One key, or the current one and the one before.
    private static CallOutcome SetFastOpenKey(SystemCall call, ScriptSocket socket)
    {
        if (Argument(call, 3) is not TextExpression { Value: var text } || socket.Stream is not null)
            return CallOutcome.Error("EINVAL");
        ReadOnlySpan<byte> bytes = System.Text.Encoding.Latin1.GetBytes(text);
        if (Number(call, 4) != bytes.Length || bytes.Length is not (FastOpenKeys.KeySize or 2 * FastOpenKeys.KeySize))
            return CallOutcome.Error("EINVAL");
        socket.Options.FastOpenKeys = new FastOpenKeys(bytes[..FastOpenKeys.KeySize], bytes[FastOpenKeys.KeySize..]);
        if (socket.Acceptor is { } acceptor)
            acceptor.FastOpenKeys = socket.Options.FastOpenKeys;
        return default;
    }

    // ---- Reading ---------------------------------------------------------------------------------------------------

    private CallOutcome GetOption(SystemCall call)
    {
        if (Find(call) is not { } socket)
            return NoSocket(call);
        string name = OptionName(call);
        SocketOptions options = socket.Options;
        TcpSettings settings = options.Settings;
        switch (name)
        {
            case "SO_ERROR":
                string? error = socket.TakeError();
                return Compare(call, 3, error is null ? 0 : Errno.Number(error) ?? 0, error);
            case "TCP_INFO" or "SO_COOKIE" or "SO_INCOMING_NAPI_ID" or "SO_PEERNAME" when Argument(call, 3) is AnyExpression:
                return default; // read, and not compared
            case "SO_LINGER":
                return CompareFields(call, options.Linger is null ? 0 : 1, (long)(options.Linger ?? TimeSpan.Zero).TotalSeconds);
            case "SO_RCVTIMEO" or "SO_SNDTIMEO":
                TimeSpan timeout = name == "SO_RCVTIMEO" ? options.ReceiveTimeout : options.SendTimeout;
                return CompareFields(call, (long)timeout.TotalSeconds, timeout.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
            case "TCP_CONGESTION":
                return Argument(call, 3) is TextExpression { Value: var expected } && expected != settings.CongestionControl
                    ? new CallOutcome(0, Wrong: settings.CongestionControl) : default;
            case "IP_MTU" or "IPV6_MTU" when socket.Stream is null:
                return CallOutcome.Error("ENOTCONN");
            default:
                break;
        }

        if (s_kept.Contains(name))
            return Compare(call, 3, options.Kept(name) ?? 0);
        long? value = name switch
        {
            "SO_TYPE" => StreamType,
            "SO_PROTOCOL" => Tcp,
            "SO_DOMAIN" => Inet,
            "SO_ACCEPTCONN" => socket.Acceptor is null ? 0 : 1,
            "SO_KEEPALIVE" => options.KeepAlive ? 1 : 0,
            "SO_RCVBUF" => settings.ReceiveBuffer.Default,
            "SO_SNDBUF" => settings.SendBuffer.Default,
            "SO_RCVLOWAT" => options.ReceiveLowWater,
            "SO_TIMESTAMPING" => options.Timestamping,
            "SO_MAX_PACING_RATE" => options.Kept(name) ?? uint.MaxValue,
            "IP_TOS" or "IPV6_TCLASS" => options.TypeOfService,
            "IP_TTL" or "IPV6_UNICAST_HOPS" => options.TimeToLive == 0 ? host.Settings.Ip.DefaultTimeToLive : options.TimeToLive,
            "IP_MTU_DISCOVER" or "IPV6_MTU_DISCOVER" => options.Kept(name) ?? 1,
            "TCP_NODELAY" => options.NoDelay ? 1 : 0,
            "TCP_CORK" or "TCP_NOPUSH" => options.Cork ? 1 : 0,
            "TCP_QUICKACK" => socket.Stream?.QuickAck == true ? 1 : 0,
            "TCP_MAXSEG" => socket.Stream?.Statistics.SendMss ?? (settings.MaxSegmentSize > 0 ? settings.MaxSegmentSize : 536),
            "TCP_RTO_MAX_MS" => (long)settings.MaxRto.TotalMilliseconds,
            "TCP_RTO_MIN_US" => (long)settings.MinRto.TotalMicroseconds,
            "TCP_DELACK_MAX_US" => (long)settings.DelayedAck.TotalMicroseconds,
            "TCP_IS_MPTCP" or "TCP_ULP" or "TCP_REPAIR" => 0,
            "TCP_KEEPIDLE" => (long)settings.KeepAliveTime.TotalSeconds,
            "TCP_KEEPINTVL" => (long)settings.KeepAliveInterval.TotalSeconds,
            "TCP_KEEPCNT" => settings.KeepAliveProbes,
            "TCP_SYNCNT" => settings.SynRetries,
            "TCP_LINGER2" => options.Kept(name) is < 0 ? -1 : (long)settings.FinTimeout.TotalSeconds,
            "TCP_DEFER_ACCEPT" => options.Kept(name) ?? 0,
            "TCP_WINDOW_CLAMP" => settings.WindowClamp,
            "TCP_USER_TIMEOUT" => (long)settings.UserTimeout.TotalMilliseconds,
            "TCP_NOTSENT_LOWAT" => options.NotSentLowWater,
            "TCP_INQ" => options.Inq ? 1 : 0,
            "TCP_FASTOPEN" => options.FastOpenQueue,
            _ => null,
        };
        return value is { } known ? Compare(call, 3, known)
            : name.Length > 0 && char.IsAsciiDigit(name[0]) ? CallOutcome.Error("ENOPROTOOPT")
            : throw ScriptEndedException.Skipped(call, $"reading the socket option {name}");
    }

    // A name, or the name of the number; an unknown number stays one.
    private static string OptionName(SystemCall call)
    {
        if (Argument(call, 2) is SymbolExpression { Names: [var name] })
            return name;
        long number = Number(call, 2);
        return Constants.OptionName(Number(call, 1), number) ?? FormattableString.Invariant($"{number}");
    }

    /// <summary>Compares what a call gave with what the script says at an argument: <c>[5]</c>, <c>[ECONNREFUSED]</c>.</summary>
    private static CallOutcome Compare(SystemCall call, int index, long value, string? errno = null)
    {
        if (Argument(call, index) is null or AnyExpression or ListExpression { Items: [AnyExpression] } || Number(call, index) == value)
            return default;
        return new CallOutcome(0, Wrong: FormattableString.Invariant($"[{errno ?? FormattableString.Invariant($"{value}")}]"));
    }

    private static CallOutcome CompareFields(SystemCall call, long first, long second) =>
        Argument(call, 3) is StructExpression { Fields: [var one, var two] } && (Value(call, one.Value, one.Key) != first || Value(call, two.Value, two.Key) != second)
            ? new CallOutcome(0, Wrong: FormattableString.Invariant($"{{{one.Key}={first}, {two.Key}={second}}}")) : default;
}
