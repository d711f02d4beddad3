using System.Buffers.Binary;
using System.Text;

namespace Wirepath.Wire;

/// <summary>SVCB and HTTPS in presentation format (RFC 9460 §2.1). A value that is not what its key says is written as <c>keyN="…"</c>.</summary>
internal static class SvcbText
{
    public static string Format(SvcbData svcb)
    {
        var text = new StringBuilder(RdataText.Invariant($"{svcb.Priority} {svcb.Target}"));
        foreach (SvcParam parameter in svcb.Parameters)
            text.Append(' ').Append(Known(parameter.Key, parameter.Value) ?? Opaque(parameter));
        return text.ToString();
    }

    private static string Opaque(SvcParam parameter) => RdataText.Invariant($"key{(ushort)parameter.Key}=") + RdataText.Quoted(parameter.Value.Span);

    private static string? Known(SvcParamKey key, ReadOnlyMemory<byte> value) => key switch
    {
        SvcParamKey.Mandatory when IsAscending(value.Span) => "mandatory=" + string.Join(',', UInt16s(value).Select(number => KeyName((SvcParamKey)number))),
        SvcParamKey.Alpn when TxtData.TryRead(value, out TxtData alpn) && alpn.Strings.All(id => !id.IsEmpty) => "alpn=" + RdataText.Quoted(Encoding.Latin1.GetBytes(
            string.Join(',', alpn.Strings.Select(id => Encoding.Latin1.GetString(id.Span)
                .Replace(@"\", @"\\", StringComparison.Ordinal).Replace(",", @"\,", StringComparison.Ordinal))))),
        SvcParamKey.NoDefaultAlpn when value.IsEmpty => "no-default-alpn",
        SvcParamKey.Port when value.Length == 2 => RdataText.Invariant($"port={BinaryPrimitives.ReadUInt16BigEndian(value.Span)}"),
        SvcParamKey.Ipv4Hint when value.Length > 0 && value.Length % 4 == 0 => "ipv4hint=" + Addresses(value, 4),
        SvcParamKey.Ipv6Hint when value.Length > 0 && value.Length % 16 == 0 => "ipv6hint=" + Addresses(value, 16),
        SvcParamKey.Ech when value.Length > 0 => "ech=" + Convert.ToBase64String(value.Span),
        SvcParamKey.DohPath when value.Length > 0 => "dohpath=" + RdataText.Quoted(value.Span),
        _ => null,
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
        _ => RdataText.Invariant($"key{(ushort)key}"),
    };

    private static bool IsAscending(ReadOnlySpan<byte> keys)
    {
        if (keys.Length == 0 || keys.Length % 2 != 0)
            return false;
        int last = -1;
        for (int i = 0; i < keys.Length; i += 2)
        {
            int key = BinaryPrimitives.ReadUInt16BigEndian(keys[i..]);
            if (key <= last || key == ushort.MaxValue)
                return false;
            last = key;
        }

        return true;
    }

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
}
