using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

// Packets: < [ect0] P. 1:1001(1000) ack 1 win 257 <nop,nop,TS val 200 ecr 100>
internal sealed partial class ScriptParser
{
    private ScriptEvent ReadPacket(EventTime time, int line)
    {
        bool inbound = Take().Is("<");
        if (Next.Kind == TokenKind.Word && Next.Text is "ipv4" or "ipv6" or "gre" or "GREv0" or "mpls" or "sctp" or "dccp")
            return SkipLine(new Unoffered(time, line, "", $"packets of '{Next.Text}'"));
        IpPattern ip = ReadIp();
        if (Next.IsWord("encap"))
            return SkipLine(new Unoffered(time, line, "", "segments inside of other protocols"));
        (ushort, ushort)? ports = ReadPorts();
        if (TrySkipWord("udp"))
            return ReadUdp(new Unoffered(time, line, "", "UDP datagrams"));
        if (Next.Kind == TokenKind.Word && Next.Text is "icmp" or "icmpv6")
        {
            if (ReadIcmp() is not { } message)
                return SkipLine(new Unoffered(time, line, "", "ICMP of the other IP version"));
            return inbound ? new InboundIcmp(time, line, "", message) : new Unoffered(time, line, "", "outbound ICMP");
        }

        SegmentPattern segment = ReadSegment(inbound, ip, ports);
        return inbound ? new InboundSegment(time, line, "", segment) : new OutboundSegment(time, line, "", segment);
    }

    private Unoffered SkipLine(Unoffered what)
    {
        int line = tokens[_at - 1].Line;
        while (Next.Kind != TokenKind.End && Next.Line == line)
            _at++;
        return what;
    }

    // udp 53 > 1024 (1000)
    private Unoffered ReadUdp(Unoffered what)
    {
        ReadPorts();
        Skip("(");
        ReadNumber(ushort.MaxValue, "A payload's length");
        Skip(")");
        return what;
    }

    // ---- What stands before the flags ------------------------------------------------------------------------------

    // [ect0], [tos 0x10], [ttl 64], [flowlabel 0x12345], several with commas; also in ( )
    private IpPattern ReadIp()
    {
        string close = Next.Is("[") ? "]" : Next.Is("(") ? ")" : "";
        if (close.Length == 0)
            return IpPattern.Unnamed;
        _at++;
        IpPattern ip = IpPattern.Unnamed;
        do
        {
            ip = ReadIpField(ip);
        }
        while (TrySkip(","));
        Skip(close);
        return ip;
    }

    private IpPattern ReadIpField(IpPattern ip)
    {
        Token name = Take();
        return name.Text switch
        {
            "noecn" => ip with { Ecn = EcnPattern.NotEct },
            "ect0" => ip with { Ecn = EcnPattern.Ect0 },
            "ect1" => ip with { Ecn = EcnPattern.Ect1 },
            "ect01" => ip with { Ecn = EcnPattern.EitherEct },
            "ce" => ip with { Ecn = EcnPattern.Ce },
            "tos" => ip with { Tos = (byte)ReadNumber(byte.MaxValue, "A TOS byte") },
            "ttl" or "hlim" => ip with { Ttl = (byte)ReadNumber(byte.MaxValue, "A TTL") },
            "flowlabel" => ip with { FlowLabel = ReadNumber(0xFFFFF, "A flow label") },
            _ => throw new ScriptSyntaxException(name, "In [ ] before the flags stands noecn, ect0, ect1, ect01, ce, tos, ttl or flowlabel"),
        };
    }

    // 8080 > 40000
    private (ushort Source, ushort Destination)? ReadPorts()
    {
        if (Next.Kind != TokenKind.Number || !After.Is(">"))
            return null;
        var source = (ushort)ReadNumber(ushort.MaxValue, "A port");
        Skip(">");
        return (source, (ushort)ReadNumber(ushort.MaxValue, "A port"));
    }

    // ---- The segment -----------------------------------------------------------------------------------------------

    private SegmentPattern ReadSegment(bool inbound, IpPattern ip, (ushort Source, ushort Destination)? ports)
    {
        TcpFlags flags = ReadFlags();
        (uint sequence, int length) = ReadRange();
        uint? acknowledgment = TrySkipWord("ack") ? ReadNumber(uint.MaxValue, "An acknowledgment") : null;
        ushort? window = TrySkipWord("win") && !TrySkip("*") ? (ushort)ReadNumber(ushort.MaxValue, "A window") : null;
        ushort? urgent = TrySkipWord("urg") ? (ushort)ReadNumber(ushort.MaxValue, "An urgent pointer") : null;
        Token open = Next;
        IReadOnlyList<OptionPattern>? options = StartsOptions() ? ReadOptions() : [];
        if (inbound && options is null)
            throw new ScriptSyntaxException(open, "An inbound segment names its options");
        return new SegmentPattern(flags, sequence, length, acknowledgment, window, urgent, options, ip, ports);
    }

