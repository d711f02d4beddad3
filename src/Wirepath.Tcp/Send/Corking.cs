using Wirepath.Wire;

namespace Wirepath.Tcp;

// What the application says about small pieces: TCP_CORK, TCP_NODELAY, MSG_MORE, and records that must not be mixed.
public sealed partial class TcpConnection
{
    private bool _cork;
    private bool _noDelay;
    private bool _pushOnce;                 // NODELAY was just set: what waits goes, corked or not
    private bool _moreFollows;              // the last write said so, and neither an ACK nor a timer came since
    private bool _endIsUnmarked;            // the last write said so: its end is not the end of a message
    private Queue<SequenceNumber>? _recordEnds;

    /// <summary>True sends small segments at once (turns Nagle's algorithm off, RFC 9293 §3.7.4). Setting it lets what waits go, even corked.</summary>
    public bool NoDelay
    {
        get => _noDelay;
        set
        {
            _noDelay = value;
            _pushOnce |= value;
            _moreFollows &= !value;
        }
    }

    /// <summary>True holds pieces smaller than a segment until it becomes false; what stays held for an RTO (200 ms at least) goes all the same.</summary>
    public bool Cork
    {
        get => _cork;
        set
        {
            _pushOnce |= _cork && !value && _noDelay;
            _cork = value;
        }
    }

    /// <summary>Small segments need not wait for an ACK: what <see cref="SendDecision.IsWorthASegment"/> is told.</summary>
    private bool SendsSmallPieces => _pushOnce || _noDelay || IsUrgentMode;

    /// <summary>The rest of the queue, smaller than a segment, is to wait for more bytes.</summary>
    private bool HoldsSmallPieces => !_pushOnce && !IsUrgentMode && !_finQueued && (_cork || _moreFollows);

    /// <summary>PSH belongs on a segment that ends here: what was written ends, and the application did not say that it goes on.</summary>
    private bool EndsMessage(SequenceNumber end) => (end == _dataEnd && !_endIsUnmarked) || EndsRecord(end);

    private bool EndsRecord(SequenceNumber end) => _recordEnds is not null && _recordEnds.Contains(end);

    /// <summary>Cuts a stretch off where a record ends.</summary>
    /// <param name="sequence">Its first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="isWhole">It ends with a record behind which more bytes wait: nothing may join it, so it goes as it is.</param>
    private int WithinRecord(SequenceNumber sequence, int length, out bool isWhole)
    {
        isWhole = false;
        if (_recordEnds is null)
            return length;
        while (_recordEnds.TryPeek(out SequenceNumber passed) && passed <= _sndUna)
            _recordEnds.Dequeue();
        foreach (SequenceNumber end in _recordEnds)
        {
            if (end <= sequence)
                continue;
            int rest = end - sequence;
            if (rest > length)
                return length;
            isWhole = end != _dataEnd;
            return rest;
        }

        return length;
    }

    private void MarkWritten(TcpWriteFlags flags)
    {
        _pushOnce = false;
        _moreFollows = _endIsUnmarked = (flags & TcpWriteFlags.More) != 0;
        if ((flags & TcpWriteFlags.EndOfRecord) != 0)
            (_recordEnds ??= new Queue<SequenceNumber>()).Enqueue(_dataEnd);
        if ((flags & TcpWriteFlags.Urgent) != 0)
            MarkUrgent();
    }
}
