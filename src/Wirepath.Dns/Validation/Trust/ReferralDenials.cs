using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// NSEC and NSEC3 sets that came with referrals to unsigned zones (RFC 4035 §3.1.4.1): unchecked, kept so that the DS
/// question that they answer need not be asked.
/// </summary>
internal sealed class ReferralDenials
{
    /// <summary>Delegations remembered. 1,000: they are needed within the same question, mostly.</summary>
    private const int MostDelegations = 1000;

    private readonly Lock _lock = new();
    private readonly LruTable<DomainName, Entry> _delegations = new(MostDelegations);

    public void Note(DomainName child, List<Rrset> authorities, Instant now)
    {
        if (authorities.Exists(set => set.Type == DnsType.DS && set.Name == child))
            return;
        List<Rrset> denials = authorities.FindAll(set => set.Type is DnsType.NSEC or DnsType.NSEC3 && set.Signatures.Length > 0);
        if (denials.Count == 0)
            return;
        lock (_lock)
            _delegations.Put(new Entry(child, denials, now + TimeSpan.FromSeconds(denials.Min(set => set.Ttl))));
    }

    /// <summary>The answer to the DS question that the referral was; null when there was none, or it has run out.</summary>
    public ResolvedMessage? Find(DomainName child, Instant now)
    {
        lock (_lock)
        {
            return _delegations.TryGet(child, out Entry? entry) && now < entry.Expires
                ? new ResolvedMessage(new DnsQuestion(child, DnsType.DS), DnsRcode.NoError) { Authorities = [.. entry.Denials] }
                : null;
        }
    }

    private sealed class Entry(DomainName child, List<Rrset> denials, Instant expires) : LruEntry<DomainName, Entry>(child, size: 1)
    {
        public List<Rrset> Denials { get; } = denials;

        public Instant Expires { get; } = expires;
    }
}
