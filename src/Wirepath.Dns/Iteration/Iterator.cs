using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Finds answers by asking servers, from the closest zone that the cache knows (or the root) down: RFC 1034 §5.3.3 with
/// RFC 2181's trust and a budget. Keeps nothing of its own between questions, and leaves everything unchecked.
/// </summary>
internal sealed class Iterator(ResolverZones zones, ResolverSettings settings, ResolverCache cache, ZoneQuestioner questioner, QueryExchange exchange)
{
    private readonly RunningSearches _running = new();

    /// <summary>Answers a question, from the cache as far as it goes. What another search is already finding is waited for.</summary>
    public async ValueTask<ResolvedMessage> ResolveAsync(Search search)
    {
        if (search.IsRefresh || search.Avoid is not null)
            return await FollowAsync(search).ConfigureAwait(false);
        _running.Begin(search, out RunningSearches.Running? mine, out Task<ResolvedMessage>? theirs);
        if (theirs is not null)
            return (await theirs.ConfigureAwait(false)).For(search.Question);
        if (mine is null)
            return await FollowAsync(search).ConfigureAwait(false);
        ResolvedMessage found;
        try
        {
            found = await FollowAsync(search).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _running.Fail(mine, e);
            throw;
        }

        _running.End(mine, found);
        return found;
    }

    // Alias after alias.
    private async ValueTask<ResolvedMessage> FollowAsync(Search search)
    {
        if (search.Depth > settings.MostDepth)
        {
            return ResolvedMessage.Failed(search.Question, NameFailure.Budget, ExtendedErrorCode.Other,
                $"finding servers of servers went more than {settings.MostDepth} deep, last for {search.Question.Name}", search.Because);
        }

        var answers = new List<Rrset>();
        var proofs = new List<Rrset>();
        DnsQuestion question = search.Question;
        var seen = new HashSet<DomainName> { question.Name };
        while (true)
        {
            ResolvedMessage step = await StepAsync(search, question).ConfigureAwait(false);
            search.Because = step.Because == default ? search.Because : step.Because;
            if (!step.IsAnswer)
                return answers.Count == 0 ? step : Chained(search, answers, proofs, step);
            if (!step.LeadsOn)
                return answers.Count == 0 ? step : Keep(search, Chained(search, answers, proofs, step));

            foreach (Rrset set in step.Answers)
            {
                // A DNAME may be used twice on the way; it is told once.
                if (!answers.Exists(a => a.Type == set.Type && a.Name == set.Name))
                    answers.Add(set);
                if (set.Type != DnsType.CNAME || !set.Records[0].TryGetName(out DomainName target))
                    continue;
                if (!seen.Add(target))
                    return TooManyAliases(search, answers, isLoop: true);
                if (!search.Ledger.TrySpendAlias())
                    return TooManyAliases(search, answers, isLoop: false);
            }

            // They may prove that the alias came from a wildcard by right.
            proofs.AddRange(step.Authorities.Where(s => s.Type is DnsType.NSEC or DnsType.NSEC3));
            question = question with { Name = step.EndOfAliases(out _) };
        }
    }

    // One name: what the cache says, or what its servers do.
    private async ValueTask<ResolvedMessage> StepAsync(Search search, DnsQuestion question)
    {
        Instant now = exchange.Now;
        bool isRefresh = search.IsRefresh && question == search.Question;
        if (!isRefresh && search.Avoid is null && cache.TryFind(question, now + search.Ahead, out ResolvedMessage? cached, settings.AggressiveNsec && zones.IsBelowAnchor(question.Name) ? settings : null))
        {
            cached.Because = search.Because;
            return cached;
        }

        return await DescendAsync(search, question).ConfigureAwait(false);
    }

