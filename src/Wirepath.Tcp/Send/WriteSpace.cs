using System.Numerics;

namespace Wirepath.Tcp;

// How much a write takes, and when a writer is told that it may go on.
public sealed partial class TcpConnection
{
    /// <summary>Bookkeeping that each unit of the queue costs besides its bytes; keeps a tiny buffer from holding many crumbs.</summary>
    private const int UnitOverhead = 1280;

    // Linux's cushion: what is in flight, and as much again that waits for the ACKs or is being repeated.
    private const int FlightsInBuffer = 2;
    private const int HeaderMemory = 640;
    private const int SegmentOverhead = 256;
    private const int LeastSegments = 10; // RFC 6928

    private int _unitRoom;
    private int _sndBuffer;                 // bytes of memory
    private bool _spaceFreed;               // acknowledged bytes have left the buffer since it was last looked at

    private bool IsSendBufferFixed => _settings.SendBuffer.Default == _settings.SendBuffer.Max; // SO_SNDBUF

    private bool MayWaitUnsent => _settings.NotSentLowWater is 0 or uint.MaxValue;

    /// <summary>
    /// What waits would not fill another window: a writer who waits is told then. (Linux tells him when cwnd is not full, so that a flow
    /// runs dry whenever cwnd outgrows its buffer.)
    /// </summary>
    private bool HasUseForMore => !MayWaitUnsent || _sent.InFlight < _congestion.Cwnd || Unsent < CwndBytes;

    /// <summary>A buffer must hold what cwnd lets out, in the memory that a segment takes at worst.</summary>
    private void GrowSendBuffer()
    {
        if (IsSendBufferFixed || IsUnderMemoryPressure)
            return;
        long segment = (long)BitOperations.RoundUpToPowerOf2((uint)(_sndMss + HeaderMemory)) + SegmentOverhead;
        int segments = Math.Max(Math.Max(_congestion.Cwnd, LeastSegments), _reordering + 1);
        long wanted = FlightsInBuffer * segments * segment;
        if (_sndBuffer < wanted)
            _sndBuffer = (int)Math.Min(wanted, Math.Max(_settings.SendBuffer.Max, _sndBuffer));
    }

    /// <summary>Everything that an ACK lets out has gone: a writer who waits may have use for a larger buffer.</summary>
    private void CheckSpace()
    {
        if (!_spaceFreed)
            return;
        _spaceFreed = false;
        if (_writerWaits && (MayWaitUnsent || _sent.InFlight < _congestion.Cwnd))
            GrowSendBuffer();
    }

    private long MemoryOf(long queued, long unit) => queued + (queued + unit - 1) / unit * UnitOverhead;

    // The largest super-segment that half of the peer's window takes.
    private long Unit
    {
        get
        {
            int full = FullPayload;
            return Math.Max(Math.Min(Math.Min(ushort.MaxValue, _maxSndWnd / 2), (long)_sndBuffer) / full * full, full);
        }
    }

    /// <summary>
    /// Bytes that a writer who waits may count on: nothing while less than a third of the buffer is free, or while half of what may
    /// wait unsent does (<see cref="TcpSettings.NotSentLowWater"/>). A write takes whole units, so it may take more.
    /// </summary>
    public long Writable => AwaitsSynAnswer ? RoomInSyn(int.MaxValue) : MayWrite && (_settings.NotSentLowWater == 0 || Unsent * 2 < _settings.NotSentLowWater)
        ? Math.Max(0, _sndBuffer - MemoryOf(_sendBuffer.Length, Unit)) : 0;

    /// <summary>A write would take a good part of the buffer now.</summary>
    public bool IsWritable => MayWrite && (AwaitsSynAnswer ? _isSynDeferred : Writable * 3 >= _sndBuffer);

    /// <summary>Asks for <see cref="TcpSignals.Writable"/> as soon as <see cref="IsWritable"/> holds, as a write that was cut short does.</summary>
    public void SignalWhenWritable() => _writerWaits = true;

    private bool _writeIsUnderWay;          // the last write was cut short, and its rest is about to follow

    /// <summary>The rest of a write that was cut short does not follow as soon as there is room: its caller went on to something else.</summary>
    public void EndWrite() => _writeIsUnderWay = false;

    private long Unsent => Math.Max(0, _dataEnd - _sndNxt);

    /// <summary>
    /// As on Linux a buffer fills in units, the largest super-segments that half of the peer's window takes: one that was begun is
    /// filled although the buffer is full by then, and one that is full leaves at once as far as the windows allow.
    /// </summary>
    private int RoomFor(int wanted)
    {
        long lowWater = _settings.NotSentLowWater == 0 ? long.MaxValue : _settings.NotSentLowWater;
        int full = FullPayload;
        long unit = Unit;
        long sendable = Math.Max(0, Math.Min(CwndBytes, _sndWnd) - (_sndNxt - _sndUna)) / full * full;
        long unsent = Unsent;
        long room = unsent > 0 ? _unitRoom : 0;
        long taken = 0;
        while (taken < wanted)
        {
            if (room == 0)
            {
                if (MemoryOf(_sendBuffer.Length + taken, unit) >= _sndBuffer || unsent >= lowWater)
                    break;
                room = unit;
            }

            long step = Math.Min(room, wanted - taken);
            (taken, unsent, room) = (taken + step, unsent + step, room - step);
            if (room == 0)
            {
                long leaves = Math.Min(sendable, unsent);
                (sendable, unsent) = (sendable - leaves, unsent - leaves);
                room = leaves < unit ? leaves : 0;
            }
        }

        _unitRoom = (int)room;
        return (int)taken;
    }
}
