using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Wirepath.Wire;

/// <summary>Options of IPv4, TCP and DHCP as fields, one for each; where a length lies, the rest stays bytes.</summary>
internal static class OptionFields
{
    public static void AddIpv4(LayerBuilder layer)
    {
        if (layer.Remaining == 0 || layer.Position != Ipv4Header.Size)
            return;
        if (!Ipv4Options.TryRead(layer.Bytes[Ipv4Header.Size..], out Ipv4Options options))
            return;
        foreach (Ipv4Option option in options)
        {
            switch (option.Type)
            {
                case Ipv4OptionType.EndOfOptions:
                    layer.Add("Option End", layer.Remaining, "", "End of options, and padding");
                    break;
                case Ipv4OptionType.NoOperation:
                    layer.Add("Option NOP", 1, "", "Fills up to a boundary");
                    break;
                case Ipv4OptionType.RecordRoute or Ipv4OptionType.LooseSourceRoute or Ipv4OptionType.StrictSourceRoute:
                    layer.Add($"Option {option.Type}", option.Bytes.Length, Route(option), "Addresses on the way");
                    break;
                case Ipv4OptionType.RouterAlert:
                    layer.Add("Option RouterAlert", option.Bytes.Length, Number(option.RouterAlertValue), "Routers shall look at this packet");
                    break;
                case Ipv4OptionType.Timestamp:
                    layer.Add("Option Timestamp", option.Bytes.Length, LayerBuilder.Hex(option.Bytes[2..]), "Times on the way");
                    break;
                default:
                    layer.Add($"Option {(byte)option.Type}", option.Bytes.Length, LayerBuilder.Hex(option.Bytes[2..]), "Unknown option");
                    break;
            }
        }
    }

    public static void AddTcp(LayerBuilder layer)
    {
        while (layer.Remaining > 0)
        {
            ReadOnlySpan<byte> rest = layer.Bytes[layer.Position..];
            var kind = (TcpOptionKind)rest[0];
            if (kind == TcpOptionKind.EndOfOptions)
            {
                layer.Add("Option End", rest.Length, "", "End of options, and padding");
                return;
            }

            if (kind == TcpOptionKind.NoOperation)
            {
                layer.Add("Option NOP", 1, "", "Fills up to a boundary");
                continue;
            }

            if (rest.Length < 2 || rest[1] < 2 || rest[1] > rest.Length)
                return;
            ReadOnlySpan<byte> whole = rest[..rest[1]];
            // One option by itself: what TcpOptions takes from it is what the stack would.
            TcpOptions.TryRead(whole, out TcpOptions option);
            (string name, string value, string meaning) = kind switch
            {
                TcpOptionKind.MaximumSegmentSize when option.HasMss => ("MSS", Number(option.Mss), "Bytes of payload that the sender takes in one segment"),
                TcpOptionKind.WindowScale when option.HasWindowScale =>
                    ("Window scale", $"{option.WindowScale} (×{1L << Math.Min((int)option.WindowScale, 14)})", "The window counts in units of this"),
                TcpOptionKind.SackPermitted when option.SackPermitted => ("SACK permitted", "", "Selective acknowledgments may be sent"),
                TcpOptionKind.Sack when option.SackCount > 0 => ("SACK", Blocks(option), "Received out of order: first byte up to the byte behind"),
                TcpOptionKind.Timestamps when option.HasTimestamps =>
                    ("Timestamps", string.Create(CultureInfo.InvariantCulture, $"TSval {option.TimestampValue} TSecr {option.TimestampEcho}"), "Sender's clock, and the receiver's as last seen"),
                TcpOptionKind.FastOpen when option.HasFastOpen =>
                    ("Fast Open", option.FastOpenCookie.IsEmpty ? "cookie wanted" : Convert.ToHexStringLower(option.FastOpenCookie), "Cookie that allows data on the SYN"),
                _ => (Number((byte)kind), LayerBuilder.Hex(whole[2..]), "Unknown option"),
            };
            layer.Add("Option " + name, whole.Length, value, meaning);
        }
    }

