using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>TCP options in the order in which they stand on the wire, padding included: what a script's <c>&lt;…&gt;</c> is compared with.</summary>
internal static class OptionBytes
{
    public static List<OptionPattern> Read(ReadOnlySpan<byte> bytes, Conversation conversation, bool inSyn)
    {
        var options = new List<OptionPattern>();
        while (bytes.Length > 0)
        {
            var kind = (TcpOptionKind)bytes[0];
            if (kind is TcpOptionKind.NoOperation or TcpOptionKind.EndOfOptions)
            {
                options.Add(new OptionPattern(kind));
                bytes = bytes[1..];
                continue;
            }

            if (bytes.Length < 2 || bytes[1] < 2 || bytes[1] > bytes.Length)
                return options;
            options.Add(Read(kind, bytes[2..bytes[1]], conversation, inSyn));
            bytes = bytes[bytes[1]..];
        }

        return options;
    }

    private static OptionPattern Read(TcpOptionKind kind, ReadOnlySpan<byte> value, Conversation conversation, bool inSyn) => kind switch
    {
        TcpOptionKind.MaximumSegmentSize when value.Length == 2 => new OptionPattern(kind, BinaryPrimitives.ReadUInt16BigEndian(value)),
        TcpOptionKind.WindowScale when value.Length == 1 => new OptionPattern(kind, value[0]),
        TcpOptionKind.Timestamps when value.Length == 8 => new OptionPattern(kind,
            conversation.TimestampToScript(BinaryPrimitives.ReadUInt32BigEndian(value)), BinaryPrimitives.ReadUInt32BigEndian(value[4..])),
        TcpOptionKind.Sack when value.Length % 8 == 0 => new OptionPattern(kind, Blocks: ReadBlocks(value, conversation, inSyn)),
        _ => new OptionPattern(kind, Cookie: value.ToArray()),
    };

    private static List<(uint Left, uint Right)> ReadBlocks(ReadOnlySpan<byte> value, Conversation conversation, bool inSyn)
    {
        var blocks = new List<(uint, uint)>();
        for (; value.Length > 0; value = value[8..])
            {
            blocks.Add((conversation.PeerToScript(BinaryPrimitives.ReadUInt32BigEndian(value), inSyn),
                conversation.PeerToScript(BinaryPrimitives.ReadUInt32BigEndian(value[4..]), inSyn)));
        }

        return blocks;
    }
}
