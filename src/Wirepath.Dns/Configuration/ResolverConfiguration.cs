using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What a resolver is told: its configuration file, read. The form of the file is that of unbound.conf.</summary>
public sealed record ResolverConfiguration
{
    public ResolverSettings Settings { get; init; } = new();

    public CacheSettings Cache { get; init; } = new();

    /// <summary>Where it listens; empty: the one who starts it decides.</summary>
    public IReadOnlyList<IpEndpoint> Listen { get; init; } = [];

    /// <summary>Who may ask; the longest prefix decides. Where none fits, loopback is allowed and all others are refused.</summary>
    public IReadOnlyList<AccessRule> Access { get; init; } = [];

    public IReadOnlyList<StubZone> StubZones { get; init; } = [];

    public IReadOnlyList<ForwardZone> ForwardZones { get; init; } = [];

    public IReadOnlyList<AuthorityZone> AuthorityZones { get; init; } = [];

    /// <summary>Names that are answered here, built-in ones included.</summary>
    public LocalZones LocalZones { get; init; } = LocalZones.BuiltIn;

    /// <summary>What becomes of answers with certain addresses.</summary>
    public IReadOnlyList<ResponseRule> ResponseRules { get; init; } = [];

    /// <summary>Files with the names and addresses of the root's servers; empty: those that are built in.</summary>
    public IReadOnlyList<string> RootHintFiles { get; init; } = [];

    /// <summary>DS and DNSKEY records that are trusted as they are.</summary>
    public IReadOnlyList<DnsRecord> TrustAnchors { get; init; } = [];

    /// <summary>Files with such records.</summary>
    public IReadOnlyList<string> TrustAnchorFiles { get; init; } = [];

    /// <summary>Files with such records that are kept up to date (RFC 5011).</summary>
    public IReadOnlyList<string> AutoTrustAnchorFiles { get; init; } = [];

    /// <summary>Lines that were understood and change nothing here, with the reason.</summary>
    public IReadOnlyList<KeyWithoutEffect> WithoutEffect { get; init; } = [];

    /// <summary>Reads a configuration.</summary>
    /// <param name="text">The file.</param>
    /// <param name="fileName">For errors, and for what it includes.</param>
    /// <param name="configuration">What it says; the rest are the defaults.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public static bool TryParse(string text, string fileName, [NotNullWhen(true)] out ResolverConfiguration? configuration, out TextError error) =>
        TryParse(text, fileName, new ResolverConfiguration(), _ => null, out configuration, out error);

    /// <inheritdoc cref="TryParse(string, string, out ResolverConfiguration?, out TextError)"/>
    /// <param name="text">The file.</param>
    /// <param name="fileName">For errors, and for what it includes.</param>
    /// <param name="defaults">What holds where the file says nothing.</param>
    /// <param name="include">Finds the files that <c>include:</c> names, wildcards and all; null when there is none.</param>
    /// <param name="configuration">What it says.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public static bool TryParse(
        string text, string fileName, ResolverConfiguration defaults, Func<string, IReadOnlyList<IncludedFile>?> include,
        [NotNullWhen(true)] out ResolverConfiguration? configuration, out TextError error)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(defaults);
        ArgumentNullException.ThrowIfNull(include);
        var builder = new ConfigurationBuilder(defaults);
        TextError? wrong = new ConfigurationReader(builder, include).Read(text, fileName);
        error = wrong ?? default;
        configuration = wrong is null ? builder.Build() : null;
        return wrong is null;
    }
}

/// <summary>A key or clause that was understood and changes nothing.</summary>
/// <param name="Key">Without its colon.</param>
/// <param name="Note">Where it stands, and why it changes nothing.</param>
public sealed record KeyWithoutEffect(string Key, TextError Note);

/// <summary>A file that another one includes.</summary>
public readonly record struct IncludedFile(string Name, string Text);
