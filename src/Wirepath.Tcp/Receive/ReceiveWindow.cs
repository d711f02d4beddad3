using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// RCV.WND: what is offered, when an update is worth a segment, and how the buffer grows.
public sealed partial class TcpConnection
{
    // Segments beside twice a round's bytes: what small windows are rounded by.
    private const int TuningReserve = 16;

    private long _readInRound;
    private long _mostReadInRound;
    private Instant _roundStart = Instant.Epoch;

    private long WindowLimit => _settings.WindowClamp > 0 ? Math.Min(_rcvBuffer, _settings.WindowClamp) : _rcvBuffer;

    /// <summary>The window for the segment that is about to go out, in bytes; remembers its right edge.</summary>
    private long OfferWindow(bool isSyn)
    {
        int shift = isSyn ? 0 : _rcvShift;
        long unit = 1L << shift;
        long offered = RcvWnd;
        long free = Math.Max(0, WindowLimit - _received.Length);
        // §3.8.6.2.2: the edge moves by a full segment or half the buffer, or not at all; it never moves back.
        bool moves = free > offered && free - offered >= Math.Min(WindowLimit / 2, _rcvMss);
        long window = Math.Min(moves ? free : offered, (long)ushort.MaxValue << shift);
        // Rounding down tells the peer up to one unit less than before; what it was told before is still taken (RFC 7323 §2.4).
        window -= window % unit;
        // A buffer, or a clamp set after the SYN, below one unit: rounded down it would be closed for ever.
        if (window == 0 && WindowLimit < unit && _received.Length == 0)
            window = unit;
        _rcvAdv = SequenceNumber.Max(_rcvAdv, _rcvNxt + (int)window);
        return window;
    }

    private void OnRead(long bytes, Instant now)
    {
        if (_finReceived || End is not null || State is TcpState.SynSent or TcpState.SynReceived)
            return;
        AcknowledgeRead();
        if (_settings.TuneReceiveBuffer)
            TuneBuffer(bytes, now);

        // An update costs a segment: only when it opens a closed window or a good part of the buffer.
        long offered = RcvWnd;
        long limit = WindowLimit;
        long opens = Math.Min(limit - _received.Length, (long)ushort.MaxValue << _rcvShift) - offered;
        bool wasClosed = offered < Math.Min(_rcvMss, limit / 2);
        bool worth = wasClosed
            ? opens >= Math.Min(_rcvMss, limit / 2)
            : opens >= limit / 2 || (opens >= 2 * _rcvMss && (opens >= limit / 4 || offered <= limit / 8));
        if (worth && !_ackNow)
            Acknowledge(SendCause.WindowUpdate);
    }

    /// <summary>
    /// Dynamic right-sizing (Fisk and Feng): the buffer is twice what the application read within a round trip, and more while that
    /// grows. A sender in slow start has doubled its window before an ACK tells it of a larger one, and doubles it again meanwhile:
    /// the growth is expected to go on for two rounds, as on Linux.
    /// </summary>
    private void TuneBuffer(long bytes, Instant now)
    {
        _readInRound += bytes;
        if (!_rtt.HasSample || now - _roundStart < _rtt.Smoothed)
            return;
        long before = Math.Max(_mostReadInRound, (long)_settings.InitialCwnd * _rcvMss);
        if (_readInRound > before)
        {
            long wanted = (2 * _readInRound) + (TuningReserve * _rcvMss);
            wanted += (long)(2.0 * wanted * (_readInRound - before) / before);
            _rcvBuffer = (int)Math.Max(_rcvBuffer, Math.Min(wanted, _settings.ReceiveBuffer.Max));
            _mostReadInRound = _readInRound;
        }

        (_readInRound, _roundStart) = (0, now);
    }
}
