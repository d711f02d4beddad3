using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What a SYN says and a connection must know later: 28 bytes.</summary>
internal struct SynFacts
{
    public SequenceNumber Irs;
    public SequenceNumber Iss;
    public uint TsRecent;
    public uint TimestampOffset;

    /// <summary>As on the wire, never scaled.</summary>
    public ushort PeerWindow;
    public ushort PeerMss;

    /// <summary>What the path takes: our announcement, and the bound of what is sent.</summary>
    public ushort MtuMss;
    public byte SendShift;
    public bool Scaling;
    public bool Timestamps;
    public bool Sack;
    public bool Ecn;
}

/// <summary>
/// A half-open connection: SYN received, SYN,ACK sent, and no more memory than that is worth (120 bytes, with its place in the
/// table some 150), for anyone can make thousands of them with forged addresses. It becomes a <see cref="TcpConnection"/> when the
/// last ACK comes.
/// </summary>
internal sealed class SynRequest(in FourTuple peer)
{
    /// <summary>Bytes that one of them costs, its row included: what the host's budget is charged.</summary>
    public const int MemoryCharge = 160;

    public readonly FourTuple Peer = peer;
    public SynFacts Syn;

    /// <summary>When the SYN,ACK goes out again.</summary>
    public Instant Due;
    public EventId Cause;

    // Neighbours in the chain of those with as many repetitions.
    public SynRequest? Previous;
    public SynRequest? Following;

    /// <summary>Milliseconds of the last answer to something out of place, to the precision that a rate limit needs.</summary>
    public uint LastAnswer;

    /// <summary>Repetitions of the SYN,ACK by time-out.</summary>
    public byte Attempts;

    /// <summary>The SYN,ACK went out more than once: its round trip cannot be told (Karn).</summary>
    public bool IsRepeated;

    /// <summary>The last ACK came, and the listener waits for bytes.</summary>
    public bool IsDeferred;
}
