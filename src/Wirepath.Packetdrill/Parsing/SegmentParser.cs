using Wirepath.Wire;

namespace Wirepath.Packetdrill;

// Packets: < [ect0] P. 1:1001(1000) ack 1 win 257 <nop,nop,TS val 200 ecr 100>
internal sealed partial class ScriptParser
{
    private ScriptEvent ReadPacket(EventTime time, int line)
    {
        bool inbound = Take().Is("<");
        if (Next.Kind == TokenKind.Word && Next.Text is "udp" or "ipv4" or "ipv6" or "gre" or "mpls" or "icmpv6" or "sock" or "IPv6")
            return SkipLine(new Unoffered(time, line, "", $"packets of '{Next.Text}'"));
        EcnPattern ecn = ReadEcn();
        if (Next.IsWord("icmp"))
            return inbound ? new InboundIcmp(time, line, "", ReadIcmp()) : SkipLine(new Unoffered(time, line, "", "outbound ICMP"));
        SegmentPattern segment = ReadSegment(inbound, ecn);
        return inbound ? new InboundSegment(time, line, "", segment) : new OutboundSegment(time, line, "", segment);
    }

    private Unoffered SkipLine(Unoffered what)
    {
        int line = Next.Line;
        while (Next.Kind != TokenKind.End && Next.Line == line)
            _at++;
        return what;
    }

    private EcnPattern ReadEcn()
    {
        if (!TrySkip("["))
            return EcnPattern.Unnamed;
        EcnPattern ecn = Next.Text switch
        {
            "noecn" => EcnPattern.NotEct,
            "ect0" => EcnPattern.Ect0,
            "ect1" => EcnPattern.Ect1,
            "ect01" => EcnPattern.EitherEct,
            "ce" => EcnPattern.Ce,
            _ => throw Expected("In [ ] before the flags stands noecn, ect0, ect1, ect01 or ce"),
        };
        _at++;
        Skip("]");
        return ecn;
    }

    private SegmentPattern ReadSegment(bool inbound, EcnPattern ecn)
    {
        TcpFlags flags = ReadFlags();
        (uint sequence, int length) = ReadRange();
        uint? acknowledgment = null;
        if (TrySkipWord("ack"))
            acknowledgment = ReadNumber(uint.MaxValue, "An acknowledgment");
        ushort? window = null;
        if (TrySkipWord("win"))
            window = (ushort)ReadNumber(ushort.MaxValue, "A window");
        ushort? urgent = null;
        if (TrySkipWord("urg"))
            urgent = (ushort)ReadNumber(ushort.MaxValue, "An urgent pointer");
        Token open = Next;
        IReadOnlyList<OptionPattern>? options = StartsOptions() ? ReadOptions() : [];
        if (inbound && options is null)
            throw new ScriptSyntaxException(open, "An inbound segment names its options");
        return new SegmentPattern(flags, sequence, length, acknowledgment, window, urgent, options, ecn);
    }

    // '<' also begins the next inbound event, which has a time before it: so here it can only be options.
    private bool StartsOptions() => Next.Is("<");

    private TcpFlags ReadFlags()
    {
        TcpFlags flags = TcpFlags.None;
        Token first = Next;
        if (TrySkip("-"))
            return flags;
        while (Next.Kind == TokenKind.Word || Next.Is("."))
        {
            Token token = Take();
            foreach (char letter in token.Text)
            {
                flags |= letter switch
                {
                    'F' => TcpFlags.Fin,
                    'S' => TcpFlags.Syn,
                    'R' => TcpFlags.Rst,
                    'P' => TcpFlags.Psh,
                    '.' => TcpFlags.Ack,
                    'U' => TcpFlags.Urg,
                    'E' => TcpFlags.Ece,
                    'W' => TcpFlags.Cwr,
                    'A' => TcpFlags.Ae,
                    _ => throw new ScriptSyntaxException(token, "Flags are of F S R P . U E W A, or - for none"),
                };
            }
        }

        return flags == TcpFlags.None ? throw new ScriptSyntaxException(first, "A segment begins with its flags: F S R P . U E W A, or -") : flags;
    }

    private (uint Sequence, int Length) ReadRange()
    {
        Token first = Next;
        uint start = ReadNumber(uint.MaxValue, "A sequence number");
        Skip(":");
        uint end = ReadNumber(uint.MaxValue, "A sequence number");
        Skip("(");
        int length = (int)ReadNumber(65535, "A payload's length");
        Skip(")");
        return unchecked(end - start) == (uint)length ? (start, length)
            : throw new ScriptSyntaxException(first, $"{start}:{end}({length}) does not add up: the second number is behind the last byte; a segment whose range is first:behind(length) fits");
    }

    private List<OptionPattern>? ReadOptions()
    {
        Skip("<");
        if (Next.Is("...") && After.Is(">"))
        {
            _at += 2;
            return null;
        }

        var options = new List<OptionPattern>();
        while (!TrySkip(">"))
        {
            if (options.Count > 0)
                Skip(",");
            options.Add(ReadOption());
        }

        return options;
    }

    // RFC 6994: experiments share a kind; the two bytes behind it say which (RFC 7413 appendix A).
    private const TcpOptionKind Experiment = (TcpOptionKind)254;

