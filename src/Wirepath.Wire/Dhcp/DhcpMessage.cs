using System.Buffers.Binary;
using System.Text;

namespace Wirepath.Wire;

/// <summary>
/// A DHCPv4 message for Ethernet (RFC 2131 §2): fixed fields, and the options as a list with typed views.
/// Setting a view replaces the option; setting it to null removes it. A view of an option that is there
/// with a wrong length is null.
/// </summary>
public sealed partial class DhcpMessage
{
    public const ushort ServerPort = 67;
    public const ushort ClientPort = 68;

    /// <summary>Bytes that a message is padded to, for relays that still think in BOOTP (RFC 1542 §2.1).</summary>
    public const int MinimumSize = 300;

    internal const int FixedSize = 236;
    internal const int NameOffset = 44;
    internal const int FileOffset = 108;
    internal const uint MagicCookie = 0x63825363;
    internal const int OptionsOffset = FixedSize + 4;

    private const ushort BroadcastFlag = 0x8000;
    private const byte EthernetHardware = 1;

    private readonly List<DhcpOption> _options = [];

    public DhcpOperation Operation { get; set; } = DhcpOperation.BootRequest;

    /// <summary>Relays on the way.</summary>
    public byte Hops { get; set; }

    /// <summary>xid: chosen by the client.</summary>
    public uint TransactionId { get; set; }

    /// <summary>Seconds since the client began.</summary>
    public ushort Seconds { get; set; }

    /// <summary>The client cannot take unicast yet (RFC 2131 §4.1).</summary>
    public bool Broadcast { get; set; }

    /// <summary>ciaddr: the address that the client has and answers ARP for.</summary>
    public IpAddress ClientIp { get; set; } = IpAddress.AnyV4;

    /// <summary>yiaddr: the address that the server gives.</summary>
    public IpAddress YourIp { get; set; } = IpAddress.AnyV4;

    /// <summary>siaddr: the next server of a boot, not the DHCP server.</summary>
    public IpAddress NextServerIp { get; set; } = IpAddress.AnyV4;

    /// <summary>giaddr: the relay.</summary>
    public IpAddress RelayIp { get; set; } = IpAddress.AnyV4;

    /// <summary>chaddr.</summary>
    public MacAddress ClientMac { get; set; }

    /// <summary>All options in the order of the wire, without pad, end and overload.</summary>
    public IReadOnlyList<DhcpOption> Options => _options;

    public DhcpMessageType MessageType
    {
        get => Get(DhcpOptionCode.MessageType) is { Length: 1 } data ? (DhcpMessageType)data.Span[0] : DhcpMessageType.None;
        set => Set(DhcpOptionCode.MessageType, value == DhcpMessageType.None ? null : [(byte)value]);
    }

    public IpAddress? SubnetMask
    {
        get => GetAddress(DhcpOptionCode.SubnetMask);
        set => SetAddress(DhcpOptionCode.SubnetMask, value);
    }

    /// <summary>In the order of preference.</summary>
    public IReadOnlyList<IpAddress> Routers
    {
        get => GetAddresses(DhcpOptionCode.Router);
        set => SetAddresses(DhcpOptionCode.Router, value);
    }

    /// <summary>In the order of preference.</summary>
    public IReadOnlyList<IpAddress> DnsServers
    {
        get => GetAddresses(DhcpOptionCode.DnsServers);
        set => SetAddresses(DhcpOptionCode.DnsServers, value);
    }

    public string? DomainName
    {
        get => GetText(DhcpOptionCode.DomainName);
        set => SetText(DhcpOptionCode.DomainName, value);
    }

    public string? HostName
    {
        get => GetText(DhcpOptionCode.HostName);
        set => SetText(DhcpOptionCode.HostName, value);
    }

    /// <summary>Words for people, in a NAK or a decline.</summary>
    public string? Message
    {
        get => GetText(DhcpOptionCode.Message);
        set => SetText(DhcpOptionCode.Message, value);
    }

    /// <summary>Seconds; 0xFFFFFFFF is forever.</summary>
    public uint? LeaseTime
    {
        get => GetUInt32(DhcpOptionCode.LeaseTime);
        set => SetUInt32(DhcpOptionCode.LeaseTime, value);
    }

    /// <summary>T1 in seconds.</summary>
    public uint? RenewalTime
    {
        get => GetUInt32(DhcpOptionCode.RenewalTime);
        set => SetUInt32(DhcpOptionCode.RenewalTime, value);
    }

    /// <summary>T2 in seconds.</summary>
    public uint? RebindingTime
    {
        get => GetUInt32(DhcpOptionCode.RebindingTime);
        set => SetUInt32(DhcpOptionCode.RebindingTime, value);
    }

