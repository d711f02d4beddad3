using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Turns the data fields of an entry into RDATA, each type by its RFC; any type as <c>\# length hex</c> (RFC 3597 §5).</summary>
internal static class RecordDataText
{
    public static byte[] Read(EntryReader reader, DnsType type)
    {
        if (reader.HasMore && reader.Next is { Text: @"\#", IsQuoted: false })
            return ReadGeneric(reader);
        string done = $"the data of the {DnsMnemonic.Of(type)} record";
        byte[] data;
        switch (type)
        {
            case DnsType.A or DnsType.AAAA:
                IpAddress address = reader.Address(v4: type == DnsType.A);
                data = new byte[address.Size];
                address.Write(data);
                break;
            case DnsType.NS:
                data = reader.Name("the name of a name server").Wire.ToArray();
                break;
            case DnsType.CNAME or DnsType.DNAME or DnsType.PTR:
                data = reader.Name("the name it points to").Wire.ToArray();
                break;
            case DnsType.MX:
                data = new MxData(reader.UInt16("the preference"), reader.Name("the name of a mail server")).ToArray();
                break;
            case DnsType.SOA:
                data = new SoaData(
                    reader.Name("the name of the primary server"), reader.Name("the mailbox of who is responsible"),
                    reader.Number("the serial number", uint.MaxValue), reader.Duration("the refresh time"), reader.Duration("the retry time"),
                    reader.Duration("the expire time"), reader.Duration("the minimum (negative) TTL")).ToArray();
                break;
            case DnsType.SRV:
                data = new SrvData(reader.UInt16("the priority"), reader.UInt16("the weight"), reader.UInt16("the port"), reader.Name("the target")).ToArray();
                break;
            case DnsType.TXT or DnsType.SPF:
                data = ReadTexts(reader, least: 1, most: int.MaxValue);
                break;
            case DnsType.HINFO:
                data = ReadTexts(reader, least: 2, most: 2);
                break;
            case DnsType.CAA:
                data = new CaaData(reader.Byte("the flags"), reader.Text("the tag"), reader.Text("the value", most: 65000)).ToArray();
                break;
            case DnsType.DS or DnsType.CDS:
                data = new DsData(reader.UInt16("the key tag"), reader.Byte("the algorithm"), reader.Byte("the digest type"), reader.Hex("the digest")).ToArray();
                break;
            case DnsType.TLSA or DnsType.SMIMEA:
                data = [reader.Byte("the usage"), reader.Byte("the selector"), reader.Byte("the matching type"), .. reader.Hex("the certificate's data")];
                break;
            case DnsType.SSHFP:
                data = [reader.Byte("the algorithm"), reader.Byte("the fingerprint's type"), .. reader.Hex("the fingerprint")];
                break;
            case DnsType.SVCB or DnsType.HTTPS:
                data = ServiceBindingText.Read(reader);
                break;
            default:
                ZoneToken token = reader.Take($@"the data of a {DnsMnemonic.Of(type)} record as \# length hex");
                reader.Fail(token, $@"the data of a {DnsMnemonic.Of(type)} record can be given only as \# length hex here (RFC 3597).");
                return [];
        }

        reader.ExpectEnd(done);
        return data;
    }

    private static byte[] ReadTexts(EntryReader reader, int least, int most)
    {
        var data = new List<byte>();
        for (int i = 0; i < least || (reader.HasMore && i < most); i++)
        {
            byte[] text = reader.Text("a text");
            if (reader.Error is not null)
                return [];
            data.Add((byte)text.Length);
            data.AddRange(text);
        }

        return [.. data];
    }

    private static byte[] ReadGeneric(EntryReader reader)
    {
        reader.Take(@"\#");
        ZoneToken at = reader.HasMore ? reader.Next : default;
        ushort length = reader.UInt16("the length of the data in bytes");
        byte[] data = length == 0 ? [] : reader.Hex("the data");
        reader.ExpectEnd("the data");
        if (data.Length != length)
            reader.Fail(at, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the length says {length} bytes, {data.Length} are there."));
        return data;
    }
}
