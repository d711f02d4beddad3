using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Control bits of a TCP segment (RFC 9293 §3.1; AE is RFC 9768's, once NS of RFC 3540).</summary>
[Flags]
public enum TcpFlags : ushort
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
    Urg = 32,
    Ece = 64,
    Cwr = 128,
    Ae = 256,
}

/// <summary>TCP header (RFC 9293 §3.1): 20 bytes, up to 60 with options.</summary>
/// <param name="SourcePort">Sender.</param>
/// <param name="DestinationPort">Receiver.</param>
/// <param name="Sequence">SEG.SEQ: of the first byte, or of the SYN.</param>
/// <param name="Acknowledgment">SEG.ACK: the next byte expected; meaningless without the ACK flag.</param>
/// <param name="HeaderLength">Bytes, options included, a multiple of 4.</param>
/// <param name="Flags">Control bits.</param>
/// <param name="Window">SEG.WND as on the wire, not scaled.</param>
/// <param name="Checksum">Over pseudo-header, header and payload; written as it stands here.</param>
/// <param name="UrgentPointer">SEG.UP: offset from the sequence number; meaningless without the URG flag.</param>
public readonly partial record struct TcpHeader(
    ushort SourcePort,
    ushort DestinationPort,
    SequenceNumber Sequence,
    SequenceNumber Acknowledgment,
    int HeaderLength,
    TcpFlags Flags,
    ushort Window,
    ushort Checksum,
    ushort UrgentPointer)
{
    /// <summary>Bytes without options.</summary>
    public const int Size = 20;

    /// <summary>Bytes that the four-bit data offset can express.</summary>
    public const int MaxSize = 60;

    /// <summary>Offset of the checksum field in bytes.</summary>
    public const int ChecksumOffset = 16;

    /// <summary>Offset of the byte whose high half counts the header's 32-bit words.</summary>
    public const int DataOffset = 12;

    public bool IsSyn => (Flags & TcpFlags.Syn) != 0;

    public bool IsAck => (Flags & TcpFlags.Ack) != 0;

    public bool IsFin => (Flags & TcpFlags.Fin) != 0;

    public bool IsRst => (Flags & TcpFlags.Rst) != 0;

    /// <summary>Reads the header at the start of <paramref name="segment"/>; the options are the bytes from <see cref="Size"/> to <see cref="HeaderLength"/>.</summary>
    /// <returns>False when fewer than 20 bytes are there, or the data offset is below 20 bytes or behind the end.</returns>
    public static bool TryRead(ReadOnlySpan<byte> segment, out TcpHeader header)
    {
        header = default;
        if (segment.Length < Size)
            return false;
        ushort offsetAndFlags = BinaryPrimitives.ReadUInt16BigEndian(segment[12..]);
        int headerLength = (offsetAndFlags >> 12) * 4;
        if (headerLength < Size || headerLength > segment.Length)
            return false;
        header = new TcpHeader(
            BinaryPrimitives.ReadUInt16BigEndian(segment), BinaryPrimitives.ReadUInt16BigEndian(segment[2..]),
            new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(segment[4..])),
            new SequenceNumber(BinaryPrimitives.ReadUInt32BigEndian(segment[8..])),
            headerLength, (TcpFlags)(offsetAndFlags & 0x1FF),
            BinaryPrimitives.ReadUInt16BigEndian(segment[14..]),
            BinaryPrimitives.ReadUInt16BigEndian(segment[16..]),
            BinaryPrimitives.ReadUInt16BigEndian(segment[18..]));
        return true;
    }

    /// <summary>Writes the 20 fixed bytes; the options are the caller's to write behind them.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[18..], UrgentPointer);
        BinaryPrimitives.WriteUInt16BigEndian(destination[16..], Checksum);
        BinaryPrimitives.WriteUInt16BigEndian(destination[14..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(destination[12..], (ushort)((HeaderLength / 4 << 12) | ((int)Flags & 0x1FF)));
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Acknowledgment.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Sequence.Value);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(destination, SourcePort);
    }
}
