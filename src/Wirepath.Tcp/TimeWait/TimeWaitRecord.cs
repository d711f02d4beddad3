using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// A connection in TIME-WAIT: what is needed to answer a repeated FIN, to recognise a new incarnation (RFC 9293 §3.10.7.4, RFC 6191) and
/// to be left alone by the old one's segments (RFC 1337). 120 bytes; the buffers, timers and windows of the connection are gone.
/// </summary>
internal sealed class TimeWaitRecord(in FourTuple peer)
{
    /// <summary>Bytes that one of them costs, its row included: what the host's budget is charged.</summary>
    public const int MemoryCharge = 160;

    public readonly FourTuple Peer = peer;
    public TimeWaitRecord? Previous;
    public TimeWaitRecord? Following;

    /// <summary>When 2 MSL have passed.</summary>
    public Instant Due;
    public SequenceNumber Iss;
    public SequenceNumber Irs;
    public SequenceNumber SndNxt;
    public SequenceNumber RcvNxt;

    /// <summary>RCV.WND, as on the wire.</summary>
    public ushort Window;

    /// <summary>Tenths of a second.</summary>
    public ushort Duration;
    public uint TsRecent;
    public uint TimestampOffset;

    /// <summary>Milliseconds, to the precision that a rate limit needs; 0 for never.</summary>
    public uint LastAnswer;
    public byte PeerShift;
    public bool Timestamps;
    public bool IsProtected;

    public TimeSpan Span => Duration * TimeSpan.FromMilliseconds(100);
}
