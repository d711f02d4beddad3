namespace Wirepath.Wire;

/// <summary>What an IP packet carries (IANA "Protocol Numbers"); in IPv6 also the extension headers.</summary>
public enum IpProtocol : byte
{
    HopByHopOptions = 0,
    Icmp = 1,
    Igmp = 2,
    Tcp = 6,
    Udp = 17,
    Ipv6Route = 43,
    Ipv6Fragment = 44,
    Esp = 50,
    AuthenticationHeader = 51,
    IcmpV6 = 58,
    Ipv6NoNextHeader = 59,
    Ipv6DestinationOptions = 60,
}
