using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What became of a segment that a listener was handed.</summary>
public enum ListenVerdict
{
    /// <summary>Nothing is to be done.</summary>
    Ignored,

    /// <summary>The answer was written, and is to be sent.</summary>
    Replied,

    /// <summary>There is a connection now, to be put into the table.</summary>
    Opened,

    /// <summary>The segment is to be answered as one for which there is no connection (<see cref="TcpReset"/>).</summary>
    Refused,
}

/// <summary>What a host knows about a peer that a listener does not.</summary>
/// <param name="Iss">From <see cref="IsnGenerator.Next"/>.</param>
/// <param name="MtuMss">MTU of the path minus 40 (IPv4) or 60 (IPv6) bytes.</param>
/// <param name="TimestampOffset">From <see cref="IsnGenerator.TimestampOffset"/>.</param>
public readonly record struct ListenContext(SequenceNumber Iss, int MtuMss, uint TimestampOffset);

// LISTEN and a passive SYN-RECEIVED of RFC 9293 §3.10.7: SYNs, and the last ACK.
public sealed partial class TcpListener
{
    // RFC 4987 §3.6: an ACK may only be a cookie when cookies have been sent within their lifetime; otherwise one could guess at leisure.
    private static readonly TimeSpan s_cookieLifetime = TimeSpan.FromMinutes(2);

    private Instant _lastCookie = Instant.Never;

    /// <summary>Takes a segment for which no connection exists.</summary>
    /// <param name="segment">Its checksum and addresses were found right.</param>
    /// <param name="id">Own end first.</param>
    /// <param name="context">What the answer needs.</param>
    /// <param name="reply">Empty; written to when the verdict is <see cref="ListenVerdict.Replied"/>.</param>
    /// <param name="now">The time of arrival.</param>
    /// <param name="connection">When <see cref="ListenVerdict.Opened"/>: it has taken the segment already.</param>
    public ListenVerdict Receive(in TcpSegment segment, in ConnectionId id, in ListenContext context, Packet reply, Instant now, out TcpConnection? connection)
    {
        ArgumentNullException.ThrowIfNull(reply);
        connection = null;
        TcpHeader header = segment.Header;
        if (_closed)
            return ListenVerdict.Refused;
        var peer = new FourTuple(id);
        if (_requests.TryFind(peer, out SynRequest? request))
            return ReceiveHalfOpen(request, segment, id, reply, now, out connection);
        if (header.IsRst)
            return ListenVerdict.Ignored;
        if (header.IsAck)
            return header.IsSyn ? ListenVerdict.Refused : TakeCookie(peer, segment, id, context, now, out connection);
        // A SYN that is also a FIN would never be answered by more than a RST later; as Linux, not at all.
        return header.IsSyn && !header.IsFin ? TakeSyn(peer, segment, id, context, reply, now, out connection) : ListenVerdict.Ignored;
    }

    // ---- SYN -------------------------------------------------------------------------------------------------------

    private ListenVerdict TakeSyn(in FourTuple peer, in TcpSegment segment, in ConnectionId id, in ListenContext context, Packet reply, Instant now, out TcpConnection? connection)
    {
        connection = null;
        if (IsAcceptQueueFull)
        {
            Overflow(id, ListenQueue.Accept, Backlog);
            return ListenVerdict.Ignored;
        }

        bool full = IsSynQueueFull;
        bool cookie = _shared is not null && (_settings.SynCookies == 2 || (full && _settings.SynCookies == 1));
        if (full && !cookie)
        {
            Overflow(id, ListenQueue.Syn, Math.Min(Backlog, _settings.MaxSynBacklog));
            if (_shared is not null)
                _shared.Counters.TCPReqQFullDrop++;
            return ListenVerdict.Ignored;
        }

        FastOpenVerdict fast = cookie ? FastOpenVerdict.Ordinary : JudgeFastOpen(segment, id, now);
        if (fast is FastOpenVerdict.Accept or FastOpenVerdict.AcceptAndGrant)
        {
            connection = OpenFast(segment, id, Read(segment, id, context), fast == FastOpenVerdict.AcceptAndGrant, now);
            return ListenVerdict.Opened;
        }

        NoteReceived(segment, id, _log.Because, default);
        SynFacts facts = Read(segment, id, context);
        NoteTransition(id, TcpState.Listen, TcpTransition.ReceivedSyn);
        if (cookie)
        {
            SendCookie(peer, ref facts, full, id, reply, now);
            return ListenVerdict.Replied;
        }

        NoteNegotiated(id, facts);
        var request = new SynRequest(peer) { Syn = facts, Cause = _log.Because };
        _requests.Add(request, now);
        TcpOptions grant = default;
        if (fast == FastOpenVerdict.GrantCookie)
            Grant(ref grant, id, segment.Options.IsFastOpenExperimental);
        WriteSynAck(facts, id, reply, TimestampClock(now), SendCause.SynAnswer, _log.Because, grant);
        return ListenVerdict.Replied;
    }

    private SynFacts Read(in TcpSegment syn, in ConnectionId id, in ListenContext context)
    {
        TcpOptions options = syn.Options;
        bool scaling = _settings.WindowScaling && options.HasWindowScale;
        bool timestamps = _settings.Timestamps && options.HasTimestamps;
        return new SynFacts
        {
            Irs = syn.Header.Sequence,
            Iss = context.Iss,
            PeerWindow = syn.Header.Window,
            PeerMss = options.HasMss ? options.Mss : TcpConnection.DefaultMss(id.Remote.Address),
            MtuMss = (ushort)TcpConnection.OwnMss(context.MtuMss, _settings),
            Scaling = scaling,
            SendShift = scaling ? Math.Min(options.WindowScale, (byte)14) : (byte)0,
            Timestamps = timestamps,
            TsRecent = timestamps ? options.TimestampValue : 0,
            TimestampOffset = context.TimestampOffset,
            Sack = _settings.Sack && options.SackPermitted,
            Ecn = TcpConnection.AgreesOnEcn(syn.Header, _settings),
        };
    }

