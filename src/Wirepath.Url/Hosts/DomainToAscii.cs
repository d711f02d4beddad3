using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Wirepath.Url;

/// <summary>
/// WHATWG URL §3.3, "domain to ASCII" with beStrict false. The mapping is the part of UTS 46 that needs no table; what
/// would need one is refused and never mapped wrongly (<see cref="IdnaCodePoints"/>).
/// </summary>
internal static class DomainToAscii
{
    public const string Prefix = "xn--";

    public static bool TryConvert(string domain, out string ascii, [NotNullWhen(false)] out HostProblem? problem)
    {
        problem = null;
        if (Ascii.IsValid(domain))
        {
            // Also where an "xn--" label is no punycode: such names are in use and go to DNS as they are.
            ascii = domain.ToLowerInvariant();
            return true;
        }

        ascii = "";
        var mapped = new StringBuilder(domain.Length);
        int index = 0;
        foreach (Rune rune in domain.EnumerateRunes())
        {
            if (!IdnaCodePoints.TryMap(rune, mapped))
            {
                string what = UrlCodePoints.Describe(domain.AsSpan(index));
                problem = new HostProblem("domain-to-ASCII", index, rune.ToString(), $"The host contains {what}, which is not allowed in an internationalised domain name.");
                return false;
            }

            index += rune.Utf16SequenceLength;
        }

        if (mapped.Length == 0)
        {
            problem = new HostProblem("domain-to-ASCII", 0, "", "Nothing is left of the host: all its characters are ones that a domain name ignores.");
            return false;
        }

        string[] labels = mapped.ToString().Split('.');
        var codePoints = new List<int>();
        bool rightToLeft = false;
        for (int i = 0; i < labels.Length; i++)
        {
            string label = labels[i];
            bool encoded = label.StartsWith(Prefix, StringComparison.Ordinal);
            if (!encoded && Ascii.IsValid(label))
            {
                continue;
            }

            string? wrong = null;
            if (!encoded)
            {
                codePoints.Clear();
                foreach (Rune rune in label.EnumerateRunes())
                {
                    codePoints.Add(rune.Value);
                }
            }
            else if (!Ascii.IsValid(label))
            {
                wrong = "it begins with \"xn--\" but is not in ASCII letters";
            }
            else if (!Punycode.TryDecode(label.AsSpan(Prefix.Length), codePoints) || codePoints.TrueForAll(c => c < 0x80))
            {
                wrong = "what follows its \"xn--\" is not punycode (RFC 3492)";
            }

            wrong ??= IdnaCodePoints.WhatIsWrong(codePoints, encoded);
            if (wrong is not null)
            {
                problem = new HostProblem("domain-to-ASCII", Math.Max(domain.IndexOf(label, StringComparison.OrdinalIgnoreCase), 0), label, $"\"{label}\" is no internationalised domain label: {wrong}.");
                return false;
            }

            rightToLeft |= codePoints.Exists(IdnaCodePoints.IsRightToLeft);
            if (!encoded)
            {
                labels[i] = Prefix + Punycode.Encode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(codePoints));
            }
        }

        // RFC 5893 §2, rule 1, in a domain with right-to-left labels.
        if (rightToLeft && Array.Find(labels, l => l.Length > 0 && char.IsAsciiDigit(l[0])) is { } digits)
        {
            problem = new HostProblem("domain-to-ASCII", Math.Max(domain.IndexOf(digits, StringComparison.Ordinal), 0), digits, $"\"{digits}\" begins with a digit, which is not allowed beside labels that are written from right to left.");
            return false;
        }

        ascii = string.Join('.', labels);
        return true;
    }

    /// <summary>"Domain to Unicode" for display: each label that is punycode, decoded; what cannot be decoded stays.</summary>
    public static string ToUnicode(string domain)
    {
        if (!domain.Contains(Prefix, StringComparison.Ordinal))
        {
            return domain;
        }

        var codePoints = new List<int>();
        string[] labels = domain.Split('.');
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i].StartsWith(Prefix, StringComparison.Ordinal) && Punycode.TryDecode(labels[i].AsSpan(Prefix.Length), codePoints))
            {
                labels[i] = string.Concat(codePoints.Select(c => new Rune(c).ToString()));
            }
        }

        return string.Join('.', labels);
    }
}
