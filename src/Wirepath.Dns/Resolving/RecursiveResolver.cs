using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// A full-service resolver (RFC 1123 §6.1.3.1): its cache, and iteration from the root for what is not in it. Answers
/// wire messages, and as <see cref="INameResolver"/> its own host.
/// </summary>
public sealed class RecursiveResolver : IDnsResponder, INameResolver
{
    private readonly NodeLog _log;
    private readonly ResolverConfiguration _configuration;
    private readonly QueryExchange _exchange;
    private readonly Iterator _iterator;
    private readonly Coalescer<(DnsQuestion, bool IsUnchecked), ResolvedMessage> _coalescer = new();

    /// <summary>A resolver for anybody who can reach it, without stub zones or trust anchors.</summary>
    public RecursiveResolver(
        RootHints hints, ResolverSettings settings, ResolverCache cache, IDnsTransport transport, NodeLog log, TimeProvider time, RandomSource random)
        : this(new ResolverConfiguration { Settings = settings, LocalZones = LocalZones.None, Access = Access.Anybody }, hints, cache, transport, log, time, random)
    {
    }

    public RecursiveResolver(
        ResolverConfiguration configuration, RootHints hints, ResolverCache cache, IDnsTransport transport, NodeLog log, TimeProvider time, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(random);
        _configuration = configuration;
        Settings = configuration.Settings;
        Cache = cache;
        _log = log;
        _exchange = new QueryExchange(transport, log, time, random.Fork("dns queries")) { EdnsSize = Settings.EdnsSize, UseTcp = Settings.UseTcp };
        Servers = new ServerTable(Settings, random.Fork("dns servers"));
        var zones = new ResolverZones(hints, configuration.StubZones, configuration.ForwardZones);
        _iterator = new Iterator(zones, Settings, cache, new ZoneQuestioner(Settings, cache, Servers, _exchange), _exchange);
    }

    public ResolverSettings Settings { get; }

    public ResolverCache Cache { get; }

    /// <summary>Questions that found the same question already being worked on, and shared its answer.</summary>
    public long Coalesced => _coalescer.Joined;

    internal ServerTable Servers { get; }

    public async ValueTask<DnsResponse> RespondAsync(
        ReadOnlyMemory<byte> query, Memory<byte> response, IpEndpoint client, bool overTcp, CancellationToken ct)
    {
        EventId because = NodeLog.ApplicationCause;
        if (!MessageIntake.TryRead(query.Span, out DnsMessage message, out DnsMessage? reply) && reply is null)
            return new DnsResponse(0, because);
        AccessAction access = Access.Of(_configuration.Access, client.Address);
        if (access is AccessAction.Deny)
            return new DnsResponse(0, because);
        if (access is AccessAction.Refuse)
            reply ??= message.CreateResponse(DnsRcode.Refused);
        if (reply is null && _configuration.LocalZones.Answer(message.Questions[0]) is { GoesOn: false } local)
        {
            if (local.Message is null)
                return new DnsResponse(0, because);
            reply = ReplyBuilder.Build(message, local.Message, Settings);
            reply.IsAuthoritative = true;
        }

        if (reply is null)
        {
            if (access is AccessAction.DenyNonLocal)
                return new DnsResponse(0, because);
            if (access is AccessAction.RefuseNonLocal)
                reply = message.CreateResponse(DnsRcode.Refused);
            else if (!message.RecursionDesired && access is not AccessAction.AllowSetRd)
                reply = access is AccessAction.AllowSnoop ? FromCacheAlone(message) : message.CreateResponse(DnsRcode.Refused);
        }

        if (reply is null)
        {
            bool isUnchecked = message.CheckingDisabled && !Settings.IgnoreCheckingDisabled;
            (ResolvedMessage found, _) = await FindAsync(message.Questions[0], isUnchecked, because, ct).ConfigureAwait(false);
            because = found.Because;
            reply = ReplyBuilder.Build(message, found, Settings);
        }

        reply.RecursionAvailable = true;
        return ReplyBuilder.Send(message, reply, response, client, overTcp, _log, because);
    }

