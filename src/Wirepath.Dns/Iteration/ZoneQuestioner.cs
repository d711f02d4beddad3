using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What came of asking a zone's servers.</summary>
/// <param name="Judgement">A reply that leads on; null on failure.</param>
/// <param name="Failed">Why there is none; null on success.</param>
/// <param name="Source">Who gave it.</param>
internal readonly record struct ZoneReply(Judgement? Judgement, ResolvedMessage? Failed, IpAddress? Source);

/// <summary>
/// Asks the servers of one zone, fastest first, until one says something that leads on: no more of the name than they
/// need to see (RFC 9156), server by server, with the look-ups that missing glue costs.
/// </summary>
internal sealed partial class ZoneQuestioner(ResolverSettings settings, ResolverCache cache, ServerTable servers, QueryExchange exchange)
{
    public async ValueTask<ZoneReply> AskAsync(Iterator iterator, Delegation at, DnsQuestion question, Search search)
    {
        var asking = new Asking(iterator, at, question, search);
        var minimised = new MinimisedName(at, question, settings);
        while (true)
        {
            DnsQuestion shown = minimised.Current;
            if (!minimised.IsWhole && IsKnownToExist(shown, exchange.Now + search.Ahead))
            {
                minimised.Lengthen();
                continue;
            }

            ZoneReply reply = await AskOneNameAsync(asking, shown, minimised).ConfigureAwait(false);
            if (minimised.IsWhole && shown == question)
                return reply;
            if (reply.Judgement is { Kind: ResponseKind.Referral })
                return reply;
            switch (reply.Judgement?.Kind)
            {
                case null or ResponseKind.Alias or ResponseKind.NoSuchName when !settings.MinimisationIsStrict:
                    // Servers that have never heard of empty non-terminals say all kinds of things.
                    asking.Trials.Clear();
                    minimised.ShowAll();
                    break;
                case ResponseKind.NoSuchName:
                    return new ZoneReply(Negative(reply.Judgement, question), null, reply.Source);
                case null:
                    return reply;
                default:
                    minimised.Lengthen();
                    break;
            }
        }
    }

    // RFC 8020: what does not exist has nothing below it.
    private static Judgement Negative(Judgement judgement, DnsQuestion question)
    {
        var content = new ResolvedMessage(question, DnsRcode.NXDomain) { Authorities = judgement.Content.Authorities };
        return new Judgement(content) { Kind = ResponseKind.NoSuchName, End = question.Name };
    }

    private bool IsKnownToExist(DnsQuestion shown, Instant now) =>
        cache.TryGetMessage(shown, now, out CachedMessage? known) && known.Rcode == DnsRcode.NoError;

    private async ValueTask<ZoneReply> AskOneNameAsync(Asking asking, DnsQuestion question, MinimisedName minimised)
    {
        Delegation at = asking.At;
        Search search = asking.Search;
        while (true)
        {
            Instant now = exchange.Now;
            if (search.Ledger.IsOutOfTime(now) || search.Ledger.Exhausted is not null)
                return Failed(OutOfBudget(asking));
            asking.TakeFound(settings);
            Collect(asking, now);
            if (asking.Candidates.Count == 0)
            {
                if (await FindMoreServersAsync(asking).ConfigureAwait(false))
                    continue;
                return asking.InNeed is { } need ? Kept(asking, need.Judgement!, need.Source!.Value, now) : Failed(NobodyLeft(asking));
            }

            if (!search.TrySpendQuery(settings.MostQueriesPerName))
                return Failed(TooManyQueries(asking));
            (IpEndpoint address, DomainName name) = asking.Candidates[servers.Choose([.. asking.Candidates.Select(c => c.Address)], now)];
            var ask = new Ask(question, address, at.Zone, name, servers.TimeoutFor(address, now), asking.Trials.TriesWith(address) + 1, search.Because)
            {
                Edns = settings.UseEdns && servers.HasEdns(address, now),
                DnssecOk = settings.Validate,
                CheckingDisabled = at.IsForward && settings.Validate,
                RecursionDesired = at.IsForward,
                RandomCase = settings.UseRandomCase && !settings.FixedCase.Any(question.Name.IsSubdomainOf),
                OverTcp = at.OverTcp || settings.AskOverTcp || !settings.UseUdp,
            };
            Instant sentAt = now;
            Asked asked = await exchange.AskAsync(ask, search.Ledger, search.Cancellation).ConfigureAwait(false);
            search.Because = asked.Sent;
            now = exchange.Now;
            if (asked.Status == AskStatus.OutOfBudget)
                continue;
            if (asked.Message is not { } message)
            {
                servers.Silent(address, now);
                asking.Trials.Add(address, name, RecursiveReply.OutcomeOf(asked.Status), asked.RoundTrip);
                if (!minimised.IsWhole && !settings.MinimisationIsStrict && asking.Trials.TriesWith(address) > 1)
                    return Failed(NobodyLeft(asking));
                continue;
            }

            servers.Answered(address, asked.RoundTrip, now);
            Judgement judgement = ReplyJudge.Judge(message, at.Zone, question, settings, at.IsForward);
            search.Because = exchange.WriteResponse(ask, asked, judgement.Kind);
            WriteDisbelieved(judgement, at.Zone, search.Because);
            NoteSource(judgement.Content, new RecordSource(address.Address, at.Zone, exchange.Now));
            judgement.Content.ReportAgent = ErrorReports.AgentOf(message);
            if (judgement.Kind == ResponseKind.Lame)
            {
                // Better than nothing, when all of them are like that.
                if (judgement.IsOfUseInNeed)
                    asking.InNeed ??= new ZoneReply(ReplyJudge.Judge(message, at.Zone, question, settings, isRecursive: true), null, address.Address);
                else
                    servers.Lame(address, at.Zone, question.Type, now);
                asking.Trials.Add(address, name, TrialOutcome.Lame, asked.RoundTrip, judgement.Words);
                continue;
            }

            if (judgement.Kind == ResponseKind.Failure)
            {
                // RFC 6891 §7: it may be OPT that it does not understand; then it is asked again without.
                if (ask.Edns && message.Rcode is DnsRcode.FormErr or DnsRcode.NotImp && message.Edns is null)
                    servers.HasNoEdns(address, now);
                else
                    asking.Trials.Add(address, name, TrialOutcome.Failure, asked.RoundTrip, judgement.Words);
                continue;
            }

            if (at.ExpectsSignatures && !IsSigned(judgement))
            {
                // Another server may give them; if none does, it is the validator's to judge.
                asking.InNeed ??= new ZoneReply(judgement, null, address.Address);
                asking.Trials.Add(address, name, TrialOutcome.Failure, asked.RoundTrip, "no signatures, although the zone is signed");
                continue;
            }

            return Kept(asking, judgement, address.Address, sentAt);
        }
    }

