using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// What a home router does for its house (RFC 5625): a cache, and the provider's resolver behind it. Questions without RD
/// are refused. A failure's reason is passed on in the words in which it came.
/// </summary>
public sealed class ForwardingResolver : IDnsResponder
{
    // A router hands on what it is told, and does not look behind it.
    private static readonly ResolverSettings s_answers = new() { Validate = false, ScrubPromiscuous = false, RotateRecords = false };

    private readonly NodeLog _log;
    private readonly QueryExchange _exchange;
    private readonly Coalescer<DnsQuestion, ResolvedMessage> _coalescer = new();

    public ForwardingResolver(
        ForwarderSettings settings, ResolverCache cache, IDnsTransport transport, NodeLog log, TimeProvider time, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Settings = settings;
        Cache = cache;
        _log = log;
        _exchange = new QueryExchange(transport, log, time, random.Fork("dns queries"));
    }

    /// <summary>May be replaced while it runs: a router learns its upstreams by DHCP.</summary>
    public ForwarderSettings Settings { get; set; }

    public ResolverCache Cache { get; }

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
            ResolvedMessage found = await FindAsync(message.Questions[0], because, ct).ConfigureAwait(false);
            because = found.Because;
            reply = ReplyBuilder.Build(message, found, s_answers);
        }

        reply.RecursionAvailable = true;
        return ReplyBuilder.Send(message, reply, response, client, overTcp, _log, because);
    }

    private async ValueTask<ResolvedMessage> FindAsync(DnsQuestion question, EventId because, CancellationToken ct)
    {
        bool isCached = Cache.TryFind(question, _exchange.Now, out ResolvedMessage? cached) && !cached.LeadsOn;
        if (_log.IsEnabled)
            because = _log.Write(because, new LevelConsulted(question.Name, question.Type, NameLevel.RouterCache, Consulted.Result(cached, isCached), default, Consulted.TtlLeft(cached, isCached)));
        if (isCached)
        {
            cached!.Because = because;
            return cached;
        }

        if (_coalescer.InFlight >= Settings.MostQuestionsInFlight)
        {
            return ResolvedMessage.Failed(question, NameFailure.Budget, ExtendedErrorCode.Other, "the forwarder has too many questions in work", because);
        }

        return await _coalescer.RunAsync(question, _exchange.Now, _ => ForwardAsync(question, because), ct).ConfigureAwait(false);
    }

    private async ValueTask<ResolvedMessage> ForwardAsync(DnsQuestion question, EventId because)
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
                    return Keep(asked.Message, question, because);
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
            ? ResolvedMessage.Failed(question, told.Failure,
                told.Failure == NameFailure.TimedOut ? ExtendedErrorCode.NoReachableAuthority : ExtendedErrorCode.Other, told.Words, because)
            : ResolvedMessage.Failed(question, trials.Failure, ExtendedErrorCode.NoReachableAuthority, trials.Describe("upstream of the forwarder"), because);
    }

    private ResolvedMessage Keep(DnsMessage message, DnsQuestion question, EventId because)
    {
        Instant now = _exchange.Now;
        ResolvedMessage content = ReplyScrubber.Scrub(message, DomainName.Root, question, s_answers).Content;
        content.Because = because;
        Cache.Store(content, now, now);
        return content;
    }
}
