using System.Globalization;
using System.Text;

namespace Wirepath.Tcp;

/// <summary>A connection's figures as <c>ss -ti</c> writes them: what has no meaning yet, or is zero, is left out.</summary>
public static class SocketStatistics
{
    /// <returns>One line, such as <c>cubic wscale:8,7 rto:204 rtt:1.5/0.75 mss:1448 cwnd:10 bytes_acked:5000 …</c>. Times in milliseconds.</returns>
    public static string ToText(in TcpStatistics of)
    {
        var line = new StringBuilder(256);
        if (of.Timestamps)
            line.Append("ts ");
        if (of.Sack)
            line.Append("sack ");
        if (of.Ecn)
            line.Append("ecn ");
        line.Append(of.CongestionControl);
        if (of.SendShift is { } send && of.ReceiveShift is { } receive)
            Add(line, "wscale", string.Create(CultureInfo.InvariantCulture, $"{send},{receive}"));
        Add(line, "rto", Milliseconds(of.Rto));
        Add(line, "backoff", of.Backoffs);
        if (of.SmoothedRtt > TimeSpan.Zero)
            Add(line, "rtt", $"{Milliseconds(of.SmoothedRtt)}/{Milliseconds(of.RttVariance)}");
        Add(line, "mss", of.SendMss);
        Add(line, "rcvmss", of.ReceiveMss);
        Add(line, "cwnd", of.CwndSegments);
        if (of.SsthreshSegments != int.MaxValue)
            Add(line, "ssthresh", of.SsthreshSegments);
        Add(line, "bytes_sent", of.BytesSent);
        Add(line, "bytes_retrans", of.BytesRetransmitted);
        Add(line, "bytes_acked", of.BytesAcknowledged);
        Add(line, "bytes_received", of.BytesReceived);
        Add(line, "segs_out", of.SegmentsSent);
        Add(line, "segs_in", of.SegmentsReceived);
        if (of.SmoothedRtt > TimeSpan.Zero)
            line.Append(CultureInfo.InvariantCulture, $" send {BitsPerSecond(of.Cwnd / of.SmoothedRtt.TotalSeconds)}");
        if (of.PacingRate > 0)
            line.Append(CultureInfo.InvariantCulture, $" pacing_rate {BitsPerSecond(of.PacingRate)}");
        Add(line, "delivered", of.Delivered);
        Add(line, "delivered_ce", of.DeliveredCe);
        Add(line, "unacked", of.Unacked);
        if (of.Retransmissions > 0)
            Add(line, "retrans", string.Create(CultureInfo.InvariantCulture, $"{of.RetransmitsOut}/{of.Retransmissions}"));
        Add(line, "lost", of.Lost);
        Add(line, "sacked", of.Sacked);
        Add(line, "dsack_dups", of.DsackDuplicates);
        if (of.ReorderingsSeen > 0)
            Add(line, "reordering", of.Reordering);
        Add(line, "reord_seen", of.ReorderingsSeen);
        Add(line, "notsent", of.Unsent);
        if (of.MinRtt > TimeSpan.Zero)
            Add(line, "minrtt", Milliseconds(of.MinRtt));
        Add(line, "snd_wnd", of.SendWindow);
        Add(line, "rcv_wnd", of.ReceiveWindow);
        return line.ToString();
    }

    private static void Add(StringBuilder line, string name, string value) => line.Append(' ').Append(name).Append(':').Append(value);

    private static void Add(StringBuilder line, string name, long value)
    {
        if (value != 0)
            line.Append(CultureInfo.InvariantCulture, $" {name}:{value}");
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static string BitsPerSecond(double bytesPerSecond) => ((long)(bytesPerSecond * 8)).ToString(CultureInfo.InvariantCulture) + "bps";
}
