using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What <c>/etc/resolv.conf</c> (or DHCP) says to a stub, by its names, limits and defaults.</summary>
public sealed record StubSettings
{
    /// <summary>Asked in this order. None: every look-up fails with <see cref="Events.NameFailure.NoServer"/>. Three at most count.</summary>
    public IReadOnlyList<IpEndpoint> Nameservers { get; init; } = [];

    /// <summary>Domains that short names are tried in.</summary>
    public IReadOnlyList<DomainName> Search { get; init; } = [];

    /// <summary>A name with at least this many dots is tried as it is before the search list. 1; 15 at most.</summary>
    public int Ndots { get; init; } = 1;

    /// <summary>Wait for one server's answer. 5 s; 30 s at most.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rounds through the servers. 2; 5 at most.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Start each look-up with the next server instead of the first.</summary>
    public bool Rotate { get; init; }

    /// <summary>Ask over TCP from the start.</summary>
    public bool UseTcp { get; init; }

    /// <summary>Send OPT. On, unlike glibc's default: it saves TCP for answers over 512 bytes and lets the server say why it failed (RFC 8914).</summary>
    public bool UseEdns { get; init; } = true;

    /// <summary>Believe the server's word that it has verified an answer (AD). Off: only where the server and the way to it are trusted.</summary>
    public bool TrustAd { get; init; }

    private const int MostNameservers = 3;
    private const int MostNdots = 15;
    private const int MostTimeoutSeconds = 30;
    private const int MostAttempts = 5;

    /// <summary>
    /// The absolute names that a typed name may mean, in the order of trying (<c>resolv.conf(5)</c>, ndots and search).
    /// Empty when it is no name.
    /// </summary>
    public IReadOnlyList<DomainName> Candidates(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!DomainName.TryParse(text, out DomainName absolute) || text == "@")
            return [];
        if (text.EndsWith('.'))
            return [absolute];
        var candidates = new List<DomainName>();
        bool absoluteFirst = absolute.LabelCount - 1 >= Ndots;
        if (absoluteFirst)
            candidates.Add(absolute);
        foreach (DomainName domain in Search)
        {
            if (DomainName.TryParse(text, domain, out DomainName candidate) && !candidates.Contains(candidate))
                candidates.Add(candidate);
        }

        if (!absoluteFirst && !candidates.Contains(absolute))
            candidates.Add(absolute);
        return candidates;
    }

    /// <summary>Reads the format of <c>resolv.conf(5)</c>. Options that concern only a C library are passed over, as there.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="fileName">For the error.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public static bool TryParse(string text, string fileName, [NotNullWhen(true)] out StubSettings? settings, out TextError error)
    {
        ArgumentNullException.ThrowIfNull(text);
        settings = null;
        error = default;
        var read = new StubSettings();
        var nameservers = new List<IpEndpoint>();
        foreach (TextLine line in TextLine.Of(text, "#;"))
        {
            if (line.Words.Count == 0)
                continue;
            (TextWord keyword, List<TextWord> rest) = (line.Words[0], line.Words[1..]);
            TextWord? wrong;
            string expected;
            switch (keyword.Text)
            {
                case "nameserver":
                    (wrong, expected) = ReadNameserver(rest, nameservers);
                    break;
                case "domain" when rest.Count != 1:
                    (wrong, expected) = (rest.Count == 0 ? null : rest[1], "one domain is expected; a list follows search");
                    break;
                case "search" or "domain":
                    (wrong, expected) = ReadSearch(rest, ref read);
                    break;
                case "options":
                    (wrong, expected) = ReadOptions(rest, ref read);
                    break;
                case "sortlist" or "lookup" or "family":
                    continue;
                default:
                    (wrong, expected) = (keyword, "one of nameserver, search, domain, options, sortlist is expected");
                    break;
            }

            if (expected.Length == 0)
                continue;
            TextWord last = line.Words[^1];
            error = wrong is { } word
                ? new TextError(fileName, line.Number, word.Column, $"'{word.Text}': {expected}.")
                : new TextError(fileName, line.Number, last.Column + last.Text.Length, $"{expected}.");
            return false;
        }

        settings = read with { Nameservers = nameservers };
        return true;
    }

    private static (TextWord?, string) ReadNameserver(List<TextWord> words, List<IpEndpoint> nameservers)
    {
        if (words.Count == 0)
            return (null, "the address of a name server is expected");
        if (!IpAddress.TryParse(words[0].Text, out IpAddress address))
            return (words[0], "the IP address of a name server is expected");
        if (words.Count > 1)
            return (words[1], "one address for each nameserver line is expected");
        if (nameservers.Count < MostNameservers)
            nameservers.Add(new IpEndpoint(address, 53));
        return (null, "");
    }

    private static (TextWord?, string) ReadSearch(List<TextWord> words, ref StubSettings settings)
    {
        var search = new List<DomainName>();
        foreach (TextWord word in words)
        {
            if (!DomainName.TryParse(word.Text, out DomainName name))
                return (word, "a domain name is expected");
            search.Add(name);
        }

        // The last line of the two keywords counts.
        settings = settings with { Search = search };
        return (null, "");
    }

    private static (TextWord?, string) ReadOptions(List<TextWord> words, ref StubSettings settings)
    {
        foreach (TextWord word in words)
        {
            string[] parts = word.Text.Split(':', 2);
            int number = 0;
            if (parts[0] is "ndots" or "timeout" or "attempts"
                && (parts.Length < 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out number)))
                return (word, $"a number is expected, as in {parts[0]}:2");
            switch (parts[0])
            {
                case "ndots":
                    settings = settings with { Ndots = Math.Min(number, MostNdots) };
                    break;
                case "timeout":
                    settings = settings with { Timeout = TimeSpan.FromSeconds(Math.Clamp(number, 1, MostTimeoutSeconds)) };
                    break;
                case "attempts":
                    settings = settings with { Attempts = Math.Clamp(number, 1, MostAttempts) };
                    break;
                case "rotate":
                    settings = settings with { Rotate = true };
                    break;
                case "use-vc":
                    settings = settings with { UseTcp = true };
                    break;
                case "edns0":
                    settings = settings with { UseEdns = true };
                    break;
                case "trust-ad":
                    settings = settings with { TrustAd = true };
                    break;
                case "no-edns0":
                    settings = settings with { UseEdns = false };
                    break;
                default:
                    break; // resolv.conf(5) has some ten more, all about the C library itself
            }
        }

        return (null, "");
    }
}
