using Wirepath.Wire;

namespace Wirepath.Tcp;

[Flags]
internal enum AckSigns : ushort
{
    None = 0,
    /// <summary>The segment carries text, SYN or FIN: never a duplicate ACK.</summary>
    HasText = 1,
    MovedWindow = 2,
    /// <summary>SND.UNA moved.</summary>
    Advanced = 4,
    AckedText = 8,
    AckedSyn = 16,
    /// <summary>Among what was acknowledged was something repeated.</summary>
    AckedRepeated = 32,
    Sacked = 64,
    /// <summary>A D-SACK (RFC 2883).</summary>
    Duplicate = 128,
    /// <summary>A D-SACK of the tail-loss probe.</summary>
    DuplicateOfProbe = 256,
    /// <summary>ECN-Echo that counts.</summary>
    Ece = 512,
    /// <summary>A repetition was lost too.</summary>
    LostRepetition = 1024,
    /// <summary>Something sent before the time-out and never repeated was delivered: F-RTO's evidence.</summary>
    DeliveredOriginal = 2048,
    /// <summary>The first unacknowledged segment was reported as received before (RFC 2018 §8).</summary>
    Reneged = 4096,
    RestartTimer = 8192,
    MaybeDelayed = 16384,

    Acked = AckedText | AckedSyn,
    NotDuplicate = HasText | MovedWindow | Acked,
    Alert = Sacked | Ece | Duplicate,
    Progress = Acked | Sacked,
}

/// <summary>What one ACK brought, gathered on its way through the checks. Counts in segments.</summary>
internal struct AckNews
{
    public AckSigns Signs;
    public Instant Now;
    public SequenceNumber PriorUna;
    public int PriorInFlight;
    public int PriorSacked;
    public bool PriorAnything;
    public long PriorLost;
    public long PriorDelivered;
    public int CumulativelyAcked;
    /// <summary>Lowest sequence that was delivered although something above it had been delivered before: reordering.</summary>
    public SequenceNumber Reordered;
    public SequenceNumber PriorHighestSacked;
    public Instant FirstAckedSentAt;
    public Instant LastAckedSentAt;
    public Instant FirstSackedSentAt;
    public Instant LastSackedSentAt;
    public TimeSpan Rtt;
    public NewestDelivery Newest;

    public readonly bool Has(AckSigns signs) => (Signs & signs) != 0;
}
