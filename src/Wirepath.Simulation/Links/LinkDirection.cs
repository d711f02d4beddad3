using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>A frame that waits for the line, and since when.</summary>
internal readonly record struct WaitingFrame(Packet Frame, Instant Since);

/// <summary>
/// One direction of a link: a queue, a line that sends one frame at a time, and the way to the other end. A frame's fate is
/// decided when its first bit goes onto the line; that is also when it is logged.
/// </summary>
internal sealed class LinkDirection
{
    private readonly Simulator _simulator;
    private readonly NodeLog _log;
    private readonly LinkEnd _from;
    private readonly LinkEnd _to;
    private readonly RandomSource _random;
    private readonly Queue<WaitingFrame> _waiting = new();
    private readonly Queue<(Packet Frame, Instant At)> _underWay = new();
    private readonly Appointment _lineFree;
    private readonly Appointment _arrival;
    private readonly CoDel _coDel = new();
    private LinkSettings _settings;
    private Instant _lineFreeAt;
    private long _lineFreeFraction; // of a tick, in units of 1/Bandwidth
    private Instant _lastArrival;
    private bool _burst;

    public LinkDirection(Simulator simulator, NodeLog log, LinkEnd from, LinkEnd to, LinkSettings settings)
    {
        (_simulator, _log, _from, _to, _settings) = (simulator, log, from, to, settings);
        string way = $"{log.Node} {from.Node}→{to.Node}";
        _random = simulator.Random.Fork("link " + way);
        _lineFree = simulator.CreateAppointment(way + ": line free", OnLineFree);
        _arrival = simulator.CreateAppointment(way + ": arrival", OnArrival);
    }

    public LinkStatistics Statistics { get; } = new();

    public int WaitingBytes { get; private set; }

    public int WaitingFrames => _waiting.Count;

    public LinkSettings Settings
    {
        get => _settings;
        set
        {
            value.Check();
            if (value.Bandwidth != _settings.Bandwidth && _lineFreeFraction > 0)
            {
                // The fraction counts in the old bandwidth; the frame on the line ends as it began.
                _lineFreeAt += TimeSpan.FromTicks(1);
                _lineFreeFraction = 0;
            }

            _settings = value;
        }
    }

    /// <summary>Takes the frame over. False: dropped at once.</summary>
    public bool Send(Packet frame)
    {
        Statistics.Offered++;
        Instant now = _simulator.Now;
        if (_settings.Partitioned)
            return Drop(frame, DropReason.Partitioned);
        if (frame.Length > _settings.Mtu + EthernetHeader.Size)
            return Drop(frame, DropReason.TooBig);
        if (now >= LineFreeAt && _waiting.Count == 0)
        {
            PutOnLine(frame, now);
            return true;
        }

        if ((_settings.QueuePackets > 0 && _waiting.Count >= _settings.QueuePackets)
            || (_settings.QueueBytes > 0 && WaitingBytes + frame.Length > _settings.QueueBytes))
            return Drop(frame, DropReason.QueueFull);
        _waiting.Enqueue(new WaitingFrame(frame, now));
        WaitingBytes += frame.Length;
        if (!_lineFree.IsScheduled)
            _simulator.Schedule(_lineFree, LineFreeAt);
        return true;
    }

    public bool TryTakeWaiting(out WaitingFrame frame)
    {
        if (!_waiting.TryDequeue(out frame))
            return false;
        WaitingBytes -= frame.Frame.Length;
        return true;
    }

    public void DropByCoDel(WaitingFrame frame) => Drop(frame.Frame, DropReason.CoDel);

    /// <summary>Throws away what waits and what is under way: the simulation is over.</summary>
    public void Clear()
    {
        while (_waiting.TryDequeue(out WaitingFrame frame))
            frame.Frame.Dispose();
        while (_underWay.TryDequeue(out (Packet Frame, Instant At) flight))
            flight.Frame.Dispose();
        WaitingBytes = 0;
        _simulator.Cancel(_lineFree);
        _simulator.Cancel(_arrival);
    }

    // The clock has whole ticks: the line is free at the first tick at which the last bit has left.
    private Instant LineFreeAt => _lineFreeFraction > 0 ? _lineFreeAt + TimeSpan.FromTicks(1) : _lineFreeAt;

    private void OnLineFree()
    {
        Instant now = _simulator.Now;
        bool found = _settings.Discipline switch
        {
            QueueDiscipline.DropTail => TryTakeWaiting(out _next),
            QueueDiscipline.CoDel => _coDel.TryDequeue(this, _settings, now, out _next),
            _ => throw new InvalidOperationException($"No such discipline: {_settings.Discipline}."),
        };
        if (found)
        {
            if (_settings.Partitioned)
                Drop(_next.Frame, DropReason.Partitioned);
            else
                PutOnLine(_next.Frame, now);
        }

        _next = default;
        if (_waiting.Count > 0)
            _simulator.Schedule(_lineFree, LineFreeAt);
    }

