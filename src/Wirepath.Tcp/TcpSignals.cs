namespace Wirepath.Tcp;

/// <summary>What changed since the owner last asked.</summary>
[Flags]
public enum TcpSignals
{
    None = 0,
    Established = 1,
    Readable = 2,

    /// <summary>There is room again after a write that was cut short.</summary>
    Writable = 4,

    /// <summary>The peer's FIN: after what is readable comes nothing more.</summary>
    PeerClosed = 8,

    /// <summary><see cref="TcpConnection.End"/> is known.</summary>
    Ended = 16,

    /// <summary>Nothing more will be sent or expected: leave the table.</summary>
    Released = 32,

    /// <summary>R1 was reached (RFC 9293 §3.8.3): the path to the peer may be dead, the neighbour should be checked.</summary>
    PathSuspect = 64,

    /// <summary>The peer has everything, and our FIN.</summary>
    SendClosed = 128,

    /// <summary>The peer's urgent pointer says that <see cref="TcpConnection.UrgentAhead"/> bytes are not to wait (RFC 9293 §3.8.5).</summary>
    Urgent = 256,
}
