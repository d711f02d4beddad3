using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What a DHCP server gave.</summary>
/// <param name="Address">Address and prefix length.</param>
/// <param name="Gateway">The default router; none when the network has none.</param>
/// <param name="DnsServers">In the order of preference.</param>
/// <param name="Domain">The domain of unqualified names; null when not told.</param>
/// <param name="LeaseTime">From the moment of the request; <see cref="TimeSpan.MaxValue"/> is forever.</param>
/// <param name="Mtu">Bytes; 0 when not told.</param>
/// <param name="Server">Who gave it.</param>
public sealed record DhcpLease(
    InterfaceAddress Address, IpAddress Gateway, IReadOnlyList<IpAddress> DnsServers, string? Domain, TimeSpan LeaseTime, int Mtu, IpAddress Server);
