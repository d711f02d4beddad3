using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Keeps trust anchors up to date while their zones change keys (RFC 5011): looks at each DNSKEY set of a tracked zone,
/// and changes <see cref="TrustAnchors"/> accordingly. Its memory is a text for each file, which a daemon saves when <see cref="HasChanged"/>.
/// </summary>
public sealed class AnchorRollover
{
    private readonly TrustAnchors _anchors;
    private readonly ResolverSettings _settings;
    private readonly TimeProvider _time;
    private readonly NodeLog _log;
    private readonly AlgorithmPolicy _policy;
    private readonly RrsetVerifier _verifier;
    private readonly Dictionary<DomainName, TrackedZone> _zones = [];
    private readonly Lock _lock = new();

    public AnchorRollover(TrustAnchors anchors, ResolverSettings settings, TimeProvider time, NodeLog log)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        ArgumentNullException.ThrowIfNull(settings);
        (_anchors, _settings, _time, _log) = (anchors, settings, time, log);
        _policy = new AlgorithmPolicy(settings);
        _verifier = new RrsetVerifier(settings, _policy, time);
    }

    /// <summary>Something happened to a key since <see cref="Saved"/> was last called.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>When the next zone's keys are to be fetched; <see cref="Instant.Never"/> when none is tracked.</summary>
    public Instant NextProbe
    {
        get
        {
            lock (_lock)
                return _zones.Count == 0 ? Instant.Never : _zones.Values.Min(zone => zone.NextProbe);
        }
    }

    /// <summary>The zones whose keys are to be fetched now.</summary>
    public IReadOnlyList<DomainName> Due
    {
        get
        {
            lock (_lock)
                return [.. _zones.Values.Where(zone => zone.NextProbe <= Now).Select(zone => zone.Zone)];
        }
    }

    /// <summary>Looks after a configured anchor from now on.</summary>
    public void Track(DomainName zone)
    {
        lock (_lock)
        {
            if (_zones.ContainsKey(zone))
                return;
            var tracked = new TrackedZone(zone, _settings);
            if (_anchors.TryFind(zone, out TrustPoint? point) && point.Zone == zone)
                tracked.Anchors.AddRange(point.Keys.Select(key => new TrackedAnchor(key, AnchorState.Valid, Now, Now)));
            _zones.Add(zone, tracked);
        }
    }

    /// <summary>States of a zone's keys by tag; empty for a zone that is not tracked.</summary>
    public IReadOnlyList<(ushort KeyTag, AnchorState State)> StatesOf(DomainName zone)
    {
        lock (_lock)
            return _zones.TryGetValue(zone, out TrackedZone? tracked) ? [.. tracked.Anchors.Select(anchor => (anchor.Key.KeyTag, anchor.State))] : [];
    }

    /// <summary>The memory of some zones as text, to be read by <see cref="TryLoad"/>.</summary>
    public string ToText(IReadOnlyCollection<DomainName> zones)
    {
        lock (_lock)
            return AnchorText.Write(_zones.Values.Where(zone => zones.Contains(zone.Zone)), Now);
    }

    /// <summary>What has changed is saved.</summary>
    public void Saved() => HasChanged = false;

    /// <summary>Whether the text could be loaded.</summary>
    public static bool Check(string text, string fileName, out TextError error) =>
        AnchorText.TryRead(text, fileName, new ResolverSettings(), Instant.Epoch, out _, out _, out error);

    /// <summary>
    /// Takes up what was saved: its keys take the place of configured ones of the same zone. Files of Unbound's
    /// <c>auto-trust-anchor-file</c> can be read too, and files with DS records only, to begin with.
    /// </summary>
    /// <param name="text">The file.</param>
    /// <param name="fileName">For the error.</param>
    /// <param name="loaded">The zones that are in it, tracked from now on.</param>
    /// <param name="error">What is wrong.</param>
    /// <returns>False when the text is broken; then nothing has changed.</returns>
    public bool TryLoad(string text, string fileName, out IReadOnlyList<DomainName> loaded, out TextError error)
    {
        loaded = [];
        if (!AnchorText.TryRead(text, fileName, _settings, Now, out List<TrackedZone> zones, out List<DnsRecord> digests, out error))
            return false;
        lock (_lock)
        {
            foreach (DnsRecord digest in digests)
                _anchors.TryAdd(digest);
            foreach (TrackedZone zone in zones)
            {
                _zones[zone.Zone] = zone;
                Apply(zone);
            }
        }

        loaded = zones.ConvertAll(zone => zone.Zone);
        return true;
    }

    /// <summary>A DNSKEY set of the zone has come, unchecked.</summary>
    internal void Observe(DomainName zone, Rrset set, QueryBudget ledger, EventId because)
    {
        lock (_lock)
        {
            if (!_zones.TryGetValue(zone, out TrackedZone? tracked))
                return;
            List<DnsKeyData> keys = Read(set);
            TrustPoint? point = _anchors.TryFind(zone, out TrustPoint? found) && found.Zone == zone ? found : null;
            bool IsNamed(DnsKeyData key) => point is not null
                && point.Digests.Exists(ds => _policy.SupportsDigest(ds.DigestType) && KeyDigest.Matches(ds, zone, key));
            SetVerdict verdict = _verifier.Verify(set, zone, keys.FindAll(key => IsNamed(key) || tracked.Anchors.Exists(a => a.IsTrusted && a.IsSameKey(key))), default, ledger);
            var changes = new List<(DnsKeyData Key, string What)>();
            tracked.Observe(keys, verdict.IsSecure, key => IsSelfSigned(set, zone, key, ledger), IsNamed, Now, changes);
            if (verdict.IsSecure && RrsetVerifier.SignatureOf(set, zone, verdict.KeyTag) is { } rrsig)
                tracked.ProbedWell(TimeSpan.FromSeconds(rrsig.OriginalTtl), Left(rrsig), Now);
            else
                tracked.ProbedInVain(Now);
            if (changes.Count == 0)
                return;
            HasChanged = true;
            Apply(tracked);
            if (!_log.IsEnabled)
                return;
            foreach ((DnsKeyData key, string what) in changes)
                _log.Write(because, new TrustAnchorChanged(zone, key.KeyTag, key.Algorithm, what));
        }
    }

    /// <summary>The zone's keys could not be had.</summary>
    internal void Failed(DomainName zone)
    {
        lock (_lock)
        {
            if (_zones.TryGetValue(zone, out TrackedZone? tracked))
                tracked.ProbedInVain(Now);
        }
    }

    private void Apply(TrackedZone zone)
    {
        List<DnsKeyData> trusted = [.. zone.Anchors.Where(anchor => anchor.IsTrusted).Select(anchor => anchor.Key)];
        if (trusted.Count > 0)
            _anchors.Replace(zone.Zone, trusted);
        // §5: a trust point whose keys are all revoked is as if it had never been configured.
        else if (zone.Anchors.Exists(anchor => anchor.State == AnchorState.Revoked))
            _anchors.Remove(zone.Zone);
    }

    private bool IsSelfSigned(Rrset set, DomainName zone, DnsKeyData key, QueryBudget ledger) =>
        RrsetVerifier.SignatureOf(set, zone, key.KeyTag) is { } rrsig && rrsig.Algorithm == key.Algorithm && _policy.Supports(key.Algorithm)
        && rrsig.Labels == SignedSet.LabelsOf(set.Name) && ledger.TrySpendSignature()
        && DnssecSignature.Verify(key, rrsig.Signature.Span, SignedSet.Bytes(rrsig, set));

    private List<DnsKeyData> Read(Rrset set)
    {
        var keys = new List<DnsKeyData>();
        foreach (DnsRecord record in set.Records.AsSpan(0, Math.Min(set.Records.Length, _settings.MostKeysPerZone)))
        {
            if (DnsKeyData.TryRead(record.Data, out DnsKeyData key))
                keys.Add(key);
        }

        return keys;
    }

    private TimeSpan Left(RrsigData rrsig)
    {
        DateTimeOffset now = _settings.ValidateAt ?? _time.GetUtcNow();
        return TimeSpan.FromSeconds(Math.Max(unchecked((int)(rrsig.Expiration - (uint)now.ToUnixTimeSeconds())), 0));
    }

    private Instant Now => Instant.FromDateTimeOffset(_time.GetUtcNow());
}
