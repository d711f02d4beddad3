namespace Wirepath.Wire;

/// <summary>Code of a DHCP option (RFC 2132, IANA "BOOTP Vendor Extensions and DHCP Options").</summary>
public enum DhcpOptionCode : byte
{
    Pad = 0,
    SubnetMask = 1,
    Router = 3,
    DnsServers = 6,
    HostName = 12,
    DomainName = 15,
    InterfaceMtu = 26,
    BroadcastAddress = 28,
    RequestedIp = 50,
    LeaseTime = 51,
    Overload = 52,
    MessageType = 53,
    ServerId = 54,
    ParameterList = 55,
    Message = 56,
    MaxMessageSize = 57,
    RenewalTime = 58,
    RebindingTime = 59,
    ClientId = 61,
    End = 255,
}

/// <summary>Option 53 (RFC 2132 §9.6).</summary>
public enum DhcpMessageType : byte
{
    None = 0,
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Ack = 5,
    Nak = 6,
    Release = 7,
    Inform = 8,
}

/// <summary>Who speaks (RFC 2131 §2).</summary>
public enum DhcpOperation : byte
{
    BootRequest = 1,
    BootReply = 2,
}

/// <summary>An option as it stands on the wire, its pieces joined (RFC 3396).</summary>
public readonly record struct DhcpOption(DhcpOptionCode Code, ReadOnlyMemory<byte> Data)
{
    public bool Equals(DhcpOption other) => Code == other.Code && Data.Span.SequenceEqual(other.Data.Span);

    public override int GetHashCode() => HashCode.Combine(Code, Data.Length);
}
