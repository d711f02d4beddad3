namespace Wirepath.Tcp;

/// <summary>What a write says about the bytes that follow it.</summary>
[Flags]
public enum TcpWriteFlags
{
    None = 0,

    /// <summary>More follows soon: a last piece smaller than a segment waits for it (Linux: MSG_MORE). It leaves with the next ACK or write without this flag, or after a time-out.</summary>
    More = 1,

    /// <summary>A record ends here: no segment holds bytes of both sides (Linux: MSG_EOR).</summary>
    EndOfRecord = 2,

    /// <summary>The peer is told that everything up to the end of these bytes is urgent (Linux: MSG_OOB; RFC 9293 §3.8.5). New protocols should not (RFC 6093 §5).</summary>
    Urgent = 4,
}
