namespace Wirepath.Wire;

/// <summary>SOA (RFC 1035 §3.3.13); the times are seconds. Minimum bounds the negative TTL (RFC 2308 §4).</summary>
public readonly record struct SoaData(
    DomainName PrimaryServer,
    DomainName Mailbox,
    uint Serial,
    uint Refresh,
    uint Retry,
    uint Expire,
    uint Minimum)
{
    public static bool TryRead(ReadOnlyMemory<byte> data, out SoaData soa)
    {
        var reader = new RdataReader(data);
        soa = new SoaData(reader.Name(), reader.Name(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32(), reader.UInt32());
        return reader.IsComplete;
    }

    public byte[] ToArray() => new RdataBuilder().Name(PrimaryServer).Name(Mailbox)
        .UInt32(Serial).UInt32(Refresh).UInt32(Retry).UInt32(Expire).UInt32(Minimum).ToArray();
}

/// <summary>MX (RFC 1035 §3.3.9): the lowest preference is tried first.</summary>
public readonly record struct MxData(ushort Preference, DomainName Exchange)
{
    public static bool TryRead(ReadOnlyMemory<byte> data, out MxData mx)
    {
        var reader = new RdataReader(data);
        mx = new MxData(reader.UInt16(), reader.Name());
        return reader.IsComplete;
    }

    public byte[] ToArray() => new RdataBuilder().UInt16(Preference).Name(Exchange).ToArray();
}

/// <summary>SRV (RFC 2782).</summary>
public readonly record struct SrvData(ushort Priority, ushort Weight, ushort Port, DomainName Target)
{
    public static bool TryRead(ReadOnlyMemory<byte> data, out SrvData srv)
    {
        var reader = new RdataReader(data);
        srv = new SrvData(reader.UInt16(), reader.UInt16(), reader.UInt16(), reader.Name());
        return reader.IsComplete;
    }

    public byte[] ToArray() => new RdataBuilder().UInt16(Priority).UInt16(Weight).UInt16(Port).Name(Target).ToArray();
}

/// <summary>TXT (RFC 1035 §3.3.14): one or more strings of at most 255 bytes.</summary>
public readonly record struct TxtData(IReadOnlyList<ReadOnlyMemory<byte>> Strings)
{
    public static TxtData FromText(params ReadOnlySpan<string> strings)
    {
        var bytes = new ReadOnlyMemory<byte>[strings.Length];
        for (int i = 0; i < strings.Length; i++)
            bytes[i] = System.Text.Encoding.UTF8.GetBytes(strings[i]);
        return new TxtData(bytes);
    }

    public static bool TryRead(ReadOnlyMemory<byte> data, out TxtData txt)
    {
        var reader = new RdataReader(data);
        var strings = new List<ReadOnlyMemory<byte>>();
        while (reader.HasMore)
            strings.Add(reader.CharacterString());
        txt = new TxtData(strings);
        return reader.IsComplete && strings.Count > 0;
    }

    public byte[] ToArray()
    {
        var builder = new RdataBuilder();
        foreach (ReadOnlyMemory<byte> text in Strings)
            builder.CharacterString(text.Span);
        return builder.ToArray();
    }
}

/// <summary>CAA (RFC 8659 §4.1).</summary>
public readonly record struct CaaData(byte Flags, ReadOnlyMemory<byte> Tag, ReadOnlyMemory<byte> Value)
{
    /// <summary>An authority that does not know the tag must not issue.</summary>
    public bool IsCritical => (Flags & 0x80) != 0;

    public static bool TryRead(ReadOnlyMemory<byte> data, out CaaData caa)
    {
        var reader = new RdataReader(data);
        caa = new CaaData(reader.Byte(), reader.CharacterString(), reader.Rest());
        return reader.IsComplete && !caa.Tag.IsEmpty;
    }

    public byte[] ToArray() => new RdataBuilder().Byte(Flags).CharacterString(Tag.Span).Bytes(Value.Span).ToArray();
}
