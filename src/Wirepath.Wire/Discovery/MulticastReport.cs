using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>What a record of a listener report says (RFC 3810 §5.2.12), without lists of sources.</summary>
public enum MulticastRecordType : byte
{
    /// <summary>Still listening to whoever sends: the answer to a query.</summary>
    IsExclude = 2,
    /// <summary>No longer listening.</summary>
    ToInclude = 3,
    /// <summary>Listening from now on.</summary>
    ToExclude = 4,
}

/// <summary>MLDv2 report (RFC 3810 §5.2) about groups as a whole. It travels behind a router alert.</summary>
public static class MulticastReport
{
    /// <summary>ff02::16, where MLDv2 routers and snooping switches listen.</summary>
    public static readonly IpAddress Routers = IpAddress.V6(0xFF02_0000_0000_0000, 0x16);

    /// <summary>Hop-by-hop options with a router alert for MLD (RFC 2711), padded: 8 bytes.</summary>
    public static ReadOnlySpan<byte> RouterAlert => [(byte)IpProtocol.IcmpV6, 0, 5, 2, 0, 0, 1, 0];

    private const int RecordSize = 20;

    public static int LengthFor(int groups) => Icmpv6Header.Size + groups * RecordSize;

    /// <summary>Writes a report with the same record for each group; the checksum is left 0.</summary>
    public static void Write(Span<byte> destination, MulticastRecordType type, ReadOnlySpan<IpAddress> groups)
    {
        destination[..LengthFor(groups.Length)].Clear();
        destination[0] = (byte)Icmpv6Type.MulticastListenerReportV2;
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], (ushort)groups.Length);
        Span<byte> rest = destination[Icmpv6Header.Size..];
        foreach (IpAddress group in groups)
        {
            rest[0] = (byte)type;
            group.Write(rest.Slice(4, 16));
            rest = rest[RecordSize..];
        }
    }
}
