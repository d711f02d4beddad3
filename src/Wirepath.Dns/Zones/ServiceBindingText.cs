using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Data of SVCB and HTTPS records as text (RFC 9460 §2.1).</summary>
internal static class ServiceBindingText
{
    public static byte[] Read(EntryReader reader)
    {
        ushort priority = reader.UInt16("the priority");
        DomainName target = reader.Name("the target");
        var parameters = new SortedDictionary<SvcParamKey, ReadOnlyMemory<byte>>();
        while (reader.HasMore)
        {
            ZoneToken token = reader.Take("a parameter");
            string[] parts = token.Text.Split('=', 2);
            if (!TryParseKey(parts[0], out SvcParamKey key))
            {
                reader.Fail(token, $"'{parts[0]}' is not a service parameter such as alpn, port, ipv4hint or key65280.");
                return [];
            }

            string written = parts.Length > 1 ? parts[1] : "";
            // alpn="h2,h3" comes as a word and a quoted string right behind it.
            if (written.Length == 0 && parts.Length > 1 && reader.HasMore && reader.Next.IsQuoted && reader.Next.Column == token.EndColumn && reader.Next.Line == token.Line)
                written = reader.Take("a value").Text;
            // RFC 9460 §2.1: behind a key given by its number, the value's bytes stand as they are.
            bool isOpaque = parts[0].StartsWith("key", StringComparison.Ordinal);
            if (!ZoneLexer.TryUnescape(written, out byte[] value) || !(isOpaque ? TryTake(value, out byte[] wire) : TryParseValue(key, value, out wire)))
                reader.Fail(token, $"the value of '{parts[0]}' is not what RFC 9460 wants there.");
            else if (!parameters.TryAdd(key, wire))
                reader.Fail(token, $"'{parts[0]}' is given twice.");
        }

        if (reader.Error is not null)
            return [];
        return new SvcbData(priority, target, [.. parameters.Select(p => new SvcParam(p.Key, p.Value))]).ToArray();
    }

    private static bool TryTake(byte[] value, out byte[] wire)
    {
        wire = value;
        return value.Length <= ushort.MaxValue;
    }

    private static bool TryParseKey(string text, out SvcParamKey key)
    {
        key = text switch
        {
            "mandatory" => SvcParamKey.Mandatory,
            "alpn" => SvcParamKey.Alpn,
            "no-default-alpn" => SvcParamKey.NoDefaultAlpn,
            "port" => SvcParamKey.Port,
            "ipv4hint" => SvcParamKey.Ipv4Hint,
            "ech" => SvcParamKey.Ech,
            "ipv6hint" => SvcParamKey.Ipv6Hint,
            "dohpath" => SvcParamKey.DohPath,
            _ => (SvcParamKey)ushort.MaxValue,
        };
        if (key != (SvcParamKey)ushort.MaxValue)
            return true;
        if (!text.StartsWith("key", StringComparison.Ordinal)
            || !ushort.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) || number == ushort.MaxValue)
            return false;
        key = (SvcParamKey)number;
        return true;
    }

    private static bool TryParseValue(SvcParamKey key, byte[] value, out byte[] wire)
    {
        wire = [];
        string text = Encoding.Latin1.GetString(value);
        switch (key)
        {
            case SvcParamKey.Mandatory:
                var keys = new List<SvcParamKey>();
                foreach (string part in text.Split(','))
                {
                    if (!TryParseKey(part, out SvcParamKey listed) || keys.Contains(listed))
                        return false;
                    keys.Add(listed);
                }

                wire = [.. keys.Order().SelectMany(k => new[] { (byte)((ushort)k >> 8), (byte)k })];
                return true;
            case SvcParamKey.Alpn:
                return TryParseList(value, out wire);
            case SvcParamKey.NoDefaultAlpn:
                return text.Length == 0;
            case SvcParamKey.Port:
                if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
                    return false;
                wire = new byte[2];
                BinaryPrimitives.WriteUInt16BigEndian(wire, port);
                return true;
            case SvcParamKey.Ipv4Hint or SvcParamKey.Ipv6Hint:
                int size = key == SvcParamKey.Ipv4Hint ? 4 : 16;
                string[] hints = text.Split(',');
                wire = new byte[size * hints.Length];
                for (int i = 0; i < hints.Length; i++)
                {
                    if (!IpAddress.TryParse(hints[i], out IpAddress address) || address.Size != size)
                        return false;
                    address.Write(wire.AsSpan(i * size));
                }

                return true;
            case SvcParamKey.Ech:
                byte[] buffer = new byte[text.Length];
                if (!Convert.TryFromBase64String(text, buffer, out int written) || written == 0)
                    return false;
                wire = buffer[..written];
                return true;
            default:
                wire = value;
                return value.Length > 0;
        }
    }

    // RFC 9460 appendix A.1: a comma that is part of an item has a backslash before it, and so has a backslash.
    private static bool TryParseList(byte[] value, out byte[] wire)
    {
        wire = [];
        var list = new List<byte>();
        var item = new List<byte>();
        for (int i = 0; i <= value.Length; i++)
        {
            if (i < value.Length && value[i] == (byte)'\\')
            {
                if (++i == value.Length)
                    return false;
                item.Add(value[i]);
            }
            else if (i < value.Length && value[i] != (byte)',')
            {
                item.Add(value[i]);
            }
            else
            {
                if (item.Count is 0 or > 255)
                    return false;
                list.Add((byte)item.Count);
                list.AddRange(item);
                item.Clear();
            }
        }

        wire = [.. list];
        return true;
    }
}
