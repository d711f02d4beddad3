using System.Collections.Frozen;
using Wirepath.Events;

namespace Wirepath.Packetdrill;

/// <summary>Errors under Linux's names and numbers.</summary>
internal static class Errno
{
    private static readonly FrozenDictionary<string, int> s_numbers = new Dictionary<string, int>
    {
        ["EPERM"] = 1, ["ENOENT"] = 2, ["EINTR"] = 4, ["EIO"] = 5, ["EBADF"] = 9, ["EAGAIN"] = 11, ["EWOULDBLOCK"] = 11, ["ENOMEM"] = 12, ["EACCES"] = 13,
        ["EFAULT"] = 14, ["EBUSY"] = 16, ["EEXIST"] = 17, ["ENODEV"] = 19, ["EINVAL"] = 22, ["ENOTTY"] = 25, ["EPIPE"] = 32, ["EDOM"] = 33, ["ENOMSG"] = 42,
        ["EPROTO"] = 71, ["ENOTSOCK"] = 88, ["EDESTADDRREQ"] = 89, ["EMSGSIZE"] = 90, ["EPROTOTYPE"] = 91, ["ENOPROTOOPT"] = 92,
        ["EPROTONOSUPPORT"] = 93, ["ESOCKTNOSUPPORT"] = 94, ["EOPNOTSUPP"] = 95, ["ENOTSUP"] = 95, ["EPFNOSUPPORT"] = 96, ["EAFNOSUPPORT"] = 97,
        ["EADDRINUSE"] = 98, ["EADDRNOTAVAIL"] = 99, ["ENETDOWN"] = 100, ["ENETUNREACH"] = 101, ["ENETRESET"] = 102, ["ECONNABORTED"] = 103,
        ["ECONNRESET"] = 104, ["ENOBUFS"] = 105, ["EISCONN"] = 106, ["ENOTCONN"] = 107, ["ETIMEDOUT"] = 110, ["ECONNREFUSED"] = 111, ["EHOSTDOWN"] = 112,
        ["EHOSTUNREACH"] = 113, ["EALREADY"] = 114, ["EINPROGRESS"] = 115,
    }.ToFrozenDictionary();

    /// <returns>Null for a name that is none of them.</returns>
    public static int? Number(string name) => s_numbers.TryGetValue(name, out int number) ? number : null;

    /// <summary>What a call says of a connection that ended so; null when it ended in order.</summary>
    /// <param name="end">How it ended.</param>
    /// <param name="afterFin">The peer had closed before: what is written is lost, what was to be read has been.</param>
    public static string? Of(ConnectionEnd end, bool afterFin) => end switch
    {
        ConnectionEnd.Refused => "ECONNREFUSED",
        ConnectionEnd.ResetByPeer => afterFin ? "EPIPE" : "ECONNRESET",
        ConnectionEnd.Aborted => "ECONNABORTED",
        ConnectionEnd.TimedOut or ConnectionEnd.KeepAliveFailed => "ETIMEDOUT",
        ConnectionEnd.Unreachable => "EHOSTUNREACH",
        ConnectionEnd.NotSent => "EADDRNOTAVAIL",
        ConnectionEnd.Closed => null,
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };
}
