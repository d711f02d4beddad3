namespace Wirepath.Wire;

/// <summary>What one field of RDATA is on the wire and in a zone file.</summary>
public enum RdataFieldKind
{
    /// <summary>A domain name, not compressed.</summary>
    Name,
    Byte,
    UInt16,
    UInt32,
    /// <summary>32 bits; in text also with units, as in 1h30m.</summary>
    Seconds,
    /// <summary>32 bits of seconds since 1970; in text YYYYMMDDHHmmSS (RFC 4034 §3.2).</summary>
    Time,
    Ipv4,
    Ipv6,
    /// <summary>An EUI-48 or EUI-64: all bytes that are left, in text with dashes (RFC 7043).</summary>
    HardwareAddress,
    /// <summary>A length byte and so many bytes.</summary>
    CharacterString,
    /// <summary>One or more character-strings, to the end of the data.</summary>
    CharacterStrings,
    /// <summary>A character-string of letters and digits alone, in text without quotes (RFC 8659 §4.1).</summary>
    Tag,
    /// <summary>All bytes that are left, in text one quoted string.</summary>
    Text,
    /// <summary>All bytes that are left, at least one, as hexadecimal digits.</summary>
    Hex,
    /// <summary>All bytes that are left, at least one, in base 64.</summary>
    Base64,
    /// <summary>A length byte and so many bytes, as hexadecimal digits, or <c>-</c> for none (RFC 5155 §3.3).</summary>
    Salt,
    /// <summary>A length byte and so many bytes, in base 32 with the extended hex alphabet (RFC 5155 §3.3).</summary>
    Hash,
    /// <summary>The number of a record type; in text its mnemonic.</summary>
    Type,
    /// <summary>A set of record types (<see cref="DnsTypeBitmap"/>), to the end of the data.</summary>
    Types,
    /// <summary>A byte; text may have a DNSSEC algorithm's mnemonic (RFC 4034 appendix A.1).</summary>
    Algorithm,
    /// <summary>16 bits; text may have a certificate type's mnemonic (RFC 4398 §2.1).</summary>
    CertificateType,
}

/// <param name="Kind">What it is.</param>
/// <param name="What">For messages: <c>the preference</c>.</param>
public readonly record struct RdataField(RdataFieldKind Kind, string What);

/// <summary>
/// The fields of each type's RDATA in their order: what reading and writing text, and checking data, have in common. Types
/// with a grammar of their own (SVCB and HTTPS, LOC) and unknown types have no layout.
/// </summary>
public static class RdataLayout
{
    private static readonly RdataField[] s_dnskey =
        [new(RdataFieldKind.UInt16, "the flags"), new(RdataFieldKind.Byte, "the protocol"), new(RdataFieldKind.Algorithm, "the algorithm"), new(RdataFieldKind.Base64, "the public key")];

    private static readonly RdataField[] s_rrsig =
    [
        new(RdataFieldKind.Type, "the type covered"), new(RdataFieldKind.Algorithm, "the algorithm"), new(RdataFieldKind.Byte, "the number of labels"),
        new(RdataFieldKind.Seconds, "the original TTL"), new(RdataFieldKind.Time, "the expiration"), new(RdataFieldKind.Time, "the inception"),
        new(RdataFieldKind.UInt16, "the key tag"), new(RdataFieldKind.Name, "the signer's name"), new(RdataFieldKind.Base64, "the signature"),
    ];

    private static readonly RdataField[] s_preferenceAndName = [new(RdataFieldKind.UInt16, "the preference"), new(RdataFieldKind.Name, "a host's name")];

