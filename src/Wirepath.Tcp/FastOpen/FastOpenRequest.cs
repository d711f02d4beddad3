using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// Fast Open from the client's side, RFC 7413 §4.2.1 and §4.1.3.
public sealed partial class TcpConnection
{
    // What a SYN's options may take: the data must fit whatever they are (RFC 7413 §4.2.1).
    private const int SynOptionSpace = 40;

    // Linux's sign that somebody on the way eats such connections: the SYN has timed out so often.
    private const int BlackholeTimeouts = 2;

    private bool _usesFastOpen;
    private bool _asksFastOpen;             // the SYN carries the option
    private bool _asksExperimental;
    private bool _isSynDeferred;
    private bool _wasSynDeferred;
    private int _synSpace;                  // bytes that the SYN may carry
    private int _synData;                   // … and did

    /// <summary>
    /// Asks for Fast Open, before the SYN has left: with a cookie of an earlier connection what was written goes with the SYN; without
    /// one the SYN asks for it. Does nothing where <see cref="TcpSettings.FastOpen"/> leaves clients out.
    /// </summary>
    /// <returns>Bytes that the SYN takes; 0 when there is no cookie, or Fast Open is off.</returns>
    public int UseFastOpen(Instant now)
    {
        if (Shared is null || State != TcpState.SynSent || _sent.Rows > 0 || (_settings.FastOpen & FastOpenBits.Client) == 0
            || Shared.FastOpenCookies.IsDisabled(_settings.FastOpenBlackholeTimeout, now))
            return 0;
        bool known = Shared.FastOpenCookies.TryGet(Id.Remote.Address, out ReadOnlySpan<byte> cookie, out int mss, out _asksExperimental);
        int most = Math.Min(mss > 0 ? mss : _sndMss, _sndMss) - SynOptionSpace;
        _usesFastOpen = true;
        if ((_settings.FastOpen & FastOpenBits.ClientWithoutCookie) != 0)
            return _synSpace = most;
        _asksFastOpen = true;
        _firstSyn = new FirstSyn();
        _firstSyn.Options.SetFastOpen(cookie, _asksExperimental);
        return _synSpace = known ? most : 0;
    }

    /// <summary>After <see cref="UseFastOpen"/> found a cookie: the SYN waits for the first write (<c>TCP_FASTOPEN_CONNECT</c>).</summary>
    public void DeferSyn()
    {
        if (_synSpace > 0 && _sent.Rows == 0)
            (_isSynDeferred, _wasSynDeferred, _synWanted) = (true, true, false);
    }

    /// <summary>Between a deferred SYN and its answer nothing is taken but what goes with the SYN: whether the peer is there is not known.</summary>
    private bool AwaitsSynAnswer => _wasSynDeferred && State == TcpState.SynSent;

    private int RoomInSyn(int wanted) => _isSynDeferred ? Math.Min(_synSpace, wanted) : 0;

    private void SendDeferredSyn()
    {
        if (_isSynDeferred)
            (_isSynDeferred, _synWanted) = (false, true);
    }

    /// <summary>What the SYN that is about to go takes along: the first one only, for a middlebox may have eaten it because of that.</summary>
    private int SynPayload(bool again, Instant now)
    {
        if (again && _usesFastOpen && _timeouts == BlackholeTimeouts && _settings.FastOpenBlackholeTimeout > TimeSpan.Zero)
        {
            Shared!.FastOpenCookies.Disable(now);
            Shared.Counters.TCPFastOpenBlackhole++;
        }

        if (again || State != TcpState.SynSent || _synSpace <= 0)
            return 0;
        return _synData = Math.Min(_synSpace, _sendBuffer.Length);
    }

    /// <summary>The path does not take the SYN with its data: it goes again at once without, and announces what the path takes.</summary>
    private void RepeatTooLargeSyn(int mss)
    {
        _rcvMss = Math.Min(_rcvMss, mss);
        if (_synData == 0 || _sent.Repeated > 0)
            return;
        (_synWanted, SendBecause) = (true, _log.Because);
        (_repeatWhy, RepeatBecause) = (RetransmitCause.PathMtu, _log.Because);
        for (int i = 0; i < _sent.Rows; i++)
            MarkLost(i);
    }

    /// <summary>The SYN,ACK came: what it says of cookie and data.</summary>
    private void FollowFastOpen(in TcpSegment synAck)
    {
        if (!_usesFastOpen || Shared is null)
            return;
        TcpOptions options = synAck.Options;
        // A cookie that was not asked for is none.
        ReadOnlySpan<byte> cookie = _asksFastOpen && options.HasFastOpen && options.FastOpenCookie.Length >= 4 && options.FastOpenCookie.Length % 2 == 0 ? options.FastOpenCookie : default;
        int mss = options.HasMss ? options.Mss : DefaultMss(Id.Remote.Address);
        bool refused = _synData > 0 && _sent.Rows > 0;
        bool timedOut = _troubles?.Retransmissions > 0;
        if (cookie.IsEmpty && timedOut && refused)
            Shared.FastOpenCookies.Forget(Id.Remote.Address); // only the SYN without data came through
        else if (cookie.IsEmpty && _asksFastOpen && !timedOut && _synData == 0)
            Shared.FastOpenCookies.TryOtherForm(Id.Remote.Address, mss, _asksExperimental);
        else
            Shared.FastOpenCookies.Set(Id.Remote.Address, mss, cookie, options.IsFastOpenExperimental);
        if (refused)
        {
            // §4.2.1: not acknowledged, so it goes again at once, as data.
            Shared.Counters.TCPFastOpenActiveFail++;
            for (int i = 0; i < _sent.Rows; i++)
                MarkLost(i);
            _repeatFrom = _sndUna;
            (_repeatWhy, RepeatBecause) = (RetransmitCause.Timeout, _log.Because);
        }
        else if (_synData > 0)
        {
            SynDataWasTaken = true;
            _rate.UncountDelivered(); // the SYN and its data were one packet
            Shared.Counters.TCPFastOpenActive++;
            Shared.FastOpenCookies.Enable();
        }
    }
}
