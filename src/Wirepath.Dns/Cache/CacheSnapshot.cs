using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// A cache as text, so that a resolver that was restarted does not start cold: sets in the syntax of zone files, and which of
/// them answered which question. Read whole before anything of it counts; what it says of signatures is not believed.
/// </summary>
/// <remarks>
/// <code>
/// wirepath-cache 1
/// set RANK EXPIRES RECORDS SIGNATURES      (then so many lines of records)
/// message NAME TYPE RCODE EXPIRES ANSWERS AUTHORITIES ADDITIONALS      (then so many lines: NAME TYPE)
/// end SETS MESSAGES
/// </code>
/// EXPIRES is in seconds since 1970.
/// </remarks>
internal sealed class CacheSnapshot
{
    private const string Magic = "wirepath-cache 1";

    // A file from elsewhere must not make us allocate what its numbers say.
    private const int MostPerEntry = 10_000;

    public List<(Rrset Set, Instant ExpiresAt)> Sets { get; } = [];

    public List<MessageEntry> Messages { get; } = [];

    public static void WriteHead(TextWriter writer) => writer.WriteLine(Magic);

    public static void Write(TextWriter writer, CachedSet cached)
    {
        Rrset set = cached.Set;
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"set {set.Rank} {Seconds(cached.ExpiresAt)} {set.Records.Length} {set.Signatures.Length}"));
        foreach (DnsRecord record in set.Records)
            writer.WriteLine(record);
        foreach (DnsRecord record in set.Signatures)
            writer.WriteLine(record);
    }

    public static void Write(TextWriter writer, CachedMessage message)
    {
        (int answers, int authorities, int additionals) = message.Counts;
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"message {message.Key.Name} {DnsMnemonic.Of(message.Key.Type)} {message.Rcode} {Seconds(message.ExpiresAt)} {answers} {authorities} {additionals}"));
        foreach (CachedSet set in message.Sets)
            writer.WriteLine($"{set.Key.Name} {DnsMnemonic.Of(set.Key.Type)}");
    }

    public static void WriteEnd(TextWriter writer, int sets, int messages) =>
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"end {sets} {messages}"));

    /// <returns>False when it is cut short or is something else; the error says where.</returns>
    public static bool TryRead(TextReader reader, string fileName, out CacheSnapshot snapshot, out TextError error)
    {
        snapshot = new CacheSnapshot();
        var lines = new Lines(reader, fileName);
        error = default;
        if (lines.Next() != Magic)
        {
            error = lines.Error($"'{Magic}' is expected: it is no snapshot of a cache.");
            return false;
        }

        while (lines.Next() is { } line)
        {
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "set" when words.Length == 5 && Enum.TryParse(words[1], out CacheRank rank) && Enum.IsDefined(rank)
                    && TryNumber(words[2], out long expires) && TryCount(words[3], out int records) && records > 0 && TryCount(words[4], out int signatures):
                    if (!snapshot.TryReadSet(lines, rank, expires, records, signatures, ref error))
                        return false;
                    break;
                case "message" when words.Length == 8 && DomainName.TryParse(words[1], out DomainName name) && DnsMnemonic.TryParseType(words[2], out DnsType type)
                    && Enum.TryParse(words[3], out DnsRcode rcode) && TryNumber(words[4], out long expires)
                    && TryCount(words[5], out int answers) && TryCount(words[6], out int authorities) && TryCount(words[7], out int additionals):
                    if (!snapshot.TryReadMessage(lines, new MessageEntry(new DnsQuestion(name, type), rcode, At(expires), answers, authorities, []), answers + authorities + additionals, ref error))
                        return false;
                    break;
                case "end" when words.Length == 3 && words[1] == snapshot.Sets.Count.ToString(CultureInfo.InvariantCulture)
                    && words[2] == snapshot.Messages.Count.ToString(CultureInfo.InvariantCulture):
                    return true;
                default:
                    error = lines.Error("'set RANK EXPIRES RECORDS SIGNATURES', 'message …' or 'end SETS MESSAGES' is expected.");
                    return false;
            }
        }

        error = lines.Error("the file ends before its 'end' line: it was not written whole.");
        return false;
    }

    private bool TryReadSet(Lines lines, CacheRank rank, long expires, int records, int signatures, ref TextError error)
    {
        var read = new DnsRecord[records + signatures];
        for (int i = 0; i < read.Length; i++)
        {
            if (lines.Next() is not { } line)
            {
                error = lines.Error("a record is expected.");
                return false;
            }

            if (!RecordLine.TryRead(line, lines.FileName, lines.Line, 1, out DnsRecord? record, out error))
                return false;
            if (i > 0 && (record.Name != read[0].Name || (i < records ? record.Type != read[0].Type : record.Type != DnsType.RRSIG)))
            {
                error = lines.Error(i < records ? "a record of the same name and type is expected." : "a signature of the set is expected.");
                return false;
            }

            read[i] = record;
        }

        Sets.Add((new Rrset(read[..records], read[records..], read[0].Ttl) { Rank = rank }, At(expires)));
        return true;
    }

    private bool TryReadMessage(Lines lines, MessageEntry message, int sets, ref TextError error)
    {
        for (int i = 0; i < sets; i++)
        {
            if (lines.Next() is not { } line || line.Split(' ') is not [var owner, var kind]
                || !DomainName.TryParse(owner, out DomainName name) || !DnsMnemonic.TryParseType(kind, out DnsType type))
            {
                error = lines.Error("the name and type of a set are expected.");
                return false;
            }

            message.Sets.Add(new SetKey(name, type));
        }

        Messages.Add(message);
        return true;
    }

    private static long Seconds(Instant at) => at.ToDateTimeOffset().ToUnixTimeSeconds();

    private static Instant At(long seconds) => Instant.FromDateTimeOffset(DateTimeOffset.FromUnixTimeSeconds(seconds));

    // Within what a date can be.
    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= 253_402_300_799;

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count <= MostPerEntry;

    internal sealed record MessageEntry(DnsQuestion Question, DnsRcode Rcode, Instant ExpiresAt, int Answers, int Authorities, List<SetKey> Sets);

    private sealed class Lines(TextReader reader, string fileName)
    {
        public string FileName { get; } = fileName;

        public int Line { get; private set; }

        public string? Next()
        {
            string? line = reader.ReadLine();
            if (line is not null)
                Line++;
            return line;
        }

        public TextError Error(string what) => new(FileName, Math.Max(Line, 1), 1, what);
    }
}
