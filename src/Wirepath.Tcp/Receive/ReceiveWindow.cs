using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// RCV.WND: what is offered, and when an update is worth a segment. The accounts are Linux's, so that the windows come out the same: a
// buffer is memory, half of which is taken to be bytes of the stream until a full segment shows how much really is; of these only
// rcv_ssthresh are offered, which grows with what arrives.
public sealed partial class TcpConnection
{
    private const int HalfRatio = 128; // tcp_adv_win_scale = 1, in 1/256
    private const int LargestWindow = ushort.MaxValue << 14;

    private int _rcvBuffer;             // bytes of memory
    private int _rcvSsthresh;           // most that is offered
    private int _windowClamp = LargestWindow;
    private byte _rcvRatio = HalfRatio; // bytes of the stream in 256 bytes of memory

    /// <summary>What the first segment offers: never scaled, and whole segments (RFC 7323 §2.2).</summary>
    /// <param name="settings">Buffer and clamp.</param>
    /// <param name="mss">Payload of a full segment.</param>
    internal static int InitialWindow(TcpSettings settings, int mss)
    {
        long space = Math.Min(settings.WindowClamp > 0 ? settings.WindowClamp : LargestWindow, (long)settings.ReceiveBuffer.Default * HalfRatio >> 8);
        if (space > mss)
            space -= space % mss;
        return (int)Math.Min(space, ushort.MaxValue);
    }

    private int ReceiveMemory => _received.MemoryCharged + (_reassembly?.MemoryCharged ?? 0);

    private int FullSpace => SpaceIn(_rcvBuffer);

    private int FreeSpace => SpaceIn(Math.Max(0, _rcvBuffer - ReceiveMemory));

    private int EffectiveClamp => _settings.WindowClamp > 0 ? Math.Min(_windowClamp, _settings.WindowClamp) : _windowClamp;

    // What Linux keeps as advmss: a full segment as the peer sends it.
    private int AnnouncedPayload => _rcvMss - (_timestamps ? 12 : 0);

    private bool IsUnderMemoryPressure => Shared is { Memory: not MemoryState.Plenty };

    private int SpaceIn(int memory) => (int)((long)memory * _rcvRatio >> 8);

    /// <summary>The connection is there: from here on windows are scaled.</summary>
    private void StartReceiving(Instant now)
    {
        int most = FullSpace;
        int payload = AnnouncedPayload;
        _windowClamp = Math.Min(_windowClamp, most);
        if (_windowClamp > 2 * payload && _windowClamp + payload > most)
            _windowClamp = Math.Max(2 * payload, most - payload); // one segment is kept in reserve
        _rcvSsthresh = Math.Min(_rcvSsthresh, EffectiveClamp);
        StartTuning(now);
    }

    /// <summary>The window for the segment that is about to go out, in bytes; remembers its right edge.</summary>
    private long OfferWindow(bool isSyn)
    {
        if (isSyn)
        {
            // The same in a repetition: what was offered once stays offered.
            if (State != TcpState.SynSent)
                _rcvAdv = SequenceNumber.Max(_rcvAdv, _rcvNxt + _rcvSsthresh);
            return _rcvSsthresh;
        }

        if (_noMemory)
        {
            if (!HasMemory)
                return 0; // what was offered is still taken if it can be; the peer waits with probes instead of giving up
            _noMemory = false;
        }

        long unit = 1L << _rcvShift;
        long offered = RcvWnd;
        long window = SelectWindow();
        if (window < offered)
            window = (offered + unit - 1) & -unit; // never taken back (RFC 9293 §3.8.6.2.1)
        window = Math.Min(window, (long)ushort.MaxValue << _rcvShift);
        _rcvAdv = SequenceNumber.Max(_rcvAdv, _rcvNxt + (int)window);
        return window;
    }

    /// <summary>Silly-window avoidance of the receiver (§3.8.6.2.2), as Linux does it: nothing below a segment or a sixteenth of the buffer.</summary>
    private int SelectWindow()
    {
        int full = FullSpace;
        int most = Math.Min(EffectiveClamp, full);
        int segment = Math.Min(Math.Min(_seenMss, most), Math.Max(_rcvSsthresh, 1)); // what is never offered cannot be waited for
        if (segment <= 0)
            return 0;
        int free = FreeSpace;
        if (free < most / 2)
        {
            _quickAcks = 0;
            if (IsUnderMemoryPressure)
                LowerOffer();
            free &= -1 << _rcvShift;
            if (free < full / 16 || free < segment)
                return 0;
        }

        free = Math.Min(free, _rcvSsthresh);
        if (_rcvShift > 0)
            return (free + (1 << _rcvShift) - 1) & (-1 << _rcvShift); // rounding down would lose what is free
        int before = _rcvAdv - _lastAckSent;
        if (before <= free - segment || before > free)
            return free - free % segment;
        return segment == most && free > before + most / 2 ? free : before;
    }

    /// <summary>Text has arrived: the sender fills what is offered, so more of the buffer is.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="memory">What they hold.</param>
    private void GrowOffer(int length, int memory)
    {
        int room = Math.Min(EffectiveClamp, FreeSpace) - _rcvSsthresh;
        if (room <= 0)
            return;
        if (IsUnderMemoryPressure)
        {
            LowerOffer();
            return;
        }

        int step = SpaceIn(memory) <= length ? 2 * AnnouncedPayload : SlowStep(length, memory);
        if (step == 0)
            return;
        _rcvSsthresh += Math.Min(room, Math.Max(step, 2 * length));
        _quickAcks |= 1;
    }

    // Segments that hold more than their bytes are worth: the nearer the offer comes to the largest buffer, the fuller they must be.
    private int SlowStep(int length, int memory)
    {
        int worth = SpaceIn(memory) / 2;
        int window = SpaceIn(_settings.ReceiveBuffer.Max) / 2;
        for (; _rcvSsthresh <= window; (worth, window) = (worth / 2, window / 2))
        {
            if (worth <= length)
                return 2 * _seenMss;
        }

        return 0;
    }

    private void LowerOffer() => _rcvSsthresh = Math.Min(_rcvSsthresh, 4 * AnnouncedPayload);

    private void OnRead(Instant now)
    {
        if (_finReceived || End is not null || State is TcpState.SynSent or TcpState.SynReceived)
            return;
        AcknowledgeRead();
        TuneBuffer(now);

        // An update costs a segment: only when it doubles what the peer may send.
        if (_noMemory && HasMemory)
        {
            Acknowledge(SendCause.WindowUpdate);
            return;
        }

        long offered = RcvWnd;
        if (_ackNow || 2 * offered > EffectiveClamp)
            return;
        int window = SelectWindow();
        if (window > 0 && window >= 2 * offered)
            Acknowledge(SendCause.WindowUpdate);
    }
}