    // What was alive when the query left was alive for it: while the reply is on its way, nothing must come back to life.
    private ZoneReply Kept(Asking asking, Judgement judgement, IpAddress source, Instant sentAt)
    {
        bool isFinal = judgement.Kind is not (ResponseKind.Referral or ResponseKind.Alias) && judgement.Content.Question == asking.Question;
        if (!asking.At.NoCache && !(isFinal && asking.Search.IsKeptLater))
            Store(judgement, exchange.Now, sentAt + asking.Search.Ahead);
        return new ZoneReply(judgement, null, source);
    }

    private static void NoteSource(ResolvedMessage content, RecordSource source)
    {
        foreach (Rrset set in content.Answers.Concat(content.Authorities).Concat(content.Additionals))
            set.Source = source;
    }

    private static bool IsSigned(Judgement judgement)
    {
        ResolvedMessage content = judgement.Content;
        if (judgement.Kind == ResponseKind.Referral)
            return true;
        return content.Answers.Exists(s => s.Signatures.Length > 0 || s.Type == DnsType.RRSIG)
            || content.Authorities.Exists(s => s.Signatures.Length > 0);
    }

    private void Collect(Asking asking, Instant now)
    {
        Delegation at = asking.At;
        asking.Candidates.Clear();
        foreach (ZoneServer server in at.Servers)
        {
            foreach (IpEndpoint endpoint in server.Addresses)
            {
                if (asking.Trials.HasGivenUpOn(endpoint, settings.MostTriesPerServer) || asking.Candidates.Exists(c => c.Address == endpoint))
                    continue;
                if (asking.Search.Avoid?.Contains(endpoint.Address) == true)
                    asking.Trials.Add(endpoint, server.Name, TrialOutcome.Failure, TimeSpan.Zero, "its answer was bogus");
                else if (servers.IsLame(endpoint, at.Zone, asking.Question.Type, now))
                    asking.Trials.Add(endpoint, server.Name, TrialOutcome.Lame, TimeSpan.Zero, "found so earlier");
                else
                    asking.Candidates.Add((endpoint, server.Name));
            }
        }
    }

    // Addresses that are on their way, then those that nobody has looked for, then what the parent says.
    private async ValueTask<bool> FindMoreServersAsync(Asking asking)
    {
        if (asking.Pending > 0)
        {
            asking.Take(await asking.Found.TakeAsync().ConfigureAwait(false), settings);
            return true;
        }

        // NXNSAttack: a zone whose servers' names do not exist is not worth more questions.
        if (asking.Unknown > settings.MostUnknownServers)
            return await AskParentAsync(asking).ConfigureAwait(false);
        if (asking.At.Servers.Find(s => !s.IsKnown(settings) && s.Addresses.Count == 0) is { } missing)
        {
            LookUp(asking, missing);
            return true;
        }

        // Names of servers that have one address may have another; of those whose answers are bogus nobody wants more.
        if (asking.Search.Avoid is null && asking.At.Servers.Find(s => !s.IsKnown(settings)) is { } half)
        {
            LookUp(asking, half);
            return true;
        }

        return asking.InNeed is null && asking.Search.Avoid is null && await AskParentAsync(asking).ConfigureAwait(false);
    }

