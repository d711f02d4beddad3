using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What a cache alone says to a question: along aliases to the records, to "there is none", or only part of the way.</summary>
/// <param name="Records">Aliases and records with the TTL that is left.</param>
/// <param name="End">The name at the end of the aliases.</param>
/// <param name="Failure">None with records, NoSuchName, NoSuchType; Loop when cached aliases go in a circle.</param>
/// <param name="IsComplete">False: the rest must be asked for, from <paramref name="End"/> on.</param>
internal readonly record struct CachedAnswer(List<DnsRecord> Records, DomainName End, int Aliases, NameFailure Failure, DnsRecord? Soa, bool IsComplete)
{
    public static CachedAnswer Find(RrsetCache cache, DnsQuestion question, Instant now)
    {
        var records = new List<DnsRecord>();
        DomainName name = question.Name;
        var seen = new HashSet<DomainName>();
        while (seen.Add(name))
        {
            if (question.Type == DnsType.ANY)
                return Incomplete();
            if (cache.TryGet(name, question.Type, CacheRank.Answer, now, out CachedRrset? found))
            {
                DnsRecord[] aged = found.RecordsAt(now);
                switch (found.Kind)
                {
                    case CachedKind.Records:
                        records.AddRange(aged.Select(r => r.Name.EqualsExactly(name) ? r : r with { Name = name }));
                        return new CachedAnswer(records, name, seen.Count - 1, NameFailure.None, null, IsComplete: true);
                    case CachedKind.NoSuchType:
                        return new CachedAnswer(records, name, seen.Count - 1, NameFailure.NoSuchType, aged[0], IsComplete: true);
                    case CachedKind.NoSuchName:
                        return new CachedAnswer(records, name, seen.Count - 1, NameFailure.NoSuchName, aged[0], IsComplete: true);
                    default:
                        throw new InvalidOperationException($"A cache does not hold {found.Kind}.");
                }
            }

            if (!cache.TryGet(name, DnsType.CNAME, CacheRank.Answer, now, out CachedRrset? alias) || alias.Kind != CachedKind.Records
                || !alias.Records[0].TryGetName(out DomainName target))
                return Incomplete();
            records.AddRange(alias.RecordsAt(now));
            name = target;
        }

        return new CachedAnswer(records, name, seen.Count, NameFailure.Loop, null, IsComplete: true);

        CachedAnswer Incomplete() => new(records, name, seen.Count - 1, NameFailure.None, null, IsComplete: false);
    }

    public LookupResult Result => !IsComplete ? LookupResult.Miss
        : Failure == NameFailure.None ? LookupResult.Hit
        : Failure is NameFailure.NoSuchName or NameFailure.NoSuchType ? LookupResult.NegativeHit
        : LookupResult.Failed;

    /// <summary>Seconds left of the whole; −1 when it is no hit.</summary>
    public int TtlLeft => Result is not (LookupResult.Hit or LookupResult.NegativeHit)
        ? -1
        : (int)Records.Select(r => r.Ttl).Append(Soa?.Ttl ?? uint.MaxValue).Min();
}
