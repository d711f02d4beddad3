namespace Wirepath.Wire;

/// <summary>
/// Where names lie in the data of the types of RFC 1035, the only ones in which they may be compressed
/// (RFC 3597 §4): so many bytes, so many names, so many bytes.
/// </summary>
internal readonly record struct RdataShape(int Before, int Names, int After)
{
    public static RdataShape Of(DnsType type) => type switch
    {
        DnsType.NS or DnsType.MD or DnsType.MF or DnsType.CNAME or DnsType.MB or DnsType.MG or DnsType.MR or DnsType.PTR => new(0, 1, 0),
        DnsType.MINFO => new(0, 2, 0),
        DnsType.MX => new(2, 1, 0),
        DnsType.SOA => new(0, 2, 20),
        _ => default,
    };
}

internal static class RdataCompression
{
    /// <summary>Copies RDATA out of a message, names decompressed.</summary>
    /// <returns>False when a type of RFC 1035 does not hold exactly what it should.</returns>
    public static bool TryExpand(ReadOnlySpan<byte> message, int offset, int length, DnsType type, out byte[] data)
    {
        data = [];
        RdataShape shape = RdataShape.Of(type);
        if (shape.Names == 0)
        {
            bool sizeFits = type switch
            {
                DnsType.A => length == 4,
                DnsType.AAAA => length == 16,
                _ => true,
            };
            if (sizeFits)
                data = message.Slice(offset, length).ToArray();
            return sizeFits;
        }

        int end = offset + length;
        int at = offset + shape.Before;
        if (at > end)
            return false;
        // Reading must not leave this record's data, other than backwards through pointers.
        ReadOnlySpan<byte> readable = message[..end];
        if (!DomainName.TryRead(readable, ref at, out DomainName first))
            return false;
        DomainName second = default;
        if (shape.Names == 2 && !DomainName.TryRead(readable, ref at, out second))
            return false;
        if (end - at != shape.After)
            return false;
        int secondSize = shape.Names == 2 ? second.Size : 0;
        data = new byte[shape.Before + first.Size + secondSize + shape.After];
        message.Slice(offset, shape.Before).CopyTo(data);
        first.Wire.CopyTo(data.AsSpan(shape.Before));
        if (shape.Names == 2)
            second.Wire.CopyTo(data.AsSpan(shape.Before + first.Size));
        message.Slice(at, shape.After).CopyTo(data.AsSpan(shape.Before + first.Size + secondSize));
        return true;
    }
}
