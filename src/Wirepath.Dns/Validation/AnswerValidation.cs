using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The validation of one message: each link of its alias chain in its own zone, then what is at the end or is not.</summary>
internal sealed class AnswerValidation(ResolverSettings settings, ChainOfTrust chain, SetChecker checker, ResolvedMessage message, ValidationContext context)
{
    private readonly List<bool> _seen = [.. message.Answers.Select(_ => false)];
    private readonly List<DomainName> _names = [message.Question.Name];
    private readonly List<ZoneTrust> _zones = [];
    private readonly List<TrustedSet> _trusted = [];
    private readonly List<(DomainName Name, int EncloserLabels, ZoneTrust Zone)> _expanded = [];
    private bool _authoritiesAreChecked;

    /// <summary>One sentence: why the message is what it is.</summary>
    public string Explanation { get; private set; } = "";

    public async ValueTask RunAsync()
    {
        message.Security = Security.Secure;
        await JudgeAsync().ConfigureAwait(false);
        if (message.Security == Security.Secure)
            await StripAsync().ConfigureAwait(false);
        message.Chain = new TrustChain(_trusted);
    }

    private async ValueTask JudgeAsync()
    {
        DnsType type = message.Question.Type;
        DomainName name = message.Question.Name;
        bool reached = false;
        var visited = new HashSet<DomainName>();
        while (!reached && message.Security != Security.Bogus && visited.Add(name))
        {
            if (FindDname(name) is var dname and >= 0)
            {
                (reached, name) = await FollowDnameAsync(dname, name).ConfigureAwait(false);
            }
            else if (await JudgeFinalAsync(name).ConfigureAwait(false))
            {
                reached = true;
            }
            else if (Find(DnsType.CNAME, name) is var cname and >= 0)
            {
                await JudgeAnswerAsync(cname).ConfigureAwait(false);
                if (!message.Answers[cname].Records[0].TryGetName(out DomainName target))
                    Spoil(ExtendedErrorCode.InvalidData, $"the CNAME of {name} holds no name");
                name = target;
            }
            else
            {
                break;
            }

            _names.Add(name);
        }

        await JudgeRestAsync().ConfigureAwait(false);
        foreach ((DomainName expanded, int encloserLabels, ZoneTrust zone) in _expanded)
        {
            if (message.Security != Security.Bogus)
                await ProveNoCloserMatchAsync(expanded, encloserLabels, zone).ConfigureAwait(false);
        }

        if (!reached && message.Security != Security.Bogus)
            await ProveAbsenceAsync(name, type).ConfigureAwait(false);
    }

    /// <summary>Sets of the question's type at the end of the aliases.</summary>
    private async ValueTask<bool> JudgeFinalAsync(DomainName name)
    {
        DnsType type = message.Question.Type;
        bool reached = false;
        for (int i = 0; i < message.Answers.Count && message.Security != Security.Bogus; i++)
        {
            if (_seen[i] || message.Answers[i].Name != name || (type != DnsType.ANY && message.Answers[i].Type != type))
                continue;
            await JudgeAnswerAsync(i).ConfigureAwait(false);
            reached = true;
        }

        return reached;
    }

    /// <summary>RFC 6672 §5.3.1: the DNAME is signed, the CNAME made from it is not; it must be what the DNAME makes.</summary>
    private async ValueTask<(bool Reached, DomainName Name)> FollowDnameAsync(int index, DomainName name)
    {
        // One DNAME may be used several times on the way.
        SetVerdict? verdict = _seen[index] ? null : await JudgeAnswerAsync(index).ConfigureAwait(false);
        Rrset dname = message.Answers[index];
        if (verdict is { IsWildcard: true })
            Spoil(ExtendedErrorCode.DnssecBogus, $"the DNAME {dname.Name} was made from a wildcard (RFC 6672 §3.3)");
        if (message.Security == Security.Bogus)
            return (true, name);
        if (!dname.Records[0].TryGetName(out DomainName suffix))
        {
            Spoil(ExtendedErrorCode.InvalidData, $"the DNAME of {dname.Name} holds no name");
            return (true, name);
        }

        // Too long to be a name: that was the answer (YXDOMAIN, RFC 6672 §2.2).
        if (!name.TryReplaceSuffix(dname.Name, suffix, out DomainName target))
            return (true, name);
        int cname = Find(DnsType.CNAME, name);
        if (cname < 0)
            return (false, target);
        _seen[cname] = true;
        if (!message.Answers[cname].Records[0].TryGetName(out DomainName written) || written != target)
        {
            message.Answers[cname].Security = Security.Bogus;
            Spoil(ExtendedErrorCode.DnssecBogus, $"the CNAME of {name} is not what the DNAME of {dname.Name} makes of it");
            return (true, name);
        }

        Rrset made = message.Answers[cname].WithTtl(Math.Min(message.Answers[cname].Ttl, message.Answers[index].Ttl));
        made.Security = message.Answers[index].Security;
        message.Answers[cname] = made;
        return (message.Question.Type is DnsType.CNAME or DnsType.ANY, target);
    }

