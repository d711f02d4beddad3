namespace Wirepath.Wire;

/// <summary>What a walk along the extension headers of a packet came to.</summary>
public enum Ipv6ChainEnd
{
    /// <summary>A header that is no extension header: the upper layer.</summary>
    UpperLayer,
    /// <summary>A fragment header; what lies behind it makes sense only in the datagram put together.</summary>
    Fragment,
    /// <summary>"No next header": nothing more to be read.</summary>
    Nothing,
    /// <summary>Drop it without a word: cut short, too long a chain, or an option that asks for that.</summary>
    Discard,
    /// <summary>Drop it and send a parameter problem; <see cref="Ipv6HeaderChain.Code"/> and <see cref="Ipv6HeaderChain.Offset"/> say which and where.</summary>
    Problem,
}

/// <summary>
/// The walk along the extension headers (RFC 8200 §4), with the limits that RFC 8504 §5.3 allows a host: whoever sends dozens of
/// headers or options wants work done, not a packet delivered.
/// </summary>
/// <param name="End">How it ended.</param>
/// <param name="Protocol">The upper layer's protocol, or the header at which it ended.</param>
/// <param name="Offset">Bytes from the start of the packet to that header; of a problem, the byte that is wrong.</param>
/// <param name="PreviousOffset">Where the byte "next header" that names it lies.</param>
/// <param name="Code">Of a problem.</param>
/// <param name="AnswersMulticast">Of a problem: to be reported even when the packet went to a group.</param>
public readonly record struct Ipv6HeaderChain(
    Ipv6ChainEnd End, IpProtocol Protocol, int Offset, int PreviousOffset, Icmpv6ParameterCode Code, bool AnswersMulticast)
{
    /// <summary>Extension headers of one packet; each kind may be there once, destination options twice.</summary>
    public const int MostHeaders = 8;

    /// <summary>Options of one header, padding not counted (RFC 8504 §5.3 suggests 8).</summary>
    public const int MostOptions = 8;

    /// <summary>Bytes of padding in a row: an option needs no more than 7 to be aligned.</summary>
    public const int MostPadding = 7;

    private const byte Pad1 = 0, PadN = 1;

    /// <summary>True for what has the common form: next header, length in units of 8 bytes behind the first.</summary>
    public static bool IsExtension(IpProtocol protocol) =>
        protocol is IpProtocol.HopByHopOptions or IpProtocol.Ipv6Route or IpProtocol.Ipv6DestinationOptions or IpProtocol.Ipv6Fragment;

    /// <summary>Walks along the headers of a packet as its destination does.</summary>
    /// <param name="packet">From the IPv6 header on; what lies behind its end is not looked at.</param>
    /// <param name="start">Where the first header behind the IPv6 header, or behind the one that was taken off, lies.</param>
    /// <param name="first">What is there.</param>
    /// <param name="nameOffset">Where <paramref name="first"/> is named.</param>
    /// <param name="isQuoted">The packet is quoted by an error: options and routes are skipped unread.</param>
    public static Ipv6HeaderChain Walk(
        ReadOnlySpan<byte> packet, int start, IpProtocol first, int nameOffset = Ipv6Header.NextHeaderOffset, bool isQuoted = false)
    {
        IpProtocol protocol = first;
        int offset = start;
        for (int count = 0; count < MostHeaders; count++)
        {
            if (protocol == IpProtocol.Ipv6NoNextHeader)
                return new(Ipv6ChainEnd.Nothing, protocol, offset, nameOffset, 0, false);
            if (!IsExtension(protocol))
                return new(Ipv6ChainEnd.UpperLayer, protocol, offset, nameOffset, 0, false);
            // Hop-by-hop options stand at the front or are an unknown next header (RFC 8200 §4.1).
            if (protocol == IpProtocol.HopByHopOptions && nameOffset != Ipv6Header.NextHeaderOffset)
                return new(Ipv6ChainEnd.Problem, protocol, nameOffset, nameOffset, Icmpv6ParameterCode.NextHeader, false);
            if (packet.Length < offset + 8)
                return new(Ipv6ChainEnd.Discard, protocol, offset, nameOffset, 0, false);
            if (protocol == IpProtocol.Ipv6Fragment)
                return new(Ipv6ChainEnd.Fragment, protocol, offset, nameOffset, 0, false);
            int length = (packet[offset + 1] + 1) * 8;
            if (packet.Length < offset + length)
                return new(Ipv6ChainEnd.Discard, protocol, offset, nameOffset, 0, false);
            ReadOnlySpan<byte> header = packet.Slice(offset, length);
            Ipv6HeaderChain verdict = isQuoted ? default
                : protocol == IpProtocol.Ipv6Route ? JudgeRoute(header, offset) : JudgeOptions(header, offset);
            if (verdict.End != Ipv6ChainEnd.UpperLayer)
                return verdict;
            (nameOffset, protocol) = (offset, (IpProtocol)header[0]);
            offset += length;
        }

        return new(Ipv6ChainEnd.Discard, protocol, offset, nameOffset, 0, false);
    }

    // No routing header is obeyed: type 0 is an amplifier (RFC 5095), the others are for those who agreed on them. One that has been
    // followed to its end is skipped (RFC 8200 §4.4).
    private static Ipv6HeaderChain JudgeRoute(ReadOnlySpan<byte> header, int offset) =>
        header[3] == 0 ? default : new(Ipv6ChainEnd.Problem, IpProtocol.Ipv6Route, offset + 2, offset, Icmpv6ParameterCode.Header, false);

    private static Ipv6HeaderChain JudgeOptions(ReadOnlySpan<byte> header, int offset)
    {
        var discard = new Ipv6HeaderChain(Ipv6ChainEnd.Discard, default, offset, offset, 0, false);
        int count = 0, padding = 0;
        for (int at = 2; at < header.Length;)
        {
            byte type = header[at];
            if (type == Pad1)
            {
                at++;
                if (++padding > MostPadding)
                    return discard;
                continue;
            }

            if (at + 2 > header.Length || at + 2 + header[at + 1] > header.Length)
                return discard;
            int size = 2 + header[at + 1];
            if (type == PadN)
            {
                padding += size;
                if (padding > MostPadding)
                    return discard;
            }
            else
            {
                padding = 0;
                if (++count > MostOptions)
                    return discard;
                // RFC 8200 §4.2: the two highest bits say what to do with an option that is not known. Only those that may be skipped
                // (a router alert, a home address nobody here has) mean nothing to a host.
                switch (type >> 6)
                {
                    case 0:
                        break;
                    case 1:
                        return discard;
                    default:
                        return new(Ipv6ChainEnd.Problem, default, offset + at, offset, Icmpv6ParameterCode.Option, AnswersMulticast: type >> 6 == 2);
                }
            }

            at += size;
        }

        return default;
    }
}
