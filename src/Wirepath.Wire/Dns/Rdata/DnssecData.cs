namespace Wirepath.Wire;

/// <summary>DS and CDS (RFC 4034 §5.1): the digest of a child's key.</summary>
public readonly record struct DsData(ushort KeyTag, byte Algorithm, byte DigestType, ReadOnlyMemory<byte> Digest)
{
    public static bool TryRead(ReadOnlyMemory<byte> data, out DsData ds)
    {
        var reader = new RdataReader(data);
        ds = new DsData(reader.UInt16(), reader.Byte(), reader.Byte(), reader.Rest());
        return reader.IsComplete;
    }

    public byte[] ToArray() => new RdataBuilder().UInt16(KeyTag).Byte(Algorithm).Byte(DigestType).Bytes(Digest.Span).ToArray();
}

/// <summary>DNSKEY and CDNSKEY (RFC 4034 §2.1).</summary>
public readonly record struct DnsKeyData(ushort Flags, byte Protocol, byte Algorithm, ReadOnlyMemory<byte> PublicKey)
{
    public bool IsZoneKey => (Flags & 0x0100) != 0;

    /// <summary>RFC 5011 §3: not to be trusted any more.</summary>
    public bool IsRevoked => (Flags & 0x0080) != 0;

    /// <summary>The key that DS records point to, by convention.</summary>
    public bool IsSecureEntryPoint => (Flags & 0x0001) != 0;

    /// <summary>The number by which RRSIG and DS find the key: RFC 4034 appendix B (not for algorithm 1).</summary>
    public ushort KeyTag
    {
        get
        {
            uint sum = Flags + ((uint)Protocol << 8) + Algorithm;
            ReadOnlySpan<byte> key = PublicKey.Span;
            for (int i = 0; i < key.Length; i++)
                sum += (i & 1) == 0 ? (uint)key[i] << 8 : key[i];
            return (ushort)(sum + (sum >> 16));
        }
    }

    public static bool TryRead(ReadOnlyMemory<byte> data, out DnsKeyData key)
    {
        var reader = new RdataReader(data);
        key = new DnsKeyData(reader.UInt16(), reader.Byte(), reader.Byte(), reader.Rest());
        return reader.IsComplete;
    }

    public byte[] ToArray() => new RdataBuilder().UInt16(Flags).Byte(Protocol).Byte(Algorithm).Bytes(PublicKey.Span).ToArray();
}

/// <summary>RRSIG (RFC 4034 §3.1); the two times are seconds since 1970 in serial-number arithmetic.</summary>
public readonly record struct RrsigData(
    DnsType TypeCovered,
    byte Algorithm,
    byte Labels,
    uint OriginalTtl,
    uint Expiration,
    uint Inception,
    ushort KeyTag,
    DomainName Signer,
    ReadOnlyMemory<byte> Signature)
{
    public static bool TryRead(ReadOnlyMemory<byte> data, out RrsigData rrsig)
    {
        var reader = new RdataReader(data);
        rrsig = new RrsigData((DnsType)reader.UInt16(), reader.Byte(), reader.Byte(), reader.UInt32(), reader.UInt32(), reader.UInt32(),
            reader.UInt16(), reader.Name(), reader.Rest());
        return reader.IsComplete;
    }

    public byte[] ToArray() => Fixed().Name(Signer).Bytes(Signature.Span).ToArray();

    /// <summary>What the signature covers in front of the records: the data without the signature, signer in lower case (RFC 4034 §3.1.8.1).</summary>
    public byte[] ToSignedPrefix() => Fixed().Name(Signer.ToLower()).ToArray();

    private RdataBuilder Fixed() => new RdataBuilder().UInt16((ushort)TypeCovered).Byte(Algorithm).Byte(Labels)
        .UInt32(OriginalTtl).UInt32(Expiration).UInt32(Inception).UInt16(KeyTag);
}

/// <summary>NSEC (RFC 4034 §4.1).</summary>
public readonly record struct NsecData(DomainName Next, DnsTypeBitmap Types)
{
    public static bool TryRead(ReadOnlyMemory<byte> data, out NsecData nsec)
    {
        var reader = new RdataReader(data);
        DomainName next = reader.Name();
        bool valid = DnsTypeBitmap.TryRead(reader.Rest(), out DnsTypeBitmap types);
        nsec = new NsecData(next, types);
        return valid && reader.IsComplete;
    }

    public byte[] ToArray() => new RdataBuilder().Name(Next).Bytes(Types.Wire.Span).ToArray();
}

/// <summary>NSEC3 (RFC 5155 §3.1).</summary>
public readonly record struct Nsec3Data(
    byte HashAlgorithm,
    byte Flags,
    ushort Iterations,
    ReadOnlyMemory<byte> Salt,
    ReadOnlyMemory<byte> NextHash,
    DnsTypeBitmap Types)
{
    /// <summary>Delegations without DS may lie in the gap.</summary>
    public bool IsOptOut => (Flags & 1) != 0;

    public static bool TryRead(ReadOnlyMemory<byte> data, out Nsec3Data nsec3)
    {
        var reader = new RdataReader(data);
        nsec3 = new Nsec3Data(reader.Byte(), reader.Byte(), reader.UInt16(), reader.CharacterString(), reader.CharacterString(), default);
        bool valid = DnsTypeBitmap.TryRead(reader.Rest(), out DnsTypeBitmap types);
        nsec3 = nsec3 with { Types = types };
        return valid && reader.IsComplete && !nsec3.NextHash.IsEmpty;
    }

    public byte[] ToArray() => new RdataBuilder().Byte(HashAlgorithm).Byte(Flags).UInt16(Iterations)
        .CharacterString(Salt.Span).CharacterString(NextHash.Span).Bytes(Types.Wire.Span).ToArray();
}

/// <summary>NSEC3PARAM (RFC 5155 §4.2).</summary>
public readonly record struct Nsec3ParamData(byte HashAlgorithm, byte Flags, ushort Iterations, ReadOnlyMemory<byte> Salt)
{
    public static bool TryRead(ReadOnlyMemory<byte> data, out Nsec3ParamData parameters)
    {
        var reader = new RdataReader(data);
        parameters = new Nsec3ParamData(reader.Byte(), reader.Byte(), reader.UInt16(), reader.CharacterString());
        return reader.IsComplete;
    }

    public byte[] ToArray() => new RdataBuilder().Byte(HashAlgorithm).Byte(Flags).UInt16(Iterations).CharacterString(Salt.Span).ToArray();
}
