namespace Wirepath.Wire;

/// <summary>What the bytes of a captured packet begin with (tcpdump.org "Link-layer header types").</summary>
public enum LinkType
{
    Null = 0,
    Ethernet = 1,

    /// <summary>IPv4 or IPv6, told apart by the version; 12 and 14 are older numbers of some systems for it.</summary>
    Raw = 101,
    Loop = 108,
    LinuxSll = 113,
    IPv4 = 228,
    IPv6 = 229,
    LinuxSll2 = 276,
}

/// <summary>Seen from the interface that the packet was captured on.</summary>
public enum PacketDirection : byte
{
    Unknown = 0,
    Inbound = 1,
    Outbound = 2,
}

/// <summary>An interface of a capture.</summary>
/// <param name="Name">Such as <c>eth0</c>; null when the file does not say.</param>
/// <param name="Description">Words for people; null when the file does not say.</param>
/// <param name="LinkType">What its packets begin with.</param>
/// <param name="SnapLength">Bytes kept of a packet; 0 means all.</param>
public sealed record CaptureInterface(string? Name, string? Description, LinkType LinkType, uint SnapLength);

/// <summary>One packet of a capture.</summary>
/// <param name="InterfaceId">Index into <see cref="CaptureReader.Interfaces"/>.</param>
/// <param name="LinkType">What <paramref name="Bytes"/> begin with.</param>
/// <param name="Time">Cut to 100 ns; the epoch when the file has none (simple packet blocks).</param>
/// <param name="Bytes">What was kept of the packet.</param>
/// <param name="OriginalLength">Bytes that the packet had on the wire.</param>
/// <param name="Direction">From the flags, if the file says.</param>
/// <param name="Comments">In the order of the file.</param>
public sealed record CapturedPacket(
    int InterfaceId,
    LinkType LinkType,
    Instant Time,
    ReadOnlyMemory<byte> Bytes,
    uint OriginalLength,
    PacketDirection Direction,
    IReadOnlyList<string> Comments)
{
    /// <summary>epb_packetid: the same number on two interfaces means the same packet.</summary>
    public ulong? PacketId { get; init; }

    /// <summary>epb_dropcount: packets lost between this and the one before.</summary>
    public ulong? DropCount { get; init; }
}