    // From the closest known zone down, referral by referral, to the zone that answers.
    private async ValueTask<ResolvedMessage> DescendAsync(Search search, DnsQuestion question)
    {
        var failedBefore = new List<Delegation>();
        Delegation at = await StartAsync(search, question, failedBefore).ConfigureAwait(false);
        for (int referrals = 0; referrals <= settings.MostReferrals; referrals++)
        {
            at.ExpectsSignatures = settings.CheckDnssecLame && !at.IsForward && zones.ExpectsSignatures(at.Zone, cache, exchange.Now);
            ZoneReply reply = await questioner.AskAsync(this, at, question, search).ConfigureAwait(false);
            if (reply.Failed is { } failed)
            {
                // What the root says of its servers may be wrong where we are: then those that were configured are asked.
                if (at is { Kind: DelegationKind.Found, Zone.IsRoot: true } && !failedBefore.Contains(at))
                {
                    failedBefore.Add(at);
                    at = zones.Configured(DomainName.Root, settings, []) ?? Delegation.FromHints(zones.Hints, settings);
                    continue;
                }

                if (!at.FallsBack || failedBefore.Exists(d => d.Zone == at.Zone && d.Kind == at.Kind))
                    return failed;
                failedBefore.Add(at);
                at = await StartAsync(search, question, failedBefore).ConfigureAwait(false);
                continue;
            }

            Judgement judgement = reply.Judgement!;
            if (judgement.Kind != ResponseKind.Referral)
            {
                if (question.Type == DnsType.DS && IsFromChild(judgement.Content) && await ParentAsync(search, question).ConfigureAwait(false) is { } parent
                    && parent.Zone != at.Zone)
                {
                    at = parent;
                    continue;
                }

                judgement.Content.Because = search.Because;
                judgement.Content.Sources.AddRange(reply.Source is { } source ? [source] : []);
                search.Sources.AddRange(judgement.Content.Sources);
                return judgement.Content;
            }

            if (question.Type == DnsType.DS && judgement.Nameservers!.Name == question.Name)
            {
                return FromReferral(judgement, question, search, reply.Source);
            }

            at = Delegation.From(judgement.Nameservers!, judgement.Content.Additionals, cache, settings, exchange.Now + search.Ahead);
            at.HasParentSide = true;
            zones.NoteReferral(judgement);
            PrefetchKeys(search, judgement);
            VerifyReferral(search, at);
        }

        return ResolvedMessage.Failed(search.Question, NameFailure.Loop, ExtendedErrorCode.Other,
            $"more than {settings.MostReferrals} referrals follow one another on the way to {question.Name}, last to {at.Zone}", search.Because);
    }

    // A parent's server that sends everybody to the child, who has no say in this: what it says of DS on the way is the answer.
    private static ResolvedMessage FromReferral(Judgement judgement, DnsQuestion question, Search search, IpAddress? source)
    {
        List<Rrset> told = judgement.Content.Authorities;
        Rrset? ds = told.Find(s => s.Type == DnsType.DS && s.Name == question.Name);
        return new ResolvedMessage(question, DnsRcode.NoError)
        {
            Answers = ds is null ? [] : [ds],
            Authorities = ds is null ? [.. told.Where(s => s.Type is DnsType.NSEC or DnsType.NSEC3)] : [],
            Because = search.Because,
            Sources = source is { } address ? [address] : [],
        };
    }

    // Configured servers of the deepest part of the tree that the name lies in, else the deepest zone whose servers are known.
    private async ValueTask<Delegation> StartAsync(Search search, DnsQuestion question, List<Delegation> failed)
    {
        // A zone's DS lies in its parent (RFC 4035 §3.1.4.1).
        DomainName name = question.Type == DnsType.DS && !question.Name.IsRoot ? question.Name.Parent : question.Name;
        Delegation? configured = zones.Configured(name, settings, failed);
        if (configured is { IsForward: true })
            return configured;
        Delegation? known = null;
        for (DomainName at = name; cache.ClosestNameservers(at, exchange.Now + search.Ahead) is { } nameservers; at = at.Parent)
        {
            at = nameservers.Name;
            // Servers that are configured for good count for more than what was found of the same zone.
            if (configured is not null && (!at.IsSubdomainOf(configured.Zone) || at == configured.Zone && !configured.NeedsPriming))
                break;
            Delegation candidate = Delegation.From(nameservers, [], cache, settings, exchange.Now + search.Ahead);
            if (!candidate.IsUseless(search, settings))
            {
                known = candidate;
                break;
            }

            if (at.IsRoot)
                break;
        }

        if (known is not null)
            return known;
        if (configured is not null)
            return configured.NeedsPriming ? await PrimeAsync(search, configured).ConfigureAwait(false) : configured;
        Delegation hints = Delegation.FromHints(zones.Hints, settings);
        hints.NeedsPriming = settings.PrimeRoot;
        return hints.NeedsPriming ? await PrimeAsync(search, hints).ConfigureAwait(false) : hints;
    }

