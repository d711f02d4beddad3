namespace Wirepath.Stack;

/// <summary>Which calls on a connection would not wait, and why: what <c>poll</c> tells.</summary>
[Flags]
public enum TcpReadiness
{
    None = 0,

    /// <summary>As many bytes as <see cref="TcpStream.ReceiveLowWater"/> asks for, the end of the stream, or an error.</summary>
    Readable = 1,

    /// <summary>A third of the send buffer is free and little waits unsent; or sending is over, so that a write fails at once.</summary>
    Writable = 2,

    /// <summary>Nothing follows what is here: the peer's FIN, or <see cref="TcpStream.CloseReceive"/>.</summary>
    ReceiveClosed = 4,

    /// <summary>Both directions are over.</summary>
    Closed = 8,

    /// <summary>It ended otherwise than in order.</summary>
    Failed = 16,

    /// <summary>The last of the peer's urgent bytes is here and not read (RFC 9293 §3.8.5).</summary>
    Urgent = 32,
}
