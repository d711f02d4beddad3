using System.Collections.Frozen;

namespace Wirepath.Packetdrill;

/// <summary>Numbers behind the names in system calls, as Linux has them: a script may write either.</summary>
internal static class Constants
{
    public const long O_NONBLOCK = 0x800;
    public const long SOCK_NONBLOCK = 0x800;
    public const long SOCK_CLOEXEC = 0x80000;

    public const long MSG_OOB = 1;
    public const long MSG_PEEK = 2;
    public const long MSG_TRUNC = 0x20;
    public const long MSG_DONTWAIT = 0x40;
    public const long MSG_EOR = 0x80;
    public const long MSG_WAITALL = 0x100;
    public const long MSG_ERRQUEUE = 0x2000;
    public const long MSG_MORE = 0x8000;
    public const long MSG_ZEROCOPY = 0x4000000;
    public const long MSG_FASTOPEN = 0x20000000;

    // Bits of net.ipv4.tcp_fastopen.
    public const int FastOpenClient = 1;
    public const int FastOpenWithoutCookie = 4;

    public const long POLLIN = 1;
    public const long POLLPRI = 2;
    public const long POLLOUT = 4;
    public const long POLLERR = 8;
    public const long POLLHUP = 0x10;
    public const long POLLNVAL = 0x20;
    public const long POLLRDNORM = 0x40;
    public const long POLLWRNORM = 0x100;
    public const long POLLRDHUP = 0x2000;
    public const long EPOLLONESHOT = 1L << 30;
    public const long EPOLLET = 1L << 31;

