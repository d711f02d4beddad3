using Wirepath.Wire;

namespace Wirepath.Events;

/// <summary>The mask test and the longest-prefix look-up for a new conversation.</summary>
/// <param name="NextHop">The gateway, or the destination itself when it is on the same network.</param>
/// <param name="Prefix">The route that matched.</param>
public sealed record RouteChosen(IpAddress Destination, IpAddress Source, IpPrefix Prefix, IpAddress NextHop, string Interface, bool OnLink) : Happening;

public sealed record RouteMissing(IpAddress Destination) : Happening;

/// <summary>A router passed a packet on. <paramref name="TimeToLive"/> is what the packet leaves with.</summary>
public sealed record PacketForwarded(IpAddress Source, IpAddress Destination, string In, string Out, IpAddress NextHop, int TimeToLive) : Happening;

public sealed record PacketFragmented(IpAddress Source, IpAddress Destination, int Length, int Mtu, int Fragments) : Happening;

public sealed record PacketReassembled(IpAddress Source, IpAddress Destination, int Length, int Fragments) : Happening;

/// <summary>Fragments whose rest never came (RFC 791: the reassembly timer).</summary>
public sealed record ReassemblyTimedOut(IpAddress Source, IpAddress Destination, int Fragments) : Happening;

public sealed record PathMtuChanged(IpAddress Destination, int Mtu) : Happening;

/// <summary>A NAT rewrote a packet, outward (source) or inward (destination).</summary>
public sealed record NatTranslated(IpProtocol Protocol, IpEndpoint Before, IpEndpoint After, bool Outward, bool NewMapping) : Happening;

/// <param name="Quoted">Destination of the packet that an error message quotes; none for echo.</param>
public sealed record IcmpSent(IpAddress To, IcmpType Type, byte Code, IpAddress Quoted) : Happening;

public sealed record IcmpReceived(IpAddress From, IcmpType Type, byte Code, IpAddress Quoted) : Happening;

/// <inheritdoc cref="IcmpSent"/>
public sealed record Icmpv6Sent(IpAddress To, Icmpv6Type Type, byte Code, IpAddress Quoted) : Happening;

public sealed record Icmpv6Received(IpAddress From, Icmpv6Type Type, byte Code, IpAddress Quoted) : Happening;

public sealed record DatagramSent(IpEndpoint From, IpEndpoint To, int Length) : Happening;

public sealed record DatagramReceived(IpEndpoint From, IpEndpoint To, int Length) : Happening;

/// <summary>One probe of <c>traceroute</c> and what came back.</summary>
public sealed record ProbeAnswered(int TimeToLive, IpAddress From, TimeSpan RoundTrip, bool Reached) : Happening;

public sealed record ProbeLost(int TimeToLive) : Happening;

/// <summary>A DHCP message in either direction (RFC 2131): DISCOVER, OFFER, REQUEST, ACK, NAK …</summary>
public sealed record DhcpExchange(string Interface, bool Sent, string MessageType, IpAddress Offered, IpAddress Server) : Happening;

/// <summary>Duplicate address detection (RFC 4862 §5.4) asks whether anybody uses an address that an interface wants.</summary>
public sealed record AddressTested(string Interface, IpAddress Address, int Attempt) : Happening;

/// <summary>Somebody does: the interface goes without the address.</summary>
public sealed record AddressRefused(string Interface, IpAddress Address, MacAddress By) : Happening;

/// <summary>A router advertisement (RFC 4861 §6.3.4) was believed.</summary>
/// <param name="Lifetime">For how long it may be the default router; zero: not at all.</param>
/// <param name="Mtu">Of the link; 0 when not told.</param>
/// <param name="Prefixes">How many networks it told of.</param>
public sealed record RouterHeard(string Interface, IpAddress Router, TimeSpan Lifetime, int Mtu, int Prefixes) : Happening;

/// <summary>An interface got an address: by hand (<paramref name="Origin"/> static), by DHCP, from a router's prefix, or link-local.</summary>
public sealed record AddressConfigured(string Interface, InterfaceAddress Address, IpAddress Gateway, string Origin, TimeSpan Lease) : Happening;
