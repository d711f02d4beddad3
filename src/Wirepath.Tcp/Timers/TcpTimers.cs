using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>A connection's deadlines by name; <see cref="Instant.Never"/> is a stopped timer.</summary>
internal struct TcpTimers
{
    public Instant Retransmit;
    public Instant Persist;
    public Instant DelayedAck;
    public Instant KeepAlive;
    /// <summary>2 × MSL.</summary>
    public Instant TimeWait;
    /// <summary>FIN-WAIT-2 without an application.</summary>
    public Instant Orphan;
    /// <summary>When the next segment may leave at the pacing rate.</summary>
    public Instant Pacing;

    public TcpTimers() => StopAll();

    public readonly Instant Next => Instant.Min(
        Instant.Min(Instant.Min(Retransmit, Persist), Instant.Min(DelayedAck, KeepAlive)),
        Instant.Min(Instant.Min(TimeWait, Orphan), Pacing));

    public void StopAll() =>
        Retransmit = Persist = DelayedAck = KeepAlive = TimeWait = Orphan = Pacing = Instant.Never;
}
