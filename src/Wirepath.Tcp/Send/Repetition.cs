using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// What goes out again, and the new bytes that loss recovery asks for.
public sealed partial class TcpConnection
{
    // RFC 5682 §3.1 step 2b: one or two new segments, to see what comes back. Without them the ordinary recovery goes on.
    private bool TrySendNewBeforeLost(Packet packet, Instant now)
    {
        if (TrySendQueue(packet, now))
            return true;
        _newBeforeLost = false;
        if (_sndNxt <= _highSeq)
            _forwardRto = false;
        return false;
    }

    /// <summary>The lowest segment that is lost and not under way again (RFC 6675 §4 NextSeg rule 1).</summary>
    private bool TryRepeat(Packet packet, Instant now)
    {
        bool force = _repeatFirst;
        _repeatFirst = false;
        if (_sent.Rows == 0 || (!force && _sent.Repeated >= _sent.Lost) || (!force && MustWaitForPace(now)))
            return false;
        int room = force ? 1 : _congestion.Cwnd - _sent.InFlight;
        if (room <= 0)
            return false;
        int index = force ? 0 : _sent.Find(_repeatFrom);
        while (index < _sent.Rows && !(force || (_sent[index].Marks & (SegmentMarks.Lost | SegmentMarks.Repeated | SegmentMarks.Sacked)) == SegmentMarks.Lost))
            index++;
        if (index == _sent.Rows)
        {
            _repeatFrom = _sndNxt;
            return false;
        }

        return TryRepeat(packet, index, room, force, now);
    }

    private bool TryRepeat(Packet packet, int index, int room, bool force, Instant now)
    {
        TcpOptions options = SegmentOptions(now);
        int full = _sndMss - options.Size;
        FitRow(index, full);
        SequenceNumber left = SequenceNumber.Max(_sent[index].Left, _sndUna);
        long window = WindowEdge - left;
        // The first segment goes whatever the window says, for a receiver that took its window back; others wait.
        if (window <= 0 && left != _sndUna)
            return false;
        if (_sent[index].Count > 1)
        {
            int most = Math.Max(1, Math.Min(room, SegmentsAtOnce(full)));
            if (window > 0)
                most = (int)Math.Max(1, Math.Min(most, window / full));
            if (most < _sent[index].Count)
                _sent.Split(index, most);
        }

        if (_settings.CollapseRepetitions)
            JoinSmall(index, full, window);
        SendRepetition(packet, index, isProbe: false, options, now);
        if (index == 0 && _retransmissionTimer != RetransmissionTimer.Reordering && !force)
            SetRetransmission(RetransmissionTimer.Timeout, now + _rtt.Rto);
        return true;
    }

    /// <summary>A row whose segments are larger than what the path takes now is counted anew.</summary>
    private void FitRow(int index, int full)
    {
        ref SentSegment row = ref _sent[index];
        int bytes = Math.Min(row.Right - row.Left, Math.Max(_dataEnd - row.Left, 0));
        if (bytes > full && (row.SegmentBytes > full || row.Count == 1))
            _sent.Recount(index, (bytes + full - 1) / full, full);
    }

    // What was written in crumbs goes again as one segment where it fits (tcp_retrans_collapse).
    private void JoinSmall(int index, int full, long window)
    {
        while (index + 1 < _sent.Rows && _sent[index].Count == 1 && _sent[index + 1].Count == 1
            && !_sent[index + 1].Has(SegmentMarks.Sacked)
            && _sent[index + 1].Right - _sent[index].Left <= Math.Min(full, Math.Max(window, 0))
            && !EndsRecord(_sent[index].Right))
        {
            _sent.Join(index);
            // Without SACK duplicates count segments: there is one less now that they can stand for.
            if (!_sack && _sent.Sacked > 0)
                _sent.Sacked--;
        }
    }

    private void SendRepetition(Packet packet, int index, bool isProbe, in TcpOptions options, Instant now)
    {
        ref SentSegment row = ref _sent[index];
        SequenceNumber left = SequenceNumber.Max(row.Left, _sndUna);
        int length = Math.Max(SequenceNumber.Min(row.Right, _dataEnd) - left, 0);
        bool fin = _finQueued && row.Right > _dataEnd;
        TcpFlags flags = TcpFlags.Ack;
        if (length > 0 && (EndsMessage(left + length) || row.Count > 1 || row.Has(SegmentMarks.Pushed) || left + length == _iss + 1 + _synData))
            flags |= TcpFlags.Psh;
        if (fin)
            flags |= TcpFlags.Fin;
        EventId cause = NoteRetransmission(left, length, RepeatBecause);
        int sent = Emit(packet, left, length, flags, SendCause.Retransmission, cause, options, now);
        if (sent < length && row.Count > 1)
            _sent.Split(index, Math.Max(sent / row.SegmentBytes, 1)); // the packet could not carry more slices
        if (isProbe)
            NoteDepartureAgain(index, now);
        else
            NoteRepeated(index, now);
    }

    private void NoteRepeated(int index, Instant now)
    {
        ref SentSegment row = ref _sent[index];
        if (Troubles.RepeatStamp.IsNever)
            (Troubles.RepeatStamp, Troubles.RepeatTimestamp) = (now, TimestampClock(now));
        Troubles.Undo.CountRepetition(row.Count);
        NoteDepartureAgain(index, now);
        _sent.Mark(index, SegmentMarks.Repeated);
        if (IsReducing)
            Troubles.Prr.Sent += row.Count;
        if (_repeatFrom < row.Right)
            _repeatFrom = row.Right;
    }

    // A tail-loss probe is no repetition of something lost: it adds nothing to what is in flight.
    private void NoteDepartureAgain(int index, Instant now)
    {
        ref SentSegment row = ref _sent[index];
        row.SentAt = now;
        row.Snapshot = _rate.OnSent(_sent.Segments == 0, _sent.InFlight + row.Count, now);
        row.Marks = (row.Marks & ~SegmentMarks.AppLimited) | SegmentMarks.EverRepeated | (_rate.IsAppLimited ? SegmentMarks.AppLimited : SegmentMarks.None);
    }

    private bool TrySendLossProbe(Packet packet, Instant now)
    {
        _lossProbeWanted = false;
        if (_sent.Rows == 0)
            return false;
        TcpOptions options = SegmentOptions(now);
        int full = _sndMss - options.Size;
        long window = WindowEdge - _sndNxt;
        if (_probeMayBeNew && window > 0)
        {
            // §7.3: a new segment, even beyond cwnd.
            int length = (int)Math.Min(Math.Min(_dataEnd - _sndNxt, full), window);
            if (length == full || length == _dataEnd - _sndNxt)
            {
                SendNew(packet, length, full, options, now);
                AfterProbe(repeats: false, now);
                return true;
            }
        }

        int last = _sent.Rows - 1;
        if (_sent[last].Count > 1)
        {
            _sent.Split(last, _sent[last].Count - 1);
            last++;
        }

        FitRow(last, full);
        _repeatWhy = RetransmitCause.TailLossProbe;
        SendRepetition(packet, last, isProbe: true, options, now);
        AfterProbe(repeats: true, now);
        return true;
    }
}
