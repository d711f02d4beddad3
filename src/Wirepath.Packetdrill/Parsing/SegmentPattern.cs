using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>The ECN field as a script names it.</summary>
internal enum EcnPattern : byte
{
    /// <summary>Not written down: not checked outwards, Not-ECT inwards.</summary>
    Unnamed,
    NotEct,
    Ect0,
    Ect1,

    /// <summary>ECT(0) or ECT(1).</summary>
    EitherEct,
    Ce,
}

/// <param name="Ecn">The two bits of RFC 3168.</param>
/// <param name="Tos">The whole byte, traffic class in IPv6; null when not written down.</param>
/// <param name="Ttl">Hop limit in IPv6; null when not written down.</param>
/// <param name="FlowLabel">Of IPv6; null when not written down.</param>
internal sealed record IpPattern(EcnPattern Ecn, byte? Tos = null, byte? Ttl = null, uint? FlowLabel = null)
{
    public static IpPattern Unnamed { get; } = new(EcnPattern.Unnamed);
}

/// <summary>
/// A segment as a script writes it. Numbers are the script's own: our side's begin where the script says that our SYN stands,
/// whatever ISS the host has chosen.
/// </summary>
/// <param name="Flags">Control bits.</param>
/// <param name="Sequence">First number.</param>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Acknowledgment">Null when not written down.</param>
/// <param name="Window">As in the header, not scaled; null when not written down.</param>
/// <param name="UrgentPointer">Null when not written down.</param>
/// <param name="Options">In order, NOPs included; null for <c>...</c>: any.</param>
/// <param name="Ip">What the script says about the IP header.</param>
/// <param name="Ports">Others than those of the connection under test; null when not written down.</param>
internal sealed record SegmentPattern(
    TcpFlags Flags, uint Sequence, int Length, uint? Acknowledgment, ushort? Window, ushort? UrgentPointer,
    IReadOnlyList<OptionPattern>? Options, IpPattern Ip, (ushort Source, ushort Destination)? Ports = null);

/// <param name="Kind">IANA's number.</param>
/// <param name="First">MSS, shift, TSval, or a block's left edge.</param>
/// <param name="Second">TSecr, or a block's right edge.</param>
/// <param name="Blocks">For SACK: all blocks.</param>
/// <param name="Cookie">For Fast Open, and for kinds that have no reading here.</param>
internal sealed record OptionPattern(TcpOptionKind Kind, uint First = 0, uint Second = 0, IReadOnlyList<(uint Left, uint Right)>? Blocks = null, byte[]? Cookie = null);

/// <param name="Type">Number of the type, of ICMP or ICMPv6.</param>
/// <param name="Code">Its meaning depends on the type.</param>
/// <param name="Mtu">For "fragmentation needed" and "packet too big".</param>
/// <param name="EchoIdentifier">For echo messages.</param>
/// <param name="Sequence">First number of the segment that is quoted, in the script's counting; null: the connection's first.</param>
/// <param name="Length">Its payload in bytes.</param>
internal sealed record IcmpPattern(byte Type, byte Code, uint Mtu, ushort EchoIdentifier, uint? Sequence, int Length);