    public IpAddress? ServerId
    {
        get => GetAddress(DhcpOptionCode.ServerId);
        set => SetAddress(DhcpOptionCode.ServerId, value);
    }

    public IpAddress? RequestedIp
    {
        get => GetAddress(DhcpOptionCode.RequestedIp);
        set => SetAddress(DhcpOptionCode.RequestedIp, value);
    }

    public IpAddress? BroadcastAddress
    {
        get => GetAddress(DhcpOptionCode.BroadcastAddress);
        set => SetAddress(DhcpOptionCode.BroadcastAddress, value);
    }

    /// <summary>Bytes; at least 68.</summary>
    public ushort? Mtu
    {
        get => GetUInt16(DhcpOptionCode.InterfaceMtu);
        set => SetUInt16(DhcpOptionCode.InterfaceMtu, value);
    }

    /// <summary>Bytes of the largest IP packet with a DHCP message that the client takes.</summary>
    public ushort? MaxMessageSize
    {
        get => GetUInt16(DhcpOptionCode.MaxMessageSize);
        set => SetUInt16(DhcpOptionCode.MaxMessageSize, value);
    }

    /// <summary>Which options the client wants to hear.</summary>
    public IReadOnlyList<DhcpOptionCode> ParameterList
    {
        get
        {
            ReadOnlyMemory<byte> data = Get(DhcpOptionCode.ParameterList) ?? default;
            var codes = new DhcpOptionCode[data.Length];
            for (int i = 0; i < codes.Length; i++)
                codes[i] = (DhcpOptionCode)data.Span[i];
            return codes;
        }
        set => Set(DhcpOptionCode.ParameterList, value is { Count: > 0 } ? [.. value.Select(code => (byte)code)] : null);
    }

    /// <summary>A hardware type byte and whatever names the client (RFC 2132 §9.14).</summary>
    public ReadOnlyMemory<byte>? ClientId
    {
        get => Get(DhcpOptionCode.ClientId);
        set => Set(DhcpOptionCode.ClientId, value?.ToArray());
    }

    /// <summary>The bytes of an option, or null when it is not there.</summary>
    public ReadOnlyMemory<byte>? Get(DhcpOptionCode code)
    {
        foreach (DhcpOption option in _options)
        {
            if (option.Code == code)
                return option.Data;
        }

        return null;
    }

    /// <summary>Replaces an option in its place, or adds it at the end; null removes it.</summary>
    public void Set(DhcpOptionCode code, byte[]? data)
    {
        int index = _options.FindIndex(option => option.Code == code);
        if (data is null)
        {
            if (index >= 0)
                _options.RemoveAt(index);
        }
        else if (index >= 0)
        {
            _options[index] = new DhcpOption(code, data);
        }
        else
        {
            _options.Add(new DhcpOption(code, data));
        }
    }

