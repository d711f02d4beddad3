using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// What both SYNs agree on: MSS (RFC 9293 §3.7.1), window scale and timestamps (RFC 7323), SACK (RFC 2018).
public sealed partial class TcpConnection
{
    // RFC 9293 §3.7.1: what a peer takes that announces nothing.
    private const ushort DefaultMssV4 = 536;
    private const ushort DefaultMssV6 = 1220;

    // RFC 7323 §5.5: a TS.Recent older than this says nothing, the peer's clock may have gone half around.
    private static readonly TimeSpan s_timestampLifetime = TimeSpan.FromDays(24);

    private uint TimestampClock(Instant now) => unchecked((uint)(now.Ticks / TimeSpan.TicksPerMillisecond) + _timestampOffset);

    internal static ushort DefaultMss(IpAddress remote) => remote.IsV6 ? DefaultMssV6 : DefaultMssV4;

    /// <summary>Takes IRS, window and options out of a SYN.</summary>
    private void TakeSyn(in TcpSegment segment, Instant now)
    {
        TakeOptions(segment.Header.Sequence, segment.Header.Window, segment.Options, now);
        NegotiateEcn(segment.Header);
        if (_log.IsEnabled)
            _log.Write(new OptionsNegotiated(Id, FullPayload, _rcvMss, _scaling, _sndShift, _rcvShift, _timestamps, _sack));
    }

    private void TakeOptions(SequenceNumber irs, ushort window, in TcpOptions options, Instant now)
    {
        _irs = irs;
        _rcvNxt = _irs + 1;
        _lastAckSent = _rcvNxt;
        _rcvAdv = State == TcpState.SynSent ? _rcvNxt + _rcvSsthresh : _rcvNxt; // our SYN has offered a window
        _sndWnd = _maxSndWnd = window; // §2.2: never scaled in a SYN
        (_sndWl1, _sndWl2) = (irs, _iss);
        int peerMss = options.HasMss ? options.Mss : DefaultMss(Id.Remote.Address);
        _peerMss = peerMss;
        _sndMss = Math.Max(Math.Min(peerMss, _sndMss), _settings.MinSendMss);
        _scaling = _settings.WindowScaling && options.HasWindowScale;
        (_sndShift, _rcvShift) = _scaling ? (Math.Min((int)options.WindowScale, 14), OfferedShift(_settings)) : (0, 0);
        _timestamps = _settings.Timestamps && options.HasTimestamps;
        if (_timestamps)
            (_tsRecent, _tsRecentAt) = (options.TimestampValue, now);
        _sack = _settings.Sack && options.SackPermitted;
    }

    /// <summary>The smallest shift with which the largest window that will be offered fits into 16 bits.</summary>
    internal static int OfferedShift(TcpSettings settings)
    {
        int shift = 0;
        long size = Math.Max(settings.ReceiveBuffer.Default, settings.ReceiveBuffer.Max);
        if (settings.WindowClamp > 0)
            size = Math.Min(size, settings.WindowClamp);
        for (; size > ushort.MaxValue && shift < 14; size >>= 1)
            shift++;
        return shift;
    }

    private TcpOptions SynOptions(Instant now)
    {
        bool answers = State != TcpState.SynSent; // a SYN,ACK offers only what the SYN offered
        TcpOptions options = _firstSyn?.Options ?? default;
        _firstSyn = null; // a repeated SYN is a plain one: perhaps the option was what kept it from arriving
        (options.HasMss, options.Mss) = (true, (ushort)_rcvMss);
        if (answers ? _scaling : _settings.WindowScaling)
            (options.HasWindowScale, options.WindowScale) = (true, (byte)OfferedShift(_settings));
        options.SackPermitted = answers ? _sack : _settings.Sack;
        if (answers ? _timestamps : _settings.Timestamps)
            AddTimestamps(ref options, now);
        if (_sent.Rows == 0)
            _firstSynTimestamp = options.TimestampValue;
        return options;
    }

    private uint _firstSynTimestamp;

    private bool EchoesOurSyn(uint echo, Instant now) =>
        echo == 0 || (unchecked((int)(echo - _firstSynTimestamp)) >= 0 && unchecked((int)(TimestampClock(now) - echo)) >= 0);

    /// <summary>A RST carries timestamps, too (RFC 7323 §5.2), and nothing else.</summary>
    private TcpOptions ResetOptions(Instant now)
    {
        var options = default(TcpOptions);
        if (_timestamps)
            AddTimestamps(ref options, now);
        return options;
    }

    private TcpOptions SegmentOptions(Instant now)
    {
        var options = default(TcpOptions);
        if (_timestamps)
            AddTimestamps(ref options, now);
        if (_sack)
        {
            if (_duplicateBlock != default && _settings.DuplicateSack)
                options.AddSack(_duplicateBlock);
            _reassembly?.AddSackTo(ref options);
        }

        return options;
    }

    private void AddTimestamps(ref TcpOptions options, Instant now) =>
        (options.HasTimestamps, options.TimestampValue, options.TimestampEcho) = (true, TimestampClock(now), _tsRecent);

    /// <summary>RFC 7323 §5.3 R1: the segment is older than what was seen already.</summary>
    private bool FailsPaws(in TcpSegment segment, Instant now) =>
        unchecked((int)(segment.Options.TimestampValue - _tsRecent)) < 0 && now - _tsRecentAt < s_timestampLifetime;

    /// <summary>RFC 7323 §4.3: only a segment that covers the last ACK sent may move TS.Recent.</summary>
    private void UpdateTsRecent(in TcpSegment segment, Instant now)
    {
        if (_timestamps && segment.Options.HasTimestamps && segment.Header.Sequence <= _lastAckSent
            && (unchecked((int)(segment.Options.TimestampValue - _tsRecent)) >= 0 || now - _tsRecentAt >= s_timestampLifetime))
        {
            (_tsRecent, _tsRecentAt) = (segment.Options.TimestampValue, now);
        }
    }
}
