using System.Diagnostics.CodeAnalysis;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>A zone and its file.</summary>
/// <param name="Origin">Null: the file says it.</param>
/// <param name="File">A master file.</param>
public readonly record struct ZoneSource(DomainName? Origin, string File);

/// <summary>How zones are signed when they are read.</summary>
public sealed record ZoneSigning
{
    public SigningSettings Settings { get; init; } = new();

    public SigningAlgorithm Algorithm { get; init; } = SigningAlgorithm.EcdsaP256Sha256;

    /// <summary>Where keys are kept, one PEM file for each zone and kind; missing ones are made. Null: new keys each time, in memory alone.</summary>
    public string? KeyFolder { get; init; }
}

/// <summary>Reads zones, and signs them when that is wanted.</summary>
public sealed class NameserverSetup(IReadOnlyList<ZoneSource> sources, ZoneSigning? signing, TimeProvider time) : IDisposable
{
    private readonly Dictionary<DomainName, SigningKey[]> _keys = [];

    /// <summary>DS records for the parents of the zones signed here, in zone-file form.</summary>
    public IReadOnlyList<DnsRecord> DelegationSigners { get; private set; } = [];

    /// <summary>Reads all files anew.</summary>
    /// <param name="zones">What is to be served.</param>
    /// <param name="error">The first thing that is wrong.</param>
    public bool TryRead([NotNullWhen(true)] out ZoneSet? zones, out TextError error)
    {
        zones = null;
        var read = new List<Zone>();
        var signers = new List<DnsRecord>();
        var settings = new ZoneFileSettings { ReadFile = File.ReadAllText };
        foreach (ZoneSource source in sources)
        {
            if (!TryReadText(source.File, out string text, out error) || !ZoneFile.TryParse(text, source.File, source.Origin, out Zone? zone, out error, settings))
                return false;
            if (read.Exists(z => z.Origin == zone.Origin))
            {
                error = new TextError(source.File, 1, 1, $"the zone {zone.Origin} is given twice.");
                return false;
            }

            if (signing is not null)
            {
                if (!TryGetKeys(zone.Origin, out SigningKey[]? keys, out error))
                    return false;
                zone = ZoneSigner.Sign(zone, keys, signing.Settings, Instant.FromDateTimeOffset(time.GetUtcNow()));
                signers.AddRange(keys.Where(k => k.IsSecureEntryPoint).Select(k => k.ToDs(zone.Origin, signing.Settings.DnskeyTtl)));
            }

            read.Add(zone);
        }

        error = default;
        zones = new ZoneSet(read);
        DelegationSigners = signers;
        return true;
    }

    public void Dispose()
    {
        foreach (SigningKey key in _keys.Values.SelectMany(k => k))
            key.Dispose();
    }

    private static bool TryReadText(string file, out string text, out TextError error)
    {
        (text, error) = ("", default);
        try
        {
            text = File.ReadAllText(file);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            error = new TextError(file, 1, 1, $"it cannot be read: {failure.Message.ReplaceLineEndings(" ")}");
            return false;
        }
    }

    private bool TryGetKeys(DomainName zone, [NotNullWhen(true)] out SigningKey[]? keys, out TextError error)
    {
        error = default;
        if (_keys.TryGetValue(zone, out keys))
            return true;
        var made = new List<SigningKey>();
        foreach (bool isSecureEntryPoint in (bool[])[true, false])
        {
            string name = (zone.IsRoot ? "root" : Uri.EscapeDataString(zone.ToStringWithoutFinalDot())) + (isSecureEntryPoint ? ".ksk.pem" : ".zsk.pem");
            string? file = signing!.KeyFolder is null ? null : Path.Combine(signing.KeyFolder, name);
            try
            {
                if (file is null || !File.Exists(file))
                {
                    var fresh = SigningKey.Generate(signing.Algorithm, isSecureEntryPoint);
                    made.Add(fresh);
                    if (file is not null)
                        WriteSecret(file, fresh.ToPem());
                }
                else if (SigningKey.TryFromPem(File.ReadAllText(file), isSecureEntryPoint, out SigningKey? key))
                {
                    made.Add(key!);
                }
                else
                {
                    error = new TextError(file, 1, 1, "a private key in PEM is expected: RSA of 2048 to 4096 bits, P-256 or P-384.");
                    return false;
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                error = new TextError(file!, 1, 1, $"the key cannot be read or written: {failure.Message.ReplaceLineEndings(" ")}");
                return false;
            }
        }

        _keys[zone] = keys = [.. made];
        return true;
    }

    private static void WriteSecret(string file, string pem)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        writer.Write(pem);
    }
}
