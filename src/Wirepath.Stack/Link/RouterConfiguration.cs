using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What the routers of a link have told (RFC 4861 §6.3.4, RFC 4862 §5.5, RFC 8106).</summary>
/// <param name="Addresses">That the interface has made itself in their networks.</param>
/// <param name="Router">The default router; none when there is none.</param>
/// <param name="DnsServers">In the order of preference.</param>
/// <param name="Mtu">Of the link; 0 when not told.</param>
public sealed record RouterConfiguration(IReadOnlyList<InterfaceAddress> Addresses, IpAddress Router, IReadOnlyList<IpAddress> DnsServers, int Mtu);
