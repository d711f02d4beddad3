using Wirepath.Events;

namespace Wirepath.Stack;

/// <summary>Why the network did not do what was asked: refused, reset, timed out, unreachable, not sent.</summary>
public sealed class NetworkException(ConnectionEnd end, string detail) : IOException(detail.Length > 0 ? detail : Words(end))
{
    public ConnectionEnd End { get; } = end;

    /// <summary>What was tried, with whom, and what came back.</summary>
    public string Detail { get; } = detail;

    private static string Words(ConnectionEnd end) => end switch
    {
        ConnectionEnd.Closed => "The connection is closed.",
        ConnectionEnd.Refused => "The other side refused.",
        ConnectionEnd.ResetByPeer => "The other side reset the connection.",
        ConnectionEnd.Aborted => "The connection was aborted.",
        ConnectionEnd.TimedOut => "The other side did not answer in time.",
        ConnectionEnd.Unreachable => "The other side cannot be reached.",
        ConnectionEnd.KeepAliveFailed => "The other side no longer answers keepalive probes.",
        ConnectionEnd.NotSent => "Nothing could be sent.",
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };
}
