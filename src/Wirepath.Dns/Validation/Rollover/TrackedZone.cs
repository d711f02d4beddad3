using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The keys of one trust point and what becomes of them, DNSKEY set by DNSKEY set (RFC 5011 §2 to §4). Without clock and I/O.</summary>
internal sealed class TrackedZone(DomainName zone, ResolverSettings settings)
{
    private static readonly TimeSpan s_leastInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_mostInterval = TimeSpan.FromDays(15);
    private static readonly TimeSpan s_mostRetry = TimeSpan.FromDays(1);

    public DomainName Zone => zone;

    public List<TrackedAnchor> Anchors { get; } = [];

    /// <summary>When the DNSKEY set is to be fetched next (§2.3).</summary>
    public Instant NextProbe { get; set; } = Instant.Epoch;

    /// <summary>Original TTL and what is left of the signature's life, of the last good set: they set the pace.</summary>
    public TimeSpan Pace { get; private set; } = s_leastInterval;

    /// <summary>Takes up a DNSKEY set.</summary>
    /// <param name="keys">All keys of the set.</param>
    /// <param name="isTrusted">A key that was trusted before has signed it, or a configured DS record names one that did.</param>
    /// <param name="isSelfSigned">Whether a key, as it is in the set, has signed the set.</param>
    /// <param name="isNamed">Whether a configured record names the key.</param>
    /// <param name="now">The time.</param>
    /// <param name="changes">What happened to which key.</param>
    public void Observe(
        IReadOnlyList<DnsKeyData> keys, bool isTrusted, Func<DnsKeyData, bool> isSelfSigned, Func<DnsKeyData, bool> isNamed, Instant now, List<(DnsKeyData Key, string What)> changes)
    {
        // §2.1: a key that signs its own revocation is believed in this at once, whoever else has signed.
        foreach (DnsKeyData key in keys)
        {
            if (key.IsRevoked && Find(key) is { State: not AnchorState.Revoked } revoked && isSelfSigned(key))
            {
                Put(revoked with { Key = key, State = AnchorState.Revoked, Since = now, Seen = now });
                changes.Add((key, "was revoked"));
            }
        }

        if (!isTrusted)
            return;
        foreach (DnsKeyData key in keys)
        {
            if (key.IsRevoked || !key.IsZoneKey || !key.IsSecureEntryPoint)
                continue;
            if (Find(key) is { } known)
                Seen(known, now, changes);
            else
                Add(key, isNamed(key), now, changes);
        }

        foreach (TrackedAnchor anchor in Anchors.ToArray())
        {
            if (!keys.Any(anchor.IsSameKey))
                NotSeen(anchor, now, changes);
            else if (anchor.State == AnchorState.Revoked && now - anchor.Since >= settings.RemoveHoldDown)
                Anchors.Remove(anchor);
        }
    }

    /// <summary>§2.3: half the TTL or half the signature's life, between an hour and 15 days.</summary>
    public void ProbedWell(TimeSpan originalTtl, TimeSpan signatureLife, Instant now)
    {
        Pace = originalTtl < signatureLife ? originalTtl : signatureLife;
        NextProbe = now + Between(Pace / 2, s_mostInterval);
    }

    /// <summary>§2.3: a tenth of either, between an hour and a day.</summary>
    public void ProbedInVain(Instant now) => NextProbe = now + Between(Pace / 10, s_mostRetry);

    private void Add(DnsKeyData key, bool isNamed, Instant now, List<(DnsKeyData, string)> changes)
    {
        Anchors.Add(new TrackedAnchor(key, isNamed ? AnchorState.Valid : AnchorState.AddPending, now, now));
        changes.Add((key, isNamed ? "is trusted, as configured" : $"is new; trusted after {settings.AddHoldDown.TotalDays:0.#} days"));
    }

    private void Seen(TrackedAnchor anchor, Instant now, List<(DnsKeyData, string)> changes)
    {
        switch (anchor.State)
        {
            case AnchorState.AddPending when now - anchor.Since >= settings.AddHoldDown:
                Put(anchor with { State = AnchorState.Valid, Since = now, Seen = now });
                changes.Add((anchor.Key, "is trusted now: its hold-down is over"));
                break;
            case AnchorState.Missing:
                Put(anchor with { State = AnchorState.Valid, Since = now, Seen = now });
                changes.Add((anchor.Key, "is back"));
                break;
            case AnchorState.AddPending or AnchorState.Valid:
                Put(anchor with { Seen = now });
                break;
            case AnchorState.Revoked:
                // The bit is gone, the revocation stays (§2.1).
                break;
            default:
                throw new InvalidOperationException("Every AnchorState has a case.");
        }
    }

    private void NotSeen(TrackedAnchor anchor, Instant now, List<(DnsKeyData, string)> changes)
    {
        switch (anchor.State)
        {
            case AnchorState.AddPending:
                // §2.4.1: its hold-down starts over when it comes again.
                Anchors.Remove(anchor);
                changes.Add((anchor.Key, "has gone before its hold-down was over"));
                break;
            case AnchorState.Valid:
                Put(anchor with { State = AnchorState.Missing, Since = now });
                changes.Add((anchor.Key, "is missing"));
                break;
            case AnchorState.Missing when settings.KeepMissingAnchor > TimeSpan.Zero && now - anchor.Since >= settings.KeepMissingAnchor && Anchors.Exists(a => a.State == AnchorState.Valid):
                Anchors.Remove(anchor);
                changes.Add((anchor.Key, "was missing for too long and is trusted no more"));
                break;
            case AnchorState.Revoked when now - anchor.Since >= settings.RemoveHoldDown:
                Anchors.Remove(anchor);
                changes.Add((anchor.Key, "is forgotten: it was revoked long ago"));
                break;
            case AnchorState.Missing or AnchorState.Revoked:
                break;
            default:
                throw new InvalidOperationException("Every AnchorState has a case.");
        }
    }

    private TrackedAnchor? Find(DnsKeyData key) => Anchors.Find(anchor => anchor.IsSameKey(key));

    private void Put(TrackedAnchor anchor) => Anchors[Anchors.FindIndex(known => known.IsSameKey(anchor.Key))] = anchor;

    private static TimeSpan Between(TimeSpan interval, TimeSpan most) => interval < s_leastInterval ? s_leastInterval : interval > most ? most : interval;
}
