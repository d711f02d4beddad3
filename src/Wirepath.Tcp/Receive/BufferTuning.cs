using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What the receiver measures to size its buffer: its own estimate of the round trip, and how much the application reads in one.</summary>
internal struct ReceiveTuning
{
    /// <summary>The most that was read in a round trip, bytes.</summary>
    public int Space;
    public SequenceNumber ReadFrom;
    public Instant ReadSince;

    public SequenceNumber WindowEnd;
    public Instant WindowSince;
    public uint LastEcho;
    private uint _rtt8; // 1/8 ticks

    /// <summary>Zero before the first sample.</summary>
    public readonly TimeSpan Rtt => new(_rtt8 >> 3);

    /// <param name="sample">A round trip, or more.</param>
    /// <param name="byWindow">How long a window took to arrive: at least a round trip, so the least counts.</param>
    public void Sample(TimeSpan sample, bool byWindow)
    {
        uint ticks = (uint)Math.Clamp(sample.Ticks, 1, uint.MaxValue >> 3);
        if (_rtt8 == 0)
            _rtt8 = ticks << 3;
        else if (byWindow)
            _rtt8 = Math.Min(_rtt8, ticks << 3);
        else
            _rtt8 = _rtt8 - (_rtt8 >> 3) + ticks;
    }
}

// Dynamic right-sizing (Feng, Fisk: "Dynamic Right-Sizing in FTP", 2001), with Linux's arithmetic: the receiver sees how much arrives and is
// read in a round trip, which is the sender's window; the buffer must hold twice that, for slow start doubles.
public sealed partial class TcpConnection
{
    private const int LeastRatio = 64;      // small segments share a block as soon as there are several
    private const int InitialSegments = 10; // RFC 6928: nobody sends more at first

    private ReceiveTuning _tuning;

    private SequenceNumber ReadUpTo => _rcvNxt - (_received.Length + (_finReceived ? 1 : 0));

    private void StartTuning(Instant now)
    {
        (_tuning.ReadSince, _tuning.ReadFrom) = (now, ReadUpTo);
        _tuning.Space = (int)Math.Min(Math.Min(_rcvSsthresh, RcvWnd), InitialSegments * AnnouncedPayload);
        (_tuning.WindowSince, _tuning.WindowEnd) = (Instant.Never, _rcvNxt);
    }

    /// <summary>Text has arrived: how long it took to fill the window that was offered, or how old its echo is.</summary>
    private void MeasureReceiverRtt(in TcpSegment segment, int perSegment, Instant now)
    {
        if (_timestamps && segment.Options.HasTimestamps && segment.Options.TimestampEcho != 0 && segment.Options.TimestampEcho != _tuning.LastEcho && perSegment >= _seenMss)
        {
            _tuning.LastEcho = segment.Options.TimestampEcho;
            int milliseconds = unchecked((int)(TimestampClock(now) - segment.Options.TimestampEcho));
            if (milliseconds >= 0)
                _tuning.Sample(TimeSpan.FromMilliseconds(Math.Max(milliseconds, 1)), byWindow: false);
        }

        if (!_tuning.WindowSince.IsNever)
        {
            if (_rcvNxt < _tuning.WindowEnd)
                return;
            _tuning.Sample(now - _tuning.WindowSince, byWindow: true);
        }

        (_tuning.WindowSince, _tuning.WindowEnd) = (now, _rcvNxt + (int)RcvWnd);
    }

    /// <summary>The application has read.</summary>
    private void TuneBuffer(Instant now)
    {
        if (_tuning.Rtt == TimeSpan.Zero || now - _tuning.ReadSince < _tuning.Rtt)
            return;
        SequenceNumber readUpTo = ReadUpTo;
        int read = readUpTo - _tuning.ReadFrom;
        if (read > _tuning.Space)
        {
            if (_settings.TuneReceiveBuffer && !IsUnderMemoryPressure)
                GrowBuffer(read);
            _tuning.Space = read;
        }

        (_tuning.ReadFrom, _tuning.ReadSince) = (readUpTo, now);
    }

    private void GrowBuffer(int read)
    {
        long window = 2L * read + 16L * AnnouncedPayload;
        window += 2 * (window * (read - _tuning.Space) / Math.Max(_tuning.Space, 1)); // faster while the sender's window still grows
        int buffer = (int)Math.Min(window * 256 / _rcvRatio, _settings.ReceiveBuffer.Max);
        if (buffer <= _rcvBuffer)
            return;
        _rcvBuffer = buffer;
        _windowClamp = FullSpace;
    }

    /// <summary>Full segments have another size than those before: how many bytes of the stream the memory that they hold is worth.</summary>
    private void MeasureRatio(int length, int memory)
    {
        if (memory < length || memory == 0)
            return; // joined with what was there before
        byte ratio = (byte)Math.Clamp((long)length * 256 / memory, LeastRatio, 255);
        if (ratio == _rcvRatio)
            return;
        _rcvRatio = ratio;
        _windowClamp = FullSpace;
        _tuning.Space = Math.Min(_tuning.Space, Math.Max(_windowClamp, 1));
    }
}
