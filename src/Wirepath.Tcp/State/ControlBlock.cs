using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// The transmission control block of RFC 9293 §3.3.1.
public sealed partial class TcpConnection
{
    private TcpSettings _settings;
    private readonly NodeLog _log;
    private readonly TcpListener? _listener;
    private CongestionControl _congestion;
    private readonly uint _timestampOffset;
    private TcpTimers _timers = new();

    // ---- Send sequence space (figure 3) --------------------------------------------------------------------------
    private readonly SequenceNumber _iss;
    private SendBuffer _sendBuffer;
    private SequenceNumber _sndUna;
    private SequenceNumber _sndNxt;
    private bool _isSynAcknowledged;        // SND.UNA comes by ISS again after 4 GiB
    private SequenceNumber _dataEnd;        // behind the last byte written; the FIN's own number
    private bool _finQueued;
    private int _sndWnd;
    private int _maxSndWnd;
    private SequenceNumber _sndWl1;
    private SequenceNumber _sndWl2;
    private int _sndShift;
    private int _sndMss;                    // payload and options (RFC 6691)
    private SequenceNumber _smallSegmentEnd; // behind the last segment sent that was not full
    private bool _writerWaits;

    // ---- Receive sequence space (figure 4) -----------------------------------------------------------------------
    private int _rcvMss;                    // what our SYN announces
    private ReassemblyQueue? _reassembly;   // null: nothing has arrived behind a hole
    private ByteChain _received;
    private SequenceNumber _irs;
    private SequenceNumber _rcvNxt;
    private SequenceNumber _rcvAdv;         // right edge of the window as the peer was told
    private int _rcvShift;
    private int _seenMss;                   // largest payload of late: what "every second full segment" counts in
    private SequenceNumber _peerFin;
    private bool _hasPeerFin;               // the FIN arrived, perhaps behind a hole
    private bool _finReceived;              // … and everything before it
    private bool _applicationGone;

    // ---- Options -------------------------------------------------------------------------------------------------
    private bool _scaling;
    private bool _timestamps;
    private bool _sack;
    private uint _tsRecent;
    private Instant _tsRecentAt;

    // ---- What is to be sent, and because of what -----------------------------------------------------------------
    private bool _ackNow;
    private SendCause _ackWhy = SendCause.Ack;
    private int _duplicateAcksOwed;
    private SackBlock _duplicateBlock;      // for the next ACK (RFC 2883)
    private SequenceNumber _lastAckSent;
    private int _quickAcks;                 // segments still to be acknowledged at once
    private Instant _lastTextAt = Instant.Epoch;
    private bool _synWanted = true;
    private bool _repeatFirst;              // a time-out sends one segment whatever the windows say
    private RetransmitCause _repeatWhy;
    private bool _probeWanted;
    private bool _keepAliveWanted;
    private bool _overrideSws;
    private bool _resetWanted;
    private bool _strayResetWanted;         // answers one segment, the connection stays
    private SequenceNumber _straySequence;

    // ---- Loss recovery -------------------------------------------------------------------------------------------
    private RttEstimator _rtt;
    private int _timeouts;                  // in a row
    private Instant _stalledSince = Instant.Never;
    private CwndUsage _cwndUsage;
    private Instant _lastSentAt;
    private int _probesUnanswered;
    private int _keepAlivesUnanswered;
    private Instant _lastReceivedAt;

    private SequenceNumber SendEnd => _finQueued ? _dataEnd + 1 : _dataEnd;

    private SequenceNumber BufferStart => _dataEnd - _sendBuffer.Length;

    private bool IsFinAcknowledged => _finQueued && _sndUna == _dataEnd + 1;

    // A window begins behind the SYN, also while that is not acknowledged (RFC 7413 sends text by then).
    private SequenceNumber WindowEdge => (_isSynAcknowledged ? _sndUna : _iss + 1) + _sndWnd;

    private long RcvWnd => _rcvAdv - _rcvNxt;

    /// <summary>Payload of a full segment: RFC 6691 takes the options off.</summary>
    private int FullPayload => _sndMss - (_timestamps ? 12 : 0);

    private CongestionContext Congestion(Instant now) => new()
    {
        Now = now,
        MssBytes = FullPayload,
        InFlight = _sent.InFlight,
        FlightPeak = Math.Max(_cwndUsage.Peak, _sent.InFlight),
        IsCwndLimited = _cwndUsage.IsLimited,
        SmoothedRtt = _rtt.Smoothed,
        MinRtt = _rtt.Min,
        Phase = _phase,
        SndUna = _sndUna,
        SndNxt = _sndNxt,
        Delivered = _rate.Delivered,
        Lost = _rate.Lost,
    };
}
