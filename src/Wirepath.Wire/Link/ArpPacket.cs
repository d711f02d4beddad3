using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>What an ARP packet wants (RFC 826).</summary>
public enum ArpOperation : ushort
{
    Request = 1,
    Reply = 2,
}

/// <summary>ARP for IPv4 over Ethernet (RFC 826): 28 bytes.</summary>
public readonly partial record struct ArpPacket(ArpOperation Operation, MacAddress SenderMac, IpAddress SenderIp, MacAddress TargetMac, IpAddress TargetIp)
{
    public const int Size = 28;

    private const ushort EthernetHardware = 1;

    /// <summary>Reads the packet at the start of an Ethernet payload; padding behind it is no concern.</summary>
    /// <returns>False when it is shorter than 28 bytes, not for Ethernet and IPv4, or neither request nor reply.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ArpPacket packet)
    {
        packet = default;
        if (payload.Length < Size
            || BinaryPrimitives.ReadUInt16BigEndian(payload) != EthernetHardware
            || BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) != (ushort)EtherType.IPv4
            || payload[4] != MacAddress.Size || payload[5] != 4)
            return false;
        var operation = (ArpOperation)BinaryPrimitives.ReadUInt16BigEndian(payload[6..]);
        if (operation is not (ArpOperation.Request or ArpOperation.Reply))
            return false;
        packet = new ArpPacket(operation, MacAddress.Read(payload[8..]), IpAddress.Read(payload.Slice(14, 4)),
            MacAddress.Read(payload[18..]), IpAddress.Read(payload.Slice(24, 4)));
        return true;
    }

    /// <summary>Writes 28 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        // The last field first: a destination that is too short throws before anything is written.
        BinaryPrimitives.WriteUInt32BigEndian(destination[24..], TargetIp.V4Value);
        TargetMac.Write(destination[18..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination[14..], SenderIp.V4Value);
        SenderMac.Write(destination[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination, EthernetHardware);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)EtherType.IPv4);
        destination[4] = MacAddress.Size;
        destination[5] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], (ushort)Operation);
    }
}
