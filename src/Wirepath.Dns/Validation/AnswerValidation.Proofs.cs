using Wirepath.Wire;

namespace Wirepath.Dns;

// What the authority section must prove: that nothing is closer than a wildcard, that something is not there.
internal sealed partial class AnswerValidation
{
    private async ValueTask ProveNoCloserMatchAsync(DomainName name, int encloserLabels, ZoneTrust zone)
    {
        await CheckAuthoritiesAsync().ConfigureAwait(false);
        DenialRecords denials = DenialsOf(zone);
        Conclude(denials.NoCloserMatch(name, encloserLabels), denials, zone, $"that nothing closer to {name} exists than the wildcard");
        if (message.Security != Security.Bogus)
            return;
        // Its signature is good, but not for this name.
        foreach (Rrset set in message.Answers.Where(set => set.Name == name && set.Security == Security.Secure))
            set.Security = Security.Bogus;
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

    // DS of a name is the parent's to deny.
    private static bool IsIn(DomainName zone, DomainName name, DnsType type) =>
        name.IsSubdomainOf(zone) && (type != DnsType.DS || name != zone || name.IsRoot);
}
