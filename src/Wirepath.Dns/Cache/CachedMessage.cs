using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Which sets answered a question, and what is known of the whole.</summary>
internal sealed class CachedMessage : LruEntry<DnsQuestion, CachedMessage>
{
    private const int Overhead = 160;
    private const int ReferenceSize = 8;

    private readonly CachedSet[] _sets;
    private readonly int _answers;
    private readonly int _authorities;
    private readonly bool _isNegative;

    public CachedMessage(DnsQuestion key, ResolvedMessage message, CachedSet[] sets, Instant storedAt, Instant expiresAt)
        : base(key, Overhead + key.Name.Size + sets.Length * ReferenceSize)
    {
        _sets = sets;
        _answers = message.Answers.Count;
        _authorities = message.Authorities.Count;
        _isNegative = ResolverCache.IsNegative(message);
        Rcode = message.Rcode;
        Security = message.Security;
        Error = message.Error;
        Failure = message.Failure;
        Chain = message.Chain;
        StoredAt = storedAt;
        ExpiresAt = expiresAt;
        StaleSince = expiresAt;
    }

    public DnsRcode Rcode { get; }

    public Security Security { get; }

    public ExtendedError? Error { get; }

    public Events.NameFailure Failure { get; }

    /// <summary>The chain of trust, as the validator left it.</summary>
    public object? Chain { get; }

    public Instant StoredAt { get; }

    public Instant ExpiresAt { get; }

    /// <summary>From when on its time as a stale answer counts: its end, or the last time that nothing newer could be had.</summary>
    public Instant StaleSince { get; set; }

    /// <summary>Sets in each section.</summary>
    public (int Answers, int Authorities, int Additionals) Counts => (_answers, _authorities, _sets.Length - _answers - _authorities);

    public bool IsAnswer => Rcode is DnsRcode.NoError or DnsRcode.NXDomain or DnsRcode.YXDomain;

    public ReadOnlySpan<CachedSet> Sets => _sets;

    /// <summary>Changes when a set is followed by another.</summary>
    public int Version { get; private set; }

    /// <summary>
    /// True while it and every set in it live. The answer must be what it was; what only comes along with it (the zone's
    /// servers, their addresses) may have changed since, and is then given as it is now.
    /// </summary>
    public bool IsAlive(Instant now)
    {
        if (ExpiresAt <= now || !IsWhole())
            return false;
        foreach (CachedSet set in _sets)
        {
            if (set.ExpiresAt <= now)
                return false;
        }

        return true;
    }

    /// <summary>When a set in it ends: one that vouches for what is not there, with the message.</summary>
    public Instant ExpiryOf(int set) => _isNegative && set >= _answers ? Instant.Min(_sets[set].ExpiresAt, ExpiresAt) : _sets[set].ExpiresAt;

    /// <summary>True in the last part of its life, when it should be looked up again if somebody still asks for it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="share">Of its life; 0: never.</param>
    public bool IsDue(Instant now, double share) => share > 0 && (ExpiresAt - now).Ticks <= (ExpiresAt - StoredAt).Ticks * share;

    /// <summary>Which of its sets has this owner and type; −1: none.</summary>
    public int IndexOf(DomainName name, DnsType type)
    {
        for (int i = 0; i < _sets.Length; i++)
        {
            if (_sets[i].Key.Type == type && _sets[i].Key.Name == name)
                return i;
        }

        return -1;
    }

    /// <summary>True when it can still be put together, expired or not.</summary>
    public bool IsWhole()
    {
        for (int i = 0; i < _sets.Length; i++)
        {
            if (!_sets[i].IsReplaced)
                continue;
            CachedSet? now = i < _answers ? null : _sets[i].Successor;
            while (now is { IsReplaced: true })
                now = now.Successor;
            if (now is null)
                return false;
            _sets[i] = now;
            Version++;
        }

        return true;
    }

    /// <summary>The message with the TTLs that are left.</summary>
    /// <param name="now">The time.</param>
    /// <param name="staleTtl">What expired sets are given instead (RFC 8767 §5.2); null: 0.</param>
    public ResolvedMessage At(Instant now, uint? staleTtl = null)
    {
        var message = new ResolvedMessage(Key, Rcode) { Security = Security, Error = Error, Failure = Failure, Chain = Chain, IsStale = staleTtl is not null };
        for (int i = 0; i < _sets.Length; i++)
        {
            List<Rrset> section = i < _answers ? message.Answers : i < _answers + _authorities ? message.Authorities : message.Additionals;
            CachedSet set = _sets[i];
            section.Add(set.ExpiresAt > now || staleTtl is null
                ? set.Set.WithTtl(CachedSet.TtlLeft(ExpiryOf(i), now))
                : set.Set.WithTtl(Math.Min(staleTtl.Value, set.Set.Ttl)));
        }

        return message;
    }
}
