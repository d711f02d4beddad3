using System.Buffers.Binary;
using System.Text;

namespace Wirepath.Wire;

/// <summary>Reads pcapng blocks; those that say nothing about packets are skipped.</summary>
internal sealed class PcapngFormat(CaptureReader reader) : CaptureFormat
{
    // Type, length, and the length again at the end.
    private const int BlockOverhead = 12;

    // The magic of the first block has been read already.
    private bool _atStart = true;
    private bool _bigEndian;

    // Interface numbers start again in each section.
    private int _firstInterface;
    private readonly List<Clock> _clocks = [];

    /// <summary>How an interface tells time: units per second as a power, and seconds to add.</summary>
    private readonly record struct Clock(byte Resolution, long OffsetSeconds);

    public static bool Recognizes(ReadOnlySpan<byte> magic) => BinaryPrimitives.ReadUInt32BigEndian(magic) == Pcapng.SectionHeader;

    public override bool TryReadNext(out CapturedPacket packet)
    {
        packet = null!;
        while (TryReadBlock(out uint type, out byte[] body))
        {
            switch (type)
            {
                case Pcapng.InterfaceDescription:
                    if (!TryTakeInterface(body))
                        return reader.Fail("an interface description is too short");
                    break;
                case Pcapng.EnhancedPacket:
                    return TryTakeEnhancedPacket(body, out packet);
                case Pcapng.OldPacket:
                    return TryTakeOldPacket(body, out packet);
                case Pcapng.SimplePacket:
                    return TryTakeSimplePacket(body, out packet);
                case Pcapng.DecryptionSecrets:
                    TakeSecrets(body);
                    break;
                default: // Names, statistics, sections' own options, whatever comes later: nothing about packets.
                    break;
            }
        }

        return false;
    }

    private bool TryReadBlock(out uint type, out byte[] body)
    {
        (type, body) = (0, []);
        Span<byte> head = stackalloc byte[12];
        if (_atStart)
        {
            BinaryPrimitives.WriteUInt32BigEndian(head, Pcapng.SectionHeader);
            if (!reader.TryFill(head[4..8]))
                return false;
            _atStart = false;
        }
        else if (!reader.TryFillOrEnd(head[..8]))
        {
            return false;
        }

        bool section = BinaryPrimitives.ReadUInt32BigEndian(head) == Pcapng.SectionHeader;
        if (section && !TryBeginSection(head))
            return false;
        type = UInt32(head);
        uint length = UInt32(head[4..]);
        if (length < BlockOverhead + (section ? 4 : 0) || length % 4 != 0 || length > CaptureReader.MaxBlockSize)
            return reader.Fail($"a block claims {length} bytes");
        int bodyLength = (int)length - BlockOverhead - (section ? 4 : 0);
        byte[] rest = new byte[bodyLength + 4];
        if (!reader.TryFill(rest))
            return false;
        if (UInt32(rest.AsSpan(bodyLength)) != length)
            return reader.Fail("a block's two lengths differ");
        body = rest[..bodyLength];
        return true;
    }

