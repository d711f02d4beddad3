using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What only a connection has for which something went wrong; most never do. Counts are of the connection's life.</summary>
internal sealed class Troubles
{
    public UndoState Undo;
    public ProportionalRate Prr;

    /// <summary>First repetition of the episode, by our clock and by the timestamps'.</summary>
    public Instant RepeatStamp = Instant.Never;
    public uint RepeatTimestamp;

    public Instant LastInvalidAnswer = Instant.Epoch;

    public UrgentMarks? Urgent;

    /// <summary>What ICMP said last.</summary>
    public string? SoftError;

    public TimeSpan ReceiveWindowLimited;
    public TimeSpan SendBufferLimited;

    public uint Rejected;
    public uint Retransmissions;
    public long BytesRetransmitted;
    public uint Timeouts;
    public uint TimeoutRecoveries;
    public TimeSpan TimeoutRecoveryTime;
    public Instant TimedOutAt = Instant.Never;
    public uint FastRetransmits;
    public uint DuplicateAcks;
    public uint WindowProbes;
    public uint LossProbes;
    public uint DuplicateReports;
    public uint ReorderingsSeen;
    public uint UndoneReductions;
    public uint OutOfOrderSegments;
}

public sealed partial class TcpConnection
{
    private Troubles? _troubles;

    private Troubles Troubles => _troubles ??= new Troubles();

    private void BeginTimeoutRecovery(Instant now)
    {
        if (!Troubles.TimedOutAt.IsNever)
            return;
        Troubles.TimeoutRecoveries++;
        Troubles.TimedOutAt = now;
    }

    private void EndTimeoutRecovery(Instant now)
    {
        if (_troubles is not { TimedOutAt: { IsNever: false } began })
            return;
        _troubles.TimeoutRecoveryTime += now - began;
        _troubles.TimedOutAt = Instant.Never;
    }
}
