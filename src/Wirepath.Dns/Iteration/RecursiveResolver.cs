using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// A full-service resolver (RFC 1123 §6.1.3.1): its cache, and iteration from the root for what is not in it. Answers
/// wire messages with RD set (without: REFUSED, so that nobody peeks into the cache), and as <see cref="INameResolver"/> its own host.
/// </summary>
public sealed class RecursiveResolver : IDnsResponder, INameResolver
{
    private readonly NodeLog _log;
    private readonly QueryExchange _exchange;
    private readonly Iterator _iterator;
    private readonly Coalescer<Resolution> _coalescer = new();
    private readonly Lock _failuresLock = new();
    private readonly Dictionary<DnsQuestion, (Resolution Failure, Instant Until)> _failures = [];

    public RecursiveResolver(
        RootHints hints, ResolverSettings settings, RrsetCache cache, IDnsTransport transport, NodeLog log, TimeProvider time, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Settings = settings;
        Cache = cache;
        _log = log;
        _exchange = new QueryExchange(transport, log, time, random.Fork("dns queries"));
        Servers = new ServerTable(settings, random.Fork("dns servers"));
        _iterator = new Iterator(hints, settings, cache, Servers, _exchange);
    }

    public ResolverSettings Settings { get; }

    public RrsetCache Cache { get; }

    /// <summary>Questions that found the same question already being worked on, and shared its answer.</summary>
    public long Coalesced => _coalescer.Joined;

    internal ServerTable Servers { get; }

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
            (Resolution resolution, _) = await FindAsync(message.Questions[0], because, ct).ConfigureAwait(false);
            because = resolution.Because;
            reply = ResolvedReply.Build(message, resolution);
        }

        reply.RecursionAvailable = true;
        return ResolvedReply.Send(message, reply, response, client, overTcp, _log, because);
    }

    public async ValueTask<NameAnswer> ResolveAsync(DomainName name, DnsType type, CancellationToken ct = default)
    {
        EventId lookup = NodeLog.ApplicationCause;
        if (_log.IsEnabled)
            lookup = _log.Write(lookup, new LookupStarted(name, type, "resolver"));
        (Resolution found, NameLevel level) = await FindAsync(new DnsQuestion(name, type), lookup, ct).ConfigureAwait(false);
        var answer = new NameAnswer(name, type, found.Failure, found.Answers, level, found.Explanation);
        if (_log.IsEnabled)
            _log.Write(lookup, new LookupFinished(name, type, answer.Failure, answer.Addresses, answer.Ttl, answer.Explanation));
        return answer;
    }

    private async ValueTask<(Resolution, NameLevel)> FindAsync(DnsQuestion question, EventId because, CancellationToken ct)
    {
        CachedAnswer cached = CachedAnswer.Find(Cache, question, _exchange.Now);
        if (_log.IsEnabled)
        {
            because = _log.Write(because, new LevelConsulted(
                question.Name, question.Type, NameLevel.ResolverCache, cached.Result, default, cached.TtlLeft));
        }

        if (cached.IsComplete)
            return (ResolvedReply.FromCache(cached, question, because), NameLevel.ResolverCache);
        if (TryGetFailure(question, because, out Resolution? failed))
            return (failed, NameLevel.ResolverCache);
        if (_coalescer.InFlight >= Settings.MostQuestionsInFlight)
            return (new Resolution(NameFailure.Budget, [], null, "the resolver has too many questions in work", because), NameLevel.Iteration);
        Resolution found = await _coalescer.RunAsync(question, q => IterateAsync(q, because), ct).ConfigureAwait(false);
        return (found, NameLevel.Iteration);
    }

    private async ValueTask<Resolution> IterateAsync(DnsQuestion question, EventId because)
    {
        if (_log.IsEnabled)
            because = _log.Write(because, new LevelConsulted(question.Name, question.Type, NameLevel.Iteration, LookupResult.Asked, default, -1));
        Resolution found = await _iterator.ResolveAsync(question, new QueryBudget(Settings, _exchange.Now), because, CancellationToken.None).ConfigureAwait(false);
        if (found.IsAnswer)
            return found;
        Remember(question, found);
        if (_log.IsEnabled)
        {
            EventId failed = _log.Write(found.Because, new LevelConsulted(
                question.Name, question.Type, NameLevel.Iteration, LookupResult.Failed, default, -1));
            return found with { Because = failed };
        }

        return found;
    }

    private bool TryGetFailure(DnsQuestion question, EventId because, [NotNullWhen(true)] out Resolution? failed)
    {
        failed = null;
        lock (_failuresLock)
        {
            if (!_failures.TryGetValue(question, out (Resolution Failure, Instant Until) known))
                return false;
            if (known.Until <= _exchange.Now)
            {
                _failures.Remove(question);
                return false;
            }

            failed = known.Failure with { Because = because };
            return true;
        }
    }

    private void Remember(DnsQuestion question, Resolution failed)
    {
        lock (_failuresLock)
        {
            // They live for seconds: when there are that many at once, starting over costs little.
            if (_failures.Count >= Settings.MostQuestionsInFlight)
                _failures.Clear();
            _failures[question] = (failed, _exchange.Now + Settings.FailureMemory);
        }
    }
}