    private WaitingFrame _next;

    private void PutOnLine(Packet frame, Instant now)
    {
        Instant lastBit = Serialise(frame.Length, now);
        if (IsLost())
        {
            Drop(frame, DropReason.Lost);
            return;
        }

        TimeSpan delay = _settings.Delay;
        if (_settings.Jitter > TimeSpan.Zero)
            delay += TimeSpan.FromTicks((long)(_random.NextDouble() * (_settings.Jitter.Ticks + 1)));
        Instant arrival = lastBit + delay;
        bool late = _random.Chance(_settings.Reorder);
        bool damaged = _random.Chance(_settings.Corrupt);
        bool twice = _random.Chance(_settings.Duplicate);
        if (damaged)
            Damage(frame);
        if (late)
        {
            arrival += _settings.ReorderDelay;
            Statistics.Reordered++;
        }
        else
        {
            // What left later arrives later, whatever jitter or a shortened delay say.
            arrival = _lastArrival = Instant.Max(arrival, _lastArrival);
        }

        WriteTransit(frame, damaged ? LinkVerdict.Corrupted : LinkVerdict.Delivered, DropReason.None, arrival);
        Packet? copy = twice ? frame.Clone() : null;
        Launch(frame, arrival, inOrder: !late);
        if (copy is not null)
        {
            Statistics.Duplicated++;
            WriteTransit(copy, LinkVerdict.Duplicated, DropReason.None, arrival);
            Launch(copy, arrival, inOrder: !late);
        }
    }

    /// <summary>Occupies the line, carrying fractions of a tick from frame to frame, so that a long burst takes exactly its bits over the bandwidth.</summary>
    /// <returns>When the last bit has left.</returns>
    private Instant Serialise(int length, Instant now)
    {
        if (_settings.Bandwidth == 0)
            return now;
        if (now > LineFreeAt)
            (_lineFreeAt, _lineFreeFraction) = (now, 0);
        long bits = 8L * (Math.Max(length, EthernetHeader.MinimumFrameSize) + _settings.FrameOverhead);
        Int128 total = (Int128)bits * TimeSpan.TicksPerSecond + _lineFreeFraction;
        _lineFreeAt += TimeSpan.FromTicks((long)(total / _settings.Bandwidth));
        _lineFreeFraction = (long)(total % _settings.Bandwidth);
        return LineFreeAt;
    }

    private bool IsLost()
    {
        bool lost = _random.Chance(_settings.Loss);
        if (_settings.Burst is { } burst)
        {
            _burst = _burst ? !_random.Chance(burst.BadToGood) : _random.Chance(burst.GoodToBad);
            lost |= _random.Chance(_burst ? burst.LossWhenBad : burst.LossWhenGood);
        }

        return lost;
    }

    private void Damage(Packet frame)
    {
        // Its blocks may be a send buffer's, from which a retransmission must come out whole.
        frame.MakeWritable();
        int bit = _random.Next(frame.Length * 8);
        frame.Head[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        frame.Checksum = ChecksumState.Complete;
        Statistics.Corrupted++;
    }

    private void Launch(Packet frame, Instant arrival, bool inOrder)
    {
        if (!inOrder)
        {
            LaunchAlone(frame, arrival);
            return;
        }

        _underWay.Enqueue((frame, arrival));
        if (!_arrival.IsScheduled)
            _simulator.Schedule(_arrival, arrival);
    }

    private void LaunchAlone(Packet frame, Instant arrival) => _simulator.Schedule(arrival, () => Deliver(frame));

    private void OnArrival()
    {
        Packet frame = _underWay.Dequeue().Frame;
        if (_underWay.TryPeek(out (Packet Frame, Instant At) next))
            _simulator.Schedule(_arrival, next.At);
        Deliver(frame);
    }

    private void Deliver(Packet frame)
    {
        Statistics.Delivered++;
        Statistics.DeliveredBytes += frame.Length;
        _to.Arrive(frame);
    }

    private bool Drop(Packet frame, DropReason reason)
    {
        switch (reason)
        {
            case DropReason.Lost:
                Statistics.Lost++;
                break;
            case DropReason.QueueFull:
                Statistics.QueueDropped++;
                break;
            case DropReason.CoDel:
                Statistics.CoDelDropped++;
                break;
            case DropReason.Partitioned:
                Statistics.Partitioned++;
                break;
            case DropReason.TooBig:
                Statistics.TooBig++;
                break;
            default:
                throw new InvalidOperationException($"A link does not drop for {reason}.");
        }

        WriteTransit(frame, LinkVerdict.Dropped, reason, Instant.Never);
        frame.Dispose();
        return false;
    }

    private void WriteTransit(Packet frame, LinkVerdict verdict, DropReason reason, Instant arrival)
    {
        if (_log.IsEnabled)
            _log.Write(frame.Cause, new LinkTransit(_log.Node, _from.Node, _to.Node, frame.ToArray(), verdict, reason, arrival));
    }
}
