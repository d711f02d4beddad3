using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Takes out of a reply what its sender has no right to say (RFC 5452 §6): a server is believed only about names at or
/// below the zone that it was asked for (the bailiwick), only in the section where a record belongs, and only about what was asked.
/// </summary>
internal static class ReplyScrubber
{
    private const string NobodyAsked = "nobody asked for it";

    public static Judgement Scrub(DnsMessage message, DomainName zone, DnsQuestion question, ResolverSettings settings)
    {
        if (question.Type != DnsType.RRSIG)
            StraySignatures.CarryHome(message);
        var content = new ResolvedMessage(question, message.Rcode);
        var judgement = new Judgement(content) { End = question.Name };
        ScrubAnswers(message, zone, question, judgement, settings);
        ScrubAuthorities(message, zone, judgement, settings);
        ScrubAdditionals(message, zone, judgement);
        RemovePrivate(content.Answers, judgement, settings);
        RemovePrivate(content.Additionals, judgement, settings);
        Rank(content, message.IsAuthoritative, settings);
        return judgement;
    }

    // Only the chain from the name asked for is an answer; order within the section means nothing.
    private static void ScrubAnswers(DnsMessage message, DomainName zone, DnsQuestion question, Judgement judgement, ResolverSettings settings)
    {
        List<Rrset> offered = question.Type == DnsType.RRSIG ? Ungrouped(message.Answers) : Rrset.Group(message.Answers);
        List<Rrset> kept = judgement.Content.Answers;
        DomainName name = question.Name;
        var seen = new HashSet<DomainName>();
        bool followsOn = true;
        int aliases = 0;
        while (true)
        {
            if (!seen.Add(name))
            {
                judgement.IsLoop = true;
                break;
            }

            judgement.End = name;
            // What lies behind a DNAME is asked for: one reply must not put a whole tree of names into the cache.
            if (!name.IsSubdomainOf(zone) || !followsOn)
                break;
            int before = kept.Count;
            foreach (Rrset set in offered)
            {
                if (set.Class == question.Class && set.Name == name && (set.Type == question.Type || question.Type == DnsType.ANY))
                    kept.Add(set.Type == DnsType.NS ? WithFew(set, settings) : set);
            }

            if (kept.Count > before)
                break;
            Rrset? cname = offered.Find(s => s.Type == DnsType.CNAME && s.Name == name && s.Class == question.Class);
            if (offered.Find(s => s.Type == DnsType.DNAME && s.Name != name && name.IsSubdomainOf(s.Name) && s.Name.IsSubdomainOf(zone)) is { } dname)
            {
                kept.Add(dname);
                followsOn = false;
                // RFC 6672 §3.4: what the DNAME says counts, not what the server synthesized from it.
                Rrset? synthesized = Dname.Synthesize(dname, name);
                if (synthesized is not null && cname is not null && cname.HasSameData(synthesized))
                    synthesized = cname.WithTtl(Math.Min(cname.Ttl, dname.Ttl));
                cname = synthesized;
            }

            if (cname is null || !cname.Records[0].TryGetName(out DomainName target))
                break;
            // A name has one alias (RFC 2181 §10.1).
            kept.Add(cname.Records.Length == 1 ? cname : new Rrset(cname.Records[..1], cname.Signatures, cname.Ttl));
            name = target;
            // A long chain is followed one reply at a time, where the ledger counts.
            if (++aliases >= settings.MostAliasesPerReply)
                followsOn = false;
        }

        foreach (Rrset set in offered)
        {
            if (!kept.Exists(k => k.Type == set.Type && k.Name == set.Name))
                Disbelieve(judgement, set, set.Name.IsSubdomainOf(zone) ? NobodyAsked : OutOfBailiwick(zone));
        }
    }

    private static void ScrubAuthorities(DnsMessage message, DomainName zone, Judgement judgement, ResolverSettings settings)
    {
        ResolvedMessage content = judgement.Content;
        Rrset? nameservers = null;
        bool isPositive = content.Answers.Count > 0;
        bool isNegative = !isPositive && message.Authorities.Exists(r => r.Type == DnsType.SOA);
        foreach (Rrset offered in Rrset.Group(message.Authorities))
        {
            Rrset set = offered;
            if (set.Type is not (DnsType.NS or DnsType.SOA or DnsType.DS or DnsType.NSEC or DnsType.NSEC3) || set.Class != content.Question.Class)
            {
                Disbelieve(judgement, set, "not a record for this section");
                continue;
            }

            if (!set.Name.IsSubdomainOf(zone))
            {
                // An upward referral from a lame server looks like this as well.
                Disbelieve(judgement, set, OutOfBailiwick(zone));
                continue;
            }

            if (set.Type is DnsType.NS or DnsType.SOA && !judgement.End.IsSubdomainOf(set.Name) && !content.Question.Name.IsSubdomainOf(set.Name))
            {
                Disbelieve(judgement, set, $"not on the way to {judgement.End}");
                continue;
            }

            if (set.Type == DnsType.NS)
            {
                if (nameservers is not null)
                {
                    Disbelieve(judgement, set, "a second set of name servers");
                    continue;
                }

                // What comes beside an answer is what a forger would add (RFC 2181 §5.4.1 would let it replace the parent's).
                if (isNegative || isPositive && settings.ScrubPromiscuous)
                {
                    if (set.Name != zone) // of its own zone every server tells, and nobody needs to hear of it
                        Disbelieve(judgement, set, "nobody asked who serves the zone");
                    continue;
                }

                nameservers = set = WithFew(set, settings);
            }
            else if (set.Type == DnsType.SOA && set.Records[0].TryGetSoa(out SoaData soa))
            {
                // RFC 2308 §3.
                set = set.WithTtl(Math.Min(set.Ttl, Rrset.EffectiveTtl(soa.Minimum)));
            }

            content.Authorities.Add(set);
        }
    }

