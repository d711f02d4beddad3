using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

// TCP options: <mss 1460,nop,wscale 7,sackOK,TS val 100 ecr 0>
internal sealed partial class ScriptParser
{
    // RFC 6994: experiments share a kind; the two bytes behind it say which (RFC 7413 appendix A).
    private const TcpOptionKind Experiment = (TcpOptionKind)254;

    // RFC 2385.
    private const TcpOptionKind Md5Signature = (TcpOptionKind)19;

    // RFC 9768 §3.2.3: two kinds with the same counters in another order.
    private const TcpOptionKind AccurateEcn0 = (TcpOptionKind)172;
    private const TcpOptionKind AccurateEcn1 = (TcpOptionKind)174;

    private static ReadOnlySpan<byte> FastOpenMagic => [0xF9, 0x89];

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

    private OptionPattern ReadOption()
    {
        Token name = Next;
        if (name.Kind == TokenKind.Word)
            _at++;
        switch (name.Text)
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
                return new OptionPattern(Experiment, Cookie: [.. FastOpenMagic, .. ReadHexadecimals("A cookie")]);
            case "FO":
                return new OptionPattern(TcpOptionKind.FastOpen, Cookie: ReadHexadecimals("A cookie"));
            case "md5":
                return new OptionPattern(Md5Signature, Cookie: ReadHexadecimals("A digest"));
            case "ECN":
                return ReadAccurateEcn();
            default:
                throw new ScriptSyntaxException(name, "TCP options are mss, wscale, sackOK, sack, TS, FO, FOEXP, md5, ECN, nop, eol");
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

    private byte[] ReadHexadecimals(string what)
    {
        if (Next.Kind is not (TokenKind.Word or TokenKind.Number))
            return [];
        Token word = Take();
        try
        {
            return Convert.FromHexString(word.Text);
        }
        catch (FormatException)
        {
            throw new ScriptSyntaxException(word, $"{what} is hexadecimal digits, two for each byte, or a word that --define gives such a value");
        }
    }

    // ECN e0b 1 ceb 2 e1b 3: three bytes each, the last ones may be missing.
    private OptionPattern ReadAccurateEcn()
    {
        Token first = Next;
        ReadOnlySpan<string> order = first.Text == "e1b" ? ["e1b", "ceb", "e0b"] : ["e0b", "ceb", "e1b"];
        var counters = new List<byte>();
        Span<byte> counter = stackalloc byte[4];
        foreach (string name in order)
        {
            if (!TrySkipWord(name))
                break;
            BinaryPrimitives.WriteUInt32BigEndian(counter, ReadNumber(0xFFFFFF, "A counter"));
            counters.AddRange(counter[1..]);
        }

        return counters.Count > 0 ? new OptionPattern(first.Text == "e1b" ? AccurateEcn1 : AccurateEcn0, Cookie: [.. counters])
            : throw new ScriptSyntaxException(first, "After ECN comes e0b or e1b and a number, then ceb, then the other");
    }
}
