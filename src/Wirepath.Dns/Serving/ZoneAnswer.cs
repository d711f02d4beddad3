using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Writes what a zone says to one question into a reply, with signatures and proofs for who wants them.</summary>
internal sealed class ZoneAnswer(Zone zone, DnsMessage reply, bool withProofs, AuthoritativeSettings settings)
{
    public void Write(DomainName name, DnsType type)
    {
        for (int aliases = 0; ; aliases++)
        {
            ZoneLookup found = zone.Lookup(name, type);
            // AA speaks of the first owner name in the answer (RFC 1035 §4.1.1): when aliases led to a referral it stays theirs.
            reply.IsAuthoritative |= found.Kind != ZoneLookupKind.Referral;
            if (found.Kind == ZoneLookupKind.Referral)
            {
                WriteReferral(found.Sets[0]);
                return;
            }

            foreach (Rrset set in found.Sets)
                Add(reply.Answers, set, found.IsExpanded ? name : null);
            if (found.Synthesized is { } cname)
                reply.Answers.Add(cname);
            // RFC 4035 §3.1.3.3: the wildcard's data are right because the name itself does not exist.
            if (found.IsExpanded && found.Kind is ZoneLookupKind.Answer or ZoneLookupKind.Alias)
                Prove(proof => zone.Denial!.AddExpanded(name, found.Closest, proof));
            switch (found.Kind)
            {
                case ZoneLookupKind.Answer:
                    if (!settings.MinimalResponses)
                        AddTargets(found.Sets);
                    return;
                case ZoneLookupKind.Alias:
                    if (!found.Target.IsSubdomainOf(zone.Origin) || aliases + 1 >= settings.MostAliases
                        || reply.Answers.Exists(r => r.Type == DnsType.CNAME && r.Name == found.Target))
                        return;
                    name = found.Target;
                    break;
                case ZoneLookupKind.TargetTooLong:
                    reply.Rcode = DnsRcode.YXDomain; // RFC 6672 §2.2
                    return;
                case ZoneLookupKind.NoSuchType:
                    Add(reply.Authorities, zone.Negative, null);
                    if (found.IsExpanded)
                        Prove(proof => zone.Denial!.AddExpandedNoType(name, found.Closest, proof));
                    else
                        Prove(proof => zone.Denial!.AddNoType(name, proof));
                    return;
                case ZoneLookupKind.NoSuchName:
                    reply.Rcode = DnsRcode.NXDomain; // of the last name of the chain: RFC 6604 §2.1
                    Add(reply.Authorities, zone.Negative, null);
                    Prove(proof => zone.Denial!.AddNoName(name, found.Closest, proof));
                    return;
                default:
                    throw new InvalidOperationException($"A zone does not answer {found.Kind}.");
            }
        }
    }

    private void WriteReferral(Rrset servers)
    {
        Add(reply.Authorities, servers, null);
        // RFC 4035 §3.1.4: DS, or the proof that there is none.
        if (zone.Find(servers.Name)?.Find(DnsType.DS) is { } ds)
        {
            if (withProofs)
                Add(reply.Authorities, ds, null);
        }
        else
        {
            Prove(proof => zone.Denial!.AddUnsignedDelegation(servers.Name, proof));
        }

        AddTargets([servers]);
    }

    private void Prove(Action<List<Rrset>> add)
    {
        if (!withProofs || zone.Denial is null)
            return;
        var proof = new List<Rrset>(3);
        add(proof);
        foreach (Rrset set in proof)
        {
            if (!reply.Authorities.Exists(r => r.Type == set.Type && r.Name == set.Name))
                Add(reply.Authorities, set, null);
        }
    }

    /// <param name="owner">Null: the set's own name; otherwise the name that was asked for and that a wildcard stands for.</param>
    private void Add(List<DnsRecord> section, Rrset set, DomainName? owner)
    {
        foreach (DnsRecord record in set.Records)
            section.Add(With(record, owner, set.Ttl));
        if (!withProofs || set.Type == DnsType.RRSIG)
            return;
        foreach (DnsRecord signature in zone.SignaturesOf(set))
            section.Add(With(signature, owner, set.Ttl));
    }

    private static DnsRecord With(DnsRecord record, DomainName? owner, uint ttl) =>
        owner is null && record.Ttl == ttl ? record : record with { Name = owner ?? record.Name, Ttl = ttl };

    // Addresses of the names that NS, MX and SRV records point to, as far as the zone has them: glue (RFC 1034 §4.3.2 step 6).
    private void AddTargets(IReadOnlyList<Rrset> sets)
    {
        foreach (DnsRecord record in sets.SelectMany(s => s.Records))
        {
            DomainName target;
            if (record.Type == DnsType.NS && record.TryGetName(out DomainName server))
                target = server;
            else if (record.TryGetMx(out MxData mx))
                target = mx.Exchange;
            else if (record.TryGetSrv(out SrvData srv))
                target = srv.Target;
            else if (record.Type is DnsType.SVCB or DnsType.HTTPS && SvcbData.TryRead(record.Data, out SvcbData svcb))
                target = svcb.Target.IsRoot && !svcb.IsAlias ? record.Name : svcb.Target; // RFC 9460 §2.5.2
            else
                continue;
            if (zone.Find(target) is not { } node || reply.Additionals.Exists(r => r.Name == target))
                continue;
            foreach (DnsType type in (ReadOnlySpan<DnsType>)[DnsType.A, DnsType.AAAA])
            {
                if (node.Find(type) is { } addresses)
                    Add(reply.Additionals, addresses, null);
            }
        }
    }
}
