using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Stack.Tests;

/// <summary>What becomes of a frame on a cable.</summary>
internal enum Fate
{
    Deliver,
    Drop,
    Duplicate,
}

/// <summary>A cable with a delay; a test may decide the fate of every frame, and look at it.</summary>
internal sealed class TestCable
{
    private readonly TestWorld _world;

    public TestCable(TestWorld world, int mtu, long number)
    {
        _world = world;
        Left = new TestDevice(this, new MacAddress(0x02_00_00_00_00_00 + (ulong)number * 2), mtu);
        Right = new TestDevice(this, new MacAddress(0x02_00_00_00_00_01 + (ulong)number * 2), mtu);
    }

    public TestDevice Left { get; }

    public TestDevice Right { get; }

    public Interface LeftInterface { get; set; } = null!;

    public Interface RightInterface { get; set; } = null!;

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Asked for each frame; the frame starts at its Ethernet header.</summary>
    public Func<TestDevice, Packet, Fate>? Decide { get; set; }

    public long Frames { get; private set; }

    public bool Send(TestDevice from, Packet frame)
    {
        Frames++;
        TestDevice to = from == Left ? Right : Left;
        Fate fate = Decide?.Invoke(from, frame) ?? Fate.Deliver;
        if (fate == Fate.Drop)
        {
            frame.Dispose();
            return true;
        }

        if (fate == Fate.Duplicate)
            _world.Fly(to, frame.Clone(), _world.Now + Delay);
        _world.Fly(to, frame, _world.Now + Delay);
        return true;
    }
}

/// <summary>One end of a <see cref="TestCable"/>.</summary>
internal sealed class TestDevice(TestCable cable, MacAddress address, int mtu) : INetworkDevice
{
    private readonly Queue<Packet> _arrived = new();

    public string Name => "cable";

    public MacAddress Address { get; } = address;

    public int Mtu { get; } = mtu;

    public DeviceOffloads Offloads { get; set; }

    public Action? Readable { get; set; }

    public int Flushes { get; private set; }

    public void Arrive(Packet frame)
    {
        _arrived.Enqueue(frame);
        Readable?.Invoke();
    }

    public bool TryReceive([NotNullWhen(true)] out Packet? frame) => _arrived.TryDequeue(out frame);

    public bool Transmit(Packet frame) => cable.Send(this, frame);

    public void Flush() => Flushes++;

    public void Dispose()
    {
        while (_arrived.TryDequeue(out Packet? frame))
            frame.Dispose();
    }
}
