using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// The seventh and eighth check of RFC 9293 §3.10.7.4: text and FIN.
public sealed partial class TcpConnection
{
    private void TakeText(in TcpSegment segment, SequenceNumber sequence, Instant now)
    {
        // In the states behind the peer's FIN there is no text to come; what is there nevertheless is ignored.
        if (State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2) && !(State == TcpState.SynReceived && _isFastOpened))
            return;
        int offset = segment.PayloadOffset;
        int length = segment.PayloadLength;
        bool fin = segment.Header.IsFin;
        if (length == 0 && !fin)
            return;
        if (length > 0)
            _dataSegmentsReceived += (uint)SegmentsIn(segment);

        int known = Math.Min(_rcvNxt - sequence, length);
        if (known > 0)
        {
            _duplicateBlock = new SackBlock(sequence, sequence + known);
            if (known == length)
                EnterQuickAcks();
            (sequence, offset, length) = (sequence + known, offset + known, length - known);
            Acknowledge(SendCause.DuplicateAck);
        }

        int beyond = sequence + length - _rcvAdv;
        if (beyond > 0)
        {
            (length, fin) = (Math.Max(length - beyond, 0), false);
            Acknowledge(SendCause.Ack);
        }

        if (length > 0 && _applicationGone)
        {
            Shared?.Counters.TCPAbortOnData += 1;
            WantStrayReset(segment.Header.Acknowledgment); // as for no connection: §3.6.1 only says that the peer must hear of it
            Finish(ConnectionEnd.Aborted, "data arrived and nobody is there to read it", TcpTransition.GaveUp);
            return;
        }

        if (fin && !_hasPeerFin)
            (_hasPeerFin, _peerFin) = (true, sequence + length);
        if (sequence > _rcvNxt)
        {
            TakeOutOfOrder(segment, sequence, offset, length, now);
            return;
        }

        if (length > 0)
            TakeInOrder(segment, offset, length, now);
        if (_hasPeerFin && _rcvNxt >= _peerFin)
            TakeFin(now);
    }

    private void TakeOutOfOrder(in TcpSegment segment, SequenceNumber sequence, int offset, int length, Instant now)
    {
        if (length > 0 && !MayKeep(sequence, length))
        {
            Reject(segment, "no memory for what is out of order");
        }
        else if (length > 0)
        {
            int held = ReceiveMemory;
            Troubles.OutOfOrderSegments += (uint)SegmentsIn(segment);
            _reassembly ??= ReassemblyQueue.Take();
            if (!_reassembly.TryAdd(sequence, segment.Packet, offset, length, _settings.MaxReassemblyRanges, out SackBlock duplicate))
                Reject(segment, "too many holes");
            else if (duplicate != default)
                _duplicateBlock = duplicate;
            GrowOffer(length, ReceiveMemory - held);
            MeasureReceiverRtt(segment, perSegment: 0, now);
        }

        // RFC 5681 §4.2: at once, and one for each, for the sender counts them.
        if (_duplicateBlock == default && CompressAck(now))
            return;
        if (_quickAcks > 0)
            _quickAcks--;
        _duplicateAcksOwed++;
        AckBecause = _log.Because;
        _timers.DelayedAck = Instant.Never;
    }

    // A super-segment was several on the wire.
    private static int SegmentsIn(in TcpSegment segment) =>
        segment.Packet.SegmentSize > 0 ? (segment.PayloadLength + segment.Packet.SegmentSize - 1) / segment.Packet.SegmentSize : 1;

    private const int LeastToGrow = 128; // a crumb says nothing of how full the sender's window is

    private void DropReassembly()
    {
        if (_reassembly is null)
            return;
        ReassemblyQueue.Return(_reassembly);
        _reassembly = null;
    }

    private void TakeInOrder(in TcpSegment segment, int offset, int length, Instant now)
    {
        if (!MayKeep(_rcvNxt, length))
        {
            Reject(segment, "no memory");
            _noMemory = true;
            Acknowledge(SendCause.Ack);
            return;
        }

        bool fillsHole = _reassembly is not null;
        int held = ReceiveMemory;
        SequenceNumber before = _rcvNxt;
        _received.Append(segment.Packet, offset, length);
        int memory = ReceiveMemory - held;
        _rcvNxt += length;
        if (_reassembly is not null)
        {
            _rcvNxt = _reassembly.MoveContiguous(_rcvNxt, ref _received);
            if (_reassembly.RangeCount == 0)
                DropReassembly();
        }

        _bytesReceived += _rcvNxt - before;
        _signals |= TcpSignals.Readable;

        int perSegment = segment.Packet.SegmentSize > 0 ? segment.Packet.SegmentSize : length;
        if (perSegment >= _seenMss && !segment.Header.IsSyn) // text of a SYN (RFC 7413) is no measure of what follows
        {
            if (perSegment != _seenMss)
                MeasureRatio(length, memory);
            _seenMss = Math.Min(perSegment, _rcvMss);
        }

        MeasureReceiverRtt(segment, perSegment, now);
        if (length >= LeastToGrow && !segment.Header.IsSyn)
            GrowOffer(length, memory);
        FollowRhythm(perSegment, now);
        AcknowledgeText(fillsHole, now);
    }

    private void TakeFin(Instant now)
    {
        _rcvNxt += 1;
        if (_rcvAdv < _rcvNxt)
            _rcvAdv = _rcvNxt;
        _finReceived = true;
        DropReassembly();
        _signals |= TcpSignals.PeerClosed | TcpSignals.Readable;
        // An application that answers at once will close at once as well: its FIN then carries the ACK, and four segments become three.
        if (State == TcpState.Established)
        {
            _isInteractive = true;
            if (_rcvNxt - _lastAckSent > _seenMss)
                Acknowledge(SendCause.Ack);
            else
                AcknowledgeLater(now);
        }
        else
        {
            Acknowledge(SendCause.Ack);
        }

        switch (State)
        {
            case TcpState.Established:
                Transit(TcpTransition.ReceivedFin);
                break;
            case TcpState.FinWait1 when IsFinAcknowledged:
                Transit(TcpTransition.ReceivedFinAndAckOfFin);
                StartTimeWait(restarted: false, now);
                break;
            case TcpState.FinWait1:
                Transit(TcpTransition.ReceivedFin);
                break;
            case TcpState.FinWait2:
                Transit(TcpTransition.ReceivedFin);
                StartTimeWait(restarted: false, now);
                break;
            default:
                throw new InvalidOperationException($"A FIN is not taken in {State}.");
        }
    }
}
