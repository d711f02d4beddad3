using Wirepath.Wire;

namespace Wirepath.Dns;

// Answers that nobody gave as they are: put together from sets and proofs.
public sealed partial class ResolverCache
{
    // Whole seconds in which a DNAME without TTL serves those who ask for names below it: else each name would be a query.
    private const int GraceOfDname = 1;

    // RFC 6672 §5.3.4.3: a validated DNAME may answer for everything below it; one that is not may have been put there
    // for one name by somebody else.
    private ResolvedMessage? FromDname(DnsQuestion question, Instant now)
    {
        for (DomainName above = question.Name; !above.IsRoot;)
        {
            above = above.Parent;
            if (!_sets.TryGetStale(new SetKey(above, DnsType.DNAME), out CachedSet? found) || found.Set.Security != Security.Secure
                || found.ExpiresAt <= now && (found.Set.Ttl > 0 || now.Ticks / TimeSpan.TicksPerSecond - found.ExpiresAt.Ticks / TimeSpan.TicksPerSecond > GraceOfDname))
                continue;
            Rrset dname = found.At(now);
            return Dname.Synthesize(dname, question.Name) is { } cname
                ? new ResolvedMessage(question, DnsRcode.NoError) { Answers = [dname, cname], Security = Security.Secure, LeadsOn = true }
                : new ResolvedMessage(question, DnsRcode.YXDomain) { Answers = [dname], Security = Security.Secure };
        }

        return null;
    }

    private ResolvedMessage? FromAlias(DnsQuestion question, Instant now)
    {
        // A DS set lies in the parent, where the child's alias has no say.
        if (question.Type is DnsType.CNAME or DnsType.DS or DnsType.ANY
            || !_sets.TryGet(new SetKey(question.Name, DnsType.CNAME), now, out CachedSet? found)
            || found.Set.Rank < CacheRank.Answer || found.Set.Security == Security.Bogus)
            return null;
        return new ResolvedMessage(question, DnsRcode.NoError)
        {
            Answers = [found.At(now).WithName(question.Name)],
            Security = found.Set.Security,
            LeadsOn = true,
        };
    }

    // DS and DNSKEY sets come along with other answers.
    private ResolvedMessage? FromChainSet(DnsQuestion question, Instant now)
    {
        if (question.Type is not (DnsType.DS or DnsType.DNSKEY) || !_sets.TryGet(new SetKey(question.Name, question.Type), now, out CachedSet? found)
            || found.Set.Security == Security.Bogus || found.Set.Signatures.Length == 0)
            return null;
        return new ResolvedMessage(question, DnsRcode.NoError) { Answers = [found.At(now)], Security = found.Set.Security };
    }

    private void Remember(CachedSet proof)
    {
        if (Signers.Of(proof.Set) is [var zone, ..])
            _absences.Add(zone, proof);
    }

    // RFC 8198 §5.3: what was made from a wildcard for one name is kept as the wildcard's, for others.
    private void RememberWildcard(Rrset set, Instant now, Instant validAt)
    {
        if (set.Signatures.Length == 0 || !RrsigData.TryRead(set.Signatures[0].Data, out RrsigData rrsig)
            || rrsig.Labels >= SignedSet.LabelsOf(set.Name) || !set.Name.Ancestor(rrsig.Labels).TryPrepend("*"u8, out DomainName wildcard) || wildcard == set.Name)
            return;
        Rrset kept = set.WithName(wildcard);
        kept.Rank = CacheRank.Validated;
        _sets.Put(kept, now, validAt);
    }

    // RFC 8198 §5.1: the gap that a name lies in shows that it is not there, whoever asked for what when that became known.
    private ResolvedMessage? FromProofs(DnsQuestion question, Instant now, ResolverSettings settings)
    {
        DomainName below = question.Type == DnsType.DS && !question.Name.IsRoot ? question.Name.Parent : question.Name;
        if (question.Type is DnsType.ANY || !_absences.TryFindZone(below, out DomainName zone))
            return null;
        List<CachedSet> candidates = _absences.Candidates(zone, question.Name, now);
        if (candidates.Count == 0)
            return null;
        List<Rrset> sets = candidates.ConvertAll(c => c.At(now));
        bool isNsec = sets.Exists(s => s.Type == DnsType.NSEC);
        sets.RemoveAll(s => isNsec != (s.Type == DnsType.NSEC));
        IDenialProofs proofs = isNsec ? new NsecProofs(zone, sets) : new Nsec3Proofs(zone, sets, settings.MostNsec3Iterations, new Nsec3Hashes(null));
        if (FromWildcard(question, zone, proofs, sets, now) is { } expanded)
            return expanded;
        if (!_sets.TryGet(new SetKey(zone, DnsType.SOA), now, out CachedSet? soa) || soa.Set.Security != Security.Secure)
            return null;
        DnsRcode rcode;
        if (proofs.NameError(question.Name) == Denial.Proven)
            rcode = DnsRcode.NXDomain;
        else if (proofs.NoData(question.Name, question.Type) == Denial.Proven)
            rcode = DnsRcode.NoError;
        else
            return null;
        uint ttl = sets.Min(s => s.Ttl);
        if (soa.Set.Records[0].TryGetSoa(out SoaData data))
            ttl = Math.Min(ttl, Rrset.EffectiveTtl(data.Minimum));
        Rrset vouches = soa.At(now);
        return new ResolvedMessage(question, rcode)
        {
            Authorities = [vouches.WithTtl(Math.Min(ttl, vouches.Ttl)), .. sets],
            Security = Security.Secure,
        };
    }

    // A wildcard that is known, and the proof that nothing closer exists.
    private ResolvedMessage? FromWildcard(DnsQuestion question, DomainName zone, IDenialProofs proofs, List<Rrset> sets, Instant now)
    {
        for (DomainName encloser = question.Name; encloser.Size > zone.Size;)
        {
            encloser = encloser.Parent;
            if (!encloser.TryPrepend("*"u8, out DomainName wildcard) || wildcard == question.Name)
                continue;
            foreach (DnsType type in (ReadOnlySpan<DnsType>)[question.Type, DnsType.CNAME])
            {
                if (!_sets.TryGet(new SetKey(wildcard, type), now, out CachedSet? found) || found.Set.Security != Security.Secure
                    || proofs.NoCloserMatch(question.Name, encloser.LabelCount) != Denial.Proven)
                    continue;
                return new ResolvedMessage(question, DnsRcode.NoError)
                {
                    Answers = [found.At(now).WithName(question.Name)],
                    Authorities = sets,
                    Security = Security.Secure,
                    LeadsOn = type != question.Type,
                };
            }
        }

        return null;
    }

    // RFC 8020: below a name that is not there, there is nothing. Only where it is proven: an unsigned NXDOMAIN for an
    // empty non-terminal is a common mistake of servers.
    private ResolvedMessage? FromNxdomain(DnsQuestion question, Instant now)
    {
        for (DomainName at = question.Name; ; at = at.Parent)
        {
            if (_messages.TryGet(question with { Name = at, Type = DnsType.None }, out CachedMessage? message) && message.IsAlive(now)
                && (at == question.Name || message.Security == Security.Secure))
            {
                ResolvedMessage proof = message.At(now);
                return new ResolvedMessage(question, DnsRcode.NXDomain) { Authorities = proof.Authorities, Security = proof.Security, Chain = proof.Chain };
            }

            if (at.IsRoot)
                return null;
        }
    }
}
