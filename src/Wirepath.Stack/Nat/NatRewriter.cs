using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Changes addresses and ports in place and mends the checksums that cover them (RFC 1624), without reading the payload.</summary>
internal static class NatRewriter
{
    private const int SourceOffset = 12;
    private const int DestinationOffset = 16;
    private const int IpChecksumOffset = 10;

    public static void RewriteSource(Packet packet, in Ipv4Header header, IpEndpoint to) => Rewrite(packet, header, SourceOffset, 0, to);

    public static void RewriteDestination(Packet packet, in Ipv4Header header, IpEndpoint to) => Rewrite(packet, header, DestinationOffset, 2, to);

    private static void Rewrite(Packet packet, in Ipv4Header header, int addressOffset, int portOffset, IpEndpoint to)
    {
        Span<byte> ip = packet.Head;
        uint oldAddress = BinaryPrimitives.ReadUInt32BigEndian(ip[addressOffset..]);
        RewriteAddress(ip, addressOffset, to.Address);
        Span<byte> transport = ip[header.HeaderLength..];
        bool partial = packet.Checksum == ChecksumState.Partial;
        switch (header.Protocol)
        {
            case IpProtocol.Tcp:
                Mend(transport, TcpHeader.ChecksumOffset, partial, oldAddress, to.Address.V4Value);
                RewritePort(transport, portOffset, to.Port, TcpHeader.ChecksumOffset, covered: !partial);
                break;
            case IpProtocol.Udp:
                bool none = !partial && BinaryPrimitives.ReadUInt16BigEndian(transport[UdpHeader.ChecksumOffset..]) == 0;
                if (!none)
                    Mend(transport, UdpHeader.ChecksumOffset, partial, oldAddress, to.Address.V4Value);
                RewritePort(transport, portOffset, to.Port, UdpHeader.ChecksumOffset, covered: !partial && !none);
                if (!none && !partial && BinaryPrimitives.ReadUInt16BigEndian(transport[UdpHeader.ChecksumOffset..]) == 0)
                    BinaryPrimitives.WriteUInt16BigEndian(transport[UdpHeader.ChecksumOffset..], 0xFFFF);
                break;
            case IpProtocol.Icmp:
                RewritePort(transport, 4, to.Port, IcmpHeader.ChecksumOffset, covered: true); // No pseudo-header.
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(header), "Only TCP, UDP and ICMP have something that plays a port.");
        }
    }

    public static void RewriteAddress(Span<byte> ip, int addressOffset, IpAddress to)
    {
        uint old = BinaryPrimitives.ReadUInt32BigEndian(ip[addressOffset..]);
        BinaryPrimitives.WriteUInt32BigEndian(ip[addressOffset..], to.V4Value);
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(ip[IpChecksumOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[IpChecksumOffset..], Checksum.Update(checksum, old, to.V4Value));
    }

    private static void RewritePort(Span<byte> transport, int offset, ushort port, int checksumOffset, bool covered)
    {
        ushort old = BinaryPrimitives.ReadUInt16BigEndian(transport[offset..]);
        BinaryPrimitives.WriteUInt16BigEndian(transport[offset..], port);
        if (!covered)
            return;
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(transport[checksumOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(transport[checksumOffset..], Checksum.Update(checksum, old, port));
    }

    // A partial checksum holds the sum itself, a finished one its complement.
    private static void Mend(Span<byte> transport, int checksumOffset, bool partial, uint oldAddress, uint newAddress)
    {
        ushort field = BinaryPrimitives.ReadUInt16BigEndian(transport[checksumOffset..]);
        ushort mended = partial ? (ushort)~Checksum.Update((ushort)~field, oldAddress, newAddress) : Checksum.Update(field, oldAddress, newAddress);
        BinaryPrimitives.WriteUInt16BigEndian(transport[checksumOffset..], mended);
    }

    /// <summary>Reads the packet that an ICMP error quotes: at least eight bytes behind its header are wanted.</summary>
    /// <param name="quote">From the quoted IP header on.</param>
    /// <param name="quoted">The quoted header.</param>
    /// <param name="sourcePort">Or the echo identifier of a quoted request.</param>
    /// <param name="destinationPort">Or the echo identifier of a quoted reply.</param>
    public static bool TryReadQuote(ReadOnlySpan<byte> quote, out Ipv4Header quoted, out ushort sourcePort, out ushort destinationPort)
    {
        (sourcePort, destinationPort) = (0, 0);
        if (!Ipv4Header.TryReadQuoted(quote, out quoted) || quoted.FragmentOffset != 0 || quote.Length < quoted.HeaderLength + 8)
            return false;
        ReadOnlySpan<byte> transport = quote[quoted.HeaderLength..];
        switch (quoted.Protocol)
        {
            case IpProtocol.Tcp or IpProtocol.Udp:
                sourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport);
                destinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
                return true;
            case IpProtocol.Icmp when transport[0] == (byte)IcmpType.Echo:
                sourcePort = BinaryPrimitives.ReadUInt16BigEndian(transport[4..]);
                return true;
            case IpProtocol.Icmp when transport[0] == (byte)IcmpType.EchoReply:
                destinationPort = BinaryPrimitives.ReadUInt16BigEndian(transport[4..]);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Shows the quoted packet as the receiver of the error knows it. The quoted transport checksum is mended where it is within the quotation.</summary>
    public static void RewriteQuote(Span<byte> quote, in Ipv4Header quoted, IpEndpoint to, bool isSource)
    {
        int addressOffset = isSource ? SourceOffset : DestinationOffset;
        uint oldAddress = BinaryPrimitives.ReadUInt32BigEndian(quote[addressOffset..]);
        RewriteAddress(quote, addressOffset, to.Address);
        Span<byte> transport = quote[quoted.HeaderLength..];
        int checksumOffset = quoted.Protocol switch
        {
            IpProtocol.Tcp => TcpHeader.ChecksumOffset,
            IpProtocol.Udp => UdpHeader.ChecksumOffset,
            _ => IcmpHeader.ChecksumOffset,
        };
        bool covered = transport.Length >= checksumOffset + 2
            && !(quoted.Protocol == IpProtocol.Udp && BinaryPrimitives.ReadUInt16BigEndian(transport[checksumOffset..]) == 0);
        int portOffset = quoted.Protocol == IpProtocol.Icmp ? 4 : isSource ? 0 : 2;
        RewritePort(transport, portOffset, to.Port, checksumOffset, covered);
        if (covered && quoted.Protocol != IpProtocol.Icmp)
            Mend(transport, checksumOffset, partial: false, oldAddress, to.Address.V4Value);
    }
}