    private static uint TimestampClock(Instant now) => unchecked((uint)(now.Ticks / TimeSpan.TicksPerMillisecond));

    private int InitialWindow(in SynFacts facts) => TcpConnection.InitialWindow(_settings, facts.MtuMss - (facts.Timestamps ? 12 : 0));

    // The options that only a first SYN,ACK carries come in.
    private void WriteSynAck(in SynFacts facts, in ConnectionId id, Packet packet, uint clock, SendCause why, EventId cause, TcpOptions options = default)
    {
        (options.HasMss, options.Mss, options.SackPermitted) = (true, facts.MtuMss, facts.Sack);
        if (facts.Scaling)
            (options.HasWindowScale, options.WindowScale) = (true, (byte)TcpConnection.OfferedShift(_settings));
        if (facts.Timestamps)
            (options.HasTimestamps, options.TimestampValue, options.TimestampEcho) = (true, unchecked(clock + facts.TimestampOffset), facts.TsRecent);
        TcpFlags ecn = facts.Ecn ? TcpFlags.Ece : TcpFlags.None;
        Write(packet, id, facts, facts.Iss, TcpFlags.Syn | TcpFlags.Ack | ecn, (ushort)InitialWindow(facts), options, why, cause);
    }

    private void Write(Packet packet, in ConnectionId id, in SynFacts facts, SequenceNumber sequence, TcpFlags flags, ushort window, in TcpOptions options, SendCause why, EventId cause)
    {
        int length = TcpHeader.Size + options.Size;
        Span<byte> head = packet.Append(length);
        var header = new TcpHeader(id.Local.Port, id.Remote.Port, sequence, facts.Irs + 1, length, flags, window, 0, 0);
        header.Write(head);
        options.Write(head[TcpHeader.Size..]);
        if (_log.IsEnabled)
        {
            packet.Cause = _log.Write(cause, new SegmentSent(id,
                new SegmentFacts(sequence, sequence.Value - facts.Iss.Value, header.Acknowledgment, 1, flags, 0, window, options), why));
        }
    }

    // ---- SYN cookies -------------------------------------------------------------------------------------------------

    private void SendCookie(in FourTuple peer, ref SynFacts facts, bool full, in ConnectionId id, Packet reply, Instant now)
    {
        if (full)
        {
            _shared!.Counters.TCPReqQFullDoCookies++;
            if (_log.IsEnabled)
                _log.Write(new ListenQueueOverflowed(Local, id.Remote, ListenQueue.Syn, Math.Min(Backlog, _settings.MaxSynBacklog)));
        }

        // Without timestamps there is no room for more than the MSS.
        if (!facts.Timestamps)
            (facts.Scaling, facts.SendShift, facts.Sack) = (false, 0, false);
        NoteNegotiated(id, facts);
        facts.Iss = _shared!.Cookies.Make(peer, facts.Irs, ref facts.PeerMss, now);
        _lastCookie = now;
        _shared.Counters.SyncookiesSent++;
        WriteSynAck(facts, id, reply, SynCookies.Timestamp(TimestampClock(now), facts), SendCause.SynAnswer, _log.Because);
    }

    private ListenVerdict TakeCookie(in FourTuple peer, in TcpSegment segment, in ConnectionId id, in ListenContext context, Instant now, out TcpConnection? connection)
    {
        connection = null;
        if (_shared is null || _settings.SynCookies == 0 || _lastCookie.IsNever || now - _lastCookie > s_cookieLifetime)
            return ListenVerdict.Refused;
        TcpHeader header = segment.Header;
        var facts = new SynFacts
        {
            Irs = header.Sequence - 1,
            Iss = header.Acknowledgment - 1,
            PeerWindow = header.Window,
            MtuMss = (ushort)TcpConnection.OwnMss(context.MtuMss, _settings),
            TimestampOffset = context.TimestampOffset,
        };
        bool good = _shared.Cookies.TryRead(peer, facts.Irs, facts.Iss, now, out facts.PeerMss);
        if (good && segment.Options.HasTimestamps)
        {
            facts.Timestamps = true;
            facts.TsRecent = segment.Options.TimestampValue;
            SynCookies.TakeOptions(unchecked(segment.Options.TimestampEcho - facts.TimestampOffset), ref facts);
            // Nothing is taken over that was not offered.
            good = _settings.Timestamps && (!facts.Scaling || _settings.WindowScaling) && (!facts.Sack || _settings.Sack);
        }

        if (!good)
        {
            _shared.Counters.SyncookiesFailed++;
            return ListenVerdict.Refused;
        }

        if (IsAcceptQueueFull)
        {
            Overflow(id, ListenQueue.Accept, Backlog);
            return _settings.AbortOnOverflow ? ListenVerdict.Refused : ListenVerdict.Ignored;
        }

        _shared.Counters.SyncookiesRecv++;
        connection = TcpConnection.Open(this, facts, id, _settings, _log, sentAt: Instant.Never, attempts: 0, InitialWindow(facts), now);
        connection.Receive(segment, now);
        return ListenVerdict.Opened;
    }
}
