using System.Globalization;
using System.Text;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>Segments in the notation of the language, so that what came stands beside what was expected.</summary>
internal static class SegmentText
{
    public static string Of(SeenSegment segment, Conversation conversation)
    {
        var text = new StringBuilder("> ");
        TcpHeader tcp = segment.Tcp;
        if (segment.Ip.Ecn != 0)
            text.Append(segment.Ip.Ecn switch { 1 => "[ect1] ", 2 => "[ect0] ", _ => "[ce] " });
        uint sequence = conversation.ToScript(tcp.Sequence, tcp.IsSyn);
        text.Append(Flags(tcp.Flags))
            .Append(CultureInfo.InvariantCulture, $" {sequence}:{unchecked(sequence + (uint)segment.Payload.Length)}({segment.Payload.Length})");
        if (tcp.IsAck)
            text.Append(CultureInfo.InvariantCulture, $" ack {conversation.PeerToScript(tcp.Acknowledgment.Value, tcp.IsSyn)}");
        text.Append(CultureInfo.InvariantCulture, $" win {tcp.Window}");
        if ((tcp.Flags & TcpFlags.Urg) != 0)
            text.Append(CultureInfo.InvariantCulture, $" urg {tcp.UrgentPointer}");
        List<OptionPattern> options = OptionBytes.Read(segment.OptionBytes, conversation, tcp.IsSyn);
        if (options.Count > 0)
            text.Append(" <").AppendJoin(',', options.Select(Of)).Append('>');
        return text.ToString();
    }

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000###", CultureInfo.InvariantCulture);

    public static string Flags(TcpFlags flags)
    {
        if (flags == TcpFlags.None)
            return "-";
        var text = new StringBuilder();
        ReadOnlySpan<(TcpFlags Flag, char Letter)> letters =
        [
            (TcpFlags.Syn, 'S'), (TcpFlags.Fin, 'F'), (TcpFlags.Rst, 'R'), (TcpFlags.Psh, 'P'), (TcpFlags.Ack, '.'),
            (TcpFlags.Urg, 'U'), (TcpFlags.Ece, 'E'), (TcpFlags.Cwr, 'W'), (TcpFlags.Ae, 'A'),
        ];
        foreach ((TcpFlags flag, char letter) in letters)
        {
            if ((flags & flag) != 0)
                text.Append(letter);
        }

        return text.ToString();
    }

    public static string Of(OptionPattern option) => option.Kind switch
    {
        TcpOptionKind.NoOperation => "nop",
        TcpOptionKind.EndOfOptions => "eol",
        TcpOptionKind.MaximumSegmentSize => string.Create(CultureInfo.InvariantCulture, $"mss {option.First}"),
        TcpOptionKind.WindowScale => string.Create(CultureInfo.InvariantCulture, $"wscale {option.First}"),
        TcpOptionKind.SackPermitted => "sackOK",
        TcpOptionKind.Timestamps => string.Create(CultureInfo.InvariantCulture, $"TS val {option.First} ecr {option.Second}"),
        TcpOptionKind.Sack => "sack " + string.Join(' ', (option.Blocks ?? []).Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Left}:{b.Right}"))),
        TcpOptionKind.FastOpen => "FO " + Convert.ToHexStringLower(option.Cookie ?? []),
        _ => string.Create(CultureInfo.InvariantCulture, $"kind {(byte)option.Kind} {Convert.ToHexStringLower(option.Cookie ?? [])}"),
    };
}
