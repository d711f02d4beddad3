using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What became of a segment that belongs to a connection in TIME-WAIT.</summary>
public enum TimeWaitVerdict
{
    /// <summary>No such connection is in TIME-WAIT.</summary>
    Unknown,

    /// <summary>Nothing is to be done.</summary>
    Ignored,

    /// <summary>The answer was written, and is to be sent.</summary>
    Replied,

    /// <summary>A SYN of a new incarnation: the old one has left the table, the segment is the listener's.</summary>
    Reopened,
}

/// <summary>A host's connections in TIME-WAIT, as records of 120 bytes instead of connections.</summary>
/// <param name="shared">Counters.</param>
/// <param name="settings">Rate limit of answers.</param>
/// <param name="log">The node's pen.</param>
public sealed class TimeWaitTable(TcpShared shared, TcpSettings settings, NodeLog log)
{
    private readonly HashSet<TimeWaitRecord> _all = new(new ByPeer());
    private TimeWaitRecord? _first; // in the order in which they are due
    private TimeWaitRecord? _last;

    private sealed class ByPeer : IEqualityComparer<TimeWaitRecord>, IAlternateEqualityComparer<FourTuple, TimeWaitRecord>
    {
        public bool Equals(TimeWaitRecord? x, TimeWaitRecord? y) => ReferenceEquals(x, y);

        public int GetHashCode(TimeWaitRecord record) => record.Peer.GetHashCode();

        public bool Equals(FourTuple peer, TimeWaitRecord record) => record.Peer.Equals(peer);

        public int GetHashCode(FourTuple peer) => peer.GetHashCode();

        public TimeWaitRecord Create(FourTuple peer) => new(peer);
    }

    public int Count => _all.Count;

    /// <summary>Bytes that they hold.</summary>
    public long MemoryCharged => (long)_all.Count * TimeWaitRecord.MemoryCharge;

    /// <summary>When <see cref="OnTimer"/> wants to be called; <see cref="Instant.Never"/> when none waits.</summary>
    public Instant NextTimer => _first?.Due ?? Instant.Never;

    /// <summary>The four-tuples, the next to leave first.</summary>
    public IEnumerable<ConnectionId> Connections
    {
        get
        {
            for (TimeWaitRecord? record = _first; record is not null; record = record.Following)
                yield return record.Peer.Id;
        }
    }

    /// <summary>Takes the place of a connection that has entered TIME-WAIT and has sent its ACK. What the application has not read stays readable; to it the connection is CLOSED.</summary>
    /// <exception cref="InvalidOperationException">The connection is in another state.</exception>
    public void Add(TcpConnection connection, Instant now)
    {
        ArgumentNullException.ThrowIfNull(connection);
        TimeWaitRecord record = connection.Retire(now);
        if (_all.Add(record))
            Link(record);
    }

    public bool Contains(in ConnectionId id) => Find(id) is not null;

    /// <summary>
    /// Gives a four-tuple to a new outgoing connection: its timestamps are beyond the old one's when a second has passed (RFC 6191
    /// §2 from the opener's side), if the old one had timestamps at all.
    /// </summary>
    /// <returns>False when it must wait.</returns>
    public bool TryReuse(in ConnectionId id, Instant now)
    {
        if (Find(id) is not { Timestamps: true } record || now - (record.Due - record.Span) < TimeSpan.FromSeconds(1))
            return false;
        Leave(record, TcpTransition.TimeWaitPassed);
        return true;
    }

    /// <returns>Whether <see cref="TryReuse"/> would.</returns>
    public bool MayReuse(in ConnectionId id, Instant now) =>
        Find(id) is { Timestamps: true } record && now - (record.Due - record.Span) >= TimeSpan.FromSeconds(1);

    /// <summary>Takes a segment for a connection that may be here.</summary>
    /// <param name="segment">Its checksum and addresses were found right.</param>
    /// <param name="id">Own end first.</param>
    /// <param name="hasListener">Somebody would take a SYN.</param>
    /// <param name="reply">Empty; written to when the verdict is <see cref="TimeWaitVerdict.Replied"/>.</param>
    /// <param name="now">The time of arrival.</param>
    public TimeWaitVerdict Receive(in TcpSegment segment, in ConnectionId id, bool hasListener, Packet reply, Instant now)
    {
        if (Find(id) is not { } record)
            return TimeWaitVerdict.Unknown;
        TcpHeader header = segment.Header;
        bool hasTimestamps = record.Timestamps && segment.Options.HasTimestamps;
        int age = unchecked((int)(segment.Options.TimestampValue - record.TsRecent));
        bool isOld = hasTimestamps && !header.IsRst && age < 0;

        // §3.10.7.4, RFC 6191 §2: beyond the old incarnation by timestamp, or by sequence number.
        bool opens = header.IsSyn && !header.IsAck && !header.IsRst;
        bool isNewer = hasTimestamps ? age > 0 || (age == 0 && header.Sequence > record.RcvNxt) : header.Sequence > record.RcvNxt;
        if (opens && hasListener && isNewer)
        {
            Leave(record, TcpTransition.TimeWaitPassed);
            return TimeWaitVerdict.Reopened;
        }

        NoteReceived(record, segment, id);
        if (header.IsRst)
            return TakeReset(record, segment, id);
        if (isOld)
        {
            shared.Counters.PAWSEstab++;
            Reject(record, segment, id, "PAWS: timestamp older than the last");
        }
        else if (header.Sequence == record.RcvNxt && segment.Length == 0)
        {
            if (hasTimestamps)
                record.TsRecent = segment.Options.TimestampValue;
            return TimeWaitVerdict.Ignored; // a bare ACK, as it should be
        }
        else
        {
            Reject(record, segment, id, "in TIME-WAIT only the FIN comes again");
        }

        if (header.IsFin && !isOld)
            Restart(record, id, now);
        // Whoever repeats a FIN always hears; two ends that are confused about ACKs do not answer each other for ever.
        if ((segment.Length == 0 || header.IsSyn) && !MayAnswer(record, now))
        {
            shared.Counters.TCPACKSkippedSeq++;
            return TimeWaitVerdict.Ignored;
        }

        WriteAck(record, id, reply, now);
        return TimeWaitVerdict.Replied;
    }