    // The magic behind type and length says in which order the section's numbers are written.
    private bool TryBeginSection(Span<byte> head)
    {
        if (!reader.TryFill(head[8..]))
            return false;
        _bigEndian = BinaryPrimitives.ReadUInt32BigEndian(head[8..]) == Pcapng.ByteOrderMagic;
        if (!_bigEndian && BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) != Pcapng.ByteOrderMagic)
            return reader.Fail("a section has no byte-order magic");
        _firstInterface = reader.InterfaceList.Count;
        _clocks.Clear();
        return true;
    }

    private bool TryTakeInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8)
            return false;
        string? name = null;
        string? description = null;
        byte resolution = 6; // Microseconds, unless the option says otherwise.
        long offset = 0;
        for (ReadOnlySpan<byte> rest = body[8..]; TryTakeOption(ref rest, out ushort code, out ReadOnlySpan<byte> value);)
        {
            switch (code)
            {
                case Pcapng.InterfaceName:
                    name = Encoding.UTF8.GetString(value);
                    break;
                case Pcapng.InterfaceText:
                    description = Encoding.UTF8.GetString(value);
                    break;
                case Pcapng.TimestampResolution when value.Length == 1:
                    resolution = value[0];
                    break;
                case Pcapng.TimestampOffset when value.Length == 8:
                    offset = (long)UInt64(value);
                    break;
                default:
                    break;
            }
        }

        _clocks.Add(new Clock(resolution, offset));
        reader.InterfaceList.Add(new CaptureInterface(name, description, (LinkType)UInt16(body), UInt32(body[4..])));
        return true;
    }

    private bool TryTakeEnhancedPacket(byte[] body, out CapturedPacket packet)
    {
        packet = null!;
        ReadOnlySpan<byte> fields = body;
        return body.Length < 20
            ? reader.Fail("a packet block is too short")
            : TryTakePacket(body, 20, UInt32(fields), UInt32(fields[4..]), UInt32(fields[8..]), UInt32(fields[12..]), UInt32(fields[16..]), null, out packet);
    }

    private bool TryTakeOldPacket(byte[] body, out CapturedPacket packet)
    {
        packet = null!;
        ReadOnlySpan<byte> fields = body;
        if (body.Length < 20)
            return reader.Fail("a packet block is too short");
        ushort drops = UInt16(fields[2..]);
        return TryTakePacket(body, 20, UInt16(fields), UInt32(fields[4..]), UInt32(fields[8..]), UInt32(fields[12..]), UInt32(fields[16..]),
            drops is 0 or ushort.MaxValue ? null : drops, out packet);
    }

    private bool TryTakeSimplePacket(byte[] body, out CapturedPacket packet)
    {
        packet = null!;
        if (body.Length < 4 || _clocks.Count == 0)
            return reader.Fail("a simple packet block is too short, or no interface is described");
        CaptureInterface @interface = reader.InterfaceList[_firstInterface];
        uint original = UInt32(body);
        uint captured = Math.Min(original, @interface.SnapLength == 0 ? uint.MaxValue : @interface.SnapLength);
        if (captured > body.Length - 4)
            return reader.Fail("a packet is longer than its block");
        packet = new CapturedPacket(_firstInterface, @interface.LinkType, Instant.Epoch, body.AsMemory(4, (int)captured), original, PacketDirection.Unknown, []);
        return true;
    }

    private bool TryTakePacket(
        byte[] body, int start, uint interfaceId, uint timeHigh, uint timeLow, uint captured, uint original, ulong? dropCount, out CapturedPacket packet)
    {
        packet = null!;
        if (interfaceId >= _clocks.Count)
            return reader.Fail("a packet names an interface that is not described");
        if (captured > body.Length - start)
            return reader.Fail("a packet is longer than its block");
        List<string>? comments = null;
        var direction = PacketDirection.Unknown;
        ulong? packetId = null;
        int options = Math.Min(body.Length, start + ((int)captured + 3) / 4 * 4);
        for (ReadOnlySpan<byte> rest = body.AsSpan(options); TryTakeOption(ref rest, out ushort code, out ReadOnlySpan<byte> value);)
        {
            switch (code)
            {
                case Pcapng.Comment:
                    (comments ??= []).Add(Encoding.UTF8.GetString(value));
                    break;
                case Pcapng.PacketFlags when value.Length == 4:
                    direction = (UInt32(value) & 3) switch
                    {
                        1 => PacketDirection.Inbound,
                        2 => PacketDirection.Outbound,
                        _ => PacketDirection.Unknown,
                    };
                    break;
                case Pcapng.DropCount when value.Length == 8:
                    dropCount = UInt64(value);
                    break;
                case Pcapng.PacketId when value.Length == 8:
                    packetId = UInt64(value);
                    break;
                default:
                    break;
            }
        }

        int index = _firstInterface + (int)interfaceId;
        packet = new CapturedPacket(index, reader.InterfaceList[index].LinkType, Time(_clocks[(int)interfaceId], ((ulong)timeHigh << 32) | timeLow),
            body.AsMemory(start, (int)captured), original, direction, comments ?? [])
        {
            PacketId = packetId,
            DropCount = dropCount,
        };
        return true;
    }

    private void TakeSecrets(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8 || UInt32(body) != Pcapng.TlsKeyLog)
            return;
        uint length = UInt32(body[4..]);
        if (length <= body.Length - 8)
            reader.TlsKeyList.Add(Encoding.ASCII.GetString(body.Slice(8, (int)length)));
    }

    private bool TryTakeOption(ref ReadOnlySpan<byte> rest, out ushort code, out ReadOnlySpan<byte> value)
    {
        code = 0;
        value = default;
        if (rest.Length < 4)
            return false;
        code = UInt16(rest);
        int length = UInt16(rest[2..]);
        if (code == Pcapng.EndOfOptions || length > rest.Length - 4)
            return false;
        value = rest.Slice(4, length);
        rest = rest[Math.Min(rest.Length, 4 + (length + 3) / 4 * 4)..];
        return true;
    }

    // Units to ticks of 100 ns in 128 bits; times that no Instant can hold are clamped.
    private static Instant Time(Clock clock, ulong units)
    {
        int power = clock.Resolution & 0x7F;
        UInt128 ticks;
        if ((clock.Resolution & 0x80) != 0)
        {
            ticks = (UInt128)units * (ulong)TimeSpan.TicksPerSecond >> power;
        }
        else
        {
            ticks = units;
            for (int i = power; i < 7; i++)
                ticks *= 10;
            for (int i = 7; i < power && ticks != 0; i++)
                ticks /= 10;
        }

        Int128 total = (Int128)ticks + (Int128)clock.OffsetSeconds * TimeSpan.TicksPerSecond;
        return new Instant((long)Int128.Clamp(total, DateTime.MinValue.Ticks - DateTime.UnixEpoch.Ticks, DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks));
    }

    private ushort UInt16(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint UInt32(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ulong UInt64(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}
