using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// The part of the operating system that asks the configured servers, and nobody else: RFC 1123 §6.1.3.1. No cache.
/// </summary>
public sealed class StubResolver(StubSettings settings, IDnsTransport transport, NodeLog log, TimeProvider time, RandomSource random) : INameResolver
{
    private readonly QueryExchange _exchange = new(transport, log, time, random);
    private int _rotation = -1;

    public StubSettings Settings { get; } = settings;

    public async ValueTask<NameAnswer> ResolveAsync(DomainName name, DnsType type, CancellationToken ct = default)
    {
        IReadOnlyList<IpEndpoint> servers = Settings.Nameservers;
        EventId because = NodeLog.ApplicationCause;
        if (servers.Count == 0)
            return Fail(name, type, NameFailure.NoServer, "no name server is configured", because, default);

        int first = Settings.Rotate ? (int)((uint)Interlocked.Increment(ref _rotation) % (uint)servers.Count) : 0;
        if (log.IsEnabled)
            because = log.Write(because, new LevelConsulted(name, type, NameLevel.Stub, LookupResult.Asked, servers[first], -1));
        var trials = new ServerTrials();
        (NameFailure Failure, string Words) told = (NameFailure.None, "");
        bool edns = Settings.UseEdns;
        for (int attempt = 1; attempt <= Settings.Attempts; attempt++)
        {
            for (int i = 0; i < servers.Count; i++)
            {
                IpEndpoint server = servers[(first + i) % servers.Count];
                var ask = new Ask(new DnsQuestion(name, type), server, DomainName.Root, DomainName.Root, Settings.Timeout, attempt, because)
                {
                    RecursionDesired = true,
                    Edns = edns,
                    AuthenticData = Settings.TrustAd,
                    OverTcp = Settings.UseTcp,
                };
                Asked asked = await _exchange.AskAsync(ask, budget: null, ct).ConfigureAwait(false);
                if (asked.Message is null)
                {
                    trials.Add(server, DomainName.Root, RecursiveReply.OutcomeOf(asked.Status), asked.RoundTrip);
                    because = asked.Sent;
                    continue;
                }

                RecursiveReply reply = RecursiveReply.Read(asked.Message, name, type);
                because = _exchange.WriteResponse(ask, asked, reply.Kind);
                if (reply.Failure is NameFailure.None or NameFailure.NoSuchName or NameFailure.NoSuchType or NameFailure.Loop)
                {
                    return new NameAnswer(name, type, reply.Failure, reply.Records, NameLevel.Stub, reply.Explain(name, type, server))
                    {
                        Sets = Provenance.Of(reply.Records, new RecordSource(server.Address, DomainName.Root, _exchange.Now), CacheRank.Answer),
                        IsAuthenticated = Settings.TrustAd && asked.Message.AuthenticData,
                    };
                }

                // RFC 6891 §7: an old server may choke on OPT.
                if (edns && reply.Rcode is DnsRcode.FormErr or DnsRcode.NotImp)
                    edns = false;
                if (ExtendedErrors.TryRead(asked.Message, out NameFailure failure, out string words))
                    told = (failure, words);
                trials.Add(server, DomainName.Root, reply.Kind == ResponseKind.Lame ? TrialOutcome.Lame : TrialOutcome.Failure, asked.RoundTrip, reply.Words);
            }

            // A server that says that it tried, and why it failed, will not do better at once.
            if (told.Failure != NameFailure.None)
                break;
        }

        string explanation = trials.Describe("configured") + (told.Words.Length > 0 ? $"; the reason it gave: {told.Words}" : "");
        return Fail(name, type, told.Failure != NameFailure.None ? told.Failure : trials.Failure, explanation, because, servers[first]);
    }

    private NameAnswer Fail(DomainName name, DnsType type, NameFailure failure, string explanation, EventId because, IpEndpoint server)
    {
        if (log.IsEnabled)
            log.Write(because, new LevelConsulted(name, type, NameLevel.Stub, LookupResult.Failed, server, -1));
        return new NameAnswer(name, type, failure, [], NameLevel.Stub, explanation);
    }
}
