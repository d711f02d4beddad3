using System.Buffers.Binary;
using System.Text;

namespace Wirepath.Wire;

/// <summary>Numbers of the pcapng format (draft-ietf-opsawg-pcapng).</summary>
internal static class Pcapng
{
    public const uint SectionHeader = 0x0A0D0D0A;
    public const uint InterfaceDescription = 1;
    public const uint OldPacket = 2;
    public const uint SimplePacket = 3;
    public const uint EnhancedPacket = 6;
    public const uint DecryptionSecrets = 10;

    public const uint ByteOrderMagic = 0x1A2B3C4D;
    public const uint TlsKeyLog = 0x544C534B;

    public const ushort EndOfOptions = 0;
    public const ushort Comment = 1;
    public const ushort ApplicationName = 4;
    public const ushort InterfaceName = 2;
    public const ushort InterfaceText = 3;
    public const ushort TimestampResolution = 9;
    public const ushort TimestampOffset = 14;
    public const ushort PacketFlags = 2;
    public const ushort DropCount = 4;
    public const ushort PacketId = 5;
}

/// <summary>
/// Writes a pcapng capture: one section, little-endian, timestamps of 100 ns. The same calls give the same bytes.
/// Not safe for use by two threads at once.
/// </summary>
public sealed class PcapngWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly MemoryStream _block = new();
    private int _interfaces;

    /// <param name="stream">Written to block by block.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the writer is disposed of.</param>
    public PcapngWriter(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (_stream, _leaveOpen) = (stream, leaveOpen);
        Begin(Pcapng.SectionHeader);
        PutUInt32(Pcapng.ByteOrderMagic);
        PutUInt16(1);
        PutUInt16(0);
        PutUInt64(ulong.MaxValue); // The section's length is not known in advance.
        PutOption(Pcapng.ApplicationName, "Wirepath"u8);
        PutOption(Pcapng.EndOfOptions, []);
        End();
    }

    /// <summary>Describes an interface; all its packets begin with <paramref name="linkType"/>'s header.</summary>
    /// <returns>The number by which <see cref="WritePacket(int, Instant, ReadOnlySpan{byte}, string?, PacketDirection, string?, ulong?, ulong?)"/> knows it.</returns>
    public int AddInterface(string name, string? description, LinkType linkType = LinkType.Ethernet)
    {
        ArgumentNullException.ThrowIfNull(name);
        Begin(Pcapng.InterfaceDescription);
        PutUInt16((ushort)linkType);
        PutUInt16(0);
        PutUInt32(0);
        PutOption(Pcapng.InterfaceName, name);
        if (description is not null)
            PutOption(Pcapng.InterfaceText, description);
        PutOption(Pcapng.TimestampResolution, [7]); // 10⁻⁷ s: the ticks of Instant.
        PutOption(Pcapng.EndOfOptions, []);
        End();
        return _interfaces++;
    }

    /// <summary>Writes one packet.</summary>
    /// <param name="interfaceId">From <see cref="AddInterface"/>.</param>
    /// <param name="time">At or after the epoch.</param>
    /// <param name="frame">The whole frame.</param>
    /// <param name="comment">What Wireshark shows as the packet's comment, such as why it was sent.</param>
    /// <param name="direction">Seen from the interface.</param>
    /// <param name="dropReason">Not null for a packet that went no further: a comment <c>DROPPED: reason</c> is put first.</param>
    /// <param name="packetId">The same for the same packet on several interfaces.</param>
    /// <param name="dropCount">Packets lost since the one before.</param>
    public void WritePacket(
        int interfaceId,
        Instant time,
        ReadOnlySpan<byte> frame,
        string? comment = null,
        PacketDirection direction = PacketDirection.Unknown,
        string? dropReason = null,
        ulong? packetId = null,
        ulong? dropCount = null)
    {
        BeginPacket(interfaceId, time, frame.Length);
        _block.Write(frame);
        EndPacket(comment, direction, dropReason, packetId, dropCount);
    }

    /// <inheritdoc cref="WritePacket(int, Instant, ReadOnlySpan{byte}, string?, PacketDirection, string?, ulong?, ulong?)"/>
    /// <param name="interfaceId">From <see cref="AddInterface"/>.</param>
    /// <param name="time">At or after the epoch.</param>
    /// <param name="packet">Head and slices; a checksum still partial is completed in the copy, as the device would.</param>
    /// <param name="comment">What Wireshark shows as the packet's comment, such as why it was sent.</param>
    /// <param name="direction">Seen from the interface.</param>
    /// <param name="dropReason">Not null for a packet that went no further: a comment <c>DROPPED: reason</c> is put first.</param>
    /// <param name="packetId">The same for the same packet on several interfaces.</param>
    /// <param name="dropCount">Packets lost since the one before.</param>
    public void WritePacket(
        int interfaceId,
        Instant time,
        Packet packet,
        string? comment = null,
        PacketDirection direction = PacketDirection.Unknown,
        string? dropReason = null,
        ulong? packetId = null,
        ulong? dropCount = null)
    {
        ArgumentNullException.ThrowIfNull(packet);
        BeginPacket(interfaceId, time, packet.Length);
        int start = (int)_block.Position;
        _block.SetLength(start + packet.Length);
        Span<byte> frame = _block.GetBuffer().AsSpan(start, packet.Length);
        packet.CopyTo(0, frame);
        if (packet.Checksum == ChecksumState.Partial)
            Checksum.CompletePartial(frame, packet.NetworkOffset, packet.TransportOffset);
        _block.Position = start + packet.Length;
        EndPacket(comment, direction, dropReason, packetId, dropCount);
    }

    /// <summary>Writes TLS secrets in the format of SSLKEYLOGFILE (RFC 9850), so that readers can decrypt; best before the packets they belong to.</summary>
    public void WriteTlsKeys(string keyLog)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(keyLog);
        Begin(Pcapng.DecryptionSecrets);
        PutUInt32(Pcapng.TlsKeyLog);
        PutUInt32((uint)bytes.Length);
        _block.Write(bytes);
        Pad();
        End();
    }

    public void Flush() => _stream.Flush();

    public void Dispose()
    {
        _stream.Flush();
        if (!_leaveOpen)
            _stream.Dispose();
        _block.Dispose();
    }

    private void BeginPacket(int interfaceId, Instant time, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)interfaceId, (uint)_interfaces);
        Begin(Pcapng.EnhancedPacket);
        PutUInt32((uint)interfaceId);
        ulong ticks = (ulong)Math.Max(0, time.Ticks);
        PutUInt32((uint)(ticks >> 32));
        PutUInt32((uint)ticks);
        PutUInt32((uint)length);
        PutUInt32((uint)length);
    }

    private void EndPacket(string? comment, PacketDirection direction, string? dropReason, ulong? packetId, ulong? dropCount)
    {
        Pad();
        if (dropReason is not null)
            PutOption(Pcapng.Comment, "DROPPED: " + dropReason);
        if (comment is not null)
            PutOption(Pcapng.Comment, comment);
        Span<byte> value = stackalloc byte[8];
        if (direction != PacketDirection.Unknown)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(value, (uint)direction);
            PutOption(Pcapng.PacketFlags, value[..4]);
        }

        if (dropCount is { } count)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(value, count);
            PutOption(Pcapng.DropCount, value);
        }

        if (packetId is { } id)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(value, id);
            PutOption(Pcapng.PacketId, value);
        }

        PutOption(Pcapng.EndOfOptions, []);
        End();
    }

    // A block is put together in memory, because its length stands at both ends.
    private void Begin(uint type)
    {
        _block.SetLength(0);
        PutUInt32(type);
        PutUInt32(0);
    }

    private void End()
    {
        uint length = (uint)_block.Length + 4;
        PutUInt32(length);
        Span<byte> bytes = _block.GetBuffer().AsSpan(0, (int)length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], length);
        _stream.Write(bytes);
    }

    private void Pad()
    {
        while (_block.Length % 4 != 0)
            _block.WriteByte(0);
    }

    // The length is a 16-bit number: longer texts are cut at a character's start.
    private void PutOption(ushort code, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int length = bytes.Length;
        if (length > ushort.MaxValue)
        {
            length = ushort.MaxValue;
            while ((bytes[length] & 0xC0) == 0x80)
                length--;
        }

        PutOption(code, bytes.AsSpan(0, length));
    }

    private void PutOption(ushort code, ReadOnlySpan<byte> value)
    {
        PutUInt16(code);
        PutUInt16((ushort)value.Length);
        _block.Write(value);
        Pad();
    }

    private void PutUInt16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _block.Write(bytes);
    }

    private void PutUInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _block.Write(bytes);
    }

    private void PutUInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _block.Write(bytes);
    }
}
