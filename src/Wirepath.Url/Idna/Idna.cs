using System.Text;

namespace Wirepath.Url;

/// <summary>Internationalised domain names by UTS 46, with tables of its own: neither ICU nor the process's culture has a say.</summary>
public static class Idna
{
    internal const string Prefix = "xn--";

    private const int OnStack = 128;

    /// <summary>Of the tables, e.g. 17.0.0.</summary>
    public static string UnicodeVersion => UnicodeTables.Version;

    /// <summary>UTS 46, section 4.2, "ToASCII".</summary>
    /// <returns>False when an error was recorded; <paramref name="problem"/> is the first one.</returns>
    public static bool TryToAscii(ReadOnlySpan<char> domain, IdnaOptions options, out string ascii, out IdnaProblem problem)
    {
        var text = new GrowingBuffer<char>(stackalloc char[OnStack]);
        bool right = TryToAscii(domain, options, ref text, out problem);
        ascii = right ? text.Written.ToString() : "";
        text.Dispose();
        return right;
    }

    /// <summary>UTS 46, section 4.3, "ToUnicode".</summary>
    /// <returns>False when an error was recorded; <paramref name="unicode"/> is then what can be shown all the same.</returns>
    public static bool TryToUnicode(ReadOnlySpan<char> domain, IdnaOptions options, out string unicode, out IdnaProblem problem)
    {
        var labels = new GrowingBuffer<int>(stackalloc int[OnStack]);
        problem = Process(domain, options, stopAtError: false, ref labels);
        var text = new StringBuilder(labels.Length);
        foreach (int c in labels.Written)
            text.Append(char.ConvertFromUtf32(c));
        labels.Dispose();
        unicode = text.ToString();
        return problem.Error == IdnaError.None;
    }

    internal static bool TryToAscii(scoped ReadOnlySpan<char> domain, IdnaOptions options, ref GrowingBuffer<char> to, out IdnaProblem problem)
    {
        int start = to.Length;
        var labels = new GrowingBuffer<int>(stackalloc int[OnStack]);
        problem = Process(domain, options, stopAtError: true, ref labels);
        if (problem.Error == IdnaError.None)
            problem = Encode(labels.Written, ref to);
        labels.Dispose();
        if (problem.Error == IdnaError.None && options.VerifyDnsLength)
            problem = DnsLength(to.Written[start..]);
        return problem.Error == IdnaError.None;
    }

    /// <summary>UTS 46, section 4, "Processing": maps, normalises, decodes A-labels, validates.</summary>
    private static IdnaProblem Process(scoped ReadOnlySpan<char> domain, IdnaOptions options, bool stopAtError, ref GrowingBuffer<int> to)
    {
        var mapped = new GrowingBuffer<int>(stackalloc int[OnStack]);
        Map(domain, options, ref mapped);
        Nfc.Normalize(ref mapped);

        IdnaProblem first = default;
        ReadOnlySpan<int> rest = mapped.Written;
        bool rightToLeft = false;
        for (int number = 0; ; number++)
        {
            int dot = rest.IndexOf('.');
            ReadOnlySpan<int> label = dot < 0 ? rest : rest[..dot];
            int start = to.Length;
            IdnaProblem problem = Convert(label, number, options, ref to);
            Keep(ref first, problem);
            rightToLeft |= LabelRules.IsRightToLeft(to.Written[start..]);
            if (dot < 0 || (stopAtError && first.Error != IdnaError.None))
                break;
            to.Add('.');
            rest = rest[(dot + 1)..];
        }

        mapped.Dispose();
        if (first.Error == IdnaError.None && options.CheckBidi && rightToLeft)
            first = LabelRules.Bidi(to.Written);
        return first;
    }

    private static void Map(scoped ReadOnlySpan<char> domain, IdnaOptions options, ref GrowingBuffer<int> to)
    {
        foreach (Rune rune in domain.EnumerateRunes())
        {
            int c = rune.Value;
            switch (UnicodeLookup.Properties(c).Status)
            {
                case IdnaStatus.Ignored:
                    break;
                case IdnaStatus.Mapped when c == 'ẞ' && options.TransitionalProcessing:
                    to.Add('s');
                    to.Add('s');
                    break;
                case IdnaStatus.Mapped:
                case IdnaStatus.Deviation when options.TransitionalProcessing:
                    UnicodeLookup.Append(UnicodeLookup.Mapping(c), ref to);
                    break;
                case IdnaStatus.Valid or IdnaStatus.Deviation or IdnaStatus.Disallowed:
                    to.Add(c);
                    break;
                default:
                    throw new InvalidOperationException($"No such status for U+{c:X4}.");
            }
        }
    }

    /// <summary>Appends a label in Unicode.</summary>
    private static IdnaProblem Convert(scoped ReadOnlySpan<int> label, int number, IdnaOptions options, ref GrowingBuffer<int> to)
    {
        int start = to.Length;
        if (!HasPrefix(label))
        {
            to.Add(label);
            return LabelRules.Check(label, number, options, decoded: false);
        }

        if (label.ContainsAnyExceptInRange(0, 0x7F))
        {
            to.Add(label);
            return new IdnaProblem(IdnaError.PrefixBeforeNonAscii, number);
        }

        bool decodes = Punycode.TryDecode(label[Prefix.Length..], ref to) && to.Written[start..].ContainsAnyExceptInRange(0, 0x7F);
        if (decodes)
            return LabelRules.Check(to.Written[start..], number, options with { TransitionalProcessing = false }, decoded: true);
        to.Truncate(start);
        to.Add(label);
        return options.IgnoreInvalidPunycode ? default : new IdnaProblem(IdnaError.Punycode, number);
    }

    private static IdnaProblem Encode(scoped ReadOnlySpan<int> labels, ref GrowingBuffer<char> to)
    {
        for (int number = 0; ; number++)
        {
            int dot = labels.IndexOf('.');
            ReadOnlySpan<int> label = dot < 0 ? labels : labels[..dot];
            if (label.ContainsAnyExceptInRange(0, 0x7F))
            {
                to.Add(Prefix);
                if (!Punycode.TryEncode(label, ref to))
                    return new IdnaProblem(IdnaError.LabelTooLong, number);
            }
            else
            {
                foreach (int c in label)
                    to.Add((char)c);
            }

            if (dot < 0)
                return default;
            to.Add('.');
            labels = labels[(dot + 1)..];
        }
    }

    /// <summary>UTS 46, section 4.2, step 4; RFC 1034, section 3.1.</summary>
    private static IdnaProblem DnsLength(ReadOnlySpan<char> domain)
    {
        const int mostInLabel = 63, mostInDomain = 253;
        ReadOnlySpan<char> rest = domain;
        for (int number = 0; ; number++)
        {
            int dot = rest.IndexOf('.');
            int length = dot < 0 ? rest.Length : dot;
            if (length is 0 or > mostInLabel)
                return new IdnaProblem(length == 0 ? IdnaError.EmptyLabel : IdnaError.LabelTooLong, number);
            if (dot < 0)
                break;
            rest = rest[(dot + 1)..];
        }

        // An empty last label, the root, is an error of its own: the tests that come with UTS 46 have it so.
        return domain.Length > mostInDomain ? new IdnaProblem(IdnaError.DomainTooLong, 0) : default;
    }

    private static bool HasPrefix(ReadOnlySpan<int> label) => label is ['x', 'n', '-', '-', ..];

    private static void Keep(ref IdnaProblem first, IdnaProblem problem)
    {
        if (first.Error == IdnaError.None)
            first = problem;
    }
}