    public async ValueTask<NameAnswer> ResolveAsync(DomainName name, DnsType type, CancellationToken ct = default)
    {
        EventId lookup = NodeLog.ApplicationCause;
        if (_log.IsEnabled)
            lookup = _log.Write(lookup, new LookupStarted(name, type, "resolver"));
        (ResolvedMessage found, NameLevel level) = await FindAsync(new DnsQuestion(name, type), isUnchecked: false, lookup, ct).ConfigureAwait(false);
        NameAnswer answer = Answers.Of(found, level);
        if (_log.IsEnabled)
            _log.Write(lookup, new LookupFinished(name, type, answer.Failure, answer.Addresses, answer.Ttl, answer.Explanation));
        return answer;
    }

    private async ValueTask<(ResolvedMessage, NameLevel)> FindAsync(DnsQuestion question, bool isUnchecked, EventId because, CancellationToken ct)
    {
        bool isCached = TryFindCached(question, out ResolvedMessage? cached);
        if (_log.IsEnabled)
        {
            because = _log.Write(because, new LevelConsulted(
                question.Name, question.Type, NameLevel.ResolverCache, Consulted.Result(cached, isCached), default, Consulted.TtlLeft(cached, isCached)));
        }

        if (isCached)
        {
            cached!.Because = because;
            return (cached, NameLevel.ResolverCache);
        }

        if (_coalescer.InFlight >= Settings.MostQuestionsInFlight)
        {
            return (ResolvedMessage.Failed(question, NameFailure.Budget, ExtendedErrorCode.Other,
                "the resolver has too many questions in work", because), NameLevel.Iteration);
        }

        ResolvedMessage found = await _coalescer.RunAsync((question, isUnchecked), _ => IterateAsync(question, isUnchecked, because), ct).ConfigureAwait(false);
        return (found.Question.Name.EqualsExactly(question.Name) ? found : found.For(question), NameLevel.Iteration);
    }

    private bool TryFindCached(DnsQuestion question, out ResolvedMessage? cached)
    {
        Instant now = _exchange.Now;
        if (Cache.TryGetMessage(question, now, out CachedMessage? message))
        {
            cached = message.At(now).For(question);
            return true;
        }

        return Cache.TryFind(question, now, out cached) && !cached.LeadsOn;
    }

    private async ValueTask<ResolvedMessage> IterateAsync(DnsQuestion question, bool isUnchecked, EventId because)
    {
        if (_log.IsEnabled)
            because = _log.Write(because, new LevelConsulted(question.Name, question.Type, NameLevel.Iteration, LookupResult.Asked, default, -1));
        var search = new Search(question, new QueryBudget(Settings, _exchange.Now), because);
        ResolvedMessage found = await _iterator.ResolveAsync(search).ConfigureAwait(false);
        if (found.IsAnswer)
            return found;
        Cache.StoreFailure(found, _exchange.Now, Settings.FailureMemory, Settings.ServeStale);
        if (_log.IsEnabled)
        {
            found.Because = _log.Write(found.Because, new LevelConsulted(
                question.Name, question.Type, NameLevel.Iteration, LookupResult.Failed, default, -1));
        }

        return found;
    }

    // Without RD: what is in the cache, or the closest delegation in it (RFC 1034 §4.3.1).
    private DnsMessage FromCacheAlone(DnsMessage query)
    {
        DnsQuestion question = query.Questions[0];
        if (TryFindCached(question, out ResolvedMessage? cached))
            return ReplyBuilder.Build(query, cached!, Settings);
        Instant now = _exchange.Now;
        if (Cache.ClosestNameservers(question.Name, now) is not { } nameservers)
            return query.CreateResponse(DnsRcode.Refused);
        var referral = new ResolvedMessage(question, DnsRcode.NoError) { Authorities = [nameservers] };
        foreach (DnsRecord record in nameservers.Records)
        {
            if (!record.TryGetName(out DomainName server))
                continue;
            foreach (DnsType type in (ReadOnlySpan<DnsType>)[DnsType.A, DnsType.AAAA])
            {
                if (Cache.TryGetSet(server, type, now, out Rrset? addresses))
                    referral.Additionals.Add(addresses);
            }
        }

        return ReplyBuilder.Build(query, referral, Settings with { MinimalResponses = false });
    }
}
