using System.Text;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What came of resolving a question.</summary>
/// <param name="Failure">None, NoSuchName and NoSuchType are answers; the rest are failures.</param>
/// <param name="Answers">Aliases in order, then the records.</param>
/// <param name="Soa">Vouches for a negative answer; null when the server gave none.</param>
/// <param name="Explanation">Of a failure or a negative answer.</param>
/// <param name="Because">The last event on the way.</param>
internal sealed record Resolution(NameFailure Failure, IReadOnlyList<DnsRecord> Answers, DnsRecord? Soa, string Explanation, EventId Because)
{
    public bool IsAnswer => Failure is NameFailure.None or NameFailure.NoSuchName or NameFailure.NoSuchType;
}

/// <summary>
/// Finds answers by asking authoritative servers, from the closest zone that the cache knows (or the root) down:
/// RFC 1034 §5.3.3 with RFC 2181's trust and a budget. Keeps nothing of its own between questions.
/// </summary>
internal sealed class Iterator(RootHints hints, ResolverSettings settings, RrsetCache cache, ServerTable servers, QueryExchange exchange)
{
    public async ValueTask<Resolution> ResolveAsync(DnsQuestion question, QueryBudget budget, EventId because, CancellationToken ct)
    {
        if (!budget.TryEnter(question))
        {
            return Failed(NameFailure.Budget, $"finding servers of servers went more than {settings.MostDepth} deep, last for {question.Name}", because);
        }

        try
        {
            return await FollowAsync(question, budget, because, ct).ConfigureAwait(false);
        }
        finally
        {
            budget.Leave(question);
        }
    }

    // One alias after the other, from the cache as far as it goes.
    private async ValueTask<Resolution> FollowAsync(DnsQuestion question, QueryBudget budget, EventId because, CancellationToken ct)
    {
        var answers = new List<DnsRecord>();
        var seen = new HashSet<DomainName> { question.Name };
        while (true)
        {
            CachedAnswer cached = CachedAnswer.Find(cache, question, exchange.Now);
            if (Append(cached.Records) is { } circleInCache)
                return circleInCache;
            if (cached.Failure == NameFailure.Loop)
                return TooManyAliases(isLoop: true);
            if (cached.IsComplete)
                return new Resolution(cached.Failure, answers, cached.Soa, ExplainNegative(cached.Failure, cached.End, question.Type), because);
            question = question with { Name = cached.End };

            Resolution step = await DescendAsync(question, budget, because, ct).ConfigureAwait(false);
            because = step.Because;
            if (!step.IsAnswer)
                return step with { Answers = answers };
            if (Append(step.Answers) is { } circle)
                return circle;
            if (step.Failure != NameFailure.None || step.Answers is not [.., { Type: DnsType.CNAME } last] || question.Type is DnsType.CNAME or DnsType.ANY
                || !last.TryGetName(out DomainName target))
                return step with { Answers = answers };
            question = question with { Name = target };
        }

        Resolution? Append(IReadOnlyList<DnsRecord> records)
        {
            foreach (DnsRecord record in records)
            {
                answers.Add(record);
                if (record.Type != DnsType.CNAME || question.Type is DnsType.CNAME or DnsType.ANY || !record.TryGetName(out DomainName target))
                    continue;
                if (!seen.Add(target))
                    return TooManyAliases(isLoop: true);
                if (!budget.TrySpendAlias())
                    return TooManyAliases(isLoop: false);
            }

            return null;
        }

        Resolution TooManyAliases(bool isLoop) => Failed(NameFailure.Loop,
            isLoop ? $"the aliases lead in a circle: {NameFailureWords.Chain(answers)}"
                : $"more than {settings.MostAliases} aliases follow one another: {NameFailureWords.Chain(answers)}",
            because);
    }

    // From the closest known zone down, referral by referral, to the zone that answers.
    private async ValueTask<Resolution> DescendAsync(DnsQuestion question, QueryBudget budget, EventId because, CancellationToken ct)
    {
        Delegation at = ClosestDelegation(question, budget);
        for (int referrals = 0; referrals <= settings.MostReferrals; referrals++)
        {
            (Judgement? judgement, Resolution? failed, because) = await AskZoneAsync(at, question, budget, because, ct).ConfigureAwait(false);
            if (failed is not null)
                return failed;
            Instant now = exchange.Now;
            switch (judgement!.Kind)
            {
                case ResponseKind.Answer or ResponseKind.Alias:
                    return new Resolution(NameFailure.None, WithinLimits(judgement.Answers), null, "", because);
                case ResponseKind.NoSuchName:
                    return Negative(NameFailure.NoSuchName);
                case ResponseKind.NoSuchType:
                    return Negative(NameFailure.NoSuchType);
                case ResponseKind.Referral:
                    at = Delegation.From(judgement.Nameservers, judgement.Glue, cache, settings, now);
                    break;
                default:
                    throw new InvalidOperationException($"A zone was not left with {judgement.Kind}.");
            }

            Resolution Negative(NameFailure kind) => new(kind, WithinLimits(judgement.Answers), judgement.Soa is { } soa ? cache.NegativeSoa(soa) : null,
                ExplainNegative(kind, judgement.End, question.Type), because);
        }

        return Failed(NameFailure.Loop, $"more than {settings.MostReferrals} referrals follow one another on the way to {question.Name}, last to {at.Zone}", because);
    }

