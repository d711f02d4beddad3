using System.Diagnostics.CodeAnalysis;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>A resolver's configuration with what its files hold: includes, root hints, trust anchors.</summary>
/// <param name="Configuration">Its trust anchors are those of the files too.</param>
/// <param name="Hints">Where iteration starts.</param>
/// <param name="AnchorFiles">Files of anchors that are kept up to date.</param>
public sealed record ResolverSetup(ResolverConfiguration Configuration, RootHints Hints, IReadOnlyList<AnchorFile> AnchorFiles)
{
    /// <summary>Files that one <c>include:</c> may name. 1,000: a folder of local data has dozens.</summary>
    private const int MostIncluded = 1000;

    /// <summary>Reads everything.</summary>
    /// <param name="path">The configuration; null: the defaults, for the Internet.</param>
    /// <param name="setup">What it says.</param>
    /// <param name="error">The first thing that is wrong, in whichever file.</param>
    public static bool TryRead(string? path, [NotNullWhen(true)] out ResolverSetup? setup, out TextError error)
    {
        setup = null;
        ResolverConfiguration? configuration = new ResolverConfiguration();
        if (path is not null)
        {
            if (!TryReadFile(path, path, out string text, out error)
                || !ResolverConfiguration.TryParse(text, path, configuration, pattern => Include(path, pattern), out configuration, out error))
                return false;
        }

        if (!TryReadHints(configuration, path, out RootHints? hints, out error) || !TryReadAnchorFiles(configuration, path, out List<AnchorFile>? files, out error)
            || !TryReadAnchors(configuration, path, files, out List<DnsRecord>? anchors, out error))
            return false;
        setup = new ResolverSetup(configuration with { TrustAnchors = anchors }, hints, files);
        return true;
    }

    private static bool TryReadHints(ResolverConfiguration configuration, string? path, [NotNullWhen(true)] out RootHints? hints, out TextError error)
    {
        hints = RootHints.Internet;
        error = default;
        if (configuration.RootHintFiles.Count == 0)
            return true;
        var servers = new List<(DomainName, IpAddress)>();
        foreach (string file in configuration.RootHintFiles)
        {
            if (!TryReadFile(path, file, out string text, out error) || !RootHints.TryParse(text, file, out RootHints? some, out error))
                return false;
            servers.AddRange(some.Servers);
        }

        hints = RootHints.Of(servers);
        return true;
    }

    // Without anchors of its own the Internet's hold, but not for another root.
    private static bool TryReadAnchors(
        ResolverConfiguration configuration, string? path, List<AnchorFile> files, [NotNullWhen(true)] out List<DnsRecord>? anchors, out TextError error)
    {
        anchors = [.. configuration.TrustAnchors];
        error = default;
        foreach (string file in configuration.TrustAnchorFiles)
        {
            if (!TryReadFile(path, file, out string text, out error) || !ZoneFile.TryReadRecords(text, file, null, out IReadOnlyList<DnsRecord> records, out error))
                return false;
            anchors.AddRange(records);
        }

        bool isInternet = configuration.RootHintFiles.Count == 0 && !configuration.StubZones.Any(z => z.Name.IsRoot) && !configuration.ForwardZones.Any(z => z.Name.IsRoot);
        if (anchors.Count == 0 && isInternet && files.TrueForAll(file => file.Text.Length == 0))
            anchors.AddRange(TrustAnchors.InternetRecords);
        return true;
    }

    private static bool TryReadAnchorFiles(ResolverConfiguration configuration, string? path, [NotNullWhen(true)] out List<AnchorFile>? files, out TextError error)
    {
        files = [];
        error = default;
        foreach (string file in configuration.AutoTrustAnchorFiles)
        {
            string full = Beside(path, file);
            if (!StateFile.TryRead(full, out byte[] content, out string why))
            {
                error = new TextError(file, 1, 1, why);
                return false;
            }

            string text = System.Text.Encoding.UTF8.GetString(content);
            if (!AnchorRollover.Check(text, file, out error))
                return false;
            files.Add(new AnchorFile(full, text));
        }

        return true;
    }

    private static string Beside(string? path, string file) => Path.Combine(Path.GetDirectoryName(path) ?? "", file);

    private static bool TryReadFile(string? path, string file, out string text, out TextError error)
    {
        error = default;
        try
        {
            text = File.ReadAllText(ReferenceEquals(path, file) ? file : Beside(path, file));
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            text = "";
            error = new TextError(file, 1, 1, $"it cannot be read: {failure.Message.ReplaceLineEndings(" ")}");
            return false;
        }
    }

    private static List<IncludedFile>? Include(string path, string pattern)
    {
        string full = Beside(path, pattern);
        try
        {
            string folder = Path.GetDirectoryName(full) is { Length: > 0 } named ? named : ".";
            string[] files = full.AsSpan().ContainsAny('*', '?')
                ? [.. Directory.EnumerateFiles(folder, Path.GetFileName(full)).Order(StringComparer.Ordinal).Take(MostIncluded)]
                : [full];
            return [.. files.Select(file => new IncludedFile(file, File.ReadAllText(file)))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
