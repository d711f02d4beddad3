using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What a device does for the stack (the names are virtio's).</summary>
[Flags]
public enum DeviceOffloads
{
    None = 0,

    /// <summary>Completes <see cref="ChecksumState.Partial"/> checksums of packets handed to it.</summary>
    TransmitChecksum = 1,

    /// <summary>Cuts TCP/IPv4 super-segments (<see cref="Packet.SegmentSize"/> &gt; 0) handed to it.</summary>
    Tso4 = 2,

    /// <summary>The same for TCP/IPv6.</summary>
    Tso6 = 4,

    /// <summary>May deliver super-segments, and frames whose checksum is <see cref="ChecksumState.Partial"/> or <see cref="ChecksumState.Verified"/>.</summary>
    ReceiveLarge = 8,

    /// <summary>Delivers frames in batches, real time being short: the host joins TCP segments that follow each other before it looks at them (GRO in software).</summary>
    ReceiveMerging = 16,
}

/// <summary>
/// Where Ethernet frames (without FCS) leave and enter a host. Called by the host's loop only, except that
/// <see cref="Readable"/> may be invoked from anywhere.
/// </summary>
public interface INetworkDevice : IDisposable
{
    /// <summary>For people and captures: <c>tap0</c>, <c>home-lan</c>.</summary>
    string Name { get; }

    MacAddress Address { get; }

    /// <summary>Bytes of IP packet that fit into a frame: 1,500 on Ethernet.</summary>
    int Mtu { get; }

    DeviceOffloads Offloads { get; }

    /// <summary>Takes the next frame that has arrived, starting at the Ethernet header. The caller owns it.</summary>
    bool TryReceive([NotNullWhen(true)] out Packet? frame);

    /// <summary>Takes the frame over, whatever it answers; false says that it was dropped because the device's queue is full or its other end is gone.</summary>
    bool Transmit(Packet frame);

    /// <summary>Ends a batch of <see cref="Transmit"/>: what was collected leaves now.</summary>
    void Flush();

    /// <summary>Set by the loop; invoked when a frame can be received after <see cref="TryReceive"/> had answered false.</summary>
    Action? Readable { get; set; }
}
