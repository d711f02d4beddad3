using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>When the path's MTU is searched for by segments of its own (RFC 4821); the numbers are those of <c>tcp_mtu_probing</c>.</summary>
public enum PathProbing
{
    /// <summary>Only ICMP tells.</summary>
    Off = 0,
    /// <summary>When time-outs look like a router that drops what is too large and says nothing.</summary>
    OnBlackHole = 1,
    /// <summary>From the start, with small segments.</summary>
    Always = 2,
}

/// <summary>The search for the largest segment that the path takes: between a size that is known to pass and one that is hoped for. Sizes are MSS, options included.</summary>
internal sealed class PathSearch
{
    public int Low;
    public int High;

    /// <summary>Of the probe that is under way; 0 when none is.</summary>
    public int Size;
    public SequenceNumber Left;
    public SequenceNumber Right;
    public Instant SearchedAt;

    public bool IsOut => Size > 0;
}

// Packetization-layer path-MTU discovery: RFC 4821, RFC 8899. A probe carries the stream's own bytes, so nothing is wasted when it passes.
public sealed partial class TcpConnection
{
    // RFC 4821 §7.3 wants the probe's loss repaired by fast retransmit: so many segments must follow it and fit the window.
    private const int LeastCwndToProbe = 11;

    private PathSearch? _search;   // null: nothing is searched for
    private int _peerMss;
    private int _pathMss;       // what IP says of the path

    private int SearchCeiling => Math.Min(_peerMss, _pathMss);

    private void StartSearch(Instant now)
    {
        if (_settings.PathProbing == PathProbing.Always)
            BeginSearch(now);
    }

    private void BeginSearch(Instant now)
    {
        int ceiling = SearchCeiling;
        _search = new PathSearch { High = ceiling, Low = Math.Min(_settings.BaseMss, ceiling), SearchedAt = now };
        _sndMss = Math.Min(_sndMss, Math.Max(_search.Low, _settings.MinSendMss));
    }

    /// <summary>Time-outs in a row (RFC 4821 §7.7): full segments do not pass, so smaller ones are tried, half as large each time.</summary>
    private void SuspectBlackHole(Instant now)
    {
        if (_settings.PathProbing == PathProbing.Off || _timeouts < _settings.Retries1)
            return;
        if (_search is null)
        {
            BeginSearch(now);
        }
        else
        {
            int smaller = Math.Min(_settings.BaseMss, _search.Low / 2);
            _search.Low = Math.Max(Math.Max(smaller, _settings.MinProbeMss), _settings.MinSendMss);
            _sndMss = Math.Min(_sndMss, _search.Low);
        }

        if (_log.IsEnabled)
            _log.Write(new PathSizeChanged(Id, _sndMss, "time-outs look like a path that drops large segments silently"));
    }

    /// <summary>Sends a probe when there is enough behind it to notice its loss at once.</summary>
    private bool TryProbePath(Packet packet, in TcpOptions options, Instant now)
    {
        if (_search is not { IsOut: false } || _phase != RecoveryPhase.Open || _congestion.Cwnd < LeastCwndToProbe || _reassembly is not null)
            return false;
        if (_search.High - _search.Low < _settings.PathProbeThreshold)
        {
            SearchAgain(_search, now);
            return false;
        }

        int size = (_search.Low + _search.High) / 2;
        int length = size - options.Size;
        int full = _sndMss - options.Size;
        long needed = length + (_reordering + 1L) * full;
        if (length <= full || _dataEnd - _sndNxt < needed || WindowEdge - _sndNxt < needed
            || _sent.InFlight + 2 > _congestion.Cwnd || WithinRecord(_sndNxt, length, out _) < length)
        {
            return false;
        }

        (_search.Size, _search.Left, _search.Right) = (size, _sndNxt, _sndNxt + length);
        _congestion.Cwnd--; // it is worth two segments
        SendNew(packet, length, length, options, now);
        return true;
    }

    /// <summary>RFC 4821 §7.3.1: the path may have become wider.</summary>
    private void SearchAgain(PathSearch search, Instant now)
    {
        if (now - search.SearchedAt < _settings.PathProbeInterval)
            return;
        (search.High, search.Low, search.SearchedAt) = (SearchCeiling, _sndMss, now);
    }

    /// <summary>SND.UNA has moved.</summary>
    private void FollowPathProbe()
    {
        if (_search is not { IsOut: true } || _sndUna < _search.Right)
            return;
        // The window is the same in bytes.
        _congestion.Cwnd = Math.Max(1, (int)((long)_congestion.Cwnd * _sndMss / _search.Size));
        _search.Low = _sndMss = _search.Size;
        _search.Size = 0;
        if (_log.IsEnabled)
            _log.Write(new PathSizeChanged(Id, _sndMss, "a probe of that size has arrived"));
        NoteCongestion("larger segments");
    }

    /// <summary>What is lost is the probe: not a sign of congestion, only of its size (RFC 4821 §7.5).</summary>
    private bool IsOnlyProbeLost(Instant now)
    {
        if (_search is not { IsOut: true } || _phase >= RecoveryPhase.Cwr || _sndUna != _search.Left)
            return false;
        _search.High = _search.Size - 1;
        _search.Size = 0;
        _congestion.Cwnd++;
        RepeatTooLarge(now);
        return true;
    }

    /// <summary>The path takes segments of <paramref name="mss"/> bytes at most (RFC 1191, RFC 8201): what is in flight goes out again, smaller, at once.</summary>
    public void OnPathMtu(int mss, Instant now)
    {
        mss = Math.Max(mss, _settings.MinSendMss);
        _pathMss = mss;
        if (State is TcpState.Closed or TcpState.TimeWait)
            return;
        if (_search is not null)
        {
            // Larger is looked for, smaller is believed.
            _search.High = mss > _search.High ? SearchCeiling : mss;
            _search.Low = Math.Min(_search.Low, _search.High);
            if (_search.IsOut && mss < _search.Size)
                _search.Size = 0;
        }

        if (mss >= _sndMss)
            return;
        _sndMss = mss;
        if (State == TcpState.SynSent)
            RepeatTooLargeSyn(mss);
        else if (_isSynAcknowledged && _sent.Rows > 0)
            RepeatTooLarge(now);
    }

    private void RepeatTooLarge(Instant now)
    {
        for (int i = 0; i < _sent.Rows; i++)
        {
            if (_sent[i].SegmentBytes > FullPayload && _sent[i].Right - _sent[i].Left > FullPayload)
                MarkLost(i);
        }

        if (_sent.Lost == 0)
            return;
        (_repeatWhy, RepeatBecause, _repeatFrom) = (RetransmitCause.PathMtu, _log.Because, _sndUna);
        if (_phase == RecoveryPhase.Loss)
            return;
        // Lost, but not to congestion: cwnd stays.
        _highSeq = _sndNxt;
        _congestion.Ssthresh = CurrentSsthresh;
        Troubles.Undo.Close();
        EnterPhase(RecoveryPhase.Loss, now);
    }
}