    private DnsRecord[] WithinLimits(List<DnsRecord> records) => [.. records.Select(cache.WithinLimits)];

    // Asks the zone's servers, fastest first, until one gives something that leads on.
    private async ValueTask<(Judgement? Judgement, Resolution? Failed, EventId Because)> AskZoneAsync(
        Delegation at, DnsQuestion question, QueryBudget budget, EventId because, CancellationToken ct)
    {
        var trials = new ServerTrials();
        var failures = new List<NameFailure>();
        var candidates = new List<(IpEndpoint Address, DomainName Name)>();
        while (true)
        {
            Instant now = exchange.Now;
            if (budget.IsOutOfTime(now) || budget.Exhausted is not null)
                return (null, OutOfBudget(budget, trials, at, because), because);
            Collect(at, trials, candidates, now);
            if (candidates.Count == 0)
            {
                ZoneServer? missing = at.Servers.Find(s => !s.IsLookedUp && s.Addresses.Count == 0);
                if (missing is null)
                    return (null, NobodyLeft(at, trials, failures, because), because);
                because = await LookUpServerAsync(at, missing, failures, budget, because, ct).ConfigureAwait(false);
                continue;
            }

            (IpEndpoint address, DomainName name) = candidates[servers.Choose([.. candidates.Select(c => c.Address)], now)];
            var ask = new Ask(question, address, at.Zone, name, servers.TimeoutFor(address, now), trials.TriesWith(address) + 1, because)
            {
                Edns = settings.UseEdns && servers.HasEdns(address, now),
                RandomCase = settings.UseRandomCase,
            };
            Asked asked = await exchange.AskAsync(ask, budget, ct).ConfigureAwait(false);
            because = asked.Sent;
            now = exchange.Now;
            if (asked.Status == AskStatus.OutOfBudget)
                continue;
            if (asked.Message is not { } message)
            {
                servers.Silent(address, now);
                trials.Add(address, name, RecursiveReply.OutcomeOf(asked.Status), asked.RoundTrip);
                continue;
            }

            servers.Answered(address, asked.RoundTrip, now);
            Judgement judgement = ReplyJudge.Judge(message, at.Zone, question.Name, question.Type);
            because = exchange.WriteResponse(ask, asked, judgement.Kind);
            WriteDisbelieved(judgement, at.Zone, because);
            if (judgement.Kind == ResponseKind.Lame)
            {
                servers.Lame(address, at.Zone, now);
                trials.Add(address, name, TrialOutcome.Lame, asked.RoundTrip, judgement.Words);
            }
            else if (judgement.Kind == ResponseKind.Failure)
            {
                // RFC 6891 §7: it may be OPT that it does not understand; then it is asked again without.
                if (ask.Edns && message.Rcode is DnsRcode.FormErr or DnsRcode.NotImp && message.Edns is null)
                    servers.HasNoEdns(address, now);
                else
                    trials.Add(address, name, TrialOutcome.Failure, asked.RoundTrip, judgement.Words);
            }
            else
            {
                Store(judgement, question, message.IsAuthoritative, now);
                return (judgement, null, because);
            }
        }
    }

    private void Collect(Delegation at, ServerTrials trials, List<(IpEndpoint Address, DomainName Name)> candidates, Instant now)
    {
        candidates.Clear();
        foreach (ZoneServer server in at.Servers)
        {
            foreach (IpAddress address in server.Addresses)
            {
                var endpoint = new IpEndpoint(address, settings.ServerPort);
                if (trials.HasGivenUpOn(endpoint, settings.MostTriesPerServer) || candidates.Exists(c => c.Address == endpoint))
                    continue;
                if (servers.IsLame(endpoint, at.Zone, now))
                    trials.Add(endpoint, server.Name, TrialOutcome.Lame, TimeSpan.Zero, "found so earlier");
                else
                    candidates.Add((endpoint, server.Name));
            }
        }
    }

    // A server whose glue is missing: its name is a question of its own, paid from the same budget.
    private async ValueTask<EventId> LookUpServerAsync(
        Delegation at, ZoneServer server, List<NameFailure> failures, QueryBudget budget, EventId because, CancellationToken ct)
    {
        server.IsLookedUp = true;
        DnsType[] types = settings.UseIpv6 ? [DnsType.A, DnsType.AAAA] : [DnsType.A];
        foreach (DnsType type in types)
        {
            var question = new DnsQuestion(server.Name, type);
            if (budget.IsBeingResolved(question))
            {
                failures.Add(NameFailure.Loop);
                server.Problem = server.Name.IsSubdomainOf(at.Zone)
                    ? "it lies inside the zone, and no glue says where"
                    : $"to find it one would have to know it: {budget.DescribeCircle(question)}";
                break;
            }

            if (!budget.TrySpendServerName())
                break;
            Resolution found = await ResolveAsync(question, budget, because, ct).ConfigureAwait(false);
            because = found.Because;
            foreach (DnsRecord record in found.Answers)
            {
                // RFC 2181 §10.3: an NS record must not name an alias.
                if (record.Name == server.Name)
                    at.Add(server, record, settings);
            }

            if (server.Addresses.Count > 0)
                break;
            failures.Add(found.IsAnswer ? NameFailure.NoServer : found.Failure);
            server.Problem = found.Failure == NameFailure.None ? "it is an alias, which RFC 2181 forbids" : found.Explanation;
        }

        return because;
    }