    // RFC 9609: the configured servers are asked once who the zone's servers are.
    private async ValueTask<Delegation> PrimeAsync(Search search, Delegation configured)
    {
        var question = new DnsQuestion(configured.Zone, DnsType.NS);
        if (search.IsBecauseOf(question))
            return configured;
        Search priming = search.Below(question);
        ZoneReply reply = await questioner.AskAsync(this, configured, question, priming).ConfigureAwait(false);
        search.Because = priming.Because;
        if (reply.Judgement is { Kind: ResponseKind.Answer } judgement && judgement.Content.Answers.Find(s => s.Type == DnsType.NS) is { } nameservers)
        {
            Delegation primed = Delegation.From(nameservers, judgement.Content.Additionals, cache, settings, exchange.Now);
            if (!primed.IsUseless(search, settings))
                return primed;
        }

        return configured;
    }

    // Who serves the zone above a name, when its own servers answered instead: NS sets are asked for from the top down.
    private async ValueTask<Delegation?> ParentAsync(Search search, DnsQuestion question)
    {
        for (DomainName above = question.Name.Parent; ; above = above.Parent)
        {
            var nameservers = new DnsQuestion(above, DnsType.NS);
            if (search.IsBecauseOf(nameservers))
                return null;
            ResolvedMessage found = await ResolveAsync(search.Below(nameservers)).ConfigureAwait(false);
            if (found.Answers.Find(s => s.Type == DnsType.NS && s.Name == above) is { } set)
                return Delegation.From(set, found.Additionals, cache, settings, exchange.Now);
            if (above.IsRoot || !found.IsAnswer)
                return null;
        }
    }

    // The zone's own word on who serves it, and where: it is believed more than what others say of it.
    private void VerifyReferral(Search search, Delegation at)
    {
        if (!settings.HardenReferralPath || search.Depth >= settings.MostDepth)
            return;
        Verify(new DnsQuestion(at.Zone, DnsType.NS));
        foreach (ZoneServer server in at.Servers)
        {
            if (server.Name.IsSubdomainOf(at.Zone) && server.Addresses.Exists(a => a.Address.IsV4))
                Verify(new DnsQuestion(server.Name, DnsType.A));
            if (server.Name.IsSubdomainOf(at.Zone) && server.Addresses.Exists(a => !a.Address.IsV4))
                Verify(new DnsQuestion(server.Name, DnsType.AAAA));
        }

        void Verify(DnsQuestion question)
        {
            if (!search.IsBecauseOf(question) && search.Ledger.TrySpendServerName())
                _ = ResolveAsync(search.Below(question)).AsTask();
        }
    }

    private void PrefetchKeys(Search search, Judgement judgement)
    {
        var keys = new DnsQuestion(judgement.Nameservers!.Name, DnsType.DNSKEY);
        if (!settings.PrefetchKeys || search.IsBecauseOf(keys) || !judgement.Content.Authorities.Exists(s => s.Type == DnsType.DS)
            || cache.TryGetSet(keys.Name, DnsType.DNSKEY, exchange.Now, out _))
            return;
        _ = ResolveAsync(search.Below(keys)).AsTask();
    }

    // A negative answer about DS that the child's SOA vouches for.
    private static bool IsFromChild(ResolvedMessage content) => content.Answers.Count == 0 && !content.Question.Name.IsRoot
        && content.Authorities.Exists(s => s.Type == DnsType.SOA && s.Name == content.Question.Name);

    private ResolvedMessage Keep(Search search, ResolvedMessage message)
    {
        if (message.IsAnswer && !search.IsKeptLater)
            cache.Store(message, exchange.Now, exchange.Now + search.Ahead);
        return message;
    }

    private static ResolvedMessage Chained(Search search, List<Rrset> answers, List<Rrset> proofs, ResolvedMessage last)
    {
        var message = new ResolvedMessage(search.Question, last.Rcode)
        {
            Answers = [.. answers, .. last.Answers.Where(s => !answers.Exists(a => a.Type == s.Type && a.Name == s.Name))],
            Authorities = [.. proofs, .. last.Authorities.Where(s => !proofs.Exists(p => p.Type == s.Type && p.Name == s.Name))],
            Additionals = last.Additionals,
            Error = last.Error,
            Failure = last.Failure,
            ReportAgent = last.ReportAgent,
            Because = search.Because,
        };
        message.Sources.AddRange(search.Sources);
        return message;
    }

    private ResolvedMessage TooManyAliases(Search search, List<Rrset> answers, bool isLoop)
    {
        string chain = NameFailureWords.Chain([.. answers.SelectMany(s => s.Records)]);
        return ResolvedMessage.Failed(search.Question, NameFailure.Loop, ExtendedErrorCode.Other,
            isLoop ? $"the aliases lead in a circle: {chain}" : $"more than {settings.MostAliases} aliases follow one another: {chain}", search.Because);
    }
}
