using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>What is looked at of an IP header of either version.</summary>
/// <param name="Tos">The whole byte; traffic class in IPv6.</param>
/// <param name="Ttl">Hop limit in IPv6.</param>
/// <param name="FlowLabel">0 in IPv4.</param>
internal readonly record struct SeenIp(IpAddress Source, IpAddress Destination, byte Tos, byte Ttl, uint FlowLabel)
{
    public byte Ecn => (byte)(Tos & 3);
}

/// <summary>A segment that has left the host, read back.</summary>
/// <param name="At">Since the script began.</param>
/// <param name="Ip">IP header.</param>
/// <param name="Tcp">TCP header.</param>
/// <param name="Options">As TCP reads them.</param>
/// <param name="OptionBytes">As they stand on the wire.</param>
/// <param name="Payload">Bytes.</param>
/// <param name="ChecksumRight">All checksums.</param>
internal sealed record SeenSegment(TimeSpan At, SeenIp Ip, TcpHeader Tcp, TcpOptions Options, byte[] OptionBytes, byte[] Payload, bool ChecksumRight)
{
    /// <summary>In the segments of one super-segment these differ: the first says that the window was reduced, the last pushes and ends.</summary>
    private const TcpFlags Varying = TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr;

    public IpEndpoint Source => new(Ip.Source, Tcp.SourcePort);

    public IpEndpoint Destination => new(Ip.Destination, Tcp.DestinationPort);

    /// <summary>The next one goes on where this ends, and says nothing else new.</summary>
    public bool IsContinuedBy(SeenSegment next) =>
        next.Payload.Length > 0 && next.Tcp.Sequence == Tcp.Sequence + Payload.Length && next.Tcp.Acknowledgment == Tcp.Acknowledgment
        && next.Tcp.Window == Tcp.Window && next.OptionBytes.Length == OptionBytes.Length
        && (next.Tcp.Flags & ~Varying) == (Tcp.Flags & ~Varying) && (Tcp.Flags & (TcpFlags.Fin | TcpFlags.Syn)) == 0;

    /// <summary>Both as one: a script need not know in what pieces a burst leaves. PSH is that of the end.</summary>
    public SeenSegment With(SeenSegment next) =>
        this with { Tcp = Tcp with { Flags = (Tcp.Flags & ~TcpFlags.Psh) | next.Tcp.Flags }, Payload = [.. Payload, .. next.Payload], ChecksumRight = ChecksumRight && next.ChecksumRight };

    /// <returns>False for anything but TCP.</returns>
    public static bool TryRead(TimeSpan at, ReadOnlySpan<byte> packet, [NotNullWhen(true)] out SeenSegment? segment)
    {
        segment = null;
        if (Ipv4Header.TryRead(packet, out Ipv4Header v4))
        {
            var ip = new SeenIp(v4.Source, v4.Destination, packet[1], v4.TimeToLive, 0);
            return v4.Protocol == IpProtocol.Tcp && TryRead(at, ip, packet[v4.HeaderLength..v4.TotalLength], Ipv4Header.HasValidChecksum(packet), out segment);
        }

        if (!Ipv6Header.TryRead(packet, out Ipv6Header v6) || v6.NextHeader != IpProtocol.Tcp)
            return false;
        return TryRead(at, new SeenIp(v6.Source, v6.Destination, v6.TrafficClass, v6.HopLimit, v6.FlowLabel),
            packet.Slice(Ipv6Header.Size, v6.PayloadLength), ipRight: true, out segment);
    }

    private static bool TryRead(TimeSpan at, SeenIp ip, ReadOnlySpan<byte> bytes, bool ipRight, [NotNullWhen(true)] out SeenSegment? segment)
    {
        segment = null;
        if (!TcpHeader.TryRead(bytes, out TcpHeader tcp))
            return false;
        ReadOnlySpan<byte> optionBytes = bytes[TcpHeader.Size..tcp.HeaderLength];
        bool optionsRight = TcpOptions.TryRead(optionBytes, out TcpOptions options);
        bool right = ipRight && optionsRight && Checksum.Compute(bytes, Checksum.PseudoHeader(ip.Source, ip.Destination, IpProtocol.Tcp, bytes.Length)) == 0;
        segment = new SeenSegment(at, ip, tcp, options, optionBytes.ToArray(), bytes[tcp.HeaderLength..].ToArray(), right);
        return true;
    }
}
