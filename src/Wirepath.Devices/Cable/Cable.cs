using System.Diagnostics.CodeAnalysis;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>How a <see cref="Cable"/> behaves.</summary>
public sealed record CableSettings
{
    public int Mtu { get; init; } = 1500;

    /// <summary>Super-segments and unfinished checksums pass as they are: memory damages no bytes. Off, each end does all the work of a real wire. Default on.</summary>
    public bool Offload { get; init; } = true;

    /// <summary>Frames that wait at an end at the most; more are dropped. Default 1,024: a Linux interface's queue.</summary>
    public int MostQueuedFrames { get; init; } = 1024;
}

/// <summary>Two network devices joined in memory. Frames change hands without a copy; the ends may belong to different threads.</summary>
public static class Cable
{
    /// <summary>Makes a cable whose ends are named <c>NAME-a</c> and <c>NAME-b</c>.</summary>
    public static (CableEnd A, CableEnd B) Create(string name, CableSettings? settings = null)
    {
        settings ??= new CableSettings();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.MostQueuedFrames, nameof(settings));
        var a = new CableEnd($"{name}-a", new MacAddress(0x02_00_00_00_00_0A), settings);
        var b = new CableEnd($"{name}-b", new MacAddress(0x02_00_00_00_00_0B), settings);
        (a.Other, b.Other) = (b, a);
        return (a, b);
    }
}

/// <summary>One end of a <see cref="Cable"/>.</summary>
public sealed class CableEnd : INetworkDevice
{
    private readonly Lock _lock = new();
    private readonly bool _offload;
    private readonly int _most;
    private List<Packet> _arrived = [];
    private List<Packet> _taken = []; // the reader's own: it takes all that has arrived at once
    private int _next;
    private bool _drained = true;
    private bool _pulled;

    internal CableEnd(string name, MacAddress address, CableSettings settings)
    {
        (Name, Address, Mtu, _offload) = (name, address, settings.Mtu, settings.Offload);
        _most = settings.MostQueuedFrames;
        Offloads = settings.Offload
            ? DeviceOffloads.TransmitChecksum | DeviceOffloads.Tso4 | DeviceOffloads.Tso6 | DeviceOffloads.ReceiveLarge
            : DeviceOffloads.ReceiveMerging;
    }

    internal CableEnd Other { get; set; } = null!;

    public string Name { get; }

    public MacAddress Address { get; }

    public int Mtu { get; }

    public DeviceOffloads Offloads { get; }

    public Action? Readable { get; set; }

    /// <summary>Written by the thread of this end.</summary>
    public DeviceCounters Counters { get; } = new();

    public bool TryReceive([NotNullWhen(true)] out Packet? frame)
    {
        if (_next == _taken.Count && !TryTakeAll())
        {
            frame = null;
            return false;
        }

        frame = _taken[_next++];
        Counters.Received(frame.Length);
        return true;
    }

    private bool TryTakeAll()
    {
        _taken.Clear();
        _next = 0;
        lock (_lock)
        {
            (_arrived, _taken) = (_taken, _arrived);
            _drained = _taken.Count == 0;
        }

        return _taken.Count > 0;
    }

    public bool Transmit(Packet frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (!_offload && (frame.Checksum == ChecksumState.Partial || frame.SegmentSize > 0))
            throw new InvalidOperationException("The packet needs an offload that the device does not offer.");
        // What is complete here arrives undamaged; what is partial stays so and needs no look either.
        if (_offload && frame.Checksum == ChecksumState.Complete)
            frame.Checksum = ChecksumState.Verified;
        int length = frame.Length;
        if (Other.TryArrive(frame))
        {
            Counters.Sent(length);
            return true;
        }

        Counters.DroppedOnSend();
        frame.Dispose();
        return false;
    }

    public void Flush()
    {
    }

    /// <summary>Pulls the plug: frames that wait here are gone, and the other end's are dropped from now on.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _pulled = true;
            foreach (Packet frame in _arrived)
                frame.Dispose();
            _arrived.Clear();
        }

        for (; _next < _taken.Count; _next++)
            _taken[_next].Dispose();
    }

    private bool TryArrive(Packet frame)
    {
        bool tell;
        lock (_lock)
        {
            if (_pulled || _arrived.Count == _most)
                return false;
            _arrived.Add(frame);
            (tell, _drained) = (_drained, false);
        }

        if (tell)
            Readable?.Invoke();
        return true;
    }
}