    private static readonly FrozenDictionary<string, long> s_values = new Dictionary<string, long>
    {
        ["NULL"] = 0, ["SOMAXCONN"] = 4096, ["INT_MAX"] = int.MaxValue, ["INT_MIN"] = int.MinValue, ["UINT_MAX"] = uint.MaxValue,
        ["AF_UNSPEC"] = 0, ["AF_UNIX"] = 1, ["AF_INET"] = 2, ["AF_INET6"] = 10, ["PF_INET"] = 2, ["PF_INET6"] = 10,
        ["SOCK_STREAM"] = 1, ["SOCK_DGRAM"] = 2, ["SOCK_RAW"] = 3, ["SOCK_SEQPACKET"] = 5, ["SOCK_NONBLOCK"] = SOCK_NONBLOCK, ["SOCK_CLOEXEC"] = SOCK_CLOEXEC,
        ["IPPROTO_IP"] = 0, ["IPPROTO_ICMP"] = 1, ["IPPROTO_TCP"] = 6, ["IPPROTO_UDP"] = 17, ["IPPROTO_IPV6"] = 41, ["IPPROTO_MPTCP"] = 262,
        ["IPPROTO_SCTP"] = 132, ["IPPROTO_UDPLITE"] = 136, ["IPPROTO_RAW"] = 255,
        ["F_DUPFD"] = 0, ["F_GETFD"] = 1, ["F_SETFD"] = 2, ["F_GETFL"] = 3, ["F_SETFL"] = 4, ["F_SETOWN"] = 8, ["F_GETOWN"] = 9, ["F_DUPFD_CLOEXEC"] = 1030, ["O_ACCMODE"] = 3, ["FD_CLOEXEC"] = 1,
        ["O_RDONLY"] = 0, ["O_WRONLY"] = 1, ["O_RDWR"] = 2, ["O_NONBLOCK"] = O_NONBLOCK, ["O_NDELAY"] = O_NONBLOCK,
        ["SHUT_RD"] = 0, ["SHUT_WR"] = 1, ["SHUT_RDWR"] = 2,
        ["MSG_OOB"] = MSG_OOB, ["MSG_PEEK"] = MSG_PEEK, ["MSG_DONTROUTE"] = 4, ["MSG_CTRUNC"] = 8, ["MSG_TRUNC"] = MSG_TRUNC, ["MSG_DONTWAIT"] = MSG_DONTWAIT,
        ["MSG_EOR"] = MSG_EOR, ["MSG_WAITALL"] = MSG_WAITALL, ["MSG_CONFIRM"] = 0x800, ["MSG_ERRQUEUE"] = MSG_ERRQUEUE, ["MSG_NOSIGNAL"] = 0x4000, ["MSG_MORE"] = MSG_MORE,
        ["MSG_ZEROCOPY"] = MSG_ZEROCOPY, ["MSG_FASTOPEN"] = MSG_FASTOPEN, ["MSG_CMSG_CLOEXEC"] = 0x40000000,
        ["POLLIN"] = POLLIN, ["POLLPRI"] = POLLPRI, ["POLLOUT"] = POLLOUT, ["POLLERR"] = POLLERR, ["POLLHUP"] = POLLHUP, ["POLLNVAL"] = POLLNVAL,
        ["POLLRDNORM"] = POLLRDNORM, ["POLLRDBAND"] = 0x80, ["POLLWRNORM"] = POLLWRNORM, ["POLLWRBAND"] = 0x200, ["POLLMSG"] = 0x400, ["POLLRDHUP"] = POLLRDHUP,
        ["EPOLLIN"] = POLLIN, ["EPOLLPRI"] = POLLPRI, ["EPOLLOUT"] = POLLOUT, ["EPOLLERR"] = POLLERR, ["EPOLLHUP"] = POLLHUP, ["EPOLLRDNORM"] = POLLRDNORM,
        ["EPOLLRDBAND"] = 0x80, ["EPOLLWRNORM"] = POLLWRNORM, ["EPOLLWRBAND"] = 0x200, ["EPOLLMSG"] = 0x400, ["EPOLLRDHUP"] = POLLRDHUP,
        ["EPOLLEXCLUSIVE"] = 1L << 28, ["EPOLLWAKEUP"] = 1L << 29, ["EPOLLONESHOT"] = EPOLLONESHOT, ["EPOLLET"] = EPOLLET,
        ["EPOLL_CTL_ADD"] = 1, ["EPOLL_CTL_DEL"] = 2, ["EPOLL_CTL_MOD"] = 3, ["EPOLL_CLOEXEC"] = SOCK_CLOEXEC,
        ["IP_PMTUDISC_DONT"] = 0, ["IP_PMTUDISC_WANT"] = 1, ["IP_PMTUDISC_DO"] = 2, ["IP_PMTUDISC_PROBE"] = 3, ["IP_PMTUDISC_INTERFACE"] = 4, ["IP_PMTUDISC_OMIT"] = 5,
        ["SOF_TIMESTAMPING_TX_HARDWARE"] = 1, ["SOF_TIMESTAMPING_TX_SOFTWARE"] = 2, ["SOF_TIMESTAMPING_RX_HARDWARE"] = 4, ["SOF_TIMESTAMPING_RX_SOFTWARE"] = 8,
        ["SOF_TIMESTAMPING_SOFTWARE"] = 16, ["SOF_TIMESTAMPING_SYS_HARDWARE"] = 32, ["SOF_TIMESTAMPING_RAW_HARDWARE"] = 64, ["SOF_TIMESTAMPING_OPT_ID"] = 128,
        ["SOF_TIMESTAMPING_TX_SCHED"] = 256, ["SOF_TIMESTAMPING_TX_ACK"] = 512, ["SOF_TIMESTAMPING_OPT_CMSG"] = 1024, ["SOF_TIMESTAMPING_OPT_TSONLY"] = 2048,
        ["SOF_TIMESTAMPING_OPT_STATS"] = 4096,
        ["SCM_TSTAMP_SND"] = 0, ["SCM_TSTAMP_SCHED"] = 1, ["SCM_TSTAMP_ACK"] = 2, ["SO_EE_ORIGIN_TIMESTAMPING"] = 4, ["SO_EE_ORIGIN_ZEROCOPY"] = 5,
        ["SOL_SOCKET"] = 1, ["SOL_IP"] = 0, ["SOL_IPV6"] = 41, ["SOL_TCP"] = 6, ["TCP_CM_INQ"] = 36, ["SCM_TIMESTAMPING"] = 37,
        ["IP_RECVERR"] = 11, ["IPV6_RECVERR"] = 25,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<(long Level, long Number), string> s_options = new Dictionary<(long, long), string>
    {
        [(1, 1)] = "SO_DEBUG", [(1, 2)] = "SO_REUSEADDR", [(1, 3)] = "SO_TYPE", [(1, 4)] = "SO_ERROR", [(1, 5)] = "SO_DONTROUTE", [(1, 6)] = "SO_BROADCAST",
        [(1, 7)] = "SO_SNDBUF", [(1, 8)] = "SO_RCVBUF", [(1, 9)] = "SO_KEEPALIVE", [(1, 10)] = "SO_OOBINLINE", [(1, 12)] = "SO_PRIORITY", [(1, 13)] = "SO_LINGER",
        [(1, 15)] = "SO_REUSEPORT", [(1, 18)] = "SO_RCVLOWAT", [(1, 19)] = "SO_SNDLOWAT", [(1, 20)] = "SO_RCVTIMEO", [(1, 21)] = "SO_SNDTIMEO",
        [(1, 30)] = "SO_ACCEPTCONN", [(1, 32)] = "SO_SNDBUFFORCE", [(1, 33)] = "SO_RCVBUFFORCE", [(1, 36)] = "SO_MARK", [(1, 37)] = "SO_TIMESTAMPING",
        [(1, 38)] = "SO_PROTOCOL", [(1, 39)] = "SO_DOMAIN", [(1, 46)] = "SO_BUSY_POLL", [(1, 47)] = "SO_MAX_PACING_RATE", [(1, 60)] = "SO_ZEROCOPY",
        [(0, 1)] = "IP_TOS", [(0, 2)] = "IP_TTL", [(0, 10)] = "IP_MTU_DISCOVER", [(0, 11)] = "IP_RECVERR", [(0, 14)] = "IP_MTU", [(0, 15)] = "IP_FREEBIND",
        [(41, 16)] = "IPV6_UNICAST_HOPS", [(41, 23)] = "IPV6_MTU_DISCOVER", [(41, 24)] = "IPV6_MTU", [(41, 25)] = "IPV6_RECVERR", [(41, 26)] = "IPV6_V6ONLY", [(41, 67)] = "IPV6_TCLASS",
        [(6, 1)] = "TCP_NODELAY", [(6, 2)] = "TCP_MAXSEG", [(6, 3)] = "TCP_CORK", [(6, 4)] = "TCP_KEEPIDLE", [(6, 5)] = "TCP_KEEPINTVL", [(6, 6)] = "TCP_KEEPCNT",
        [(6, 7)] = "TCP_SYNCNT", [(6, 8)] = "TCP_LINGER2", [(6, 9)] = "TCP_DEFER_ACCEPT", [(6, 10)] = "TCP_WINDOW_CLAMP", [(6, 11)] = "TCP_INFO", [(6, 12)] = "TCP_QUICKACK",
        [(6, 13)] = "TCP_CONGESTION", [(6, 14)] = "TCP_MD5SIG", [(6, 16)] = "TCP_THIN_LINEAR_TIMEOUTS", [(6, 17)] = "TCP_THIN_DUPACK", [(6, 18)] = "TCP_USER_TIMEOUT",
        [(6, 19)] = "TCP_REPAIR", [(6, 23)] = "TCP_FASTOPEN", [(6, 24)] = "TCP_TIMESTAMP", [(6, 25)] = "TCP_NOTSENT_LOWAT", [(6, 26)] = "TCP_CC_INFO", [(6, 27)] = "TCP_SAVE_SYN",
        [(6, 28)] = "TCP_SAVED_SYN", [(6, 30)] = "TCP_FASTOPEN_CONNECT", [(6, 31)] = "TCP_ULP", [(6, 33)] = "TCP_FASTOPEN_KEY", [(6, 34)] = "TCP_FASTOPEN_NO_COOKIE",
        [(6, 36)] = "TCP_INQ", [(6, 37)] = "TCP_TX_DELAY", [(6, 43)] = "TCP_IS_MPTCP", [(6, 44)] = "TCP_RTO_MAX_MS", [(6, 45)] = "TCP_RTO_MIN_US", [(6, 46)] = "TCP_DELACK_MAX_US",
    }.ToFrozenDictionary();

    /// <returns>Null for a name that is none of them.</returns>
    public static long? Value(string name) => s_values.TryGetValue(name, out long value) ? value : Errno.Number(name);

    /// <summary>The name of a socket option that was given by its numbers.</summary>
    public static string? OptionName(long level, long number) => s_options.GetValueOrDefault((level, number));
}
