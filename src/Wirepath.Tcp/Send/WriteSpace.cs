namespace Wirepath.Tcp;

// How much a write takes, and when a writer is told that it may go on.
public sealed partial class TcpConnection
{
    /// <summary>Bookkeeping that each unit of the queue costs besides its bytes; keeps a tiny buffer from holding many crumbs.</summary>
    private const int UnitOverhead = 640;

    private int _unitRoom;

    /// <summary>
    /// Bytes that a writer who waits may count on: nothing while less than a third of the buffer is free, or while half of what may
    /// wait unsent does (<see cref="TcpSettings.NotSentLowWater"/>). A write takes whole units, so it may take more.
    /// </summary>
    public long Writable => AwaitsSynAnswer ? RoomInSyn(int.MaxValue) : MayWrite && (_settings.NotSentLowWater == 0 || Unsent * 2 < _settings.NotSentLowWater)
        ? Math.Max(0, SendCapacity - _sendBuffer.Length) : 0;

    /// <summary>A write would take a good part of the buffer now.</summary>
    public bool IsWritable => MayWrite && (AwaitsSynAnswer ? _isSynDeferred : Writable * 3 >= SendCapacity);

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
        long capacity = SendCapacity;
        long lowWater = _settings.NotSentLowWater == 0 ? long.MaxValue : _settings.NotSentLowWater;
        int full = FullPayload;
        long unit = Math.Min(Math.Min(ushort.MaxValue, _maxSndWnd / 2), capacity) / full * full;
        unit = Math.Max(unit, full);
        long sendable = Math.Max(0, Math.Min(CwndBytes, _sndWnd) - (_sndNxt - _sndUna)) / full * full;
        long unsent = Unsent;
        long room = unsent > 0 ? _unitRoom : 0;
        long taken = 0;
        while (taken < wanted)
        {
            if (room == 0)
            {
                long queued = _sendBuffer.Length + taken;
                if (queued + (queued + unit - 1) / unit * UnitOverhead >= capacity || unsent >= lowWater)
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