    /// <summary>Lets go of those whose 2 MSL have passed.</summary>
    /// <returns>How many.</returns>
    public int OnTimer(Instant now)
    {
        int passed = 0;
        for (; _first is { } record && record.Due <= now; passed++)
            Leave(record, TcpTransition.TimeWaitPassed);
        return passed;
    }

    public void Clear()
    {
        _all.Clear();
        _first = _last = null;
    }

    private TimeWaitRecord? Find(in ConnectionId id) =>
        _all.Count > 0 && _all.GetAlternateLookup<FourTuple>().TryGetValue(new FourTuple(id), out TimeWaitRecord? record) ? record : null;

    private TimeWaitVerdict TakeReset(TimeWaitRecord record, in TcpSegment segment, in ConnectionId id)
    {
        if (segment.Header.Sequence != record.RcvNxt)
            Reject(record, segment, id, "RST in TIME-WAIT, not at its edge");
        else if (record.IsProtected)
            Reject(record, segment, id, "RST in TIME-WAIT (RFC 1337)");
        else
            Leave(record, TcpTransition.ReceivedRst);
        return TimeWaitVerdict.Ignored;
    }

    private void Restart(TimeWaitRecord record, in ConnectionId id, Instant now)
    {
        Unlink(record);
        record.Due = now + record.Span;
        Link(record);
        if (log.IsEnabled)
            log.Write(new TimeWaitStarted(id, record.Span, Restarted: true));
    }

    private bool MayAnswer(TimeWaitRecord record, Instant now)
    {
        uint clock = Milliseconds(now) | 1; // 0 is never
        if (record.LastAnswer != 0 && unchecked(clock - record.LastAnswer) < settings.InvalidRateLimit.TotalMilliseconds)
            return false;
        record.LastAnswer = clock;
        return true;
    }

    private void WriteAck(TimeWaitRecord record, in ConnectionId id, Packet packet, Instant now)
    {
        TcpOptions options = default;
        if (record.Timestamps)
            (options.HasTimestamps, options.TimestampValue, options.TimestampEcho) = (true, unchecked(Milliseconds(now) + record.TimestampOffset), record.TsRecent);
        int length = TcpHeader.Size + options.Size;
        Span<byte> head = packet.Append(length);
        var header = new TcpHeader(id.Local.Port, id.Remote.Port, record.SndNxt, record.RcvNxt, length, TcpFlags.Ack, record.Window, 0, 0);
        header.Write(head);
        options.Write(head[TcpHeader.Size..]);
        if (log.IsEnabled)
        {
            packet.Cause = log.Write(new SegmentSent(id, new SegmentFacts(header.Sequence, unchecked(record.SndNxt.Value - record.Iss.Value),
                header.Acknowledgment, unchecked(record.RcvNxt.Value - record.Irs.Value), header.Flags, 0, record.Window, options), SendCause.TimeWaitAck));
        }
    }

    private static uint Milliseconds(Instant now) => unchecked((uint)(now.Ticks / TimeSpan.TicksPerMillisecond));

    private void Leave(TimeWaitRecord record, TcpTransition transition)
    {
        _all.Remove(record);
        Unlink(record);
        if (log.IsEnabled)
            log.Write(new StateChanged(record.Peer.Id, TcpState.TimeWait, TcpStateMachine.Next(TcpState.TimeWait, transition)!.Value, TcpStateMachine.Label(transition)));
    }

    // Nearly always the last: all wait equally long, unless a socket has a MSL of its own.
    private void Link(TimeWaitRecord record)
    {
        TimeWaitRecord? before = _last;
        while (before is not null && before.Due > record.Due)
            before = before.Previous;
        record.Previous = before;
        record.Following = before is null ? _first : before.Following;
        if (record.Following is null)
            _last = record;
        else
            record.Following.Previous = record;
        if (before is null)
            _first = record;
        else
            before.Following = record;
    }

    private void Unlink(TimeWaitRecord record)
    {
        if (record.Previous is null)
            _first = record.Following;
        else
            record.Previous.Following = record.Following;
        if (record.Following is null)
            _last = record.Previous;
        else
            record.Following.Previous = record.Previous;
        (record.Previous, record.Following) = (null, null);
    }

    private void NoteReceived(TimeWaitRecord record, in TcpSegment segment, in ConnectionId id)
    {
        if (log.IsEnabled)
            log.WriteAndFollow(new SegmentReceived(id, Facts(record, segment)));
    }

    private void Reject(TimeWaitRecord record, in TcpSegment segment, in ConnectionId id, string reason)
    {
        if (log.IsEnabled)
            log.Write(new SegmentRejected(id, Facts(record, segment), reason));
    }

    private static SegmentFacts Facts(TimeWaitRecord record, in TcpSegment segment)
    {
        TcpHeader header = segment.Header;
        return new SegmentFacts(header.Sequence, unchecked(header.Sequence.Value - record.Irs.Value), header.Acknowledgment,
            header.IsAck ? unchecked(header.Acknowledgment.Value - record.Iss.Value) : 0, header.Flags, segment.PayloadLength,
            (long)header.Window << (header.IsSyn ? 0 : record.PeerShift), segment.Options);
    }
}
