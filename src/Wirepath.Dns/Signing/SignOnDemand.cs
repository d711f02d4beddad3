using System.Collections.Concurrent;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>A zone's keys at work: signs sets, when they are asked for or all at once.</summary>
internal sealed class SignOnDemand
{
    private readonly ConcurrentDictionary<Rrset, DnsRecord[]> _made = [];
    private readonly SigningKey[] _forKeys;
    private readonly SigningKey[] _forData;
    private readonly uint _inception;
    private readonly uint _expiration;

    public SignOnDemand(IReadOnlyList<SigningKey> keys, SigningSettings settings, Instant now)
    {
        _forKeys = [.. keys.Where(k => k.IsSecureEntryPoint)];
        _forData = [.. keys.Where(k => !k.IsSecureEntryPoint)];
        // One kind alone does everything: a combined signing key.
        if (_forKeys.Length == 0)
            _forKeys = _forData;
        if (_forData.Length == 0)
            _forData = _forKeys;
        long seconds = (now - Instant.Epoch).Ticks / TimeSpan.TicksPerSecond;
        _inception = (uint)(seconds - (long)settings.ClockSkew.TotalSeconds); // RFC 4034 §3.1.5: serial numbers, so that wrapping is right
        _expiration = (uint)(seconds + (long)settings.Validity.TotalSeconds);
    }

    /// <returns>Empty for what a zone does not sign: glue, and the NS set at a cut (RFC 4035 §2.2).</returns>
    public DnsRecord[] Sign(Zone zone, Rrset set)
    {
        // The SOA of a negative answer has another TTL and the same signature.
        if (set.Type == DnsType.SOA)
            set = zone.Top.Find(DnsType.SOA)!;
        return _made.TryGetValue(set, out DnsRecord[]? made) ? made : _made.GetOrAdd(set, s => zone.IsAuthoritative(s) ? Make(zone.Origin, s) : []);
    }

    /// <summary>Signs without asking whether a zone signs such a set.</summary>
    public DnsRecord[] Make(DomainName zone, Rrset set) => Array.ConvertAll(set.Type == DnsType.DNSKEY ? _forKeys : _forData, key =>
    {
        var rrsig = new RrsigData(set.Type, (byte)key.Algorithm, (byte)SignedSet.LabelsOf(set.Name), set.Ttl, _expiration, _inception, key.KeyTag, zone, default);
        rrsig = rrsig with { Signature = key.Sign(SignedSet.Bytes(rrsig, set)) };
        return new DnsRecord(set.Name, DnsType.RRSIG, set.Class, set.Ttl, rrsig.ToArray());
    });
}
