using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>How a frame socket is used.</summary>
public sealed record FrameSocketSettings
{
    /// <summary>Bytes of IP packet per frame. Default 1,500, as on Ethernet; passt takes up to 65,520.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The stack's own address on the link. Default: a random, locally administered one.</summary>
    public MacAddress? Address { get; init; }

    /// <summary>Bytes of frame that the other end may announce; more means that the stream is out of step. Default 65,550: an IP packet of 64 KiB behind its Ethernet header.</summary>
    public int MostFrameBytes { get; init; } = ushort.MaxValue + EthernetHeader.Size + 1;

    /// <summary>Bytes that wait at the most for the other end to read; frames beyond it are dropped. Default 1 MiB: sixteen super-segments, some ten milliseconds of a gigabit.</summary>
    public int MostQueuedBytes { get; init; } = 1 << 20;
}
