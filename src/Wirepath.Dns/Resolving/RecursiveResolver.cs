using System.Diagnostics.CodeAnalysis;
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
    private readonly TimeProvider _time;
    private readonly QueryExchange _exchange;
    private readonly Iterator _iterator;
    private readonly Validator? _validator;
    private readonly ChainSource _chainSource;
    private readonly ServerCookies? _cookies;
    private readonly Coalescer<(DnsQuestion, bool IsUnchecked), ResolvedMessage?> _coalescer = new();

    /// <summary>A resolver for anybody who can reach it, without stub zones or trust anchors.</summary>
    public RecursiveResolver(
        RootHints hints, ResolverSettings settings, ResolverCache cache, IDnsTransport transport, NodeLog log, TimeProvider time, RandomSource random)
        : this(new ResolverConfiguration { Settings = settings with { DiscardTimeout = TimeSpan.Zero }, LocalZones = LocalZones.None, Access = Access.Anybody }, hints, cache, transport, log, time, random)
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
        cache.ForgetWires();
        _log = log;
        _time = time;
        _exchange = new QueryExchange(transport, log, time, random.Fork("dns queries")) 
        {
            EdnsSize = Settings.EdnsSize,
            UseTcp = Settings.UseTcp,
            Cookies = Settings.UseCookies ? new CookieJar(random.Fork("dns cookies")) : null,
        };
        Servers = new ServerTable(Settings, random.Fork("dns servers"));
        _cookies = Settings.CookieSecret.Length > 0 ? new ServerCookies(Settings.CookieSecret, time) : null;
        Anchors = new TrustAnchors();
        foreach (DnsRecord anchor in configuration.TrustAnchors)
            Anchors.TryAdd(anchor);
        Rollover = new AnchorRollover(Anchors, Settings, time, log);
        bool hasAnchors = !Anchors.IsEmpty || configuration.AutoTrustAnchorFiles.Count > 0;
        _validator = Settings.Validate && hasAnchors ? new Validator(Settings, Anchors, time, log, Rollover) : null;
        var zones = new ResolverZones(hints, configuration.StubZones, configuration.ForwardZones, _validator);
        _iterator = new Iterator(zones, Settings, cache, new ZoneQuestioner(Settings, cache, Servers, _exchange), _exchange);
        _chainSource = new ChainSource(_iterator);
    }

    public ResolverSettings Settings { get; }

    public ResolverCache Cache { get; }

    /// <summary>Questions that found the same question already being worked on, and shared its answer.</summary>
    public long Coalesced => _coalescer.Joined;

    /// <summary>Trust anchors that follow their zones' changes of keys (RFC 5011). Whoever runs the resolver loads and saves them.</summary>
    public AnchorRollover Rollover { get; }

    internal ServerTable Servers { get; }

    /// <summary>What is trusted from the start.</summary>
    internal TrustAnchors Anchors { get; }

    /// <summary>Tells how long a server took to answer, as if it had been asked just now: what an operator or a snapshot knows already.</summary>
    public void NoteRoundTrip(IpEndpoint server, TimeSpan roundTrip) => Servers.Answered(server, roundTrip, _exchange.Now);

    private bool Validates => _validator is not null;

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
            return ReplyBuilder.Send(message, message.CreateResponse(DnsRcode.Refused), response, client, overTcp, _log, because);
        EdnsOption cookie = default;
        CookieState state = _cookies?.Check(message.Edns, client.Address, out cookie) ?? CookieState.Absent;
        if (state == CookieState.Malformed)
            reply = message.CreateResponse(DnsRcode.FormErr);
        else if (access is AccessAction.AllowCookie && !overTcp && state != CookieState.Proven)
            reply = ServerIdentity.WithoutCookie(message, state);
        else if (reply is { Rcode: DnsRcode.Refused } && ServerIdentity.Answer(message, Settings) is { } identity)
            reply = identity;
        // A resolver has no zones to give away.
        if (reply is null && message.Questions[0].Type is DnsType.AXFR or DnsType.IXFR)
            reply = message.CreateResponse(DnsRcode.Refused);
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

        if (reply is null && Settings.DenyAny && message.Questions[0].Type == DnsType.ANY)
            reply = message.CreateResponse();

        CachedMessage? source = null;
        if (reply is null)
        {
            bool isUnchecked = message.CheckingDisabled && !Settings.IgnoreCheckingDisabled;
            Instant asked = _exchange.Now;
            DnsQuestion question = message.Questions[0];
            Found found = Dns64.ReverseTarget(Settings, question) is { } target
                ? Aliased(question, await FindAsync(question with { Name = target }, isUnchecked, because, ct).ConfigureAwait(false))
                : await FindAsync(question, isUnchecked, because, ct).ConfigureAwait(false);
            // It has asked again in the meantime, or there was no room for its question: better no answer than a wrong one.
            if (found.IsDropped || Settings.DiscardTimeout > TimeSpan.Zero && _exchange.Now - asked > Settings.DiscardTimeout)
                return new DnsResponse(0, because);
            if (Dns64.IsWanted(Settings, message, found.Message))
                found = await WithV4AddressesAsync(found, isUnchecked, because, ct).ConfigureAwait(false);
            if (RootKeySentinel.Denies(Settings, Anchors, message, found.Message))
                found = new Found(ResolvedMessage.Failed(found.Message.Question, NameFailure.ServerFailure, ExtendedErrorCode.Other, "the root key sentinel says no", because), found.Level, null);
            because = found.Message.Because;
            LocalAnswer filtered = ResponseRules.Apply(_configuration.ResponseRules, found.Message);
            if (filtered.Message is not { } told)
                return new DnsResponse(0, because);
            reply = ReplyBuilder.Build(message, told, Settings);
            source = told == found.Message ? found.Source : null;
        }

        reply.RecursionAvailable = true;
        ServerIdentity.AddNsid(message, reply, Settings);
        if (cookie.Code == EdnsOptionCode.Cookie)
            ServerIdentity.AddOption(message, reply, cookie, Settings);
        DnsResponse sent = ReplyBuilder.Send(message, reply, response, client, overTcp, _log, because, Settings.MostUdpAnswer);
        if (source is not null && !reply.IsTruncated && PlainQuery.TryRead(query.Span, out PlainQuery plain))
            Cache.StoreWire(plain, response.Span[..sent.Length], source);
        return sent;
    }

    public bool TryRespond(ReadOnlySpan<byte> query, Span<byte> response, in IpEndpoint client, bool overTcp, out int length)
    {
        length = 0;
        if (_log.IsEnabled || !PlainQuery.TryRead(query, out PlainQuery plain)
            || Access.Of(_configuration.Access, client.Address) is not (AccessAction.Allow or AccessAction.AllowSnoop or AccessAction.AllowSetRd))
            return false;
        int limit = overTcp ? DnsMessage.MaxSize : Math.Min(plain.UdpSize, Settings.MostUdpAnswer);
        return Cache.TryWrite(plain, response, limit, Settings, _exchange.Now, out length);
    }

    public async ValueTask<NameAnswer> ResolveAsync(DomainName name, DnsType type, CancellationToken ct = default)
    {
        EventId lookup = NodeLog.ApplicationCause;
        if (_log.IsEnabled)
            lookup = _log.Write(lookup, new LookupStarted(name, type, "resolver"));
        Found found = await FindAsync(new DnsQuestion(name, type), isUnchecked: false, lookup, ct).ConfigureAwait(false);
        NameAnswer answer = Answers.Of(found.Message, found.Level, _validator);
        if (_log.IsEnabled)
            _log.Write(lookup, new LookupFinished(name, type, answer.Failure, answer.Addresses, answer.Ttl, answer.Explanation));
        return answer;
    }

    /// <summary>What the cache would answer now, with who gave it then; asks nobody and writes nothing down.</summary>
    public bool TryRecall(DomainName name, DnsType type, [NotNullWhen(true)] out NameAnswer? answer)
    {
        var question = new DnsQuestion(name, type);
        Instant now = _exchange.Now;
        ResolvedMessage? known = null;
        if (!TryFindCached(question, isUnchecked: true, now, out known, out _))
            known = Cache.TryGetFailure(question, now, out CachedMessage? failed) ? failed.At(now) : null;
        answer = known is null ? null : Answers.Of(known, NameLevel.ResolverCache, _validator);
        return answer is not null;
    }

    // RFC 6147 §5.3.1: the alias is made up here, with the TTL of what it leads to.
    private static Found Aliased(DnsQuestion question, Found target)
    {
        uint ttl = target.Message.Answers.Count > 0 ? target.Message.Answers[0].Ttl : 0;
        var cname = new Rrset([DnsRecord.ForName(question.Name, DnsType.CNAME, ttl, target.Message.Question.Name)], [], ttl);
        var message = new ResolvedMessage(question, target.Message.Rcode)
        {
            Answers = [cname, .. target.Message.Answers],
            Authorities = target.Message.Authorities,
            Security = Security.Insecure,
            Error = target.Message.Error,
            Failure = target.Message.Failure,
            Because = target.Message.Because,
        };
        return target with { Message = message, Source = null };
    }

    // RFC 6147 §5.1.
    private async ValueTask<Found> WithV4AddressesAsync(Found none, bool isUnchecked, EventId because, CancellationToken ct)
    {
        Found v4 = await FindAsync(none.Message.Question with { Type = DnsType.A }, isUnchecked, because, ct).ConfigureAwait(false);
        ResolvedMessage made = Dns64.Synthesize(Settings, none.Message, v4.Message);
        return made == none.Message ? none : new Found(made, none.Level, null);
    }

    /// <summary>Fetches the keys of anchors that are due; to be called at <see cref="AnchorRollover.NextProbe"/>.</summary>
    public ValueTask ProbeAnchorsAsync(CancellationToken ct) => _validator is null
        ? default
        : _validator.ProbeAnchorsAsync(_ => new ValidationContext(_chainSource, new QueryBudget(Settings, _exchange.Now), EventId.None, ct));

    // From the cache, from servers, or, when they do not answer in time, from what the cache held before.
    private async ValueTask<Found> FindAsync(DnsQuestion question, bool isUnchecked, EventId because, CancellationToken ct)
    {
        Instant now = _exchange.Now;
        bool isCached = TryFindCached(question, isUnchecked, now, out ResolvedMessage? cached, out CachedMessage? source);
        if (_log.IsEnabled)
        {
            because = _log.Write(because, new LevelConsulted(
                question.Name, question.Type, NameLevel.ResolverCache, Consulted.Result(cached, isCached), default, Consulted.TtlLeft(cached, isCached)));
        }

        if (isCached)
        {
            cached!.Because = because;
            if (Settings.Prefetch && source is not null && source.IsDue(now, Settings.PrefetchShare))
                Refresh(question, isUnchecked, source.ExpiresAt - now, because);
            return new Found(cached, NameLevel.ResolverCache, source);
        }

        bool hasFailed = Cache.TryGetFailure(question, now, out CachedMessage? failed);
        bool hasStale = TryGetStale(question, now, because, out ResolvedMessage? stale);
        if (hasFailed)
            return new Found(hasStale ? stale! : Again(failed!, now, because), NameLevel.ResolverCache, null);
        if (hasStale && Settings.StaleClientTimeout == TimeSpan.Zero)
        {
            Refresh(question, isUnchecked, TimeSpan.Zero, because);
            return new Found(stale!, NameLevel.ResolverCache, null);
        }

        if (_coalescer.InFlight >= Settings.MostQuestionsInFlight && !_coalescer.IsRunning((question, isUnchecked)) && !_coalescer.TryGiveUp(now - Settings.JostleTimeout, Settings.MostQuestionsInFlight / 2))
            return TooMany(question, because);
        ValueTask<ResolvedMessage?> work = _coalescer.RunAsync((question, isUnchecked), now, async givenUp => await WorkAsync(question, isUnchecked, TimeSpan.Zero, because, givenUp).ConfigureAwait(false), ct);
        ResolvedMessage? found = hasStale ? await WithinAsync(work, Settings.StaleClientTimeout).ConfigureAwait(false) : await work.ConfigureAwait(false);
        if (found is null || !found.IsAnswer || found.Security == Security.Bogus && !isUnchecked)
        {
            if (found is not null && Settings.StaleTtlStartsOver)
                Cache.Prolong(question, _exchange.Now);
            if (hasStale || TryGetStale(question, _exchange.Now, because, out stale))
                return new Found(stale!, NameLevel.ResolverCache, null);
        }

        if (found is null)
            return TooMany(question, because);
        return new Found(found.Question.Name.EqualsExactly(question.Name) ? found : found.For(question), NameLevel.Iteration, null);
    }

    private static Found TooMany(DnsQuestion question, EventId because) => new(
        ResolvedMessage.Failed(question, NameFailure.Budget, ExtendedErrorCode.Other, "the resolver has too many questions in work", because),
        NameLevel.Iteration, null, IsDropped: true);

    private bool TryFindCached(
        DnsQuestion question, bool isUnchecked, Instant now, [NotNullWhen(true)] out ResolvedMessage? cached, out CachedMessage? source)
    {
        if (Cache.TryGetMessage(question, now, out source))
            cached = source.At(now).For(question);
        else if (!Cache.TryFind(question, now, out cached, Settings.AggressiveNsec && _validator?.IsBelowAnchor(question.Name) == true ? Settings : null) || cached.LeadsOn)
            return false;
        // What nobody has checked takes the long way, which ends in the same cache.
        return isUnchecked || !Validates || cached.Security != Security.Unchecked;
    }

    private bool TryGetStale(DnsQuestion question, Instant now, EventId because, [NotNullWhen(true)] out ResolvedMessage? stale)
    {
        stale = null;
        if (!Settings.ServeStale || !Cache.TryGetStale(question, now, Settings.StaleTtl, out CachedMessage? known))
            return false;
        stale = known.At(now, (uint)Settings.StaleReplyTtl.TotalSeconds).For(question);
        if (Settings.MarkStaleAnswers && stale.Security != Security.Bogus)
        {
            stale.Error = stale.Rcode == DnsRcode.NXDomain
                ? new ExtendedError(ExtendedErrorCode.StaleNxdomainAnswer, "")
                : new ExtendedError(ExtendedErrorCode.StaleAnswer, "");
        }

        stale.Because = because;
        return true;
    }

    private static ResolvedMessage Again(CachedMessage failed, Instant now, EventId because)
    {
        ResolvedMessage message = failed.At(now);
        message.Because = because;
        return message;
    }

    // Behind the back of a client that has its answer already.
    private void Refresh(DnsQuestion question, bool isUnchecked, TimeSpan ahead, EventId because)
    {
        if (_coalescer.InFlight < Settings.MostQuestionsInFlight)
        {
            _ = _coalescer.RunAsync((question, isUnchecked), _exchange.Now,
                async givenUp => await WorkAsync(question, isUnchecked, ahead, because, givenUp, isRefresh: true).ConfigureAwait(false), CancellationToken.None).AsTask();
        }
    }

    private async ValueTask<ResolvedMessage?> WithinAsync(ValueTask<ResolvedMessage?> work, TimeSpan time)
    {
        var inbox = new Inbox<ResolvedMessage?>();
        ITimer timer = _time.CreateTimer(static inbox => ((Inbox<ResolvedMessage?>)inbox!).Put(null), inbox, time, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            _ = ForwardAsync(work, inbox);
            return await inbox.TakeAsync().ConfigureAwait(false);
        }
    }

    private static async Task ForwardAsync(ValueTask<ResolvedMessage?> work, Inbox<ResolvedMessage?> inbox) => inbox.Put(await work.ConfigureAwait(false));

    private async ValueTask<ResolvedMessage> WorkAsync(DnsQuestion question, bool isUnchecked, TimeSpan ahead, EventId because, CancellationToken givenUp, bool isRefresh = false)
    {
        if (_log.IsEnabled)
            because = _log.Write(because, new LevelConsulted(question.Name, question.Type, NameLevel.Iteration, LookupResult.Asked, default, -1));
        var ledger = new QueryBudget(Settings, _exchange.Now);
        bool isChecked = Validates && !isUnchecked;
        var search = new Search(question, ledger, because) { Ahead = ahead, IsRefresh = isRefresh, IsKeptLater = isChecked, Cancellation = givenUp };
        ResolvedMessage found = await _iterator.ResolveAsync(search).ConfigureAwait(false);
        if (found.IsAnswer && isChecked && found.Security == Security.Unchecked)
            found = await ValidateAsync(found, ledger, ahead).ConfigureAwait(false);
        if (Settings.ReportErrors && found.Security == Security.Bogus && ErrorReports.Of(found) is { } report)
            _ = FindAsync(report, isUnchecked: false, found.Because, CancellationToken.None).AsTask();
        if (found.IsAnswer)
            return found;
        Cache.StoreFailure(found, _exchange.Now, Settings.FailureMemory);
        if (_log.IsEnabled)
        {
            found.Because = _log.Write(found.Because, new LevelConsulted(
                question.Name, question.Type, NameLevel.Iteration, LookupResult.Failed, default, -1));
        }

        return found;
    }

    // What is bogus may be one server's mistake, or somebody's on the way to it: others are asked, a few times.
    private async ValueTask<ResolvedMessage> ValidateAsync(ResolvedMessage found, QueryBudget ledger, TimeSpan ahead)
    {
        HashSet<IpAddress>? avoid = null;
        for (int restarts = 0; ; restarts++)
        {
            EventId because = found.Because;
            await _validator!.ValidateAsync(found, new ValidationContext(_chainSource, ledger, because, CancellationToken.None)).ConfigureAwait(false);
            bool isBogus = found.Security == Security.Bogus;
            Instant now = _exchange.Now;
            // A good answer that has run out is worth more than a bad one that has not.
            if (isBogus && Settings.ServeStale && Cache.TryGetStale(found.Question, now, Settings.StaleTtl, out CachedMessage? known) && known.Security != Security.Bogus)
                Cache.StoreFailure(found, now, Settings.FailureMemory);
            else
                Cache.Store(found, now, now + ahead, isBogus ? Settings.BogusTtl : null);
            if (!isBogus || restarts >= Settings.MostValidationRestarts || ledger.Exhausted is not null)
                return found;
            avoid ??= [];
            int before = avoid.Count;
            avoid.UnionWith(found.Sources);
            if (avoid.Count == before)
                return found;
            ResolvedMessage again = await _iterator.ResolveAsync(new Search(found.Question, ledger, found.Because) { Ahead = ahead, Avoid = avoid, IsKeptLater = true }).ConfigureAwait(false);
            if (!again.IsAnswer)
                return found;
            found = again;
        }
    }

    // Without RD: what is in the cache, or the closest delegation in it (RFC 1034 §4.3.1).
    private DnsMessage FromCacheAlone(DnsMessage query)
    {
        DnsQuestion question = query.Questions[0];
        Instant now = _exchange.Now;
        if (TryFindCached(question, query.CheckingDisabled, now, out ResolvedMessage? cached, out _))
            return ReplyBuilder.Build(query, cached, Settings);
        if (TryGetStale(question, now, default, out ResolvedMessage? stale))
        {
            Refresh(question, query.CheckingDisabled, TimeSpan.Zero, default);
            return ReplyBuilder.Build(query, stale, Settings);
        }

        if (Cache.ClosestNameservers(question.Name, now) is not { } nameservers)
            return query.CreateResponse(DnsRcode.Refused);
        var referral = new ResolvedMessage(question, DnsRcode.NoError) { Authorities = [nameservers], IsReferral = true };
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

        return ReplyBuilder.Build(query, referral, Settings);
    }

    /// <param name="Message">The answer, or why there is none.</param>
    /// <param name="Level">Who had it.</param>
    /// <param name="Source">Where it is in the cache, when it came from there as it is.</param>
    /// <param name="IsDropped">There was no room for the question.</param>
    private readonly record struct Found(ResolvedMessage Message, NameLevel Level, CachedMessage? Source, bool IsDropped = false);
}
