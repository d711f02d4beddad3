using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>What an Ethernet frame carries (IANA "IEEE 802 numbers"). Values below 0x0600 are lengths of IEEE 802.3 frames.</summary>
public enum EtherType : ushort
{
    IPv4 = 0x0800,
    Arp = 0x0806,
    Vlan = 0x8100,
    IPv6 = 0x86DD,
}

/// <summary>Ethernet II header: 14 bytes, without preamble and frame check sequence (IEEE 802.3 §3).</summary>
public readonly partial record struct EthernetHeader(MacAddress Destination, MacAddress Source, EtherType Type)
{
    public const int Size = 14;

    /// <summary>Bytes of payload below which a frame on a wire is padded.</summary>
    public const int MinimumPayload = 46;

    /// <summary>Bytes of header and padded payload, without the frame check sequence.</summary>
    public const int MinimumFrameSize = Size + MinimumPayload;

    /// <summary>Reads the header at the start of <paramref name="frame"/>.</summary>
    /// <returns>False when fewer than 14 bytes are there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> frame, out EthernetHeader header)
    {
        header = default;
        if (frame.Length < Size)
            return false;
        header = new EthernetHeader(MacAddress.Read(frame), MacAddress.Read(frame[6..]), (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]));
        return true;
    }

    /// <summary>Writes 14 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[12..], (ushort)Type);
        Source.Write(destination[6..]);
        Destination.Write(destination);
    }
}
