using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Reads a DNSKEY answer: whether a key that a DS record or an anchor names has signed the set (RFC 4035 §5.2).</summary>
internal sealed class KeySetJudge(ResolverSettings settings, AlgorithmPolicy policy, RrsetVerifier verifier, TimeProvider time)
{
    /// <summary>The keys of a trust anchor's zone.</summary>
    public ZoneTrust Judge(ResolvedMessage message, TrustPoint point, ValidationContext context)
    {
        List<DsData> digests = policy.WorthTrying(point.Digests.FindAll(ds => policy.Supports(ds.Algorithm) && policy.SupportsDigest(ds.DigestType)));
        List<DnsKeyData> keys = point.Keys.FindAll(key => policy.Supports(key.Algorithm));
        if (digests.Count == 0 && keys.Count == 0)
        {
            const string Why = "has only trust anchors of algorithms that are not supported";
            return new ZoneTrust(point.Zone, Security.Insecure, Until(uint.MaxValue))
            {
                Error = new ExtendedError(ExtendedErrorCode.UnsupportedDnskeyAlgorithm, $"{point.Zone} {Why}"),
                Link = new TrustLink(point.Zone, Security.Insecure, 0, 0, 0, Why, null),
            };
        }

        return Judge(message, point.Zone, digests, keys, uint.MaxValue, parent: null, context);
    }

    /// <summary>The keys of a zone with a verified DS set.</summary>
    public ZoneTrust Judge(ResolvedMessage message, ZoneTrust parent, DomainName zone, DelegationFound delegation, ValidationContext context) =>
        Judge(message, zone, delegation.Digests, [], delegation.Ttl, parent, context);

    private ZoneTrust Judge(
        ResolvedMessage message, DomainName zone, IReadOnlyList<DsData> digests, IReadOnlyList<DnsKeyData> trusted, uint ttl, ZoneTrust? parent, ValidationContext context)
    {
        int index = message.Answers.FindIndex(set => set.Type == DnsType.DNSKEY && set.Name == zone);
        if (index < 0)
            return Bogus(zone, parent, new ExtendedError(ExtendedErrorCode.DnskeyMissing, $"{zone} has no DNSKEY set"));
        Rrset set = message.Answers[index];
        List<DnsKeyData> keys = Read(set);
        byte[] demanded = settings.HardenAlgorithmDowngrade ? [.. digests.Select(ds => ds.Algorithm).Concat(trusted.Select(key => key.Algorithm)).Distinct()] : [];
        var done = new List<byte>();
        SetVerdict? good = null;
        byte digestType = 0;
        ExtendedError? error = null;
        foreach ((DnsKeyData key, byte digest) in EntryPoints(zone, keys, digests, trusted))
        {
            if (done.Contains(key.Algorithm))
                continue;
            SetVerdict verdict = verifier.Verify(set, zone, [key], default, context.Ledger);
            if (verdict.IsSecure)
            {
                done.Add(key.Algorithm);
                if (good is null)
                    (good, digestType) = (verdict, digest);
                if (Array.TrueForAll(demanded, done.Contains))
                    return Good(message, index, zone, keys, demanded, verdict with { KeyTag = good.Value.KeyTag, Algorithm = good.Value.Algorithm }, digestType, ttl, parent);
            }
            else
            {
                error ??= verdict.Error;
            }
        }

        set.Security = Security.Bogus;
        string by = trusted.Count > 0 ? "trust anchor" : "DS record";
        return Bogus(zone, parent, error ?? (good is null
            ? new ExtendedError(ExtendedErrorCode.DnskeyMissing, $"no DNSKEY of {zone} is the one that its {by} names")
            : new ExtendedError(ExtendedErrorCode.DnssecBogus, $"the DNSKEY set of {zone} is not signed with each algorithm that its {by} names")));
    }

    private ZoneTrust Good(
        ResolvedMessage message, int index, DomainName zone, List<DnsKeyData> keys, byte[] demanded, SetVerdict verdict, byte digestType, uint ttl, ZoneTrust? parent)
    {
        message.Answers[index] = message.Answers[index].WithTtl(verdict.Ttl);
        message.Answers[index].Security = Security.Secure;
        string why = digestType == 0
            ? $"key {verdict.KeyTag} ({DnssecMnemonic.Of(verdict.Algorithm)}) is a trust anchor"
            : $"key {verdict.KeyTag} ({DnssecMnemonic.Of(verdict.Algorithm)}) is named by a {(parent is null ? "trust anchor" : $"DS record of {parent.Zone}")}";
        return new ZoneTrust(zone, Security.Secure, Until(Math.Min(verdict.Ttl, ttl)))
        {
            Keys = keys.FindAll(key => key.IsZoneKey && !key.IsRevoked && policy.Supports(key.Algorithm)),
            DemandedAlgorithms = demanded,
            Link = new TrustLink(zone, Security.Secure, verdict.KeyTag, verdict.Algorithm, digestType, why, parent?.Link),
        };
    }

    private List<DnsKeyData> Read(Rrset set)
    {
        var keys = new List<DnsKeyData>();
        foreach (DnsRecord record in set.Records.AsSpan(0, Math.Min(set.Records.Length, settings.MostKeysPerZone)))
        {
            if (DnsKeyData.TryRead(record.Data, out DnsKeyData key))
                keys.Add(key);
        }

        return keys;
    }

    /// <summary>Keys of the set that are trusted from outside, each once, with the digest type that names them.</summary>
    private IEnumerable<(DnsKeyData Key, byte DigestType)> EntryPoints(
        DomainName zone, List<DnsKeyData> keys, IReadOnlyList<DsData> digests, IReadOnlyList<DnsKeyData> trusted)
    {
        foreach (DnsKeyData anchor in trusted)
        {
            foreach (DnsKeyData key in keys)
            {
                if (key.Algorithm == anchor.Algorithm && key.Protocol == anchor.Protocol && key.Flags == anchor.Flags
                    && key.PublicKey.Span.SequenceEqual(anchor.PublicKey.Span))
                    yield return (key, 0);
            }
        }

        foreach (DsData ds in digests)
        {
            // KeyTrap once more: one DS record, many keys with its tag, a digest of each.
            int digested = 0;
            foreach (DnsKeyData key in keys)
            {
                if (key.KeyTag != ds.KeyTag || key.Algorithm != ds.Algorithm || digested++ >= settings.MostKeysPerTag)
                    continue;
                if (KeyDigest.Matches(ds, zone, key))
                    yield return (key, ds.DigestType);
            }
        }
    }

    private static ZoneTrust Bogus(DomainName zone, ZoneTrust? parent, ExtendedError error) => new(zone, Security.Bogus, Instant.Epoch)
    {
        Error = error,
        Link = new TrustLink(zone, Security.Bogus, 0, 0, 0, error.Text, parent?.Link),
    };

    private Instant Until(uint ttl)
    {
        var memory = TimeSpan.FromSeconds(ttl);
        return Instant.FromDateTimeOffset(time.GetUtcNow()) + (memory < settings.MostKeyMemory ? memory : settings.MostKeyMemory);
    }
}
