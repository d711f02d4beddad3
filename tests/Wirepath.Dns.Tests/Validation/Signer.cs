using System.Security.Cryptography;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>A zone's key (ECDSA P-256) that signs whatever it is told to, rightly or wrongly.</summary>
internal sealed class Signer(string zone, ushort flags = 257, ECDsa? key = null) : IDisposable
{
    public const byte Algorithm = 13;

    private readonly ECDsa _key = key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public DomainName Zone { get; } = DomainName.Parse(zone);

    public DnsKeyData Key
    {
        get
        {
            ECPoint point = _key.ExportParameters(false).Q;
            return new DnsKeyData(flags, 3, Algorithm, (byte[])[.. point.X!, .. point.Y!]);
        }
    }

    public DnsRecord KeyRecord => new(Zone, DnsType.DNSKEY, DnsClass.IN, 3600, Key.ToArray());

    public DnsRecord DsRecord(DigestType digest = DigestType.Sha256) => new(Zone, DnsType.DS, DnsClass.IN, 3600,
        new DsData(Key.KeyTag, Algorithm, (byte)digest, KeyDigest.Of(Zone, Key, digest)).ToArray());

    /// <summary>The same key with the REVOKE bit (RFC 5011 §3).</summary>
    public Signer Revoked() => new(zone, (ushort)(flags | 0x0080), _key);

    /// <summary>The signature as it should be, but for what <paramref name="change"/> does to its fields before signing.</summary>
    public RrsigData Sign(Rrset set, DateTimeOffset now, Func<RrsigData, RrsigData>? change = null)
    {
        var rrsig = new RrsigData(set.Type, Algorithm, (byte)SignedSet.LabelsOf(set.Name), set.Ttl,
            (uint)now.AddDays(20).ToUnixTimeSeconds(), (uint)now.AddDays(-10).ToUnixTimeSeconds(), Key.KeyTag, Zone, default);
        if (change is not null)
            rrsig = change(rrsig);
        return rrsig with { Signature = _key.SignData(SignedSet.Bytes(rrsig, set), HashAlgorithmName.SHA256) };
    }

    public Rrset Signed(Rrset set, DateTimeOffset now, Func<RrsigData, RrsigData>? change = null) => With(set, Sign(set, now, change));

    public static Rrset With(Rrset set, params RrsigData[] signatures) => new(set.Records,
        Array.ConvertAll(signatures, rrsig => new DnsRecord(set.Name, DnsType.RRSIG, set.Class, set.Ttl, rrsig.ToArray())), set.Ttl);

    public void Dispose() => _key.Dispose();
}
