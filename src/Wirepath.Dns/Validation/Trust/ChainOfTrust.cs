using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Finds the keys that vouch for a name: from the closest anchor down, zone by zone (RFC 4035 §5).</summary>
internal sealed class ChainOfTrust(ResolverSettings settings, TrustAnchors anchors, KeyCache cache, DelegationJudge delegations, KeySetJudge keySets, AnchorRollover? rollover, TimeProvider time, NodeLog log)
{
    private readonly ReferralDenials _referrals = new();

    /// <summary>A referral came by; if it shows that the child is unsigned, nobody need ask for its DS set.</summary>
    public void NoteReferral(DomainName child, List<Rrset> authorities) => _referrals.Note(child, authorities, Now);

    /// <summary>The closest anchor at or above the name; the root where there is none.</summary>
    public DomainName AnchorOf(DomainName name) => anchors.TryFind(name, out TrustPoint? point) ? point.Zone : DomainName.Root;

    /// <summary>The way from the anchor to the deepest zone at or above the name that is remembered.</summary>
    public TrustLink? Recall(DomainName name) => anchors.TryFind(name, out TrustPoint? point) ? cache.Closest(name, point.Zone, Now)?.Link : null;

    /// <returns>The zone that the name is in, as far as it can be followed: with good keys, unsigned, or bogus.</returns>
    public async ValueTask<ZoneTrust> FindAsync(DomainName name, ValidationContext context)
    {
        if (!anchors.TryFind(name, out TrustPoint? point))
            return new ZoneTrust(DomainName.Root, Security.Indeterminate, Instant.Never);
        if (point.IsNegative)
            return new ZoneTrust(point.Zone, Security.Insecure, Instant.Never) { Link = new TrustLink(point.Zone, Security.Insecure, 0, 0, 0, "is not validated, as configured", null) };
        ZoneTrust trust = cache.Closest(name, point.Zone, Now) ?? await PrimeAsync(point, context).ConfigureAwait(false);
        int labels = name.LabelCount;
        for (int depth = trust.Zone.LabelCount + 1; depth <= labels && trust.Security == Security.Secure; depth++)
        {
            DomainName child = name.Ancestor(depth);
            ZoneTrust step = cache.Find(child, Now) ?? await DescendAsync(trust, child, context).ConfigureAwait(false);
            if (step is { IsNoCut: true, IsNoName: true })
                break;
            if (!step.IsNoCut)
                trust = step;
        }

        return trust;
    }

    private async ValueTask<ZoneTrust> PrimeAsync(TrustPoint point, ValidationContext context)
    {
        ZoneTrust trust = await AskAsync(new DnsQuestion(point.Zone, DnsType.DNSKEY), message => JudgeAnchored(message, point, context), context).ConfigureAwait(false);
        return Keep(trust, context);
    }

    private ZoneTrust JudgeAnchored(ResolvedMessage message, TrustPoint point, ValidationContext context)
    {
        if (rollover is not null && message.Answers.Find(set => set.Type == DnsType.DNSKEY && set.Name == point.Zone) is { } keys)
        {
            rollover.Observe(point.Zone, keys, context.Ledger, context.Because);
            if (anchors.TryFind(point.Zone, out TrustPoint? now))
                point = now;
        }

        return keySets.Judge(message, point, context);
    }

    /// <summary>Fetches the keys of a zone that is tracked (RFC 5011 §2.3), whatever the cache has.</summary>
    public async ValueTask ProbeAsync(DomainName zone, ValidationContext context)
    {
        ResolvedMessage message = await context.Source.FindAsync(new DnsQuestion(zone, DnsType.DNSKEY), [], context.Ledger, context.Because, context.Cancellation).ConfigureAwait(false);
        if (message.Answers.Find(set => set.Type == DnsType.DNSKEY && set.Name == zone) is { } keys)
            rollover!.Observe(zone, keys, context.Ledger, context.Because);
        else
            rollover!.Failed(zone);
    }

    /// <summary>From a zone with good keys to a name below it: its DS set, and if there is one, its keys.</summary>
    private async ValueTask<ZoneTrust> DescendAsync(ZoneTrust parent, DomainName child, ValidationContext context)
    {
        if (_referrals.Find(child, Now) is { } referral && delegations.Judge(referral, parent, child, context).Trust is { Security: not Security.Bogus } shown)
            return Keep(shown, context);
        DelegationFound? found = null;
        ZoneTrust trust = await AskAsync(
            new DnsQuestion(child, DnsType.DS),
            message =>
            {
                found = delegations.Judge(message, parent, child, context);
                return found.Trust;
            },
            context).ConfigureAwait(false);
        if (found is { Digests.Count: > 0 } signed && trust.Security == Security.Secure)
        {
            trust = await AskAsync(
                new DnsQuestion(child, DnsType.DNSKEY), message => keySets.Judge(message, parent, child, signed, context), context).ConfigureAwait(false);
        }

        return Keep(trust, context);
    }

    /// <summary>Asks, and while the answer is bogus, asks other servers.</summary>
    private async ValueTask<ZoneTrust> AskAsync(DnsQuestion question, Func<ResolvedMessage, ZoneTrust> judge, ValidationContext context)
    {
        List<IpAddress>? avoid = null;
        ZoneTrust? bogus = null;
        for (int restarts = 0; ; restarts++)
        {
            ResolvedMessage message = await context.Source.FindAsync(question, avoid, context.Ledger, context.Because, context.Cancellation).ConfigureAwait(false);
            // That no other server is left says less than what was wrong with the answer before.
            if (!message.IsAnswer)
                return bogus ?? Unreachable(question, message);
            ZoneTrust trust = judge(message);
            if (trust.Security != Security.Bogus)
                return trust;
            bogus = trust;
            if (restarts >= settings.MostValidationRestarts || context.Ledger.Exhausted is not null)
                return trust;
            avoid ??= [];
            avoid.AddRange(message.Sources);
        }
    }

    private ZoneTrust Keep(ZoneTrust trust, ValidationContext context)
    {
        if (trust.Security == Security.Bogus && context.Ledger.Exhausted is null)
        {
            (TimeSpan punished, int failures) = cache.Punish(trust.Zone);
            trust = new ZoneTrust(trust.Zone, Security.Bogus, Now + punished) { Error = trust.Error, Failures = failures, Link = trust.Link };
        }

        // What failed because one question ran out of budget says nothing to the next.
        if (trust.Security != Security.Bogus || context.Ledger.Exhausted is null)
            cache.Put(trust);
        if (log.IsEnabled && !trust.IsNoCut)
        {
            log.Write(context.Because, new ZoneTrustFound(trust.Zone, SetChecker.Verdict(trust.Security), [.. trust.Keys.Select(key => key.KeyTag)],
                trust.Link?.KeyTag ?? 0, trust.Link?.Algorithm ?? 0, trust.Error?.Text ?? trust.Link?.Explanation ?? ""));
        }

        return trust;
    }

    private static ZoneTrust Unreachable(DnsQuestion question, ResolvedMessage message)
    {
        string text = $"{question.Name} {DnsMnemonic.Of(question.Type)} could not be had" + (message.Error is { Text: var why } ? ": " + why : "");
        return new ZoneTrust(question.Name, Security.Bogus, Instant.Epoch)
        {
            Error = new ExtendedError(message.Error?.Code ?? ExtendedErrorCode.NoReachableAuthority, text),
            Link = new TrustLink(question.Name, Security.Bogus, 0, 0, 0, text, null),
        };
    }

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());
}
