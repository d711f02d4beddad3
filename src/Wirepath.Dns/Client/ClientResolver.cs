using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The ladder on the PC: browser cache, hosts file, stub. Each rung that is asked is written down.</summary>
public sealed class ClientResolver(BrowserCache browser, HostsFile hosts, StubResolver stub, NodeLog log) : INameResolver
{
    /// <summary>Who looks up, for the log.</summary>
    public string By { get; init; } = "browser";

    public BrowserCache Browser { get; } = browser;

    public HostsFile Hosts { get; } = hosts;

    public StubResolver Stub { get; } = stub;

    /// <summary>Looks up a name as typed: with the search list, unless it ends with a dot.</summary>
    /// <returns>The first candidate's answer that is not "no such name"; the first candidate's answer when all are.</returns>
    public async ValueTask<NameAnswer> ResolveAsync(string typed, DnsType type, CancellationToken ct = default)
    {
        NameAnswer? first = null;
        foreach (DomainName candidate in Stub.Settings.Candidates(typed))
        {
            NameAnswer answer = await ResolveAsync(candidate, type, ct).ConfigureAwait(false);
            if (answer.Failure != NameFailure.NoSuchName)
                return answer;
            first ??= answer;
        }

        return first ?? Finish(NodeLog.ApplicationCause,
            new NameAnswer(DomainName.Root, type, NameFailure.BadName, [], NameLevel.Literal, $"'{typed}' is not a domain name"));
    }

    public async ValueTask<NameAnswer> ResolveAsync(DomainName name, DnsType type, CancellationToken ct = default)
    {
        EventId lookup = NodeLog.ApplicationCause;
        if (log.IsEnabled)
            lookup = log.Write(lookup, new LookupStarted(name, type, By));

        if (type is DnsType.A or DnsType.AAAA)
        {
            bool isCached = Browser.TryGet(name, type, out NameAnswer? cached);
            Consulted(NameLevel.BrowserCache, isCached, isCached ? cached!.Ttl : -1);
            if (isCached)
                return Finish(lookup, cached!);

            bool isListed = Hosts.TryGet(name, type, out IReadOnlyList<IpAddress>? addresses);
            Consulted(NameLevel.HostsFile, isListed, -1);
            if (isListed)
            {
                // TTL 0: the file may change at any time, and asking it costs nothing.
                DnsRecord[] records = [.. addresses!.Select(address => DnsRecord.ForAddress(name, 0, address))];
                return Finish(lookup, new NameAnswer(name, type, NameFailure.None, records, NameLevel.HostsFile, "") { Sets = Provenance.Of(records, null, CacheRank.AuthoritativeAnswer) });
            }
        }

        NodeLog.ApplicationCause = lookup;
        NameAnswer answer = await Stub.ResolveAsync(name, type, ct).ConfigureAwait(false);
        Browser.Put(answer);
        return Finish(lookup, answer);

        void Consulted(NameLevel level, bool isHit, int ttlLeft)
        {
            if (log.IsEnabled)
                log.Write(lookup, new LevelConsulted(name, type, level, isHit ? LookupResult.Hit : LookupResult.Miss, default, ttlLeft));
        }
    }

    private NameAnswer Finish(EventId lookup, NameAnswer answer)
    {
        if (log.IsEnabled)
            log.Write(lookup, new LookupFinished(answer.Name, answer.Type, answer.Failure, answer.Addresses, answer.Ttl, answer.Explanation));
        return answer;
    }
}
