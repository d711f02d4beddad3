using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The validation of one message: each link of its alias chain in its own zone, then what is at the end or is not.</summary>
internal sealed partial class AnswerValidation(ResolverSettings settings, ChainOfTrust chain, SetChecker checker, ResolvedMessage message, ValidationContext context)
{
    private readonly List<bool> _seen = [.. message.Answers.Select(_ => false)];
    private readonly List<DomainName> _names = [message.Question.Name];
    private readonly List<ZoneTrust> _zones = [];
    private readonly List<TrustedSet> _trusted = [];
    private readonly List<(DomainName Name, int EncloserLabels, ZoneTrust Zone)> _expanded = [];
    private bool _authoritiesAreChecked;
    private bool _isTooLong;

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
        // The rcode is nobody's word: it has to fit what is proven.
        if (message.Security == Security.Secure && !_isTooLong && (reached || message.Rcode == DnsRcode.YXDomain))
            message.Rcode = DnsRcode.NoError;
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
        {
            _isTooLong = true;
            return (true, name);
        }

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
