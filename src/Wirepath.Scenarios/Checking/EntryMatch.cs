using System.Buffers.Binary;
using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>A message as it was on the wire.</summary>
internal sealed record SeenMessage(DnsMessage Message, bool OverTcp);

/// <summary>Compares a message with an entry, as far as its MATCH says.</summary>
internal static class EntryMatch
{
    /// <summary>Bytes of a client's part of a cookie (RFC 7873 §4).</summary>
    private const int ClientCookieSize = 8;

    public static bool Fits(Entry entry, SeenMessage seen) => Differences(entry, seen).Count == 0;

    /// <returns>What is different, as phrases; none when it fits.</returns>
    public static List<string> Differences(Entry entry, SeenMessage seen)
    {
        MatchRules match = entry.Match;
        DnsMessage expected = entry.Packet;
        DnsMessage came = seen.Message;
        var found = new List<string>();
        if (match.OverTcp is { } overTcp && overTcp != seen.OverTcp)
            found.Add(overTcp ? "expected over TCP; came over UDP" : "expected over UDP; came over TCP");
        if (match.Opcode && expected.Opcode != came.Opcode)
            found.Add($"opcode: expected {expected.Opcode}; came {came.Opcode}");
        if (match.Flags && expected.Flags != came.Flags)
            found.Add($"flags: expected {Flags(expected.Flags)}; came {Flags(came.Flags)}");
        if (match.Rcode && expected.Rcode != came.Rcode)
            found.Add($"rcode: expected {Rcode(expected.Rcode)}; came {Rcode(came.Rcode)}");
        CompareQuestion(match, expected, came, found);
        if (match.Answer)
            CompareSection("answer", expected.Answers, came.Answers, match.Ttl, found);
        if (match.Authority)
            CompareSection("authority", expected.Authorities, came.Authorities, match.Ttl, found);
        if (match.Additional)
            CompareSection("additional", expected.Additionals, came.Additionals, match.Ttl, found);
        CompareEdns(match, entry, came, found);
        if (match.Serial is { } serial && !came.Authorities.Exists(r => r.TryGetSoa(out SoaData soa) && soa.Serial == serial))
            found.Add(string.Create(CultureInfo.InvariantCulture, $"expected a SOA record with serial {serial}"));
        return found;
    }

    public static string Flags(DnsFlags flags)
    {
        var names = new List<string>();
        foreach (DnsFlags flag in new[] { DnsFlags.QR, DnsFlags.AA, DnsFlags.TC, DnsFlags.RD, DnsFlags.RA, DnsFlags.AD, DnsFlags.CD })
        {
            if ((flags & flag) != 0)
                names.Add(flag.ToString());
        }

        return names.Count == 0 ? "none" : string.Join(' ', names);
    }

    public static string Rcode(DnsRcode rcode) => rcode.ToString().ToUpperInvariant();

    private static void CompareQuestion(MatchRules match, DnsMessage expected, DnsMessage came, List<string> found)
    {
        DnsQuestion? mine = expected.Questions.Count > 0 ? expected.Questions[0] : null;
        DnsQuestion? theirs = came.Questions.Count > 0 ? came.Questions[0] : null;
        if (match.QType && mine?.Type != theirs?.Type)
            found.Add($"type of the question: expected {Type(mine)}; came {Type(theirs)}");
        if (match.QClass && mine?.Class != theirs?.Class)
            found.Add("class of the question");
        if (match.QName && (mine?.Name != theirs?.Name || (match.QNameCase && mine is { } m && theirs is { } t && !m.Name.EqualsExactly(t.Name))))
            found.Add($"name of the question: expected {mine?.Name}; came {theirs?.Name}");
        if (match.Subdomain && (mine is not { } top || theirs is not { } below || !below.Name.IsSubdomainOf(top.Name)))
            found.Add($"name of the question: expected one at or below {mine?.Name}; came {theirs?.Name}");
        // An entry without a question does not say which one comes back with an error.
        if (match.Question && mine != theirs && !(mine is null && came.Rcode != DnsRcode.NoError))
            found.Add($"question: expected {mine?.ToString() ?? "none"}; came {theirs?.ToString() ?? "none"}");
    }

    private static string Type(DnsQuestion? question) => question is { } q ? DnsMnemonic.Of(q.Type) : "none";

    private static void CompareSection(string section, List<DnsRecord> expected, List<DnsRecord> came, bool withTtl, List<string> found)
    {
        (List<DnsRecord> missing, List<DnsRecord> extra) = RecordComparison.Differ(expected, came, withTtl);
        foreach (DnsRecord record in missing)
            found.Add($"{section}: expected {Short(record)}");
        foreach (DnsRecord record in extra)
            found.Add($"{section}: came {Short(record)}");
    }

    // A signature fills a screen and says nothing to a reader.
    private static string Short(DnsRecord record)
    {
        string text = record.ToString();
        return text.Length <= 120 ? text : $"{text[..117]}...";
    }

    private static void CompareEdns(MatchRules match, Entry entry, DnsMessage came, List<string> found)
    {
        bool expectsDo = entry.Packet.Edns is { DnssecOk: true };
        if (match.Do && expectsDo != came.Edns is { DnssecOk: true })
            found.Add(expectsDo ? "expected the DO bit" : "came with the DO bit");
        if (match.Edns && entry.Packet.Edns is not null && came.Edns is null)
            found.Add("expected EDNS");
        if (match.NoEdns && came.Edns is not null)
            found.Add("came with EDNS");
        if (match.EdnsOptions && !(entry.EdnsOptions ?? []).AsSpan().SequenceEqual(OptionBytes(came.Edns)))
            found.Add($"EDNS options: expected {Convert.ToHexString(entry.EdnsOptions ?? [])}; came {Convert.ToHexString(OptionBytes(came.Edns))}");
        int cookie = came.Edns?.Options.FirstOrDefault(o => o.Code == EdnsOptionCode.Cookie).Data.Length ?? 0;
        if (match.ClientCookie && cookie < ClientCookieSize)
            found.Add("expected a client's cookie");
        if (match.ServerCookie && cookie <= ClientCookieSize)
            found.Add("expected a server's cookie");
        if (match.ExtendedError is not { } code)
            return;
        List<ushort> errors = ExtendedErrors(came.Edns);
        if (code < 0 ? errors.Count == 0 : !errors.Contains((ushort)code))
        {
            found.Add($"extended error: expected {(code < 0 ? "any" : code.ToString(CultureInfo.InvariantCulture))}; came {(errors.Count == 0 ? "none" : string.Join(' ', errors))}");
        }
    }

    private static List<ushort> ExtendedErrors(Edns? edns)
    {
        var codes = new List<ushort>();
        foreach (EdnsOption option in edns?.Options ?? [])
        {
            if (option.TryGetExtendedError(out ushort code, out _))
                codes.Add(code);
        }

        return codes;
    }

    private static byte[] OptionBytes(Edns? edns)
    {
        var bytes = new List<byte>();
        foreach (EdnsOption option in edns?.Options ?? [])
        {
            byte[] head = new byte[4];
            BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)option.Code);
            BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)option.Data.Length);
            bytes.AddRange(head);
            bytes.AddRange(option.Data.Span);
        }

        return [.. bytes];
    }
}
