using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>Signatures and keys that a scenario has broken on purpose, so that no zone file could hold them: cut short, or missing.</summary>
internal static class BrokenRecord
{
    /// <summary>Fields before the signature, and before the key.</summary>
    private const int SignatureFields = 8;
    private const int KeyFields = 3;

    /// <summary>Reads a RRSIG or DNSKEY record whose base 64 is cut short; the bytes are those that are there.</summary>
    public static DnsRecord? TryRead(string text, DomainName origin)
    {
        List<string> words = [.. ScriptLines.WordsOf(text.ReplaceLineEndings(" "), 1).Select(w => w.Text).Where(w => w is not ("(" or ")"))];
        int type = words.FindIndex(1, w => w.Equals("RRSIG", StringComparison.OrdinalIgnoreCase) || w.Equals("DNSKEY", StringComparison.OrdinalIgnoreCase));
        if (type < 0)
            return null;
        int start = type + 1 + (words[type].Equals("RRSIG", StringComparison.OrdinalIgnoreCase) ? SignatureFields : KeyFields);
        if (words.Count < start)
            return null;
        string digits = string.Concat(words.Skip(start)).TrimEnd('=');
        if (digits.Length % 4 == 1)
            digits = digits[..^1];
        bool isEmpty = digits.Length == 0;
        string whole = isEmpty ? "AA==" : digits + new string('=', (4 - digits.Length % 4) % 4);
        string line = $"{string.Join(' ', words.Take(start))} {whole}";
        if (!RecordLine.TryRead(line, "", 1, 1, origin, out DnsRecord? record, out _))
            return null;
        return isEmpty ? record with { Data = record.Data[..^1] } : record;
    }
}
