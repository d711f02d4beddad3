using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What is needed to take a reduction back when the repetitions turn out to have been needless.</summary>
internal struct UndoState
{
    private int _repetitions; // not yet shown to be needless; -1: none sent yet

    /// <summary>There is something to take back.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>SND.UNA when the episode began.</summary>
    public SequenceNumber Marker { get; private set; }

    /// <summary>Segments; 0: not to be restored (ECN was the reason).</summary>
    public int PriorSsthresh { get; set; }

    public int PriorCwnd { get; set; }

    /// <summary>Every repetition was reported as a duplicate.</summary>
    public readonly bool AllNeedless => _repetitions == 0;

    /// <summary>Nothing has been sent again in this episode.</summary>
    public readonly bool NothingRepeated => _repetitions < 0;

    public void Open(SequenceNumber sndUna, int repetitionsUnderWay)
    {
        (IsOpen, Marker) = (true, sndUna);
        _repetitions = repetitionsUnderWay > 0 ? repetitionsUnderWay : -1;
    }

    public void Close() => IsOpen = false;

    public void CountRepetition(int segments) => _repetitions = Math.Max(_repetitions, 0) + segments;

    public void CountDuplicate(int segments)
    {
        if (_repetitions > 0)
            _repetitions = Math.Max(0, _repetitions - segments);
    }
}

// Spurious retransmissions are taken back: Eifel by timestamps (RFC 3522, 4015), D-SACK (RFC 3708), F-RTO (RFC 5682).
public sealed partial class TcpConnection
{
    private uint _arrivedEcho;
    private bool _hasArrivedEcho;

    // RFC 3522 §3.2: the ACK echoes a time before the first repetition was sent. ACKs that are taken from the device together can declare a
    // loss and acknowledge the segment before anything left: what arrived can then only be the original.
    private bool IsAnsweringOriginal =>
        _troubles is { Undo.NothingRepeated: true }
        || (_troubles is { RepeatStamp.IsNever: false } && _timestamps && _hasArrivedEcho && _arrivedEcho != 0 && unchecked((int)(_arrivedEcho - _troubles.RepeatTimestamp)) < 0);

    private bool MayUndo => Troubles.Undo.IsOpen && (Troubles.Undo.AllNeedless || IsAnsweringOriginal);

    private void UndoReduction(bool unmarkLost, string why)
    {
        if (unmarkLost)
        {
            for (int i = 0; i < _sent.Rows; i++)
                _sent.Unmark(i, SegmentMarks.Lost);
        }

        if (Troubles.Undo.PriorSsthresh > 0)
        {
            _congestion.Cwnd = _congestion.CwndAfterUndo(Troubles.Undo.PriorCwnd);
            if (Troubles.Undo.PriorSsthresh > _congestion.Ssthresh)
            {
                _congestion.Ssthresh = Troubles.Undo.PriorSsthresh;
                _cwrWanted = false;
            }
        }

        Troubles.Undo.Close();
        _rack.HasAdvanced = true;
        Troubles.UndoneReductions++;
        NoteCongestion(why);
    }

    private const string NeedlessRepetition = "the repetition was needless";

    private bool TryUndoByDuplicates()
    {
        if (!Troubles.Undo.IsOpen || !Troubles.Undo.AllNeedless)
            return false;
        _rack.OnUndoneByDuplicates();
        UndoReduction(unmarkLost: false, NeedlessRepetition);
        return true;
    }

    /// <summary>The episode's bytes are all acknowledged.</summary>
    /// <returns>True: without SACK, the phase is kept until something above is acknowledged (RFC 6582 §4.1: late duplicates would start it again).</returns>
    private bool TryUndoAtEnd(Instant now)
    {
        if (MayUndo)
            UndoReduction(unmarkLost: false, NeedlessRepetition);
        else
            _rack.OnRecovered();
        if (KeepsPhaseWithoutSack())
            return true;
        EnterPhase(RecoveryPhase.Open, now);
        return false;
    }

    private bool KeepsPhaseWithoutSack()
    {
        if (_sndUna != _highSeq || _sack)
            return false;
        if (!IsAnyRepetitionOut)
            Troubles.RepeatStamp = Instant.Never;
        return true;
    }

    private bool TryUndoTimeout(bool byForwardRto, Instant now)
    {
        if (!byForwardRto && !MayUndo)
            return false;
        UndoReduction(unmarkLost: true, byForwardRto ? "F-RTO: the time-out was spurious" : "the time-out was spurious");
        _timeouts = 0;
        if (KeepsPhaseWithoutSack())
            return true;
        if (byForwardRto || _sack)
            EnterPhase(RecoveryPhase.Open, now);
        return true;
    }

    /// <summary>A partial ACK that answers an original: the hole was filled by a straggler, not by the repetition.</summary>
    private bool TryUndoPartial(SequenceNumber priorUna, Instant now)
    {
        if (!Troubles.Undo.IsOpen || !IsAnsweringOriginal)
            return false;
        NoteReordering(priorUna, HighestSacked);
        // With repetitions under way nothing more is marked or repeated, and new bytes are clocked out until it is clear.
        if (_sent.Repeated > 0)
            return true;
        if (!IsAnyRepetitionOut)
            Troubles.RepeatStamp = Instant.Never;
        UndoReduction(unmarkLost: true, NeedlessRepetition);
        TryKeepOpen(now);
        return true;
    }
}
