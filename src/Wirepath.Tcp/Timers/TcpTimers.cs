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

    public TcpTimers() => StopAll();

    public readonly Instant Next => Instant.Min(
        Instant.Min(Instant.Min(Retransmit, Persist), Instant.Min(DelayedAck, KeepAlive)),
        Instant.Min(TimeWait, Orphan));

    public void StopAll() =>
        Retransmit = Persist = DelayedAck = KeepAlive = TimeWait = Orphan = Instant.Never;
}
