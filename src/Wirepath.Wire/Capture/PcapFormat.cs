using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Wirepath.Wire;

/// <summary>The classic format: a header of 24 bytes, then packets with 16 bytes each in front (draft-ietf-opsawg-pcap).</summary>
internal sealed class PcapFormat : CaptureFormat
{
    private const uint MicrosecondMagic = 0xA1B2C3D4;
    private const uint NanosecondMagic = 0xA1B23C4D;

    private readonly CaptureReader _reader;
    private readonly bool _bigEndian;
    private readonly bool _nanoseconds;
    private readonly LinkType _linkType;

    private PcapFormat(CaptureReader reader, bool bigEndian, bool nanoseconds, LinkType linkType) =>
        (_reader, _bigEndian, _nanoseconds, _linkType) = (reader, bigEndian, nanoseconds, linkType);

    public static bool TryRecognize(CaptureReader reader, ReadOnlySpan<byte> magic, [NotNullWhen(true)] out PcapFormat? format)
    {
        format = null;
        uint little = BinaryPrimitives.ReadUInt32LittleEndian(magic);
        uint big = BinaryPrimitives.ReadUInt32BigEndian(magic);
        bool bigEndian = big is MicrosecondMagic or NanosecondMagic;
        if (!bigEndian && little is not (MicrosecondMagic or NanosecondMagic))
            return false;
        byte[] rest = new byte[20];
        if (!reader.TryFill(rest))
            return false;
        uint snapLength = UInt32(rest, 12, bigEndian);
        // The upper bits tell about a frame check sequence.
        var linkType = (LinkType)(UInt32(rest, 16, bigEndian) & 0xFFFF);
        reader.InterfaceList.Add(new CaptureInterface(null, null, linkType, snapLength));
        format = new PcapFormat(reader, bigEndian, (bigEndian ? big : little) == NanosecondMagic, linkType);
        return true;
    }

    public override bool TryReadNext(out CapturedPacket packet)
    {
        packet = null!;
        Span<byte> header = stackalloc byte[16];
        if (!_reader.TryFillOrEnd(header))
            return false;
        uint captured = UInt32(header, 8, _bigEndian);
        if (captured > CaptureReader.MaxBlockSize)
            return _reader.Fail($"a packet claims {captured} bytes");
        byte[] bytes = new byte[captured];
        if (!_reader.TryFill(bytes))
            return false;
        uint fraction = UInt32(header, 4, _bigEndian);
        long ticks = UInt32(header, 0, _bigEndian) * TimeSpan.TicksPerSecond + (_nanoseconds ? fraction / 100 : fraction * 10L);
        packet = new CapturedPacket(0, _linkType, new Instant(ticks), bytes, UInt32(header, 12, _bigEndian), PacketDirection.Unknown, []);
        return true;
    }

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset, bool bigEndian) => bigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