    /// <summary>What lies in the answer section beside the way: good, or dropped.</summary>
    private async ValueTask JudgeRestAsync()
    {
        for (int i = 0; i < message.Answers.Count && message.Security != Security.Bogus; i++)
        {
            if (!_seen[i])
                await JudgeAnswerAsync(i).ConfigureAwait(false);
        }
    }

    /// <summary>Judges one set of the answer section in the zone that signed it, or should have.</summary>
    /// <returns>Null when no signature had to be checked.</returns>
    private async ValueTask<SetVerdict?> JudgeAnswerAsync(int index)
    {
        _seen[index] = true;
        Rrset set = message.Answers[index];
        // RFC 4035 §2.2: signatures are not signed.
        if (set.Type == DnsType.RRSIG)
        {
            set.Security = Security.Insecure;
            Worsen(Security.Insecure);
            Explain("signatures are not signed themselves");
            return null;
        }

        (ZoneTrust zone, bool isSigner) = await FindZoneAsync(set).ConfigureAwait(false);
        if (zone.Security != Security.Secure)
        {
            Mark(set, zone.Security, zone);
            return null;
        }

        if (!isSigner)
        {
            if (set.Signatures.Length == 0 && !settings.HardenDnssecStripped)
                Mark(set, Security.Insecure, zone, "signatures are missing, and that is allowed");
            else
                Fail(set, zone, new ExtendedError(ExtendedErrorCode.RrsigsMissing, $"{set.Name} {DnsMnemonic.Of(set.Type)} is not signed by {zone.Zone}, which is signed"));
            return null;
        }

        SetVerdict verdict = checker.Check(message.Answers, index, zone, context);
        set = message.Answers[index];
        if (!verdict.IsSecure)
        {
            Fail(set, zone, verdict.Error!);
            return verdict;
        }

        Note(set, Security.Secure, zone, verdict, "");
        if (verdict.IsWildcard)
            _expanded.Add((set.Name, verdict.EncloserLabels, zone));
        return verdict;
    }

    /// <summary>The zone of a set: the one that says that it signed it, if that is a zone; otherwise the one that the name is in.</summary>
    private async ValueTask<(ZoneTrust Zone, bool IsSigner)> FindZoneAsync(Rrset set)
    {
        foreach (DomainName signer in Signers.Of(set))
        {
            ZoneTrust zone = await TrustAsync(signer).ConfigureAwait(false);
            if (zone.Security != Security.Secure || zone.Zone == signer)
                return (zone, true);
        }

        return (await TrustAsync(set.Type == DnsType.DS ? set.Name.Parent : set.Name).ConfigureAwait(false), false);
    }

    private async ValueTask<ZoneTrust> TrustAsync(DomainName name)
    {
        ZoneTrust zone = await chain.FindAsync(name, context).ConfigureAwait(false);
        if (!_zones.Contains(zone))
            _zones.Add(zone);
        return zone;
    }

    private async ValueTask ProveNoCloserMatchAsync(DomainName name, int encloserLabels, ZoneTrust zone)
    {
        await CheckAuthoritiesAsync().ConfigureAwait(false);
        DenialRecords denials = DenialsOf(zone);
        Conclude(denials.NoCloserMatch(name, encloserLabels), denials, zone, $"that nothing closer to {name} exists than the wildcard");
    }

