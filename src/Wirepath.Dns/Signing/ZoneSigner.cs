using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Signs a zone: keys, proofs of what is not there, signatures (RFC 4035 §2, RFC 5155 §7.1).</summary>
public static class ZoneSigner
{
    /// <summary>Makes the signed zone; signatures and chains that it had are dropped, and so are DNSKEY records of other keys.</summary>
    /// <param name="zone">Signed or not.</param>
    /// <param name="keys">At least one; with and without SEP, or one kind for everything.</param>
    /// <param name="settings">How.</param>
    /// <param name="now">From which inception and expiration are counted.</param>
    /// <param name="onDemand">Signatures are made when they are asked for first, and kept: a zone of which little is asked is ready at once.</param>
    /// <exception cref="ArgumentException">There is no key.</exception>
    public static Zone Sign(Zone zone, IReadOnlyList<SigningKey> keys, SigningSettings settings, Instant now, bool onDemand = false)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(settings);
        if (keys.Count == 0)
            throw new ArgumentException("A zone is signed with at least one key.", nameof(keys));

        var records = new List<DnsRecord>(zone.Records.Count * 2);
        records.AddRange(zone.Records.Where(r => r.Type is not (
            DnsType.RRSIG or DnsType.NSEC or DnsType.NSEC3 or DnsType.NSEC3PARAM or DnsType.DNSKEY or DnsType.CDS or DnsType.CDNSKEY)));
        uint keyTtl = zone.Top.Find(DnsType.DNSKEY)?.Ttl ?? settings.DnskeyTtl;
        records.AddRange(keys.Select(k => k.ToDnskey(zone.Origin, keyTtl)));
        if (settings.PublishCds)
        {
            foreach (SigningKey key in keys.Where(k => k.IsSecureEntryPoint))
            {
                records.Add(key.ToDs(zone.Origin, keyTtl) with { Type = DnsType.CDS });
                records.Add(key.ToDnskey(zone.Origin, keyTtl) with { Type = DnsType.CDNSKEY });
            }
        }

        if (settings.Denial == DenialKind.Nsec3)
            records.Add(new DnsRecord(zone.Origin, DnsType.NSEC3PARAM, DnsClass.IN, 0, new Nsec3ParamData(Nsec3Denial.Sha1, 0, 0, default).ToArray()));

        var unsigned = new Zone(zone.Soa, records);
        // RFC 9077 §3: proofs live as long as negative answers.
        uint ttl = unsigned.Negative.Ttl;
        records.AddRange(settings.Denial == DenialKind.Nsec ? NsecRecords(unsigned, ttl) : Nsec3Records(unsigned, ttl, settings.OptOut));
        var signing = new SignOnDemand(keys, settings, now);
        var signed = new Zone(zone.Soa, records, signing);
        if (onDemand)
            return signed;

        foreach (Rrset set in signed.SetsInOrder().Prepend(signed.Top.Find(DnsType.SOA)!))
        {
            if (signed.IsAuthoritative(set))
                records.AddRange(signing.Make(zone.Origin, set));
        }

        return new Zone(zone.Soa, records);
    }

    /// <summary>Names whose sets the zone answers for, in canonical order: not below a cut, nor below a DNAME. Empty non-terminals are among them.</summary>
    private static IEnumerable<ZoneNode> AuthoritativeNodes(Zone zone)
    {
        DomainName? hidden = null;
        foreach ((_, ZoneNode node) in zone.Nodes.Select(n => (Key: CanonicalKey.Of(n.Name), Node: n))
            .OrderBy(n => n.Key, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))))
        {
            // In canonical order all that lies below a name follows it.
            if (hidden is { } above && node.Name != above && node.Name.IsSubdomainOf(above))
                continue;
            hidden = (node.Name != zone.Origin && node.Find(DnsType.NS) is not null) || node.Find(DnsType.DNAME) is not null ? node.Name : hidden;
            yield return node;
        }
    }

    private static bool IsCut(Zone zone, ZoneNode node) => node.Name != zone.Origin && node.Find(DnsType.NS) is not null;

    // At a cut the zone speaks for NS and DS alone.
    private static IEnumerable<DnsType> TypesAt(Zone zone, ZoneNode node) =>
        node.Sets.Select(s => s.Type).Where(t => !IsCut(zone, node) || t is DnsType.NS or DnsType.DS);

    private static IEnumerable<DnsRecord> NsecRecords(Zone zone, uint ttl)
    {
        ZoneNode[] nodes = [.. AuthoritativeNodes(zone).Where(n => TypesAt(zone, n).Any())];
        for (int i = 0; i < nodes.Length; i++)
        {
            DomainName next = nodes[(i + 1) % nodes.Length].Name;
            var types = DnsTypeBitmap.Of([.. TypesAt(zone, nodes[i]), DnsType.RRSIG, DnsType.NSEC]);
            yield return new DnsRecord(nodes[i].Name, DnsType.NSEC, DnsClass.IN, ttl, new NsecData(next, types).ToArray());
        }
    }

    private static IEnumerable<DnsRecord> Nsec3Records(Zone zone, uint ttl, bool optOut)
    {
        var links = new List<(byte[] Hash, DnsTypeBitmap Types)>();
        foreach (ZoneNode node in Covered(zone, optOut))
        {
            var types = TypesAt(zone, node).ToList();
            // RFC 5155 §7.1 step 2: RRSIG wherever something is signed.
            if (types.Exists(t => t != DnsType.NS) || (types.Count > 0 && !IsCut(zone, node)))
                types.Add(DnsType.RRSIG);
            links.Add((Nsec3Hashes.Of(node.Name, [], 0), DnsTypeBitmap.Of(types)));
        }

        links.Sort((a, b) => a.Hash.AsSpan().SequenceCompareTo(b.Hash));
        for (int i = 0; i < links.Count; i++)
        {
            zone.Origin.TryPrepend(Base32Hex.Encode(links[i].Hash), out DomainName owner);
            var data = new Nsec3Data(Nsec3Denial.Sha1, (byte)(optOut ? 1 : 0), 0, default, links[(i + 1) % links.Count].Hash, links[i].Types);
            yield return new DnsRecord(owner, DnsType.NSEC3, DnsClass.IN, ttl, data.ToArray());
        }
    }

    /// <summary>Names that get an NSEC3: all, or with opt-out those that do not lead only to delegations without DS.</summary>
    private static IEnumerable<ZoneNode> Covered(Zone zone, bool optOut)
    {
        ZoneNode[] nodes = [.. AuthoritativeNodes(zone)];
        if (!optOut)
            return nodes;
        var kept = new HashSet<DomainName>();
        foreach (ZoneNode node in nodes)
        {
            if (!TypesAt(zone, node).Any() || (IsCut(zone, node) && node.Find(DnsType.DS) is null))
                continue;
            for (DomainName at = node.Name; kept.Add(at) && at != zone.Origin; at = at.Parent)
            {
                // Empty non-terminals above something that is covered are covered.
            }
        }

        return nodes.Where(n => kept.Contains(n.Name));
    }
}
