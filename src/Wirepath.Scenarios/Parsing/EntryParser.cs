using System.Globalization;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>Reads what stands between ENTRY_BEGIN and ENTRY_END.</summary>
internal sealed class EntryParser(ScriptLines lines, string name)
{
    /// <summary>What scenarios tell in OPT when they say no more than DO.</summary>
    private const ushort EdnsSize = 4096;

    private DomainName _origin = DomainName.Root;

    /// <summary>Whether <c>all</c> means the DO bit too.</summary>
    public bool ComparesDo { get; init; } = true;

    /// <summary>The first thing in an entry that is not there.</summary>
    public Need? Missing { get; private set; }

    /// <summary>Reads <c>$ORIGIN</c>, which holds for all that follows.</summary>
    public bool TryReadDirective(List<Word> words)
    {
        if (words[0].Is("$TTL"))
            return true;
        if (!words[0].Is("$ORIGIN"))
            return false;
        if (words.Count < 2 || !DomainName.TryParse(words[1].Text, _origin, out _origin))
            throw lines.Wrong(words[^1], "$ORIGIN takes a domain name");
        return true;
    }

    /// <summary>Reads the entry whose ENTRY_BEGIN is the next line.</summary>
    public Entry Read()
    {
        var entry = new Entry { Line = lines.Number };
        lines.At++;
        string section = "";
        while (lines.HasMore)
        {
            List<Word> words = lines.Peek();
            if (words.Count == 0)
                break;
            Word first = words[0];
            if (first.Is("ENTRY_END"))
            {
                lines.At++;
                if (!ComparesDo)
                    entry.Match = entry.Match with { Do = entry.Match.Edns };
                return entry;
            }

            if (TryReadHeader(entry, words) || TryReadDirective(words))
            {
                lines.At++;
            }
            else if (first.Is("SECTION"))
            {
                section = words.Count > 1 ? words[1].Text.ToUpperInvariant() : "";
                if (section is not ("QUESTION" or "ANSWER" or "AUTHORITY" or "ADDITIONAL"))
                    throw lines.Wrong(words[^1], "SECTION takes QUESTION, ANSWER, AUTHORITY or ADDITIONAL");
                lines.At++;
            }
            else if (first.Is("HEX_ANSWER_BEGIN") || first.Is("RAW"))
            {
                entry.Raw = ReadHex(words, first.Is("RAW") ? null : "HEX_ANSWER_END");
            }
            else if (first.Is("HEX_EDNSDATA_BEGIN"))
            {
                entry.EdnsOptions = ReadHex(words, "HEX_EDNSDATA_END");
                entry.Packet.Edns = (entry.Packet.Edns ?? new Edns(EdnsSize)) with { Options = ReadOptions(first, entry.EdnsOptions) };
            }
            else
            {
                ReadRecord(entry, section, first);
            }
        }

        throw lines.AtEnd($"the entry of line {entry.Line} has no ENTRY_END");
    }

    private bool TryReadHeader(Entry entry, List<Word> words)
    {
        if (words[0].Is("MATCH"))
            entry.Match = MatchWords.Read(lines, words, entry.Match);
        else if (words[0].Is("ADJUST"))
            entry.Adjust = ReadAdjust(words, entry.Adjust);
        else if (words[0].Is("REPLY"))
            ReplyWords.Read(lines, words, entry.Packet, EdnsSize);
        else if (words[0].Is("TSIG"))
            Missing ??= new Need(lines.Number, "TSIG signatures in messages");
        else if (words[0].Is("EXTRA_PACKET"))
            Missing ??= new Need(lines.Number, "replies of several packets: zone transfers to a resolver");
        else if (words[0].Is("MANDATORY"))
            entry.IsMandatory = true;
        else
            return false;
        return true;
    }

    // The ID is always the query's: another one would not reach a resolver. Times are those of steps.
    private Adjustment ReadAdjust(List<Word> words, Adjustment before)
    {
        foreach (Word word in MatchWords.Split(words))
        {
            string what = word.Text.ToLowerInvariant();
            if (what == "copy_query")
                before = before with { CopyQuery = true };
            else if (what == "do_not_answer")
                before = before with { IsSilence = true };
            else if (what is "copy_ednsdata_assume_clientsubnet" or "increment_ecs_scope")
                Missing ??= new Need(lines.Number, "client subnets (RFC 7871), which are never sent");
            else if (what is not ("copy_id" or "do_not_copy_id" or "raw_data" or "raw_id")
                && !what.StartsWith("sleep=", StringComparison.Ordinal) && !what.StartsWith("packet_sleep=", StringComparison.Ordinal))
                throw lines.Wrong(word, $"'{word.Text}' is nothing that ADJUST takes{Nearest.Question(what, ["copy_id", "copy_query", "sleep=1", "packet_sleep=1"])}");
        }

        return before;
    }