    private static readonly Dictionary<DnsType, RdataField[]> s_layouts = new()
    {
        [DnsType.A] = [new(RdataFieldKind.Ipv4, "an IPv4 address")],
        [DnsType.NS] = [new(RdataFieldKind.Name, "the name of a name server")],
        [DnsType.MD] = [new(RdataFieldKind.Name, "the name of a mail server")],
        [DnsType.MF] = [new(RdataFieldKind.Name, "the name of a mail server")],
        [DnsType.CNAME] = [new(RdataFieldKind.Name, "the name it points to")],
        [DnsType.SOA] =
        [
            new(RdataFieldKind.Name, "the name of the primary server"), new(RdataFieldKind.Name, "the mailbox of who is responsible"),
            new(RdataFieldKind.UInt32, "the serial number"), new(RdataFieldKind.Seconds, "the refresh time"), new(RdataFieldKind.Seconds, "the retry time"),
            new(RdataFieldKind.Seconds, "the expire time"), new(RdataFieldKind.Seconds, "the minimum (negative) TTL"),
        ],
        [DnsType.MB] = [new(RdataFieldKind.Name, "a host's name")],
        [DnsType.MG] = [new(RdataFieldKind.Name, "a mailbox")],
        [DnsType.MR] = [new(RdataFieldKind.Name, "a mailbox")],
        [DnsType.PTR] = [new(RdataFieldKind.Name, "the name it points to")],
        [DnsType.HINFO] = [new(RdataFieldKind.CharacterString, "a text"), new(RdataFieldKind.CharacterString, "a text")],
        [DnsType.MINFO] = [new(RdataFieldKind.Name, "the mailbox of who is responsible"), new(RdataFieldKind.Name, "the mailbox for errors")],
        [DnsType.MX] = [new(RdataFieldKind.UInt16, "the preference"), new(RdataFieldKind.Name, "the name of a mail server")],
        [DnsType.TXT] = [new(RdataFieldKind.CharacterStrings, "a text")],
        [DnsType.RP] = [new(RdataFieldKind.Name, "the mailbox of who is responsible"), new(RdataFieldKind.Name, "the name of a TXT record")],
        [DnsType.AFSDB] = [new(RdataFieldKind.UInt16, "the subtype"), new(RdataFieldKind.Name, "a host's name")],
        [DnsType.X25] = [new(RdataFieldKind.CharacterString, "a number")],
        [DnsType.RT] = s_preferenceAndName,
        [DnsType.SIG] = s_rrsig,
        [DnsType.KEY] = s_dnskey,
        [DnsType.PX] = [new(RdataFieldKind.UInt16, "the preference"), new(RdataFieldKind.Name, "a domain's name"), new(RdataFieldKind.Name, "a domain's name")],
        [DnsType.AAAA] = [new(RdataFieldKind.Ipv6, "an IPv6 address")],
        [DnsType.SRV] =
        [
            new(RdataFieldKind.UInt16, "the priority"), new(RdataFieldKind.UInt16, "the weight"), new(RdataFieldKind.UInt16, "the port"), new(RdataFieldKind.Name, "the target"),
        ],
        [DnsType.NAPTR] =
        [
            new(RdataFieldKind.UInt16, "the order"), new(RdataFieldKind.UInt16, "the preference"), new(RdataFieldKind.CharacterString, "the flags"),
            new(RdataFieldKind.CharacterString, "the services"), new(RdataFieldKind.CharacterString, "the regular expression"), new(RdataFieldKind.Name, "the replacement"),
        ],
        [DnsType.KX] = s_preferenceAndName,
        [DnsType.CERT] =
        [
            new(RdataFieldKind.CertificateType, "the certificate's type"), new(RdataFieldKind.UInt16, "the key tag"), new(RdataFieldKind.Algorithm, "the algorithm"),
            new(RdataFieldKind.Base64, "the certificate"),
        ],
        [DnsType.DNAME] = [new(RdataFieldKind.Name, "the name it points to")],
        [DnsType.DS] = Digest(),
        [DnsType.SSHFP] = [new(RdataFieldKind.Byte, "the algorithm"), new(RdataFieldKind.Byte, "the fingerprint's type"), new(RdataFieldKind.Hex, "the fingerprint")],
        [DnsType.RRSIG] = s_rrsig,
        [DnsType.NSEC] = [new(RdataFieldKind.Name, "the next name"), new(RdataFieldKind.Types, "a record type")],
        [DnsType.DNSKEY] = s_dnskey,
        [DnsType.DHCID] = [new(RdataFieldKind.Base64, "the identifier")],
        [DnsType.NSEC3] =
        [
            new(RdataFieldKind.Byte, "the hash algorithm"), new(RdataFieldKind.Byte, "the flags"), new(RdataFieldKind.UInt16, "the number of iterations"),
            new(RdataFieldKind.Salt, "the salt"), new(RdataFieldKind.Hash, "the next hash"), new(RdataFieldKind.Types, "a record type"),
        ],
        [DnsType.NSEC3PARAM] =
        [
            new(RdataFieldKind.Byte, "the hash algorithm"), new(RdataFieldKind.Byte, "the flags"), new(RdataFieldKind.UInt16, "the number of iterations"), new(RdataFieldKind.Salt, "the salt"),
        ],
        [DnsType.TLSA] = Certificate(),
        [DnsType.SMIMEA] = Certificate(),
        [DnsType.CDS] = Digest(),
        [DnsType.CDNSKEY] = s_dnskey,
        [DnsType.OPENPGPKEY] = [new(RdataFieldKind.Base64, "the key")],
        [DnsType.CSYNC] = [new(RdataFieldKind.UInt32, "the serial number"), new(RdataFieldKind.UInt16, "the flags"), new(RdataFieldKind.Types, "a record type")],
        [DnsType.ZONEMD] =
        [
            new(RdataFieldKind.UInt32, "the serial number"), new(RdataFieldKind.Byte, "the scheme"), new(RdataFieldKind.Byte, "the hash algorithm"), new(RdataFieldKind.Hex, "the digest"),
        ],
        [DnsType.SPF] = [new(RdataFieldKind.CharacterStrings, "a text")],
        [DnsType.L32] = [new(RdataFieldKind.UInt16, "the preference"), new(RdataFieldKind.Ipv4, "the locator")],
        [DnsType.LP] = s_preferenceAndName,
        [DnsType.EUI48] = [new(RdataFieldKind.HardwareAddress, "six bytes with dashes")],
        [DnsType.EUI64] = [new(RdataFieldKind.HardwareAddress, "eight bytes with dashes")],
        [DnsType.URI] = [new(RdataFieldKind.UInt16, "the priority"), new(RdataFieldKind.UInt16, "the weight"), new(RdataFieldKind.Text, "the target")],
        [DnsType.CAA] = [new(RdataFieldKind.Byte, "the flags"), new(RdataFieldKind.Tag, "the tag"), new(RdataFieldKind.Text, "the value")],
        [DnsType.TA] = Digest(),
        [DnsType.DLV] = Digest(),
    };

    /// <summary>The fields; empty for a type that has no layout.</summary>
    public static ReadOnlySpan<RdataField> Of(DnsType type) => s_layouts.GetValueOrDefault(type);

    /// <summary>True when the data are what the type says; of a type that nobody knows, always.</summary>
    public static bool Holds(DnsType type, ReadOnlyMemory<byte> data) =>
        (!s_layouts.ContainsKey(type) && type is not (DnsType.SVCB or DnsType.HTTPS or DnsType.LOC)) || RdataText.TryFormat(type, data) is not null;

    private static RdataField[] Digest() =>
        [new(RdataFieldKind.UInt16, "the key tag"), new(RdataFieldKind.Algorithm, "the algorithm"), new(RdataFieldKind.Byte, "the digest type"), new(RdataFieldKind.Hex, "the digest")];

    private static RdataField[] Certificate() =>
        [new(RdataFieldKind.Byte, "the usage"), new(RdataFieldKind.Byte, "the selector"), new(RdataFieldKind.Byte, "the matching type"), new(RdataFieldKind.Hex, "the certificate's data")];
}
