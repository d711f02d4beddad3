using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>A connection's deadlines by name; <see cref="Instant.Never"/> is a stopped timer. Those that few connections ever need have no place of their own.</summary>
internal struct TcpTimers
{
    public Instant Retransmit;
    public Instant Persist;
    public Instant DelayedAck;
    public Instant KeepAlive;

    public TcpTimers() => StopAll();

    public RareTimers? Rare { get; private set; }

    /// <summary>2 × MSL.</summary>
    public Instant TimeWait
    {
        readonly get => Rare?.TimeWait ?? Instant.Never;
        set => MakeRare().TimeWait = value;
    }

    /// <summary>An application that is gone: FIN-WAIT-2.</summary>
    public Instant Orphan
    {
        readonly get => Rare?.Orphan ?? Instant.Never;
        set => MakeRare().Orphan = value;
    }

    /// <summary>When the next segment may leave at the pacing rate.</summary>
    public Instant Pacing
    {
        readonly get => Rare?.Pacing ?? Instant.Never;
        set => MakeRare().Pacing = value;
    }

    /// <summary>An ACK that stands for several segments out of order.</summary>
    public Instant CompressedAck
    {
        readonly get => Rare?.CompressedAck ?? Instant.Never;
        set => MakeRare().CompressedAck = value;
    }

    public readonly Instant Next
    {
        get
        {
            var next = Instant.Min(Instant.Min(Retransmit, Persist), Instant.Min(DelayedAck, KeepAlive));
            return Rare is null ? next : Instant.Min(next, Rare.Next);
        }
    }

    public void StopAll()
    {
        Retransmit = Persist = DelayedAck = KeepAlive = Instant.Never;
        Rare = null;
    }

    private RareTimers MakeRare() => Rare ??= new RareTimers();
}

internal sealed class RareTimers
{
    public Instant TimeWait = Instant.Never;
    public Instant Orphan = Instant.Never;
    public Instant Pacing = Instant.Never;
    public Instant CompressedAck = Instant.Never;

    public Instant Next => Instant.Min(Instant.Min(TimeWait, Orphan), Instant.Min(Pacing, CompressedAck));
}