    // A server whose glue is missing: its name is a question of its own, paid from the same budget.
    private void LookUp(Asking asking, ZoneServer server)
    {
        Search search = asking.Search;
        bool isPaid = false;
        foreach (DnsType type in server.Missing(settings).ToArray())
        {
            server.SetKnown(type);
            var question = new DnsQuestion(server.Name, type);
            if (search.IsBecauseOf(question))
            {
                asking.Failures.Add(NameFailure.Loop);
                server.Problem = server.Name.IsSubdomainOf(asking.At.Zone)
                    ? "it lies inside the zone, and no glue says where"
                    : $"to find it one would have to know it: {search.DescribeCircle(question)}";
                continue;
            }

            if (!isPaid && !search.Ledger.TrySpendServerName())
                return;
            isPaid = true;
            asking.Pending++;
            _ = FindAsync(asking, server, search.Below(question));
        }
    }

    private static async Task FindAsync(Asking asking, ZoneServer server, Search search)
    {
        ResolvedMessage found = ResolvedMessage.Failed(search.Question, NameFailure.TimedOut, ExtendedErrorCode.Other, "the search was given up", search.Because);
        try
        {
            found = await asking.Iterator.ResolveAsync(search).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for the whole any more, or the transport was closed.
        }
        finally
        {
            // Whatever happened: somebody waits.
            asking.Found.Put((server, found));
        }
    }

    // The child's own NS set may be wrong where the parent's is right. The parent is asked once more who serves the zone.
    private async ValueTask<bool> AskParentAsync(Asking asking)
    {
        Delegation at = asking.At;
        Search search = asking.Search;
        // Only for the question itself: what comes up on the way has other ways.
        if (search.Depth > 0 || at.HasParentSide || at.Kind != DelegationKind.Found || at.Zone.IsRoot)
            return false;
        at.HasParentSide = true;
        asking.Unknown = 0;
        Delegation? known = cache.TryGetSet(at.Zone, DnsType.NS, exchange.Now, out Rrset? parentSide, isParentSide: true)
            ? Delegation.From(parentSide, Glue(parentSide), cache, settings, exchange.Now)
            : null;
        // Names alone would have to be looked up by way of the servers that have just failed.
        if (known is not null && known.Servers.Exists(s => s.Addresses.Count > 0) && at.Merge(known, settings))
            return true;
        var question = new DnsQuestion(at.Zone, DnsType.NS);
        if (cache.ClosestNameservers(at.Zone.Parent, exchange.Now) is { } above && !search.IsBecauseOf(question))
        {
            Delegation parent = Delegation.From(above, [], cache, settings, exchange.Now);
            parent.HasParentSide = true;
            Search below = search.Below(question);
            if (!parent.IsUseless(below, settings))
            {
                ZoneReply reply = await AskAsync(asking.Iterator, parent, question, below).ConfigureAwait(false);
                search.Because = below.Because;
                if (reply.Judgement is { Kind: ResponseKind.Referral, Nameservers: { } nameservers } judgement && nameservers.Name == at.Zone)
                    known = Delegation.From(nameservers, judgement.Content.Additionals, cache, settings, exchange.Now);
            }
        }

        return known is not null && at.Merge(known, settings);
    }

    private List<Rrset> Glue(Rrset nameservers)
    {
        var glue = new List<Rrset>();
        foreach (DnsRecord record in nameservers.Records)
        {
            if (!record.TryGetName(out DomainName name))
                continue;
            foreach (DnsType type in (ReadOnlySpan<DnsType>)[DnsType.A, DnsType.AAAA])
            {
                if (cache.TryGetSet(name, type, exchange.Now, out Rrset? addresses, isParentSide: true))
                    glue.Add(addresses);
            }
        }

        return glue;
    }

    private void Store(Judgement judgement, Instant now, Instant validAt)
    {
        ResolvedMessage content = judgement.Content;
        switch (judgement.Kind)
        {
            case ResponseKind.Referral:
                StoreSets(content.Authorities, now, validAt);
                StoreSets(content.Additionals, now, validAt);
                cache.StoreSet(judgement.Nameservers!, now, validAt, isParentSide: true);
                foreach (Rrset glue in content.Additionals)
                    cache.StoreSet(glue, now, validAt, isParentSide: true);
                break;
            case ResponseKind.Alias:
                StoreSets(content.Answers, now, validAt);
                StoreSets(content.Authorities, now, validAt);
                break;
            default:
                cache.Store(content, now, validAt);
                break;
        }
    }

    private void StoreSets(List<Rrset> sets, Instant now, Instant validAt)
    {
        for (int i = 0; i < sets.Count; i++)
            sets[i] = cache.StoreSet(sets[i], now, validAt).WithName(sets[i].Name);
    }

    private void WriteDisbelieved(Judgement judgement, DomainName zone, EventId because)
    {
        if (!exchange.Log.IsEnabled)
            return;
        foreach ((DnsRecord record, string reason) in judgement.Disbelieved)
            exchange.Log.Write(because, new RecordDisbelieved(record, zone, reason));
    }
}
