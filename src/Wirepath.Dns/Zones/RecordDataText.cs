using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Turns the data fields of an entry into RDATA, each type by its RFC; any type as <c>\# length hex</c> (RFC 3597 §5).</summary>
internal static class RecordDataText
{
    /// <returns>The data; meaningless when the reader has an error afterwards.</returns>
    public static byte[] Read(EntryReader reader, DnsType type)
    {
        if (reader.HasMore && reader.Next is { Text: @"\#", IsQuoted: false })
            return ReadGeneric(reader, type);
        byte[] data;
        if (type is DnsType.SVCB or DnsType.HTTPS)
        {
            data = ServiceBindingText.Read(reader);
        }
        else if (type == DnsType.LOC)
        {
            data = LocationText.Read(reader);
        }
        else
        {
            ReadOnlySpan<RdataField> layout = RdataLayout.Of(type);
            if (layout.IsEmpty)
            {
                ZoneToken token = reader.Take($@"the data of a {DnsMnemonic.Of(type)} record as \# length hex");
                reader.Fail(token, $@"the data of a {DnsMnemonic.Of(type)} record can be given only as \# length hex here (RFC 3597).");
                return [];
            }

            var bytes = new List<byte>();
            foreach (RdataField field in layout)
            {
                ReadField(reader, type, field, bytes);
                if (reader.Error is not null)
                    return [];
            }

            data = [.. bytes];
        }

        reader.ExpectEnd($"the data of the {DnsMnemonic.Of(type)} record");
        if (data.Length > ushort.MaxValue && reader.Error is null)
            reader.FailAtEnd(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the data have {data.Length} bytes, {ushort.MaxValue} are the most."));
        return data;
    }

    private static void ReadField(EntryReader reader, DnsType type, RdataField field, List<byte> data)
    {
        switch (field.Kind)
        {
            case RdataFieldKind.Name:
                data.AddRange(reader.Name(field.What).Wire);
                break;
            case RdataFieldKind.Byte:
                data.Add(reader.Byte(field.What));
                break;
            case RdataFieldKind.Algorithm:
                data.Add(reader.Algorithm(field.What));
                break;
            case RdataFieldKind.UInt16:
                AddUInt16(data, reader.UInt16(field.What));
                break;
            case RdataFieldKind.CertificateType:
                AddUInt16(data, reader.CertificateType(field.What));
                break;
            case RdataFieldKind.UInt32:
                AddUInt32(data, reader.Number(field.What, uint.MaxValue));
                break;
            case RdataFieldKind.Seconds:
                AddUInt32(data, reader.Seconds(field.What));
                break;
            case RdataFieldKind.Time:
                AddUInt32(data, reader.Time(field.What));
                break;
            case RdataFieldKind.Ipv4 or RdataFieldKind.Ipv6:
                byte[] address = new byte[field.Kind == RdataFieldKind.Ipv4 ? 4 : 16];
                IpAddress read = reader.Address(v4: field.Kind == RdataFieldKind.Ipv4);
                if (reader.Error is null)
                    read.Write(address);
                data.AddRange(address);
                break;
            case RdataFieldKind.HardwareAddress:
                data.AddRange(reader.HardwareAddress(field.What, type == DnsType.EUI48 ? 6 : 8));
                break;
            case RdataFieldKind.CharacterString:
                AddText(data, reader.Text(field.What));
                break;
            case RdataFieldKind.CharacterStrings:
                AddText(data, reader.Text(field.What));
                while (reader.HasMore)
                    AddText(data, reader.Text(field.What));
                break;
            case RdataFieldKind.Tag:
                AddText(data, reader.Tag(field.What));
                break;
            case RdataFieldKind.Text:
                data.AddRange(reader.Text(field.What, most: 65000));
                break;
            case RdataFieldKind.Hex:
                data.AddRange(reader.Hex(field.What));
                break;
            case RdataFieldKind.Base64:
                data.AddRange(reader.Base64(field.What));
                break;
            case RdataFieldKind.Salt:
                AddText(data, reader.Salt(field.What));
                break;
            case RdataFieldKind.Hash:
                AddText(data, reader.Hash(field.What));
                break;
            case RdataFieldKind.Type:
                AddUInt16(data, (ushort)reader.Type(field.What));
                break;
            case RdataFieldKind.Types:
                var types = new List<DnsType>();
                while (reader.HasMore)
                    types.Add(reader.Type(field.What));
                data.AddRange(DnsTypeBitmap.Of(types).Wire.Span);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(field));
        }
    }

    private static byte[] ReadGeneric(EntryReader reader, DnsType type)
    {
        reader.Take(@"\#");
        ZoneToken at = reader.HasMore ? reader.Next : default;
        ushort length = reader.UInt16("the length of the data in bytes");
        byte[] data = length == 0 ? [] : reader.Hex("the data");
        reader.ExpectEnd("the data");
        if (data.Length != length)
            reader.Fail(at, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the length says {length} bytes, {data.Length} are there."));
        else if (!CouldHold(type, data))
            reader.Fail(at, $"these bytes are not the data of a {DnsMnemonic.Of(type)} record.");
        return data;
    }

    // Data of which only the spelling is odd (an empty key, a bitmap with a zero byte too many) are let through; a type of
    // which a server makes something must be what it says.
    private static bool CouldHold(DnsType type, byte[] data) => type switch
    {
        DnsType.A or DnsType.AAAA or DnsType.NS or DnsType.CNAME or DnsType.DNAME or DnsType.PTR or DnsType.SOA or DnsType.MX or DnsType.SRV
            => RdataLayout.Holds(type, data),
        DnsType.RRSIG => RrsigData.TryRead(data, out _),
        DnsType.NSEC => NsecData.TryRead(data, out _),
        DnsType.NSEC3 => Nsec3Data.TryRead(data, out _),
        DnsType.NSEC3PARAM => Nsec3ParamData.TryRead(data, out _),
        DnsType.DNSKEY => DnsKeyData.TryRead(data, out _),
        DnsType.DS => DsData.TryRead(data, out _),
        _ => true,
    };

    private static void AddUInt16(List<byte> data, ushort value)
    {
        data.Add((byte)(value >> 8));
        data.Add((byte)value);
    }

    private static void AddUInt32(List<byte> data, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        data.AddRange(bytes);
    }

    private static void AddText(List<byte> data, byte[] text)
    {
        data.Add((byte)text.Length);
        data.AddRange(text);
    }
}