    private static ReadOnlySpan<byte> FastOpenMagic => [0xF9, 0x89];

    private OptionPattern ReadOption()
    {
        string name = Next.Kind == TokenKind.Word ? Take().Text : "";
        switch (name)
        {
            case "nop":
                return new OptionPattern(TcpOptionKind.NoOperation);
            case "eol":
                return new OptionPattern(TcpOptionKind.EndOfOptions);
            case "mss":
                return new OptionPattern(TcpOptionKind.MaximumSegmentSize, ReadNumber(ushort.MaxValue, "An MSS"));
            case "wscale":
                return new OptionPattern(TcpOptionKind.WindowScale, ReadNumber(byte.MaxValue, "A shift"));
            case "sackOK":
                return new OptionPattern(TcpOptionKind.SackPermitted);
            case "TS":
                if (!TrySkipWord("val"))
                    throw Expected("After TS comes val");
                uint value = ReadNumber(uint.MaxValue, "TSval");
                if (!TrySkipWord("ecr"))
                    throw Expected("After TSval comes ecr");
                return new OptionPattern(TcpOptionKind.Timestamps, value, ReadNumber(uint.MaxValue, "TSecr"));
            case "sack":
                return new OptionPattern(TcpOptionKind.Sack, Blocks: ReadBlocks());
            case "FOEXP":
                return new OptionPattern(Experiment, Cookie: [.. FastOpenMagic, .. ReadCookie()]);
            case "FO":
                return new OptionPattern(TcpOptionKind.FastOpen, Cookie: ReadCookie());
            default:
                throw new ScriptSyntaxException(tokens[Math.Max(0, name.Length > 0 ? _at - 1 : _at)], "TCP options are mss, wscale, sackOK, sack, TS, FO, FOEXP, nop, eol");
        }
    }

    private List<(uint Left, uint Right)> ReadBlocks()
    {
        var blocks = new List<(uint, uint)>();
        do
        {
            uint left = ReadNumber(uint.MaxValue, "A block's edge");
            Skip(":");
            blocks.Add((left, ReadNumber(uint.MaxValue, "A block's edge")));
        }
        while (Next.Kind == TokenKind.Number);
        return blocks;
    }

    private byte[] ReadCookie()
    {
        if (Next.Kind is not (TokenKind.Word or TokenKind.Number))
            return [];
        Token cookie = Take();
        try
        {
            return Convert.FromHexString(cookie.Text);
        }
        catch (FormatException)
        {
            throw new ScriptSyntaxException(cookie, "A cookie is hexadecimal digits, two for each byte");
        }
    }

    // icmp unreachable frag_needed mtu 1200 [1:1461(1460)]
    private IcmpPattern ReadIcmp()
    {
        _at++;
        (IcmpType type, byte code) = Take().Text switch
        {
            "unreachable" => (IcmpType.DestinationUnreachable, ReadUnreachableCode()),
            "time_exceeded" => (IcmpType.TimeExceeded, ReadTimeExceededCode()),
            _ => throw new ScriptSyntaxException(tokens[_at - 1], "ICMP messages are unreachable and time_exceeded"),
        };
        ushort mtu = 0;
        if (TrySkipWord("mtu"))
            mtu = (ushort)ReadNumber(ushort.MaxValue, "An MTU");
        (uint Sequence, int Length) quoted = default;
        if (TrySkip("["))
        {
            quoted = ReadRange();
            Skip("]");
        }

        return new IcmpPattern(type, code, mtu, quoted.Sequence, quoted.Length);
    }

    private byte ReadUnreachableCode() => (byte)(Take().Text switch
    {
        "net_unreachable" => IcmpUnreachableCode.Network,
        "host_unreachable" => IcmpUnreachableCode.Host,
        "protocol_unreachable" => IcmpUnreachableCode.Protocol,
        "port_unreachable" => IcmpUnreachableCode.Port,
        "frag_needed" => IcmpUnreachableCode.FragmentationNeeded,
        "source_route_failed" => IcmpUnreachableCode.SourceRouteFailed,
        "net_unknown" => IcmpUnreachableCode.NetworkUnknown,
        "host_unknown" => IcmpUnreachableCode.HostUnknown,
        "source_host_isolated" => IcmpUnreachableCode.SourceHostIsolated,
        "net_prohibited" => IcmpUnreachableCode.NetworkProhibited,
        "host_prohibited" => IcmpUnreachableCode.HostProhibited,
        "packet_filtered" or "admin_prohibited" => IcmpUnreachableCode.AdministrativelyProhibited,
        _ => throw new ScriptSyntaxException(tokens[_at - 1], "After unreachable comes net_unreachable, host_unreachable, protocol_unreachable, port_unreachable, "
            + "frag_needed, source_route_failed, net_unknown, host_unknown, source_host_isolated, net_prohibited, host_prohibited or packet_filtered"),
    });

    private byte ReadTimeExceededCode() => (byte)(Take().Text switch
    {
        "ttl_expired" or "exc_ttl" => IcmpTimeExceededCode.TimeToLive,
        "reassembly" or "exc_fragtime" => IcmpTimeExceededCode.Reassembly,
        _ => throw new ScriptSyntaxException(tokens[_at - 1], "After time_exceeded comes ttl_expired or reassembly"),
    });
}
