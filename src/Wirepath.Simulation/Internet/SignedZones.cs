using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// The zone files of the embedded internet as they are served: signed, all but one, with the DS records of their children. The keys
/// are the same in every run; a signature is made when it is asked for first.
/// </summary>
internal static class SignedZones
{
    private const ulong Seed = 20_260_101;

    /// <summary>Left as it is: what its parent proves is that it is not signed.</summary>
    private static readonly DomainName s_unsigned = DomainName.Parse("example.cn.");

    /// <summary>Signed with another key than the one that its parent vouches for.</summary>
    private static readonly DomainName s_broken = DomainName.Parse("bogus.example.org.");

    private static readonly SigningSettings s_settings = new();

    /// <summary>What the embedded internet's resolver trusts from the start.</summary>
    public static DnsRecord RootAnchor => Key(DomainName.Root).ToDs(DomainName.Root, s_settings.DnskeyTtl);

    /// <param name="name">Of the resource: <c>root</c>, <c>example.com</c>.</param>
    /// <param name="time">The signatures hold from the day before it, whenever on that day the zone is first needed.</param>
    public static Zone Read(string name, TimeProvider time)
    {
        Zone zone = ZoneFile.Parse(EmbeddedText.Text($"Zones/{name}.zone"), name + ".zone", name == "root" ? DomainName.Root : DomainName.Parse(name + "."));
        if (zone.Origin == s_unsigned)
            return zone;
        SigningKey key = zone.Origin == s_broken ? Key(zone.Origin.Prepend("other")) : Key(zone.Origin);
        Instant today = Instant.FromDateTimeOffset(new DateTimeOffset(time.GetUtcNow().Date, TimeSpan.Zero));
        return ZoneSigner.Sign(zone.With(Delegations(zone)), [key], s_settings, today, onDemand: true);
    }

    // The delegations to zones that are served signed; lame, silent and dead ones have no keys to vouch for.
    private static IEnumerable<DnsRecord> Delegations(Zone zone)
    {
        foreach (DomainName child in zone.Records.Where(r => r.Type == DnsType.NS && r.Name != zone.Origin).Select(r => r.Name).Distinct())
        {
            if (child != s_unsigned && EmbeddedText.Exists($"Zones/{child.ToStringWithoutFinalDot()}.zone"))
                yield return Key(child).ToDs(child, s_settings.DnskeyTtl);
        }
    }

    // One key for everything: two would only make answers longer here.
    private static SigningKey Key(DomainName zone) =>
        SigningKey.FromSeed(SigningAlgorithm.EcdsaP256Sha256, isSecureEntryPoint: true, new RandomSource(Seed).Fork(zone.ToString()));
}