    /// <summary>The name at the end of the aliases has not what was asked for.</summary>
    private async ValueTask ProveAbsenceAsync(DomainName name, DnsType type)
    {
        await CheckAuthoritiesAsync().ConfigureAwait(false);
        string claim = message.Rcode == DnsRcode.NXDomain ? $"that {name} does not exist" : $"that {name} has no {DnsMnemonic.Of(type)} record";
        DenialRecords? tried = null;
        // A zone above the closest anchor may prove that nothing is there, but not that nothing need be signed.
        DomainName anchor = chain.AnchorOf(type == DnsType.DS ? name.Parent : name);
        foreach (ZoneTrust zone in _zones.Where(zone => zone is { Security: Security.Secure, Keys.Count: > 0 } && IsIn(zone.Zone, name, type))
            .OrderByDescending(zone => zone.Zone.LabelCount).ToArray())
        {
            DenialRecords denials = DenialsOf(zone);
            if (denials.IsEmpty)
                continue;
            tried ??= denials;
            bool mayBeUnsigned = zone.Zone.IsSubdomainOf(anchor);
            if (Prove(denials, name, type) is var denial and > Denial.NotProven && (denial == Denial.Proven || mayBeUnsigned))
            {
                Conclude(denial, denials, zone, claim);
                CheckSoa(zone);
                return;
            }

            // A referral to an unsigned zone in the place of an answer: what forwarders pass on.
            if (mayBeUnsigned && type != DnsType.DS && IsDelegatedUnsigned(denials, zone, name))
            {
                Worsen(Security.Insecure);
                Explain($"{zone.Zone} proves that {name} is delegated unsigned");
                return;
            }
        }

        // Nobody has shown it: that is right where nothing is signed, unless the zone that says it is known to sign.
        ZoneTrust at = SpeakerOf(name, type, tried) ?? await TrustAsync(type == DnsType.DS ? name.Parent : name).ConfigureAwait(false);
        if (at.Security != Security.Secure)
        {
            Worsen(at.Security);
            message.Error ??= at.Error;
            Explain(at.Error?.Text ?? at.Link?.Explanation);
            _trusted.Add(new TrustedSet(name, type, at.Security, 0, 0, at.Link?.Explanation ?? "", at.Link));
        }
        else if (settings.HardenDnssecStripped || message.Authorities.Exists(set => set.Signatures.Length > 0))
        {
            if (tried is null)
                Fail(at, $"does not prove {claim}", ExtendedErrorCode.DnssecBogus);
            else
                Conclude(Denial.NotProven, tried, at, claim);
        }
        else
        {
            Worsen(Security.Insecure);
        }
    }

    private static bool IsDelegatedUnsigned(DenialRecords denials, ZoneTrust zone, DomainName name)
    {
        for (int labels = zone.Zone.LabelCount + 1; labels <= name.LabelCount; labels++)
        {
            if (denials.DsAbsence(name.Ancestor(labels)) == DsDenial.UnsignedDelegation)
                return true;
        }

        return false;
    }

    /// <summary>The signed zone that made a negative answer: the one whose signed SOA record is in it, or, of an answer without aliases, whose denials are.</summary>
    private ZoneTrust? SpeakerOf(DomainName name, DnsType type, DenialRecords? tried)
    {
        Rrset? soa = message.Authorities.Where(set => set.Type == DnsType.SOA && set.Security == Security.Secure && IsIn(set.Name, name, type))
            .MaxBy(set => set.Name.LabelCount);
        DomainName? speaker = soa?.Name ?? (_names.Count == 1 ? tried?.Zone : null);
        return speaker is { } zone ? _zones.Find(known => known.Zone == zone && known.Security == Security.Secure) : null;
    }

    /// <summary>The claim of the rcode; where the records show the other kind of absence, the rcode is put right.</summary>
    private Denial Prove(DenialRecords denials, DomainName name, DnsType type)
    {
        bool isNameError = message.Rcode == DnsRcode.NXDomain;
        Denial denial = isNameError ? denials.NameError(name) : denials.NoData(name, type);
        if (denial != Denial.NotProven)
            return denial;
        // Some servers say NXDOMAIN for a name that only has names below it (RFC 8020 §3.1), or NOERROR where an alias leads nowhere.
        if (!isNameError && _names.Count == 1)
            return Denial.NotProven;
        denial = isNameError ? denials.NoData(name, type) : denials.NameError(name);
        if (denial != Denial.Proven)
            return Denial.NotProven;
        message.Rcode = isNameError ? DnsRcode.NoError : DnsRcode.NXDomain;
        return denial;
    }

    private void Conclude(Denial denial, DenialRecords denials, ZoneTrust zone, string claim)
    {
        switch (denial)
        {
            case Denial.Proven:
                Explain($"{zone.Zone} proves {claim}");
                break;
            case Denial.Insecure:
                Worsen(Security.Insecure);
                if (denials.HasTooManyIterations)
                {
                    message.Error ??= new ExtendedError(
                        ExtendedErrorCode.UnsupportedNsec3IterationsValue, $"{zone.Zone} has more NSEC3 iterations than {settings.MostNsec3Iterations}");
                }

                Explain($"{zone.Zone} proves {claim}, but for unsigned delegations (opt-out)");
                break;
            case Denial.NotProven when context.Ledger.Exhausted is { } limit:
                Spoil(ExtendedErrorCode.Other, limit);
                break;
            case Denial.NotProven:
                Fail(zone, denials.IsEmpty ? $"does not prove {claim}" : $"has records that do not prove {claim}", ExtendedErrorCode.DnssecBogus);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(denial));
        }

