using System.Globalization;
using System.Text;

namespace Wirepath.Wire;

/// <summary>RDATA in presentation format, as each type's RFC has it; what cannot be read comes out as RFC 3597 §5 says.</summary>
internal static class RdataText
{
    public static string Format(DnsType type, ReadOnlyMemory<byte> data) =>
        TryFormat(type, data) ?? (data.IsEmpty ? @"\# 0" : Invariant($@"\# {data.Length} {Convert.ToHexString(data.Span)}"));

    /// <returns>Null when the type has no text of its own, or the data are not what it says; text that is read again gives the same bytes.</returns>
    public static string? TryFormat(DnsType type, ReadOnlyMemory<byte> data)
    {
        if (type is DnsType.SVCB or DnsType.HTTPS)
            return SvcbData.TryRead(data, out SvcbData svcb) ? SvcbText.Format(svcb) : null;
        if (type == DnsType.LOC)
            return LocText.TryFormat(data.Span);
        ReadOnlySpan<RdataField> layout = RdataLayout.Of(type);
        if (layout.IsEmpty || !SizeFits(type, data.Length))
            return null;
        var reader = new RdataReader(data);
        var text = new StringBuilder();
        foreach (RdataField field in layout)
        {
            if (text.Length > 0)
                text.Append(' ');
            if (!TryAppend(text, field.Kind, ref reader))
                return null;
        }

        return reader.IsComplete ? text.ToString().TrimEnd(' ') : null;
    }

    // DNAME's and friends' sizes follow from their fields; a hardware address has none of its own.
    private static bool SizeFits(DnsType type, int size) => type switch
    {
        DnsType.EUI48 => size == 6,
        DnsType.EUI64 => size == 8,
        _ => true,
    };

    private static bool TryAppend(StringBuilder text, RdataFieldKind kind, ref RdataReader reader)
    {
        switch (kind)
        {
            case RdataFieldKind.Name:
                text.Append(reader.Name());
                break;
            case RdataFieldKind.Byte or RdataFieldKind.Algorithm:
                text.Append(CultureInfo.InvariantCulture, $"{reader.Byte()}");
                break;
            case RdataFieldKind.UInt16 or RdataFieldKind.CertificateType:
                text.Append(CultureInfo.InvariantCulture, $"{reader.UInt16()}");
                break;
            case RdataFieldKind.UInt32 or RdataFieldKind.Seconds:
                text.Append(CultureInfo.InvariantCulture, $"{reader.UInt32()}");
                break;
            case RdataFieldKind.Time:
                text.Append(DateTimeOffset.FromUnixTimeSeconds(reader.UInt32()).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture));
                break;
            case RdataFieldKind.Ipv4 or RdataFieldKind.Ipv6:
                ReadOnlyMemory<byte> address = reader.Bytes(kind == RdataFieldKind.Ipv4 ? 4 : 16);
                if (reader.Failed)
                    return false;
                text.Append(IpAddress.Read(address.Span));
                break;
            case RdataFieldKind.HardwareAddress:
                text.Append(BitConverter.ToString(reader.Rest().ToArray()).ToLowerInvariant());
                break;
            case RdataFieldKind.CharacterString:
                text.Append(Quoted(reader.CharacterString().Span));
                break;
            case RdataFieldKind.CharacterStrings:
                text.Append(Quoted(reader.CharacterString().Span));
                while (reader.HasMore)
                    text.Append(' ').Append(Quoted(reader.CharacterString().Span));
                break;
            case RdataFieldKind.Tag:
                string tag = Encoding.Latin1.GetString(reader.CharacterString().Span);
                text.Append(tag);
                return !reader.Failed && tag.Length > 0 && tag.All(char.IsAsciiLetterOrDigit);
            case RdataFieldKind.Text:
                text.Append(Quoted(reader.Rest().Span));
                break;
            case RdataFieldKind.Hex:
                text.Append(Convert.ToHexString(AtLeastOne(ref reader)));
                break;
            case RdataFieldKind.Base64:
                text.Append(Convert.ToBase64String(AtLeastOne(ref reader)));
                break;
            case RdataFieldKind.Salt:
                ReadOnlyMemory<byte> salt = reader.CharacterString();
                text.Append(salt.IsEmpty ? "-" : Convert.ToHexString(salt.Span));
                break;
            case RdataFieldKind.Hash:
                ReadOnlyMemory<byte> hash = reader.CharacterString();
                text.Append(Base32Hex(hash.Span));
                return !reader.Failed && !hash.IsEmpty;
            case RdataFieldKind.Type:
                ushort type = reader.UInt16();
                text.Append(DnsMnemonic.Of((DnsType)type));
                return !reader.Failed && type != 0;
            case RdataFieldKind.Types:
                ReadOnlyMemory<byte> types = reader.Rest();
                if (!DnsTypeBitmap.TryRead(types, out DnsTypeBitmap bitmap) || bitmap.Contains(DnsType.None) || bitmap != DnsTypeBitmap.Of(bitmap.Types()))
                    return false;
                text.Append(bitmap);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }

        return !reader.Failed;
    }

    private static ReadOnlySpan<byte> AtLeastOne(ref RdataReader reader)
    {
        ReadOnlySpan<byte> first = reader.Bytes(1).Span;
        return first.IsEmpty ? first : (byte[])[first[0], .. reader.Rest().Span];
    }

    /// <summary>RFC 4648 §7, without padding: how NSEC3 writes hashes.</summary>
    internal static string Base32Hex(ReadOnlySpan<byte> bytes)
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
        var text = new StringBuilder();
        int bits = 0;
        int value = 0;
        foreach (byte b in bytes)
        {
            value = (value << 8) | b;
            for (bits += 8; bits >= 5; bits -= 5)
                text.Append(Digits[(value >> (bits - 5)) & 31]);
            value &= (1 << bits) - 1;
        }

        if (bits > 0)
            text.Append(Digits[(value << (5 - bits)) & 31]);
        return text.ToString();
    }

    internal static string Quoted(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        foreach (byte b in bytes)
        {
            if (b is (byte)'"' or (byte)'\\')
                text.Append('\\').Append((char)b);
            else if (b is >= 32 and < 127)
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\{b:D3}");
        }

        return text.Append('"').ToString();
    }

    internal static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
