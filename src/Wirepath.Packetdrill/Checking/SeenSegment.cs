using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>A segment that has left the host, read back.</summary>
/// <param name="At">Since the script began.</param>
/// <param name="Ip">IP header.</param>
/// <param name="Tcp">TCP header.</param>
/// <param name="Options">As TCP reads them.</param>
/// <param name="OptionBytes">As they stand on the wire.</param>
/// <param name="Payload">Bytes.</param>
/// <param name="ChecksumRight">Both checksums.</param>
internal sealed record SeenSegment(TimeSpan At, Ipv4Header Ip, TcpHeader Tcp, TcpOptions Options, byte[] OptionBytes, byte[] Payload, bool ChecksumRight)
{
    public IpEndpoint Source => new(Ip.Source, Tcp.SourcePort);

    public IpEndpoint Destination => new(Ip.Destination, Tcp.DestinationPort);

    /// <summary>The next one goes on where this ends, and says nothing else new.</summary>
    public bool IsContinuedBy(SeenSegment next) =>
        next.At == At && next.Payload.Length > 0 && next.Tcp.Sequence == Tcp.Sequence + Payload.Length && next.Tcp.Acknowledgment == Tcp.Acknowledgment
        && (Tcp.Flags & (TcpFlags.Fin | TcpFlags.Syn)) == 0;

    /// <summary>Both as one: a script need not know in what pieces a burst leaves. PSH is that of the end.</summary>
    public SeenSegment With(SeenSegment next) =>
        this with { Tcp = Tcp with { Flags = (Tcp.Flags & ~TcpFlags.Psh) | next.Tcp.Flags }, Payload = [.. Payload, .. next.Payload], ChecksumRight = ChecksumRight && next.ChecksumRight };

    /// <returns>False for anything but TCP over IPv4.</returns>
    public static bool TryRead(TimeSpan at, ReadOnlySpan<byte> packet, [NotNullWhen(true)] out SeenSegment? segment)
    {
        segment = null;
        if (!Ipv4Header.TryRead(packet, out Ipv4Header ip) || ip.Protocol != IpProtocol.Tcp)
            return false;
        ReadOnlySpan<byte> bytes = packet[ip.HeaderLength..ip.TotalLength];
        if (!TcpHeader.TryRead(bytes, out TcpHeader tcp))
            return false;
        ReadOnlySpan<byte> optionBytes = bytes[TcpHeader.Size..tcp.HeaderLength];
        bool optionsRight = TcpOptions.TryRead(optionBytes, out TcpOptions options);
        bool right = optionsRight && Ipv4Header.HasValidChecksum(packet)
            && Checksum.Compute(bytes, Checksum.PseudoHeader(ip.Source, ip.Destination, IpProtocol.Tcp, bytes.Length)) == 0;
        segment = new SeenSegment(at, ip, tcp, options, optionBytes.ToArray(), bytes[tcp.HeaderLength..].ToArray(), right);
        return true;
    }
}