    private void ReadRecord(Entry entry, string section, Word first)
    {
        if (section.Length == 0)
            throw lines.Wrong(first, $"'{first.Text}' stands where MATCH, ADJUST, REPLY, SECTION or ENTRY_END is expected");
        int line = lines.Number;
        string text = lines.Raw;
        lines.At++;
        // Parentheses hold lines together.
        for (; Depth(text) > 0 && lines.HasMore; lines.At++)
            text += "\n" + lines.Raw;
        if (section == "QUESTION")
        {
            entry.Packet.Questions.Add(ReadQuestion(ScriptLines.WordsOf(text, line)));
            return;
        }

        int column = text.Length - text.TrimStart().Length + 1;
        if (!RecordLine.TryRead(text, name, line, column, _origin, out DnsRecord? record, out TextError error)
            && (record = BrokenRecord.TryRead(text, _origin)) is null)
            throw new ScenarioSyntaxException(new ScenarioError(name, error.Line, error.Column, first.Text, error.Message));
        List<DnsRecord> records = section switch
        {
            "ANSWER" => entry.Packet.Answers,
            "AUTHORITY" => entry.Packet.Authorities,
            _ => entry.Packet.Additionals,
        };
        records.Add(record);
    }

    private static int Depth(string text)
    {
        int depth = 0;
        bool quoted = false;
        foreach (string line in text.Split('\n'))
        {
            foreach (char c in line)
            {
                if (c == '"')
                    quoted = !quoted;
                else if (c == ';' && !quoted)
                    break;
                else if (!quoted && c is '(' or ')')
                    depth += c == '(' ? 1 : -1;
            }
        }

        return depth;
    }

    // Name, then class and type in either order; either may be missing, and a TTL is passed over.
    private DnsQuestion ReadQuestion(List<Word> words)
    {
        if (!DomainName.TryParse(words[0].Text, _origin, out DomainName name))
            throw lines.Wrong(words[0], $"'{words[0].Text}' is not a domain name");
        DnsClass @class = DnsClass.IN;
        DnsType type = DnsType.A;
        bool hasType = false;
        foreach (Word word in words.Skip(1))
        {
            if (!hasType && !word.Is("ANY") && DnsMnemonic.TryParseClass(word.Text, out DnsClass known))
                @class = known;
            else if (!hasType && DnsMnemonic.TryParseType(word.Text, out type))
                hasType = true;
            else if (!word.Text.All(char.IsAsciiDigit))
                throw lines.Wrong(word, $"'{word.Text}' is neither a class nor a type of a question");
        }

        return hasType ? new DnsQuestion(name, type, @class) : throw lines.Wrong(words[^1], "a question has a name, a class and a type");
    }

    private byte[] ReadHex(List<Word> words, string? end)
    {
        var digits = new System.Text.StringBuilder();
        foreach (Word word in words.Skip(1))
            digits.Append(word.Text);
        lines.At++;
        while (lines.HasMore)
        {
            List<Word> next = lines.Peek();
            bool ends = next.Count == 0 || (end is null ? next[0].Is("ENTRY_END") || next[0].Is("SECTION") : next[0].Is(end));
            if (ends)
            {
                if (end is not null)
                    lines.At++;
                break;
            }

            foreach (Word word in next)
            {
                if (!word.Text.All(char.IsAsciiHexDigit))
                    throw lines.Wrong(word, $"'{word.Text}' is not hexadecimal");
                digits.Append(word.Text);
            }

            lines.At++;
        }

        return digits.Length % 2 == 0 ? Convert.FromHexString(digits.ToString()) : throw lines.Wrong(words[0], "the hexadecimal digits are not pairs");
    }

    private List<EdnsOption> ReadOptions(Word at, ReadOnlySpan<byte> bytes)
    {
        var options = new List<EdnsOption>();
        while (bytes.Length > 0)
        {
            int length = bytes.Length < 4 ? -1 : (bytes[2] << 8) | bytes[3];
            if (length < 0 || length > bytes.Length - 4)
                throw lines.Wrong(at, string.Create(CultureInfo.InvariantCulture, $"an EDNS option is cut short: {bytes.Length} bytes are left"));
            options.Add(new EdnsOption((EdnsOptionCode)((bytes[0] << 8) | bytes[1]), bytes.Slice(4, length).ToArray()));
            bytes = bytes[(4 + length)..];
        }

        return options;
    }
}
