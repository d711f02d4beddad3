using System.Text;

namespace Wirepath.Url;

/// <summary>What a person is told when UTS 46 or the forbidden code points refuse a domain, and where it is.</summary>
internal static class DomainMessages
{
    private const string Name = "domain-to-ASCII";

    /// <param name="domain">Percent-decoded.</param>
    /// <param name="text">As it stands in the URL.</param>
    /// <param name="problem">What was found.</param>
    /// <param name="tolerated">Only the strict rules refuse it.</param>
    public static HostProblem Refused(ReadOnlySpan<char> domain, ReadOnlySpan<char> text, IdnaProblem problem, bool tolerated)
    {
        (int index, int length) = Find(domain, problem);
        string label = LabelOf(domain, problem.Label);
        string detail = problem.CodePoint >= 0 ? UrlCodePoints.Describe(problem.CodePoint) : label;
        string message = Message(problem, label, tolerated);
        if (!domain.SequenceEqual(text))
        {
            int begin = Place(text, index);
            length = Place(text, index + length) - begin;
            index = begin;
        }

        return new HostProblem(Name, index, length, detail, message, problem.Error);
    }

    private static string Message(IdnaProblem problem, string label, bool tolerated)
    {
        string character = problem.CodePoint >= 0 ? UrlCodePoints.Describe(problem.CodePoint) : "";
        string isNone = $"\"{label}\" is no internationalised domain label:";
        return problem.Error switch
        {
            IdnaError.ForbiddenAscii when tolerated => $"The host contains {character}, which is not usual in a host name; letters, digits, \"-\" and \".\" are.",
            IdnaError.ForbiddenAscii => $"The host contains {character}, which no domain name may contain; letters, digits, \"-\" and \".\" are right.",
            IdnaError.Disallowed when label.StartsWith(Idna.Prefix, StringComparison.OrdinalIgnoreCase) => $"{isNone} it encodes {character}, which is not allowed in one.",
            IdnaError.Disallowed => $"The host contains {character}, which is not allowed in an internationalised domain name.",
            IdnaError.PrefixBeforeNonAscii => $"{isNone} it begins with \"xn--\" but is not in ASCII letters.",
            IdnaError.Punycode => $"{isNone} what follows its \"xn--\" is not punycode (RFC 3492).",
            IdnaError.NotNormalized => $"{isNone} what its punycode stands for is not in Normalization Form C.",
            IdnaError.Hyphen => $"The label \"{label}\" has a hyphen at its beginning or end, or in its third and fourth place; host names do not.",
            IdnaError.LeadingMark => $"{isNone} it begins with a combining mark.",
            IdnaError.Joiner => $"{isNone} an invisible joiner (U+200C or U+200D) stands where no script needs it.",
            IdnaError.Bidi => $"{isNone} it mixes writing directions (RFC 5893).",
            IdnaError.EmptyLabel => "The host has an empty label: two dots in a row, or one at its beginning or end.",
            IdnaError.LabelTooLong => $"The label \"{Short(label)}\" is longer than the 63 octets that DNS has for one.",
            IdnaError.DomainTooLong => "The host is longer than the 253 octets that DNS has for a name.",
            IdnaError.Empty => "Nothing is left of the host: all its characters are ones that a domain name ignores.",
            IdnaError.None => throw new ArgumentOutOfRangeException(nameof(problem)),
            _ => throw new ArgumentOutOfRangeException(nameof(problem)),
        };
    }

    private static string Short(string label) => label.Length <= 24 ? label : label[..20] + "…";

    /// <summary>The code point where it is one, else the label.</summary>
    private static (int Index, int Length) Find(ReadOnlySpan<char> domain, IdnaProblem problem)
    {
        if (problem.Error is IdnaError.Empty or IdnaError.DomainTooLong)
            return (0, domain.Length);
        (int start, int length) = Label(domain, problem.Label);
        for (int i = start; problem.CodePoint >= 0 && i < start + length;)
        {
            Rune.DecodeFromUtf16(domain[i..], out Rune rune, out int consumed);
            if (rune.Value == problem.CodePoint || MapsTo(rune.Value, problem.CodePoint))
                return (i, consumed);
            i += consumed;
        }

        return (start, length);
    }

    private static string LabelOf(ReadOnlySpan<char> domain, int number)
    {
        (int start, int length) = Label(domain, number);
        return domain.Slice(start, length).ToString();
    }

    /// <summary>The label of that number, where a dot is what UTS 46 maps to one.</summary>
    private static (int Start, int Length) Label(ReadOnlySpan<char> domain, int number)
    {
        int start = 0;
        for (int i = 0; i < domain.Length; i++)
        {
            if (!EndsLabel(domain[i]))
                continue;
            if (number-- == 0)
                return (start, i - start);
            start = i + 1;
        }

        return (start, domain.Length - start);
    }

    private static bool EndsLabel(char c) => c == '.' || (c >= 0x80 && !char.IsSurrogate(c) && MapsTo(c, '.'));

    private static bool MapsTo(int c, int wanted)
    {
        foreach (ushort unit in UnicodeLookup.Mapping(c))
        {
            if (unit == wanted)
                return true;
        }

        return false;
    }

    /// <summary>Where the text ends whose percent-decoding is so long.</summary>
    private static int Place(ReadOnlySpan<char> text, int decodedLength)
    {
        const int longest = 4;
        Span<byte> bytes = stackalloc byte[longest];
        int at = 0, decoded = 0;
        while (at < text.Length && decoded < decodedLength)
        {
            int count = 0;
            for (; count < longest && PercentEncoding.IsEncodedByte(text[(at + (3 * count))..]); count++)
                bytes[count] = PercentEncoding.EncodedByte(text[(at + (3 * count))..]);
            Rune rune;
            int consumed;
            if (count > 0)
                Rune.DecodeFromUtf8(bytes[..count], out rune, out consumed);
            else
                Rune.DecodeFromUtf16(text[at..], out rune, out consumed);
            at += count > 0 ? 3 * consumed : consumed;
            decoded += rune.Utf16SequenceLength;
        }

        return at;
    }
}
