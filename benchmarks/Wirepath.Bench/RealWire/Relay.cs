using Wirepath.Devices;
using Wirepath.RealWire;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>Carries frames between two TAP devices without looking at them: what TAP and its device class can do at the most, without a stack.</summary>
internal sealed class Relay : IDisposable
{
    // One direction does not wait longer for the other than it takes to move so many frames.
    private const int Batch = 64;

    private readonly TapDevice _a;
    private readonly TapDevice _b;
    private readonly LoopThread _loop;
    private bool _started;

    public Relay(NetworkNamespace insideA, string deviceA, NetworkNamespace insideB, string deviceB, bool offload)
    {
        var settings = new TapSettings { Offload = offload };
        _a = insideA.Inside(() => TapDevice.Open(deviceA, settings));
        _b = insideB.Inside(() => TapDevice.Open(deviceB, settings));
        _loop = new LoopThread("relay", Poll, TimeProvider.System, [_a, _b]);
        _a.Readable = _b.Readable = _loop.Wake;
        _loop.Start();
    }

    public LoadedThread Load { get; } = new();

    public void Dispose()
    {
        _loop.Dispose();
        _a.Dispose();
        _b.Dispose();
    }

    private Instant Poll(Instant now)
    {
        if (!_started)
        {
            _started = true;
            Load.IsCallingThread();
        }

        bool more = true;
        while (more)
            more = Move(_a, _b) | Move(_b, _a);
        return Instant.Never;
    }

    private static bool Move(INetworkDevice from, INetworkDevice to)
    {
        int moved = 0;
        while (moved < Batch && from.TryReceive(out Packet? frame))
        {
            to.Transmit(frame);
            moved++;
        }

        return moved == Batch;
    }
}