    // The deepest zone on the way to the name whose servers are known and can be reached without knowing them already.
    private Delegation ClosestDelegation(DnsQuestion question, QueryBudget budget)
    {
        Instant now = exchange.Now;
        // A zone's DS lies in its parent (RFC 4035 §3.1.4.1).
        DomainName at = question.Type == DnsType.DS ? question.Name.Parent : question.Name;
        for (; !at.IsRoot; at = at.Parent)
        {
            if (!cache.TryGet(at, DnsType.NS, CacheRank.Additional, now, out CachedRrset? known) || known.Kind != CachedKind.Records)
                continue;
            Delegation delegation = Delegation.From(known.Records, [], cache, settings, now);
            if (delegation.Servers.Exists(s => s.Addresses.Count > 0
                || (!s.IsLookedUp && !s.Name.IsSubdomainOf(at) && !budget.IsBeingResolved(new DnsQuestion(s.Name, DnsType.A)))))
                return delegation;
        }

        return Delegation.FromHints(hints);
    }

    private void Store(Judgement judgement, DnsQuestion question, bool isAuthoritative, Instant now)
    {
        CacheRank authorityRank = isAuthoritative && judgement.Kind != ResponseKind.Referral ? CacheRank.Authority : CacheRank.Referral;
        if (judgement.Nameservers.Count > 0)
            cache.Put(judgement.Nameservers, authorityRank, now);
        PutSets(judgement.Glue, CacheRank.Additional, now);
        if (isAuthoritative)
            PutSets(judgement.Answers, CacheRank.AuthoritativeAnswer, now);
        if (judgement.Soa is { } soa && judgement.Kind is ResponseKind.NoSuchName or ResponseKind.NoSuchType)
        {
            CachedKind kind = judgement.Kind == ResponseKind.NoSuchName ? CachedKind.NoSuchName : CachedKind.NoSuchType;
            cache.PutNegative(judgement.End, question.Type, kind, soa, CacheRank.AuthoritativeAnswer, now);
        }
    }

    private void PutSets(List<DnsRecord> records, CacheRank rank, Instant now)
    {
        foreach (IGrouping<(DomainName, DnsType), DnsRecord> set in records.GroupBy(r => (r.Name, r.Type)))
            cache.Put([.. set], rank, now);
    }

    private void WriteDisbelieved(Judgement judgement, DomainName zone, EventId because)
    {
        if (!exchange.Log.IsEnabled)
            return;
        foreach ((DnsRecord record, string reason) in judgement.Disbelieved)
            exchange.Log.Write(because, new RecordDisbelieved(record, zone, reason));
    }

    private static Resolution Failed(NameFailure failure, string explanation, EventId because) => new(failure, [], null, explanation, because);

    private static Resolution OutOfBudget(QueryBudget budget, ServerTrials trials, Delegation at, EventId because) => Failed(
        // Out of time among silent servers is their silence, whatever the clock says.
        trials.Failure == NameFailure.TimedOut ? NameFailure.TimedOut : NameFailure.Budget,
        trials.IsEmpty ? $"{budget.Exhausted}, last at {at.Zone}" : $"{budget.Exhausted}; {trials.Describe($"of {at.Zone}")}", because);

    private static Resolution NobodyLeft(Delegation at, ServerTrials trials, List<NameFailure> failures, EventId because)
    {
        var text = new StringBuilder();
        NameFailure failure;
        if (!trials.IsEmpty)
        {
            failure = trials.Failure;
            text.Append(trials.Describe($"of {at.Zone}"));
        }
        else
        {
            failure = failures.Contains(NameFailure.Loop) ? NameFailure.Loop
                : failures.Count > 0 && failures.TrueForAll(f => f == failures[0]) ? failures[0]
                : NameFailure.NoServer;
            text.Append("no server of ").Append(at.Zone).Append(" can be found");
        }

        string separator = trials.IsEmpty ? ": " : "; besides, ";
        foreach (ZoneServer server in at.Servers)
        {
            if (server.Addresses.Count > 0 || server.Problem.Length == 0)
                continue;
            text.Append(separator).Append(server.Name).Append(" (").Append(server.Problem).Append(')');
            separator = ", ";
        }

        return Failed(failure, text.ToString(), because);
    }

    private static string ExplainNegative(NameFailure failure, DomainName name, DnsType type) => failure switch
    {
        NameFailure.NoSuchName => $"the name {name} does not exist",
        NameFailure.NoSuchType => $"{name} exists but has no {DnsMnemonic.Of(type)} record",
        _ => "",
    };
}
