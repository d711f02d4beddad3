using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Wirepath.Wire;

/// <summary>RDATA in presentation format, as each type's RFC has it; what cannot be read comes out as RFC 3597 §5 says.</summary>
internal static class RdataText
{
    public static string Format(DnsType type, ReadOnlyMemory<byte> data)
    {
        string? text = type switch
        {
            DnsType.A when data.Length == 4 => IpAddress.Read(data.Span).ToString(),
            DnsType.AAAA when data.Length == 16 => IpAddress.Read(data.Span).ToString(),
            DnsType.NS or DnsType.CNAME or DnsType.PTR or DnsType.DNAME or DnsType.MB or DnsType.MG or DnsType.MR or DnsType.MD or DnsType.MF => Name(data),
            DnsType.SOA when SoaData.TryRead(data, out SoaData soa) => Invariant(
                $"{soa.PrimaryServer} {soa.Mailbox} {soa.Serial} {soa.Refresh} {soa.Retry} {soa.Expire} {soa.Minimum}"),
            DnsType.MX when MxData.TryRead(data, out MxData mx) => Invariant($"{mx.Preference} {mx.Exchange}"),
            DnsType.SRV when SrvData.TryRead(data, out SrvData srv) => Invariant($"{srv.Priority} {srv.Weight} {srv.Port} {srv.Target}"),
            DnsType.TXT or DnsType.SPF or DnsType.HINFO when TxtData.TryRead(data, out TxtData txt) =>
                string.Join(' ', txt.Strings.Select(text => Quoted(text.Span))),
            DnsType.CAA when CaaData.TryRead(data, out CaaData caa) =>
                Invariant($"{caa.Flags} {Encoding.Latin1.GetString(caa.Tag.Span)} {Quoted(caa.Value.Span)}"),
            DnsType.DS or DnsType.CDS when DsData.TryRead(data, out DsData ds) =>
                Invariant($"{ds.KeyTag} {ds.Algorithm} {ds.DigestType} {Convert.ToHexString(ds.Digest.Span)}"),
            DnsType.DNSKEY or DnsType.CDNSKEY when DnsKeyData.TryRead(data, out DnsKeyData key) =>
                Invariant($"{key.Flags} {key.Protocol} {key.Algorithm} {Convert.ToBase64String(key.PublicKey.Span)}"),
            DnsType.RRSIG when RrsigData.TryRead(data, out RrsigData rrsig) => Invariant(
                $"{DnsMnemonic.Of(rrsig.TypeCovered)} {rrsig.Algorithm} {rrsig.Labels} {rrsig.OriginalTtl} {Time(rrsig.Expiration)} {Time(rrsig.Inception)} {rrsig.KeyTag} {rrsig.Signer} {Convert.ToBase64String(rrsig.Signature.Span)}"),
            DnsType.NSEC when NsecData.TryRead(data, out NsecData nsec) => $"{nsec.Next} {nsec.Types}",
            DnsType.NSEC3 when Nsec3Data.TryRead(data, out Nsec3Data nsec3) => Invariant(
                $"{nsec3.HashAlgorithm} {nsec3.Flags} {nsec3.Iterations} {Salt(nsec3.Salt.Span)} {Base32Hex(nsec3.NextHash.Span)} {nsec3.Types}"),
            DnsType.NSEC3PARAM when Nsec3ParamData.TryRead(data, out Nsec3ParamData parameters) => Invariant(
                $"{parameters.HashAlgorithm} {parameters.Flags} {parameters.Iterations} {Salt(parameters.Salt.Span)}"),
            DnsType.SVCB or DnsType.HTTPS when SvcbData.TryRead(data, out SvcbData svcb) => Svcb(svcb),
            DnsType.TLSA or DnsType.SMIMEA when data.Length > 3 => Invariant(
                $"{data.Span[0]} {data.Span[1]} {data.Span[2]} {Convert.ToHexString(data.Span[3..])}"),
            DnsType.SSHFP when data.Length > 2 => Invariant($"{data.Span[0]} {data.Span[1]} {Convert.ToHexString(data.Span[2..])}"),
            _ => null,
        };
        return text ?? (data.IsEmpty ? @"\# 0" : Invariant($@"\# {data.Length} {Convert.ToHexString(data.Span)}"));
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

    private static string? Name(ReadOnlyMemory<byte> data) =>
        DomainName.TryRead(data.Span, out DomainName name) && name.Size == data.Length ? name.ToString() : null;

    private static string Salt(ReadOnlySpan<byte> salt) => salt.IsEmpty ? "-" : Convert.ToHexString(salt);

    // RFC 4034 §3.2: YYYYMMDDHHmmSS in UTC.
    private static string Time(uint seconds) => DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    private static string Quoted(ReadOnlySpan<byte> bytes)
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

    private static string Svcb(SvcbData svcb)
    {
        var text = new StringBuilder(Invariant($"{svcb.Priority} {svcb.Target}"));
        foreach (SvcParam parameter in svcb.Parameters)
            text.Append(' ').Append(SvcParameter(parameter.Key, parameter.Value));
        return text.ToString();
    }

    private static string SvcParameter(SvcParamKey key, ReadOnlyMemory<byte> value) => key switch
    {
        SvcParamKey.Mandatory when value.Length % 2 == 0 => "mandatory=" + string.Join(',', UInt16s(value).Select(number => KeyName((SvcParamKey)number))),
        SvcParamKey.Alpn when TxtData.TryRead(value, out TxtData alpn) => "alpn=" + Quoted(Encoding.Latin1.GetBytes(
            string.Join(',', alpn.Strings.Select(id => Encoding.Latin1.GetString(id.Span)
                .Replace(@"\", @"\\", StringComparison.Ordinal).Replace(",", @"\,", StringComparison.Ordinal))))),
        SvcParamKey.NoDefaultAlpn when value.IsEmpty => "no-default-alpn",
        SvcParamKey.Port when value.Length == 2 => Invariant($"port={BinaryPrimitives.ReadUInt16BigEndian(value.Span)}"),
        SvcParamKey.Ipv4Hint when value.Length % 4 == 0 => "ipv4hint=" + Addresses(value, 4),
        SvcParamKey.Ipv6Hint when value.Length % 16 == 0 => "ipv6hint=" + Addresses(value, 16),
        SvcParamKey.Ech => "ech=" + Convert.ToBase64String(value.Span),
        _ => $"{KeyName(key)}={Quoted(value.Span)}",
    };

    private static string KeyName(SvcParamKey key) => key switch
    {
        SvcParamKey.Mandatory => "mandatory",
        SvcParamKey.Alpn => "alpn",
        SvcParamKey.NoDefaultAlpn => "no-default-alpn",
        SvcParamKey.Port => "port",
        SvcParamKey.Ipv4Hint => "ipv4hint",
        SvcParamKey.Ech => "ech",
        SvcParamKey.Ipv6Hint => "ipv6hint",
        SvcParamKey.DohPath => "dohpath",
        _ => Invariant($"key{(ushort)key}"),
    };

    private static IEnumerable<ushort> UInt16s(ReadOnlyMemory<byte> bytes)
    {
        for (int i = 0; i + 1 < bytes.Length; i += 2)
            yield return BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[i..]);
    }

    private static string Addresses(ReadOnlyMemory<byte> bytes, int size)
    {
        var addresses = new List<IpAddress>();
        SvcbData.ReadAddresses(bytes.Span, size, addresses);
        return string.Join(',', addresses);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