    private static void ScrubAdditionals(DnsMessage message, DomainName zone, Judgement judgement)
    {
        ResolvedMessage content = judgement.Content;
        foreach (Rrset set in Rrset.Group(message.Additionals))
        {
            if (set.Type is not (DnsType.A or DnsType.AAAA) || set.Class != content.Question.Class)
                continue;
            if (!set.Name.IsSubdomainOf(zone))
                Disbelieve(judgement, set, $"glue out of bailiwick: the server speaks for {zone} only");
            else if (content.Answers.Exists(s => s.Type == set.Type && s.Name == set.Name))
                continue;
            else if (IsTarget(set.Name, content.Answers) || IsTarget(set.Name, content.Authorities))
                content.Additionals.Add(set);
            else
                Disbelieve(judgement, set, NobodyAsked);
        }
    }

    private static Rrset WithFew(Rrset nameservers, ResolverSettings settings) => nameservers.Records.Length <= settings.MostNameservers
        ? nameservers
        : new Rrset(nameservers.Records[..settings.MostNameservers], nameservers.Signatures, nameservers.Ttl);

    private static bool IsTarget(DomainName name, List<Rrset> sets)
    {
        foreach (Rrset set in sets)
        {
            foreach (DnsRecord record in set.Records)
            {
                DomainName target;
                if (set.Type == DnsType.NS && record.TryGetName(out DomainName server))
                    target = server;
                else if (record.TryGetMx(out MxData mx))
                    target = mx.Exchange;
                else if (record.TryGetSrv(out SrvData srv))
                    target = srv.Target;
                else if (set.Type is DnsType.SVCB or DnsType.HTTPS && SvcbData.TryRead(record.Data, out SvcbData service))
                    target = service.Target.IsRoot ? set.Name : service.Target;
                else
                    continue;
                if (target == name)
                    return true;
            }
        }

        return false;
    }

    // A public name that leads into the house is an attack on what is in there (DNS rebinding).
    private static void RemovePrivate(List<Rrset> sets, Judgement judgement, ResolverSettings settings)
    {
        if (settings.PrivateAddresses.Count == 0)
            return;
        for (int i = sets.Count - 1; i >= 0; i--)
        {
            Rrset set = sets[i];
            if (settings.PrivateDomains.Any(domain => set.Name.IsSubdomainOf(domain)))
                continue;
            DnsRecord[] kept = Array.FindAll(set.Records, record => !LeadsToPrivate(record, settings));
            if (kept.Length == set.Records.Length)
                continue;
            foreach (DnsRecord record in set.Records)
            {
                if (!kept.Contains(record))
                    judgement.Disbelieved.Add((record, "a private address"));
            }

            if (kept.Length == 0)
                sets.RemoveAt(i);
            else
                sets[i] = new Rrset(kept, set.Signatures, set.Ttl);
        }
    }

    private static bool LeadsToPrivate(DnsRecord record, ResolverSettings settings)
    {
        if (record.TryGetAddress(out IpAddress address))
            return IsPrivate(address, settings);
        if (record.Type is not (DnsType.SVCB or DnsType.HTTPS) || !SvcbData.TryRead(record.Data, out SvcbData service))
            return false;
        return service.AddressHints().Any(hint => IsPrivate(hint, settings));
    }

    private static bool IsPrivate(IpAddress address, ResolverSettings settings) => settings.PrivateAddresses.Any(prefix => prefix.Contains(address));

    private static void Rank(ResolvedMessage content, bool isAuthoritative, ResolverSettings settings)
    {
        foreach (List<Rrset> section in (ReadOnlySpan<List<Rrset>>)[content.Answers, content.Authorities, content.Additionals])
            LimitSignatures(section, settings);
        foreach (Rrset set in content.Answers)
            set.Rank = isAuthoritative ? CacheRank.AuthoritativeAnswer : CacheRank.Answer;
        foreach (Rrset set in content.Authorities)
            set.Rank = isAuthoritative ? CacheRank.Authority : CacheRank.Referral;
        foreach (Rrset set in content.Additionals)
            set.Rank = isAuthoritative ? CacheRank.AuthoritativeAdditional : CacheRank.Additional;
    }

    private static void LimitSignatures(List<Rrset> section, ResolverSettings settings)
    {
        for (int i = 0; i < section.Count; i++)
        {
            if (section[i].Signatures.Length > settings.MostSignaturesPerSet)
                section[i] = new Rrset(section[i].Records, section[i].Signatures[..settings.MostSignaturesPerSet], section[i].Ttl);
        }
    }

    // A question for RRSIG wants the signatures as records, whatever they cover.
    private static List<Rrset> Ungrouped(List<DnsRecord> section) => [.. section
        .GroupBy(r => (r.Name, r.Type, r.Class))
        .Select(group => new Rrset([.. group], [], group.Min(r => Rrset.EffectiveTtl(r.Ttl))))];

    private static void Disbelieve(Judgement judgement, Rrset set, string reason)
    {
        foreach (DnsRecord record in set.Records)
            judgement.Disbelieved.Add((record, reason));
    }

    private static string OutOfBailiwick(DomainName zone) => $"out of bailiwick: the server speaks for {zone} only";
}
