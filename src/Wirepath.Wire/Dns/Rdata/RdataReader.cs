using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Reads RDATA field by field; once something is missing, <see cref="Failed"/> stays true and everything else reads as empty.</summary>
internal struct RdataReader(ReadOnlyMemory<byte> data)
{
    private ReadOnlyMemory<byte> _rest = data;

    public bool Failed { get; private set; }

    /// <summary>True when all was read and nothing was missing.</summary>
    public readonly bool IsComplete => !Failed && _rest.IsEmpty;

    public readonly bool HasMore => !Failed && !_rest.IsEmpty;

    public ReadOnlyMemory<byte> Bytes(int count)
    {
        if (Failed || count > _rest.Length)
        {
            Failed = true;
            return default;
        }

        ReadOnlyMemory<byte> bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    public ReadOnlyMemory<byte> Rest() => Bytes(_rest.Length);

    public byte Byte() => Bytes(1) is { IsEmpty: false } bytes ? bytes.Span[0] : (byte)0;

    public ushort UInt16() => Bytes(2) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes.Span) : (ushort)0;

    public uint UInt32() => Bytes(4) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes.Span) : 0;

    /// <summary>A length byte and so many bytes (RFC 1035 §3.3).</summary>
    public ReadOnlyMemory<byte> CharacterString() => Bytes(Byte());

    public DomainName Name()
    {
        if (Failed || !DomainName.TryRead(_rest.Span, out DomainName name))
        {
            Failed = true;
            return default;
        }

        _rest = _rest[name.Size..];
        return name;
    }
}

/// <summary>Writes RDATA field by field.</summary>
internal sealed class RdataBuilder
{
    private readonly System.Buffers.ArrayBufferWriter<byte> _bytes = new();

    public RdataBuilder Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
        return this;
    }

    public RdataBuilder UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.GetSpan(2), value);
        _bytes.Advance(2);
        return this;
    }

    public RdataBuilder UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    public RdataBuilder Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_bytes.GetSpan(Math.Max(value.Length, 1)));
        _bytes.Advance(value.Length);
        return this;
    }

    public RdataBuilder CharacterString(ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, 255);
        return Byte((byte)value.Length).Bytes(value);
    }

    public RdataBuilder Name(DomainName name) => Bytes(name.Wire);

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
