using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// What a resolver remembers: sets, and which sets answered which question. Aging by TTL, bounded in bytes with the least
/// recently used leaving first. Each level of the ladder has one of its own. Any thread.
/// </summary>
public sealed partial class ResolverCache(CacheSettings settings)
{
    // An NSEC set with its signature, and its place in the order of its zone.
    private const int BytesPerAbsence = 600;

    // Failures live for seconds.
    private const long MostFailureBytes = 1 << 20;

    // An answer without any record has no TTL of its own.
    private static readonly TimeSpan s_lifeOfNothing = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly RrsetCache _sets = new(settings);
    private readonly LruTable<DnsQuestion, CachedMessage> _messages = new(settings.MostMessageBytes);
    private readonly LruTable<DnsQuestion, CachedMessage> _failures = new(Math.Min(settings.MostMessageBytes, MostFailureBytes));
    private readonly WireAnswers _wires = new(settings.MostMessageBytes);
    private readonly ProvenAbsences _absences = new((int)Math.Min(settings.MostBytes / BytesPerAbsence, int.MaxValue));

    public ResolverCache()
        : this(new CacheSettings())
    {
    }

    public CacheSettings Settings { get; } = settings;

    /// <summary>Sets in the cache, expired ones that nobody has come across included.</summary>
    public int Sets
    {
        get
        {
            lock (_lock)
                return _sets.Count;
        }
    }

    /// <summary>Questions whose answer is in the cache, likewise.</summary>
    public int Messages
    {
        get
        {
            lock (_lock)
                return _messages.Count;
        }
    }

