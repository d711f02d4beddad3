using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// What a home router does for its house (RFC 5625): a cache, and the provider's resolver behind it. Questions without RD
/// are refused. A failure's reason is passed on in the words in which it came.
/// </summary>
public sealed class ForwardingResolver : IDnsResponder
{
    private readonly NodeLog _log;
    private readonly QueryExchange _exchange;
    private readonly Coalescer<Resolution> _coalescer = new();

    public ForwardingResolver(
        ForwarderSettings settings, RrsetCache cache, IDnsTransport transport, NodeLog log, TimeProvider time, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Settings = settings;
        Cache = cache;
        _log = log;
        _exchange = new QueryExchange(transport, log, time, random.Fork("dns queries"));
    }

    /// <summary>May be replaced while it runs: a router learns its upstreams by DHCP.</summary>
    public ForwarderSettings Settings { get; set; }

    public RrsetCache Cache { get; }

    /// <summary>Questions that found the same question already being forwarded, and shared its answer.</summary>
    public long Coalesced => _coalescer.Joined;

    public async ValueTask<DnsResponse> RespondAsync(
        ReadOnlyMemory<byte> query, Memory<byte> response, IpEndpoint client, bool overTcp, CancellationToken ct)
    {
        EventId because = NodeLog.ApplicationCause;
        if (!MessageIntake.TryRead(query.Span, out DnsMessage message, out DnsMessage? reply) && reply is null)
            return new DnsResponse(0, because);
        if (reply is null && !message.RecursionDesired)
            reply = message.CreateResponse(DnsRcode.Refused);
        if (reply is null)
        {
            Resolution found = await FindAsync(message.Questions[0], because, ct).ConfigureAwait(false);
            because = found.Because;
            reply = ResolvedReply.Build(message, found);
        }

        reply.RecursionAvailable = true;
        return ResolvedReply.Send(message, reply, response, client, overTcp, _log, because);
    }

    private async ValueTask<Resolution> FindAsync(DnsQuestion question, EventId because, CancellationToken ct)
    {
        CachedAnswer cached = CachedAnswer.Find(Cache, question, _exchange.Now);
        if (_log.IsEnabled)
        {
            because = _log.Write(because, new LevelConsulted(
                question.Name, question.Type, NameLevel.RouterCache, cached.Result, default, cached.TtlLeft));
        }

        if (cached.IsComplete)
            return ResolvedReply.FromCache(cached, question, because);
        if (_coalescer.InFlight >= Settings.MostQuestionsInFlight)
            return new Resolution(NameFailure.Budget, [], null, "the forwarder has too many questions in work", because);
        return await _coalescer.RunAsync(question, q => ForwardAsync(q, because), ct).ConfigureAwait(false);
    }

    private async ValueTask<Resolution> ForwardAsync(DnsQuestion question, EventId because)
    {
        ForwarderSettings settings = Settings;
        var trials = new ServerTrials();
        (NameFailure Failure, string Words) told = (NameFailure.None, "");
        bool edns = settings.UseEdns;
        for (int attempt = 1; attempt <= settings.Attempts; attempt++)
        {
            foreach (IpEndpoint upstream in settings.Upstreams)
            {
                var ask = new Ask(question, upstream, DomainName.Root, DomainName.Root, settings.Timeout, attempt, because)
                {
                    RecursionDesired = true,
                    Edns = edns,
                };
                Asked asked = await _exchange.AskAsync(ask, budget: null, CancellationToken.None).ConfigureAwait(false);
                if (asked.Message is null)
                {
                    trials.Add(upstream, DomainName.Root, RecursiveReply.OutcomeOf(asked.Status), asked.RoundTrip);
                    because = asked.Sent;
                    continue;
                }

                RecursiveReply reply = RecursiveReply.Read(asked.Message, question.Name, question.Type);
                because = _exchange.WriteResponse(ask, asked, reply.Kind);
                if (reply.Failure is NameFailure.None or NameFailure.NoSuchName or NameFailure.NoSuchType)
                    return Store(reply, question, upstream, because);
                if (edns && reply.Rcode is DnsRcode.FormErr or DnsRcode.NotImp)
                    edns = false;
                if (ExtendedErrors.TryRead(asked.Message, out NameFailure failure, out string words))
                    told = (failure, words);
                trials.Add(upstream, DomainName.Root, reply.Kind == ResponseKind.Lame ? TrialOutcome.Lame : TrialOutcome.Failure, asked.RoundTrip, reply.Words);
            }

            // A resolver that says that it tried and why it failed will not do better at once.
            if (told.Failure != NameFailure.None)
                break;
        }

        return told.Failure != NameFailure.None
            ? new Resolution(told.Failure, [], null, told.Words, because)
            : new Resolution(trials.Failure, [], null, trials.Describe("upstream of the forwarder"), because);
    }

    private Resolution Store(RecursiveReply reply, DnsQuestion question, IpEndpoint upstream, EventId because)
    {
        Instant now = _exchange.Now;
        foreach (IGrouping<(DomainName, DnsType), DnsRecord> set in reply.Records.GroupBy(r => (r.Name, r.Type)))
            Cache.Put([.. set], CacheRank.Answer, now);
        DnsRecord? soa = reply.Soa is null ? null : Cache.NegativeSoa(reply.Soa);
        if (reply.Failure != NameFailure.None && soa is not null)
        {
            DomainName end = reply.Records is [.., { Type: DnsType.CNAME } last] && last.TryGetName(out DomainName target) ? target : question.Name;
            Cache.PutNegative(end, question.Type,
                reply.Failure == NameFailure.NoSuchName ? CachedKind.NoSuchName : CachedKind.NoSuchType, soa, CacheRank.Answer, now);
        }

        return new Resolution(reply.Failure, [.. reply.Records.Select(Cache.WithinLimits)],
            reply.Failure == NameFailure.None ? null : soa, reply.Explain(question.Name, question.Type, upstream), because);
    }
}
