using System.Diagnostics.CodeAnalysis;
using Wirepath.Devices;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.RealWire;

/// <summary>
/// A bad wire in front of a device, for kernels without netem: the same loss, delay, reordering and duplication of what
/// arrives, loss and duplication of what leaves.
/// </summary>
internal sealed class ImpairedDevice : IPollableDevice
{
    public const double Loss = 0.01, Duplicates = 0.01, OutOfOrder = 0.05;
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(20);

    private readonly IPollableDevice _inner;
    private readonly RandomSource _random = new(7);
    private readonly PriorityQueue<Packet, (long Due, long Order)> _delayed = new();
    private readonly Timer _timer;
    private long _order;

    public ImpairedDevice(IPollableDevice inner)
    {
        _inner = inner;
        _timer = new Timer(_ => Readable?.Invoke());
    }

    public string Name => _inner.Name;

    public MacAddress Address => _inner.Address;

    public int Mtu => _inner.Mtu;

    public DeviceOffloads Offloads => _inner.Offloads;

    public Action? Readable { get; set; }

    public int FileDescriptor => _inner.FileDescriptor;

    public bool WantsWrite => _inner.WantsWrite;

    public string? Closure => _inner.Closure;

    public bool TryReceive([NotNullWhen(true)] out Packet? frame)
    {
        while (_inner.TryReceive(out Packet? arrived))
        {
            if (_random.Chance(Loss))
            {
                arrived.Dispose();
                continue;
            }

            if (_random.Chance(Duplicates))
                Delay(arrived.Clone());
            Delay(arrived);
        }

        frame = null;
        if (!_delayed.TryPeek(out _, out (long Due, long Order) next))
            return false;
        TimeSpan left = TimeSpan.FromTicks(next.Due - TimeProvider.System.GetUtcNow().Ticks);
        if (left > TimeSpan.Zero)
        {
            _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            return false;
        }

        frame = _delayed.Dequeue();
        return true;
    }

    public bool Transmit(Packet frame)
    {
        if (_random.Chance(Loss))
        {
            frame.Dispose();
            return true;
        }

        if (_random.Chance(Duplicates))
            _inner.Transmit(frame.Clone());
        return _inner.Transmit(frame);
    }

    public void Flush() => _inner.Flush();

    public void Dispose()
    {
        _timer.Dispose();
        _inner.Dispose();
        while (_delayed.TryDequeue(out Packet? frame, out _))
            frame.Dispose();
    }

    // Like netem's "reorder": some overtake the others by not waiting at all.
    private void Delay(Packet frame)
    {
        TimeSpan delay = _random.Chance(OutOfOrder) ? TimeSpan.Zero : s_delay;
        _delayed.Enqueue(frame, ((TimeProvider.System.GetUtcNow() + delay).Ticks, _order++));
    }
}
