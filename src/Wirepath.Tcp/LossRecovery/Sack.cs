using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// What SACK blocks tell: RFC 2018 for the scoreboard, RFC 2883 for duplicates.
public sealed partial class TcpConnection
{
    private int _reordering;             // in segments: how far behind its successors a segment has been delivered

    private SequenceNumber HighestSacked => _sent.Sacked > 0 && _sack ? _highestSacked : _sndUna;

    private SequenceNumber _highestSacked; // behind the highest row that the peer reported

    private void TakeSack(in TcpSegment segment, ref AckNews news)
    {
        TcpOptions options = segment.Options;
        SequenceNumber ack = segment.Header.Acknowledgment;
        SackBlock first = options.GetSack(0);
        bool duplicate = IsDuplicateReport(options, ack);
        if (duplicate)
            CountDuplicateReport(first, ref news);
        if (_sent.Rows == 0 || news.PriorUna - ack > _maxSndWnd)
            return;

        int start = duplicate ? 1 : 0;
        if (duplicate && first.Right > _sndUna)
            MarkDuplicate(first);
        for (int i = start; i < options.SackCount; i++)
        {
            SackBlock block = options.GetSack(i);
            if (IsBelievable(block))
                MarkSacked(block, ref news);
        }

        if (news.Reordered < _sndNxt)
            NoteReordering(news.Reordered, HighestSacked);
    }

    // RFC 2883 §4: the first block lies below the cumulative ACK, or inside the second.
    private static bool IsDuplicateReport(in TcpOptions options, SequenceNumber ack)
    {
        SackBlock first = options.GetSack(0);
        if (first.Left < ack)
            return true;
        return options.SackCount > 1 && first.Left >= options.GetSack(1).Left && first.Right <= options.GetSack(1).Right;
    }

    private void CountDuplicateReport(in SackBlock block, ref AckNews news)
    {
        // Nothing that we sent, or so long ago that no undo would hang on it.
        if (block.Right <= block.Left || block.Right > _sndNxt || news.PriorUna - block.Left > Math.Max(_maxSndWnd, ushort.MaxValue))
            return;
        int segments = Math.Max(1, (block.Right - block.Left + FullPayload - 1) / FullPayload);
        Troubles.DuplicateReports += (uint)segments;
        if (Troubles.DuplicateReports > Troubles.Retransmissions)
            return; // more duplicates than repetitions: the network made them, and they say nothing about our timers
        news.Signs |= AckSigns.Duplicate;
        _rack.NoteDuplicate();
        if (_probeEnd is { } end && block.Right == end)
            news.Signs |= AckSigns.DuplicateOfProbe;
        if (Troubles.Undo.IsOpen && block.Right > Troubles.Undo.Marker && block.Right <= _sndNxt)
            Troubles.Undo.CountDuplicate(segments);
    }

    // A duplicate above SND.UNA: the repetition has arrived too and is no longer in flight.
    private void MarkDuplicate(in SackBlock block)
    {
        for (int i = _sent.Find(block.Left); i < _sent.Rows && _sent[i].Right <= block.Right; i++)
        {
            if (_sent[i].Has(SegmentMarks.Repeated))
                _sent.Unmark(i, SegmentMarks.Repeated);
        }
    }

    /// <summary>A liar must not make us hold for delivered what was never sent.</summary>
    private bool IsBelievable(in SackBlock block) =>
        block.Left < block.Right && block.Left >= _sndUna && block.Right <= _sndNxt;

    private void MarkSacked(in SackBlock block, ref AckNews news)
    {
        for (int i = _sent.Find(block.Left); i < _sent.Rows && _sent[i].Left < block.Right; i++)
        {
            if (_sent[i].Has(SegmentMarks.Sacked))
                continue;
            if (_sent[i].Left < block.Left)
            {
                if (!TrySplit(i, block.Left, roundUp: true))
                    continue;
                i++;
            }

            if (_sent[i].Right > block.Right && !TrySplit(i, block.Right, roundUp: false))
                return;
            MarkSacked(i, ref news);
        }
    }

    /// <summary>Cuts a super-segment at a whole segment, never inside one: part of a segment is not held for delivered.</summary>
    private bool TrySplit(int index, SequenceNumber at, bool roundUp)
    {
        ref SentSegment row = ref _sent[index];
        if (row.Count < 2)
            return false;
        int size = row.SegmentBytes;
        int segments = (at - row.Left + (roundUp ? size - 1 : 0)) / size;
        if (segments < 1 || segments >= row.Count)
            return false;
        _sent.Split(index, segments);
        return true;
    }

    private void MarkSacked(int index, ref AckNews news)
    {
        ref SentSegment row = ref _sent[index];
        _rack.Advance(row, _rtt.Min, news.Now);
        if (row.Has(SegmentMarks.Repeated))
        {
            // Which of the two arrived is not known; when the row was given up again meanwhile, both are accounted for.
            if (row.Has(SegmentMarks.Lost))
                _sent.Unmark(index, SegmentMarks.Lost | SegmentMarks.Repeated);
        }
        else
        {
            if (!row.Has(SegmentMarks.EverRepeated))
            {
                if (row.Left < HighestSacked && row.Left < news.Reordered)
                    news.Reordered = row.Left;
                if (row.Right <= _highSeq)
                    news.Signs |= AckSigns.DeliveredOriginal;
                if (news.FirstSackedSentAt.IsNever)
                    news.FirstSackedSentAt = row.SentAt;
                news.LastSackedSentAt = row.SentAt;
            }

            if (row.Has(SegmentMarks.Lost))
                _sent.Unmark(index, SegmentMarks.Lost);
        }

        bool highest = _sent.Sacked == 0 || row.Right > _highestSacked;
        _sent.Mark(index, SegmentMarks.Sacked);
        if (highest)
            _highestSacked = row.Right;
        news.Signs |= AckSigns.Sacked;
        _rate.CountDelivered(row.Count, news.Has(AckSigns.Ece));
        _rate.OnDelivered(ref row, ref news.Newest);
    }

    /// <summary>Something was delivered behind what was sent after it: the path reorders by at least that much.</summary>
    private void NoteReordering(SequenceNumber low, SequenceNumber high)
    {
        if (low >= high)
            return;
        int distance = high - low;
        if (distance > (long)_reordering * FullPayload)
            _reordering = (int)Math.Min((distance + FullPayload - 1) / FullPayload, _settings.MaxReordering);
        Troubles.ReorderingsSeen++;
        if (_log.IsEnabled)
            _log.Write(new ReorderingSeen(Id, _reordering));
    }
}
