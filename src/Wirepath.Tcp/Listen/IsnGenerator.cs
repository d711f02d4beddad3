using System.Buffers.Binary;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// Initial sequence numbers (RFC 6528): a 4 µs clock plus a keyed hash of the four-tuple, so that incarnations of one
/// connection follow each other and strangers cannot guess. The same key gives each pair of hosts its own start of
/// the timestamp clock (RFC 7323 §5.4).
/// </summary>
public sealed class IsnGenerator
{
    /// <summary>Bytes of secret.</summary>
    public const int SecretSize = 16;

    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <exception cref="ArgumentException"><paramref name="secret"/> is not 16 bytes.</exception>
    public IsnGenerator(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != SecretSize)
            throw new ArgumentException($"The secret has {SecretSize} bytes.", nameof(secret));
        _key0 = BinaryPrimitives.ReadUInt64LittleEndian(secret);
        _key1 = BinaryPrimitives.ReadUInt64LittleEndian(secret[8..]);
    }

    public SequenceNumber Next(in ConnectionId id, Instant now)
    {
        const long ticksPerCount = 40; // 4 µs
        return new SequenceNumber(unchecked((uint)Hash(id, withPorts: true) + (uint)(now.Ticks / ticksPerCount)));
    }

    /// <summary>What this pair of hosts adds to the millisecond clock of its timestamps; the same for all ports, so that RFC 6191 can compare.</summary>
    public uint TimestampOffset(in ConnectionId id) => (uint)(Hash(id, withPorts: false) >> 32);

    private ulong Hash(in ConnectionId id, bool withPorts)
    {
        Span<byte> message = stackalloc byte[36];
        message.Clear();
        id.Local.Address.Write(message);
        id.Remote.Address.Write(message[16..]);
        if (withPorts)
        {
            BinaryPrimitives.WriteUInt16BigEndian(message[32..], id.Local.Port);
            BinaryPrimitives.WriteUInt16BigEndian(message[34..], id.Remote.Port);
        }

        return SipHash.Hash(_key0, _key1, message);
    }
}