    /// <summary>Bytes that sets, messages and answers in wire form are charged for.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _sets.Bytes + _messages.Bytes + _failures.Bytes + _wires.Bytes;
        }
    }

    /// <summary>Sets and messages that left before their end, to make room.</summary>
    public long Evictions
    {
        get
        {
            lock (_lock)
                return _sets.Evictions + _messages.Evictions;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _sets.Clear();
            _messages.Clear();
            _failures.Clear();
            _wires.Clear();
            _absences.Clear();
        }
    }

    /// <summary>The living message that answers the question, as it was stored.</summary>
    internal bool TryGetMessage(DnsQuestion question, Instant now, [NotNullWhen(true)] out CachedMessage? found)
    {
        lock (_lock)
            return _messages.TryGet(question, out found) && found.IsAlive(now);
    }

    /// <summary>An expired message that may still be given when nobody answers (RFC 8767).</summary>
    /// <param name="staleTtl">How long after its end; zero: whenever.</param>
    internal bool TryGetStale(DnsQuestion question, Instant now, TimeSpan staleTtl, [NotNullWhen(true)] out CachedMessage? found)
    {
        lock (_lock)
            return _messages.TryGet(question, out found) && found.IsAnswer && (staleTtl == TimeSpan.Zero || found.StaleSince + staleTtl > now);
    }

    /// <summary>What the cache can answer without asking anybody, put together from sets where no message is there.</summary>
    /// <param name="provesWith">Makes use of what is known of gaps in signed zones (RFC 8198); null: does not.</param>
    internal bool TryFind(DnsQuestion question, Instant now, [NotNullWhen(true)] out ResolvedMessage? found, ResolverSettings? provesWith = null)
    {
        lock (_lock)
        {
            if (_messages.TryGet(question, out CachedMessage? message) && message.IsAlive(now) && message.IsAnswer)
            {
                found = message.At(now).For(question);
                return true;
            }

            found = FromDname(question, now) ?? FromAlias(question, now) ?? FromChainSet(question, now) ?? FromNxdomain(question, now)
                ?? (provesWith is null ? null : FromProofs(question, now, provesWith));
            return found is not null;
        }
    }

    /// <summary>A living set of any rank, with the TTL that is left.</summary>
    internal bool TryGetSet(DomainName name, DnsType type, Instant now, [NotNullWhen(true)] out Rrset? found, bool isParentSide = false)
    {
        lock (_lock)
        {
            found = _sets.TryGet(new SetKey(name, type, isParentSide), now, out CachedSet? cached) ? cached.At(now) : null;
            return found is not null;
        }
    }

    /// <summary>The closest living NS set at or above a name.</summary>
    /// <remarks>
    /// A zone whose delegation has run out must be asked of its parent again, whatever it said of zones below it in the
    /// meantime (ghost domains): what lies below an expired NS set is passed over.
    /// </remarks>
    internal Rrset? ClosestNameservers(DomainName name, Instant now)
    {
        lock (_lock)
        {
            CachedSet? closest = null;
            for (DomainName at = name; ; at = at.Parent)
            {
                if (_sets.TryGetStale(new SetKey(at, DnsType.NS), out CachedSet? found) && found.Set.Security != Security.Bogus)
                {
                    if (found.ExpiresAt <= now)
                        closest = null;
                    else
                        closest ??= found;
                }

                if (at.IsRoot)
                    return closest?.At(now);
            }
        }
    }

    /// <summary>Stores one set.</summary>
    /// <param name="validAt">See <see cref="Store"/>.</param>
    /// <returns>What the cache holds now, which may be something better.</returns>
    internal Rrset StoreSet(Rrset set, Instant now, Instant validAt, bool isParentSide = false)
    {
        lock (_lock)
            return _sets.Put(WithinLimits(set), now, validAt, isParentSide).At(now);
    }

    internal void RemoveSet(DomainName name, DnsType type)
    {
        lock (_lock)
            _sets.Remove(new SetKey(name, type));
    }

    internal void RemoveMessage(DnsQuestion question)
    {
        lock (_lock)
            _messages.Remove(question);
    }

    /// <summary>Stores a message and its sets, and puts into the message what the cache knew better.</summary>
    /// <param name="message">Ranks and security of its sets are set.</param>
    /// <param name="now">Of its arrival.</param>
    /// <param name="validAt">When entries count as ended that it may take the place of: later than now for an answer fetched ahead of time.</param>
    /// <param name="most">Longest life: a short one for what failed validation.</param>
    internal void Store(ResolvedMessage message, Instant now, Instant validAt, TimeSpan? most = null)
    {
        lock (_lock)
        {
            bool isNegative = IsNegative(message);
            var sets = new CachedSet[message.Answers.Count + message.Authorities.Count + message.Additionals.Count];
            Instant expires = Instant.Never;
            int at = 0;
            foreach (List<Rrset> section in (ReadOnlySpan<List<Rrset>>)[message.Answers, message.Authorities, message.Additionals])
            {
                for (int i = 0; i < section.Count; i++)
                {
                    Rrset set = section[i];
                    Rrset limited = isNegative && section == message.Authorities && set.Type == DnsType.SOA ? WithinNegativeLimits(set) : WithinLimits(set);
                    CachedSet cached = _sets.Put(limited, now, validAt);
                    // The letters' case of this reply is this question's; of data that are known, other signatures may be right as well.
                    bool isSignedOtherwise = !cached.Set.HasSameSignatures(set) && cached.Set.HasSameData(set);
                    section[i] = isSignedOtherwise ? limited : cached.At(now).WithName(set.Name);
                    sets[at++] = cached;
                    if (cached.Set is { Type: DnsType.NSEC or DnsType.NSEC3, Security: Security.Secure })
                        Remember(cached);
                    if (section == message.Answers && cached.Set.Security == Security.Secure)
                        RememberWildcard(cached.Set, now, validAt);
                    expires = Instant.Min(expires, cached.ExpiresAt);
                }
            }

            if (most is { } limit)
                expires = Instant.Min(expires, now + limit);
            if (sets.Length == 0)
                expires = now + s_lifeOfNothing;
            _failures.Remove(message.Question);
            if (expires > now)
                _messages.Put(new CachedMessage(message.Question, message, sets, now, expires));
            else
                _messages.Remove(message.Question);
            // What does not exist has no records of any type (RFC 2308 §5).
            DnsQuestion ofEveryType = message.Question with { Type = DnsType.None };
            if (message.Rcode == DnsRcode.NXDomain && message.Answers.Count == 0 && expires > now)
                _messages.Put(new CachedMessage(ofEveryType, message, sets, now, expires));
            else if (message.Answers.Count > 0)
                _messages.Remove(ofEveryType);
        }
    }

    /// <summary>Remembers that a question could not be answered; an older answer stays where it is.</summary>
    /// <param name="message">Why.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long it is not tried again.</param>
    internal void StoreFailure(ResolvedMessage message, Instant now, TimeSpan life)
    {
        lock (_lock)
            _failures.Put(new CachedMessage(message.Question, message, [], now, now + life));
    }

    /// <summary>Why the question could not be answered a moment ago.</summary>
    internal bool TryGetFailure(DnsQuestion question, Instant now, [NotNullWhen(true)] out CachedMessage? found)
    {
        lock (_lock)
            return _failures.TryGet(question, out found) && found.IsAlive(now);
    }

    /// <summary>Gives an expired message another life, for it was given although it had run out.</summary>
    internal void Prolong(DnsQuestion question, Instant until)
    {
        lock (_lock)
        {
            if (_messages.TryGet(question, out CachedMessage? message))
                message.StaleSince = until;
        }
    }

    /// <summary>Forgets answers as they were sent: who may ask and what is local may have changed since.</summary>
    internal void ForgetWires()
    {
        lock (_lock)
            _wires.Clear();
    }

    /// <summary>Keeps an answer as it was sent, to be sent again.</summary>
    internal void StoreWire(in PlainQuery query, ReadOnlySpan<byte> message, CachedMessage source)
    {
        Span<byte> room = stackalloc byte[PlainQuery.MaxKeySize];
        lock (_lock)
            _wires.Put(query.Key(room), message, source);
    }

    /// <summary>Writes an answer that was sent before, with what has changed since.</summary>
    internal bool TryWrite(in PlainQuery query, Span<byte> response, int limit, ResolverSettings settings, Instant now, out int length)
    {
        lock (_lock)
            return _wires.TryWrite(query, response, limit, settings.RotateRecords, settings.Prefetch ? settings.PrefetchShare : 0, now, out length);
    }

    internal static bool IsNegative(ResolvedMessage message)
    {
        if (message.Rcode == DnsRcode.NXDomain)
            return true;
        message.EndOfAliases(out bool reachesType);
        return !reachesType;
    }

    private Rrset WithinLimits(Rrset set) => set.WithTtl(Clamp(set.Ttl, Settings.LeastTtl, Settings.MostTtl));

    private Rrset WithinNegativeLimits(Rrset soa) => soa.WithTtl(Clamp(soa.Ttl,
        Settings.LeastNegativeTtl > Settings.LeastTtl ? Settings.LeastNegativeTtl : Settings.LeastTtl,
        Settings.MostNegativeTtl < Settings.MostTtl ? Settings.MostNegativeTtl : Settings.MostTtl));

    private static uint Clamp(uint ttl, TimeSpan least, TimeSpan most)
    {
        uint floor = (uint)Math.Clamp(least.TotalSeconds, 0, uint.MaxValue);
        uint ceiling = (uint)Math.Clamp(most.TotalSeconds, 0, uint.MaxValue);
        return Math.Min(Math.Max(ttl, floor), ceiling);
    }
}