    public static void AddDhcp(LayerBuilder layer)
    {
        layer.AddFigure(DhcpMessage.Fields);
        if (layer.Position < DhcpMessage.OptionsOffset)
            return;
        while (layer.Remaining > 0)
        {
            ReadOnlySpan<byte> rest = layer.Bytes[layer.Position..];
            var code = (DhcpOptionCode)rest[0];
            if (code == DhcpOptionCode.End)
            {
                layer.Add("Option End", 1, "", "End of options");
                layer.Add("Padding", layer.Remaining, "zeros", "Fills the message up to 300 bytes");
                return;
            }

            if (code == DhcpOptionCode.Pad)
            {
                layer.Add("Option Pad", 1, "", "Fills up to a boundary");
                continue;
            }

            if (rest.Length < 2 || rest[1] > rest.Length - 2)
                return;
            ReadOnlySpan<byte> data = rest.Slice(2, rest[1]);
            layer.Add($"Option {(Enum.IsDefined(code) ? code.ToString() : Number((byte)code))}", 2 + data.Length, DhcpValue(code, data), "DHCP option");
        }
    }

    private static string DhcpValue(DhcpOptionCode code, ReadOnlySpan<byte> data) => (code, data.Length) switch
    {
        (DhcpOptionCode.MessageType, 1) when Enum.IsDefined((DhcpMessageType)data[0]) => $"{(DhcpMessageType)data[0]} ({data[0]})",
        (DhcpOptionCode.SubnetMask or DhcpOptionCode.Router or DhcpOptionCode.DnsServers or DhcpOptionCode.BroadcastAddress
            or DhcpOptionCode.RequestedIp or DhcpOptionCode.ServerId, > 0) when data.Length % 4 == 0 => Addresses(data),
        (DhcpOptionCode.LeaseTime or DhcpOptionCode.RenewalTime or DhcpOptionCode.RebindingTime, 4) => Number(BinaryPrimitives.ReadUInt32BigEndian(data)) + " s",
        (DhcpOptionCode.InterfaceMtu or DhcpOptionCode.MaxMessageSize, 2) => Number(BinaryPrimitives.ReadUInt16BigEndian(data)) + " bytes",
        (DhcpOptionCode.HostName or DhcpOptionCode.DomainName or DhcpOptionCode.Message, _) => Printable(data),
        (DhcpOptionCode.ParameterList, _) => Codes(data),
        _ => LayerBuilder.Hex(data),
    };

    /// <summary>Text as it is, bytes that are none as dots.</summary>
    internal static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (byte b in bytes)
            text.Append(b is >= 32 and < 127 ? (char)b : '.');
        return text.ToString();
    }

    private static string Route(Ipv4Option option)
    {
        var text = new StringBuilder();
        for (int i = 0; i < option.AddressCount; i++)
            text.Append(i == 0 ? "" : " ").Append(i * 4 + 4 == option.Pointer ? "▸" : "").Append(option.GetAddress(i));
        return text.ToString();
    }

    private static string Blocks(TcpOptions option)
    {
        var text = new StringBuilder();
        for (int i = 0; i < option.SackCount; i++)
            text.Append(i == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{option[i].Left}–{option[i].Right}");
        return text.ToString();
    }

    private static string Addresses(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        for (int i = 0; i < data.Length; i += 4)
            text.Append(i == 0 ? "" : " ").Append(IpAddress.Read(data.Slice(i, 4)));
        return text.ToString();
    }

    private static string Codes(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        foreach (byte b in data)
            text.Append(text.Length == 0 ? "" : " ").Append(Enum.IsDefined((DhcpOptionCode)b) ? ((DhcpOptionCode)b).ToString() : Number(b));
        return text.ToString();
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
