using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>The words behind MATCH.</summary>
internal static class MatchWords
{
    private static readonly Dictionary<string, Func<MatchRules, MatchRules>> s_words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["opcode"] = m => m with { Opcode = true },
        ["qtype"] = m => m with { QType = true },
        ["qname"] = m => m with { QName = true },
        ["qname_as_is"] = m => m with { QName = true, QNameCase = true },
        ["qcase"] = m => m with { QName = true, QNameCase = true },
        ["qclass"] = m => m with { QClass = true },
        ["subdomain"] = m => m with { Subdomain = true },
        ["flags"] = m => m with { Flags = true },
        ["rcode"] = m => m with { Rcode = true },
        ["question"] = m => m with { Question = true },
        ["answer"] = m => m with { Answer = true },
        ["authority"] = m => m with { Authority = true },
        ["additional"] = m => m with { Additional = true },
        ["all"] = m => All(m) with { Do = true },
        ["all_noedns"] = All,
        ["ttl"] = m => m with { Ttl = true },
        ["do"] = m => m with { Do = true, Edns = true },
        ["edns"] = m => m with { Edns = true },
        ["noedns"] = m => m with { NoEdns = true },
        ["ednsdata"] = m => m with { EdnsOptions = true },
        ["udp"] = m => m with { OverTcp = false },
        ["tcp"] = m => m with { OverTcp = true },
        ["client_cookie"] = m => m with { ClientCookie = true },
        ["server_cookie"] = m => m with { ServerCookie = true },
        ["header"] = m => m with { Opcode = true, Flags = true, Rcode = true },
        ["ede"] = m => m with { ExtendedError = -1 },
        ["copy_id"] = m => m,
    };

    public static MatchRules Read(ScriptLines lines, List<Word> words, MatchRules rules)
    {
        foreach (Word word in Split(words))
        {
            string[] parts = word.Text.Split('=', 2);
            if (parts.Length == 1 && s_words.TryGetValue(word.Text, out Func<MatchRules, MatchRules>? apply))
                rules = apply(rules);
            else if (parts.Length == 2 && parts[0].Equals("serial", StringComparison.OrdinalIgnoreCase)
                && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint serial))
                rules = rules with { Serial = serial };
            else if (parts.Length == 2 && parts[0].Equals("ede", StringComparison.OrdinalIgnoreCase))
                rules = rules with { ExtendedError = Code(lines, word, parts[1]) };
            else
                throw lines.Wrong(word, $"'{word.Text}' is nothing that MATCH takes{Nearest.Question(word.Text, s_words.Keys)}");
        }

        return rules;
    }

    /// <summary>The words but the first; commas part words too.</summary>
    public static IEnumerable<Word> Split(List<Word> words)
    {
        foreach (Word word in words.Skip(1))
        {
            int at = 0;
            foreach (string part in word.Text.Split(','))
            {
                if (part.Length > 0)
                    yield return new Word(part, word.Line, word.Column + at);
                at += part.Length + 1;
            }
        }
    }

    private static MatchRules All(MatchRules rules) => rules with
    {
        Opcode = true, Flags = true, Rcode = true, Question = true, Answer = true, Authority = true, Additional = true,
    };

    private static int Code(ScriptLines lines, Word word, string text)
    {
        if (text.Equals("any", StringComparison.OrdinalIgnoreCase))
            return -1;
        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort code)
            ? code
            : throw lines.Wrong(word, "ede= takes the number of an extended error, or any");
    }
}

/// <summary>The words behind REPLY: header bits, opcode, response code.</summary>
internal static class ReplyWords
{
    private static readonly Dictionary<string, DnsFlags> s_flags = new(StringComparer.OrdinalIgnoreCase)
    {
        ["QR"] = DnsFlags.QR, ["AA"] = DnsFlags.AA, ["TC"] = DnsFlags.TC, ["RD"] = DnsFlags.RD, ["RA"] = DnsFlags.RA, ["AD"] = DnsFlags.AD, ["CD"] = DnsFlags.CD,
    };

    private static readonly Dictionary<string, DnsOpcode> s_opcodes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["QUERY"] = DnsOpcode.Query, ["IQUERY"] = DnsOpcode.IQuery, ["STATUS"] = DnsOpcode.Status, ["NOTIFY"] = DnsOpcode.Notify, ["UPDATE"] = DnsOpcode.Update,
    };

    public static void Read(ScriptLines lines, List<Word> words, DnsMessage packet, ushort ednsSize)
    {
        foreach (Word word in MatchWords.Split(words))
        {
            if (s_flags.TryGetValue(word.Text, out DnsFlags flag))
                packet.Flags |= flag;
            else if (word.Is("DO"))
                packet.Edns = (packet.Edns ?? new Edns(ednsSize)) with { DnssecOk = true };
            else if (word.Is("EDNS"))
                packet.Edns ??= new Edns(ednsSize);
            else if (s_opcodes.TryGetValue(word.Text, out DnsOpcode opcode))
                packet.Opcode = opcode;
            else if (TryReadRcode(word.Text, out DnsRcode rcode))
                packet.Rcode = rcode;
            else
                throw lines.Wrong(word, $"'{word.Text}' is no flag, opcode or response code{Nearest.Question(word.Text, s_flags.Keys.Concat(Enum.GetNames<DnsRcode>()))}");
        }
    }

    private static bool TryReadRcode(string text, out DnsRcode rcode)
    {
        if (text.StartsWith("RCODE", StringComparison.OrdinalIgnoreCase)
            && ushort.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) && number < 4096)
        {
            rcode = (DnsRcode)number;
            return true;
        }

        rcode = DnsRcode.NotImp;
        return text.Equals("NOTIMPL", StringComparison.OrdinalIgnoreCase)
            || (!char.IsAsciiDigit(text[0]) && Enum.TryParse(text, ignoreCase: true, out rcode) && Enum.IsDefined(rcode));
    }
}
