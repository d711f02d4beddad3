using Wirepath.Devices;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>
/// A bad link in user space, for kernels without netem: carries frames between two devices, and delays, shapes, loses and
/// reorders those from the sender. The n-th data frame of a seed meets the same fate whoever sent it.
/// </summary>
internal sealed class BadLink : IDisposable
{
    // One direction does not wait longer for the other than it takes to move so many frames.
    private const int Batch = 64;

    // Longer than an ACK with all of its options: it carries data.
    private const int LeastDataFrame = 128;

    private static readonly TimeSpan s_latenessStep = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan s_queueStep = TimeSpan.FromMilliseconds(0.5);

    private readonly INetworkDevice _sender;
    private readonly INetworkDevice _receiver;
    private readonly Impairment _impairment;
    private readonly RandomSource _random;
    private readonly PriorityQueue<Packet, (Instant At, long Order)> _toReceiver = new();
    private readonly Queue<(Packet Frame, Instant At)> _toSender = new();
    private readonly LoopThread _loop;
    private double _lineFree; // ticks, with what is less than one
    private long _order;
    private bool _started;

    /// <param name="sender">Where data comes from; it stays its owner's, as the other one.</param>
    /// <param name="receiver">Where data goes to.</param>
    /// <param name="impairment">What happens on the way.</param>
    /// <param name="seed">The same seed, the same fates.</param>
    public BadLink(INetworkDevice sender, INetworkDevice receiver, Impairment impairment, ulong seed)
    {
        (_sender, _receiver, _impairment, _random) = (sender, receiver, impairment, new RandomSource(seed));
        _loop = new LoopThread("bad link", Poll, TimeProvider.System, new[] { sender, receiver }.OfType<IPollableDevice>());
        sender.Readable = receiver.Readable = _loop.Wake;
        _loop.Start();
    }

    /// <summary>How much later than they should frames left the link: the machine's doing, not the path's.</summary>
    public Histogram Lateness { get; } = new(s_latenessStep, 4000);

    /// <summary>How long data frames waited for the bottleneck.</summary>
    public Histogram Waiting { get; } = new(s_queueStep, 4000);

    public long Offered { get; private set; }

    public long Lost { get; private set; }

    public long QueueDropped { get; private set; }

    public void Dispose()
    {
        _loop.Dispose();
        while (_toReceiver.TryDequeue(out Packet? frame, out _))
            frame.Dispose();
        while (_toSender.TryDequeue(out (Packet Frame, Instant At) entry))
            entry.Frame.Dispose();
    }

    private Instant Poll(Instant now)
    {
        if (!_started)
        {
            _started = true;
            // What the kernel does at either end happens within this thread's reads and writes; it must not wait for a processor.
            RealTimeThread.Enter();
        }

        bool more = true;
        while (more)
        {
            now = Now();
            more = TakeData(now) | TakeAcknowledgments(now);
            Deliver();
        }

        Instant next = _toReceiver.TryPeek(out _, out (Instant At, long Order) first) ? first.At : Instant.Never;
        return _toSender.TryPeek(out (Packet Frame, Instant At) ack) ? Instant.Min(next, ack.At) : next;
    }

    private static Instant Now() => Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    private bool TakeData(Instant now)
    {
        int moved = 0;
        for (; moved < Batch && _sender.TryReceive(out Packet? frame); moved++)
        {
            Instant? arrival = Pass(frame.Length, now);
            if (arrival is { } at)
                _toReceiver.Enqueue(frame, (at, _order++));
            else
                frame.Dispose();
        }

        return moved == Batch;
    }

    private bool TakeAcknowledgments(Instant now)
    {
        int moved = 0;
        for (; moved < Batch && _receiver.TryReceive(out Packet? frame); moved++)
            _toSender.Enqueue((frame, now + (_impairment.Rtt / 2)));
        return moved == Batch;
    }

    /// <summary>When a frame that comes now arrives at the other side; null: never.</summary>
    private Instant? Pass(int length, Instant now)
    {
        bool isData = length >= LeastDataFrame;
        double waits = Math.Max(0, _lineFree - now.Ticks);
        if (isData)
        {
            Offered++;
            if ((waits * _impairment.BytesPerTick) + length > _impairment.QueueBytes)
            {
                QueueDropped++;
                return null;
            }

            Waiting.Add(new TimeSpan((long)waits));
        }

        _lineFree = now.Ticks + waits + (length / _impairment.BytesPerTick);
        var left = new Instant((long)Math.Ceiling(_lineFree));
        TimeSpan delay = _impairment.Rtt / 2;
        if (!isData)
            return left + delay;
        // Both are drawn for each frame: what happens to the n-th depends on nothing else.
        (double loss, double order) = (_random.NextDouble(), _random.NextDouble());
        if (loss < _impairment.Loss)
        {
            Lost++;
            return null;
        }

        if (order < _impairment.Early)
            return left;
        return left + delay + (order < _impairment.Early + _impairment.Late ? _impairment.LateBy : TimeSpan.Zero);
    }

    private void Deliver()
    {
        Instant now = Now();
        while (_toReceiver.TryPeek(out Packet? frame, out (Instant At, long Order) due) && due.At <= now)
        {
            _toReceiver.Dequeue();
            Lateness.Add(now - due.At);
            _receiver.Transmit(frame);
            now = Now();
        }

        while (_toSender.TryPeek(out (Packet Frame, Instant At) ack) && ack.At <= now)
        {
            _toSender.Dequeue();
            Lateness.Add(now - ack.At);
            _sender.Transmit(ack.Frame);
            now = Now();
        }

        _sender.Flush();
        _receiver.Flush();
    }
}