    /// <summary>Reads the payload of a UDP datagram.</summary>
    /// <returns>
    /// False when it is shorter than the fixed fields and the magic cookie, not for Ethernet, neither request nor reply,
    /// or an option's length lies.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DhcpMessage message)
    {
        message = null!;
        if (bytes.Length < OptionsOffset || bytes[0] is not (1 or 2) || bytes[1] != EthernetHardware || bytes[2] != MacAddress.Size
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[FixedSize..]) != MagicCookie)
            return false;
        var result = new DhcpMessage
        {
            Operation = (DhcpOperation)bytes[0],
            Hops = bytes[3],
            TransactionId = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            Seconds = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]),
            Broadcast = (BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]) & BroadcastFlag) != 0,
            ClientIp = IpAddress.Read(bytes.Slice(12, 4)),
            YourIp = IpAddress.Read(bytes.Slice(16, 4)),
            NextServerIp = IpAddress.Read(bytes.Slice(20, 4)),
            RelayIp = IpAddress.Read(bytes.Slice(24, 4)),
            ClientMac = MacAddress.Read(bytes[28..]),
        };
        if (!result.TryTakeOptions(bytes[OptionsOffset..], out byte overload))
            return false;
        // RFC 2131 §4.1: first the boot file field, then the server name field.
        if ((overload & 1) != 0 && !result.TryTakeOptions(bytes[FileOffset..FixedSize], out _))
            return false;
        if ((overload & 2) != 0 && !result.TryTakeOptions(bytes[NameOffset..FileOffset], out _))
            return false;
        message = result;
        return true;
    }

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public int Size
    {
        get
        {
            int size = OptionsOffset + 1;
            foreach (DhcpOption option in _options)
                size += option.Data.Length + 2 * Pieces(option.Data.Length);
            return Math.Max(size, MinimumSize);
        }
    }

    /// <summary>Writes the message, padded to <see cref="MinimumSize"/>; options longer than 255 bytes are split (RFC 3396).</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination)
    {
        int size = Size;
        destination = destination[..size];
        destination.Clear();
        destination[0] = (byte)Operation;
        destination[1] = EthernetHardware;
        destination[2] = MacAddress.Size;
        destination[3] = Hops;
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], TransactionId);
        BinaryPrimitives.WriteUInt16BigEndian(destination[8..], Seconds);
        BinaryPrimitives.WriteUInt16BigEndian(destination[10..], Broadcast ? BroadcastFlag : (ushort)0);
        ClientIp.Write(destination[12..16]);
        YourIp.Write(destination[16..20]);
        NextServerIp.Write(destination[20..24]);
        RelayIp.Write(destination[24..28]);
        ClientMac.Write(destination[28..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination[FixedSize..], MagicCookie);
        Span<byte> rest = destination[OptionsOffset..];
        foreach (DhcpOption option in _options)
        {
            ReadOnlySpan<byte> data = option.Data.Span;
            for (int pieces = Pieces(data.Length); pieces > 0; pieces--)
            {
                int length = Math.Min(data.Length, 255);
                rest[0] = (byte)option.Code;
                rest[1] = (byte)length;
                data[..length].CopyTo(rest[2..]);
                data = data[length..];
                rest = rest[(2 + length)..];
            }
        }

        rest[0] = (byte)DhcpOptionCode.End;
        return size;
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    private static int Pieces(int length) => Math.Max(1, (length + 254) / 255);

    private bool TryTakeOptions(ReadOnlySpan<byte> bytes, out byte overload)
    {
        overload = 0;
        while (bytes.Length > 0)
        {
            var code = (DhcpOptionCode)bytes[0];
            if (code == DhcpOptionCode.End)
                return true;
            if (code == DhcpOptionCode.Pad)
            {
                bytes = bytes[1..];
                continue;
            }

            if (bytes.Length < 2 || bytes[1] > bytes.Length - 2)
                return false;
            ReadOnlySpan<byte> data = bytes.Slice(2, bytes[1]);
            bytes = bytes[(2 + data.Length)..];
            if (code == DhcpOptionCode.Overload)
                overload = data.Length == 1 ? data[0] : (byte)0;
            else
                Set(code, Get(code) is { } first ? [.. first.Span, .. data] : data.ToArray());
        }

        return true; // Without an end option, as some servers send it.
    }

    private IpAddress? GetAddress(DhcpOptionCode code) => Get(code) is { Length: 4 } data ? IpAddress.Read(data.Span) : null;

    private void SetAddress(DhcpOptionCode code, IpAddress? address) => SetAddresses(code, address is { } one ? [one] : []);

    private IpAddress[] GetAddresses(DhcpOptionCode code)
    {
        ReadOnlyMemory<byte> data = Get(code) ?? default;
        if (data.Length % 4 != 0)
            return [];
        var addresses = new IpAddress[data.Length / 4];
        for (int i = 0; i < addresses.Length; i++)
            addresses[i] = IpAddress.Read(data.Span.Slice(i * 4, 4));
        return addresses;
    }

    private void SetAddresses(DhcpOptionCode code, IReadOnlyList<IpAddress> addresses)
    {
        byte[] data = new byte[addresses.Count * 4];
        for (int i = 0; i < addresses.Count; i++)
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(i * 4), addresses[i].V4Value);
        Set(code, data.Length == 0 ? null : data);
    }

    // Some servers end their texts with a zero (RFC 2132 §2).
    private string? GetText(DhcpOptionCode code) => Get(code) is { } data ? Encoding.UTF8.GetString(data.Span.TrimEnd((byte)0)) : null;

    private void SetText(DhcpOptionCode code, string? text) => Set(code, text is null ? null : Encoding.UTF8.GetBytes(text));

    private uint? GetUInt32(DhcpOptionCode code) => Get(code) is { Length: 4 } data ? BinaryPrimitives.ReadUInt32BigEndian(data.Span) : null;

    private void SetUInt32(DhcpOptionCode code, uint? value)
    {
        byte[]? data = value is null ? null : new byte[4];
        if (data is not null)
            BinaryPrimitives.WriteUInt32BigEndian(data, value!.Value);
        Set(code, data);
    }

    private ushort? GetUInt16(DhcpOptionCode code) => Get(code) is { Length: 2 } data ? BinaryPrimitives.ReadUInt16BigEndian(data.Span) : null;

    private void SetUInt16(DhcpOptionCode code, ushort? value)
    {
        byte[]? data = value is null ? null : new byte[2];
        if (data is not null)
            BinaryPrimitives.WriteUInt16BigEndian(data, value!.Value);
        Set(code, data);
    }
}