    // '<' also begins the next inbound event, which has a time before it: so here it can only be options.
    private bool StartsOptions() => Next.Is("<");

    // Letters and digits that stand together: "S.", "PU", "." or ".5". A digit is the ACE field, the bits A, W and E as a
    // number (RFC 9768 §3.2.2).
    private TcpFlags ReadFlags()
    {
        TcpFlags flags = TcpFlags.None;
        Token first = Next;
        if (TrySkip("-"))
            return flags;
        while ((Next.Kind == TokenKind.Word || Next.Is(".") || (Next.Kind == TokenKind.Number && Next.Text[0] == '.'))
            && (_at == 0 || Next.Start == first.Start || Next.Start == tokens[_at - 1].End))
        {
            Token token = Take();
            foreach (char letter in token.Text)
                flags |= Flag(letter) ?? throw new ScriptSyntaxException(token, "Flags are of F S R P . U E W A 0-7, or - for none");
        }

        return flags == TcpFlags.None ? throw new ScriptSyntaxException(first, "A segment begins with its flags: F S R P . U E W A, or -") : flags;
    }

    private static TcpFlags? Flag(char letter) => letter switch
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
        >= '0' and <= '7' => (((letter - '0') & 1) != 0 ? TcpFlags.Ece : 0) | (((letter - '0') & 2) != 0 ? TcpFlags.Cwr : 0) | (((letter - '0') & 4) != 0 ? TcpFlags.Ae : 0),
        _ => null,
    };

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

    // ---- ICMP ------------------------------------------------------------------------------------------------------

    // icmp unreachable frag_needed mtu 1200 [1:1461(1460)]
    private IcmpPattern? ReadIcmp()
    {
        _at++;
        bool isOfOther = After.Kind == TokenKind.Word && IcmpNames.IsOfOther(Next.Text, After.Text, _isIpv6);
        if (isOfOther || IcmpNames.IsOfOther(Next.Text, null, _isIpv6))
            return null;
        (byte type, byte code) = ReadIcmpKind();
        uint mtu = TrySkipWord("mtu") ? ReadNumber(uint.MaxValue, "An MTU") : 0;
        ushort identifier = TrySkipWord("id") ? (ushort)ReadNumber(ushort.MaxValue, "An identifier") : (ushort)0;
        (uint Sequence, int Length)? quoted = null;
        if (TrySkip("["))
        {
            if (Next.Kind == TokenKind.Word && Next.Text is "udp" or "raw")
            {
                _at++;
                Skip("(");
                quoted = (0, (int)ReadNumber(ushort.MaxValue, "A length"));
                Skip(")");
            }
            else
            {
                quoted = ReadRange();
            }

            Skip("]");
        }

        return new IcmpPattern(type, code, mtu, identifier, quoted?.Sequence, quoted?.Length ?? 0);
    }

    private (byte Type, byte Code) ReadIcmpKind()
    {
        Token type = Take();
        if (IcmpNames.Find(type.Text, _isIpv6) is not { } kind && !TryNumbered(type, "type_", out kind))
            throw new ScriptSyntaxException(type, $"ICMP messages are {string.Join(", ", IcmpNames.Types(_isIpv6))}, or type_N");
        // A message without a code is followed by mtu, id, [ or another event, which begins with no word.
        if (Next.Kind != TokenKind.Word || Next.Text is "mtu" or "id")
            return (kind, 0);
        Token code = Take();
        if (IcmpNames.FindCode(kind, code.Text, _isIpv6) is not { } meaning && !TryNumbered(code, "code_", out meaning))
            throw new ScriptSyntaxException(code, $"After {type.Text} comes {string.Join(", ", IcmpNames.Codes(kind, _isIpv6).Append("code_N"))}");
        return (kind, meaning);
    }

    private static bool TryNumbered(Token token, string prefix, out byte number)
    {
        number = 0;
        return token.Text.StartsWith(prefix, StringComparison.Ordinal)
            && byte.TryParse(token.Text.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