        _trusted.Add(new TrustedSet(denials.Zone, DnsType.NSEC, message.Security, 0, 0, $"proves {claim}", zone.Link));
    }

    /// <summary>The SOA record says how long the absence may be believed, so it must be signed too.</summary>
    private void CheckSoa(ZoneTrust zone)
    {
        if (message.Authorities.Find(set => set.Type == DnsType.SOA && set.Name == zone.Zone && set.Security != Security.Secure) is { } soa)
            Fail(soa, zone, new ExtendedError(ExtendedErrorCode.RrsigsMissing, $"the SOA record of {zone.Zone} is not signed as it should be"));
    }

    /// <summary>Checks the authority section's sets in the zones that the names of the alias chain can be in.</summary>
    private async ValueTask CheckAuthoritiesAsync()
    {
        if (_authoritiesAreChecked)
            return;
        _authoritiesAreChecked = true;
        int denialSets = 0;
        for (int i = 0; i < message.Authorities.Count; i++)
        {
            Rrset set = message.Authorities[i];
            if (set.Type is DnsType.NSEC or DnsType.NSEC3 && ++denialSets > settings.MostDenialSets)
                continue;
            foreach (DomainName signer in Signers.Of(set))
            {
                if (!_names.Exists(name => name.IsSubdomainOf(signer)))
                    continue;
                ZoneTrust zone = await TrustAsync(signer).ConfigureAwait(false);
                if (zone.Security != Security.Secure)
                {
                    message.Authorities[i].Security = zone.Security;
                }
                else if (zone.Zone == signer)
                {
                    checker.Check(message.Authorities, i, zone, context);
                    break;
                }
            }
        }
    }

    private DenialRecords DenialsOf(ZoneTrust zone) =>
        new(zone.Zone, checker.Denials(message.Authorities, zone, context, settings.MostDenialSets), settings, context);

    /// <summary>A secure message keeps only what is secure, besides what the question needs: the rest is dropped.</summary>
    private async ValueTask StripAsync()
    {
        await CheckAuthoritiesAsync().ConfigureAwait(false);
        message.Authorities.RemoveAll(set => set.Security != Security.Secure);
        for (int i = 0; i < message.Additionals.Count; i++)
        {
            // Only with keys that are there already: nobody waits for additional records.
            Rrset set = message.Additionals[i];
            if (Signers.Of(set) is [var signer, ..] && _zones.Find(zone => zone.Zone == signer && zone.Security == Security.Secure) is { } zone)
                checker.Check(message.Additionals, i, zone, context);
        }

        message.Additionals.RemoveAll(set => set.Security == Security.Bogus || (settings.CleanAdditional && set.Security != Security.Secure));
    }

    private int Find(DnsType type, DomainName name)
    {
        for (int i = 0; i < message.Answers.Count; i++)
        {
            if (!_seen[i] && message.Answers[i].Type == type && message.Answers[i].Name == name)
                return i;
        }

        return -1;
    }

    private int FindDname(DomainName name)
    {
        for (int i = 0; i < message.Answers.Count; i++)
        {
            Rrset set = message.Answers[i];
            if (set.Type == DnsType.DNAME && set.Name != name && name.IsSubdomainOf(set.Name))
                return i;
        }

        return -1;
    }

    // DS of a name is the parent's to deny.
    private static bool IsIn(DomainName zone, DomainName name, DnsType type) =>
        name.IsSubdomainOf(zone) && (type != DnsType.DS || name != zone || name.IsRoot);

    private void Mark(Rrset set, Security security, ZoneTrust zone, string? why = null)
    {
        set.Security = security;
        Worsen(security);
        message.Error ??= zone.Error;
        Note(set, security, zone, default, why ?? zone.Error?.Text ?? zone.Link?.Explanation ?? "");
    }

    private void Fail(Rrset set, ZoneTrust zone, ExtendedError error)
    {
        set.Security = Security.Bogus;
        Note(set, Security.Bogus, zone, default, error.Text);
        Spoil(error.Code, error.Text);
    }

    private void Fail(ZoneTrust zone, string text, ExtendedErrorCode code) => Spoil(code, $"{zone.Zone} {text}");

    private void Spoil(ExtendedErrorCode code, string text)
    {
        message.Security = Security.Bogus;
        message.Error = new ExtendedError(code, text);
        Explanation = text;
    }

    private void Note(Rrset set, Security security, ZoneTrust zone, SetVerdict verdict, string why)
    {
        _trusted.Add(new TrustedSet(set.Name, set.Type, security, verdict.KeyTag, verdict.Algorithm, why, zone.Link));
        Explain(security == Security.Secure ? $"{set.Name} {DnsMnemonic.Of(set.Type)} is signed by key {verdict.KeyTag} of {zone.Zone}" : why.Length > 0 ? $"{zone.Zone} {why}" : null);
    }

    private void Explain(string? text)
    {
        if (text is not null && message.Security != Security.Bogus)
            Explanation = Explanation.Length == 0 ? text : $"{Explanation}; {text}";
    }

    private void Worsen(Security security)
    {
        if (security < message.Security)
            message.Security = security;
    }
}
