using Wirepath.Events;
using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

/// <summary>A connection's statistics under the names of Linux's <c>struct tcp_info</c>, in its units: segments, microseconds.</summary>
internal static class TcpInfo
{
    /// <summary>What Linux shows while ssthresh is arbitrary (<c>TCP_INFINITE_SSTHRESH</c>).</summary>
    private const double ArbitrarySsthresh = 0x7fffffff;

    /// <returns>Null when there is no such figure.</returns>
    public static double? LookUp(in TcpStatistics of, string name) => name switch
    {
        "tcpi_state" => LinuxState(of.State),
        "tcpi_ca_state" => (int)of.CaState,
        "tcpi_snd_cwnd" => of.CwndSegments,
        "tcpi_snd_ssthresh" => of.SsthreshSegments,
        "tcpi_snd_mss" => of.SendMss,
        "tcpi_rcv_mss" => of.ReceiveMss,
        "tcpi_advmss" => of.AnnouncedMss,
        "tcpi_pmtu" => of.SendMss + 40 + (of.Timestamps ? 12 : 0),
        "tcpi_unacked" => of.Unacked,
        "tcpi_sacked" => of.Sacked,
        "tcpi_lost" => of.Lost,
        "tcpi_retrans" => of.RetransmitsOut,
        "tcpi_fackets" => 0, // Linux no longer counts them
        "tcpi_retransmits" or "tcpi_backoff" => of.Backoffs,
        "tcpi_probes" => of.UnansweredProbes,
        "tcpi_reordering" => of.Reordering,
        "tcpi_reord_seen" => of.ReorderingsSeen,
        "tcpi_dsack_dups" => of.DsackDuplicates,
        "tcpi_delivered" => of.Delivered,
        "tcpi_delivered_ce" => of.DeliveredCe,
        "tcpi_pacing_rate" => of.PacingRate,
        "tcpi_data_segs_out" => of.DataSegmentsSent,
        "tcpi_options" => (of.Timestamps ? 1 : 0) | (of.Sack ? 2 : 0) | (of.SendShift is null ? 0 : 4) | (of.Ecn ? 8 : 0) | (of.SynDataWasTaken ? 32 : 0),
        "tcpi_snd_wscale" => of.SendShift ?? 0,
        "tcpi_rcv_wscale" => of.ReceiveShift ?? 0,
        "tcpi_busy_time" => of.BusyTime.TotalMicroseconds,
        "tcpi_rwnd_limited" => of.ReceiveWindowLimited.TotalMicroseconds,
        "tcpi_sndbuf_limited" => of.SendBufferLimited.TotalMicroseconds,
        "tcpi_last_data_sent" => (long)of.SinceDataSent.TotalMilliseconds,
        "tcpi_last_data_recv" => (long)of.SinceDataReceived.TotalMilliseconds,
        "tcpi_last_ack_recv" => (long)of.SinceSegmentReceived.TotalMilliseconds,
        "TCPI_OPT_TIMESTAMPS" => 1,
        "TCPI_OPT_SACK" => 2,
        "TCPI_OPT_WSCALE" => 4,
        "TCPI_OPT_ECN" => 8,
        "TCPI_OPT_ECN_SEEN" => 16,
        "TCPI_OPT_SYN_DATA" => 32,
        "tcpi_notsent_bytes" => of.Unsent,
        "tcpi_rto" => of.Rto.TotalMicroseconds,
        "tcpi_rtt" => of.SmoothedRtt.TotalMicroseconds,
        "tcpi_rttvar" => of.RttVariance.TotalMicroseconds,
        "tcpi_min_rtt" => of.MinRtt.TotalMicroseconds,
        "tcpi_total_retrans" => of.Retransmissions,
        "tcpi_bytes_sent" => of.BytesSent,
        "tcpi_bytes_acked" => of.BytesAcknowledged,
        "tcpi_bytes_received" => of.BytesReceived,
        "tcpi_bytes_retrans" => of.BytesRetransmitted,
        "tcpi_segs_out" => of.SegmentsSent,
        "tcpi_segs_in" => of.SegmentsReceived,
        "tcpi_snd_wnd" => of.SendWindow,
        "tcpi_rcv_wnd" => of.ReceiveWindow,
        "TCP_CA_Open" => 0,
        "TCP_CA_Disorder" => 1,
        "TCP_CA_CWR" => 2,
        "TCP_CA_Recovery" => 3,
        "TCP_CA_Loss" => 4,
        "TCP_ESTABLISHED" => 1,
        "TCP_SYN_SENT" => 2,
        "TCP_SYN_RECV" => 3,
        "TCP_FIN_WAIT1" => 4,
        "TCP_FIN_WAIT2" => 5,
        "TCP_TIME_WAIT" => 6,
        "TCP_CLOSE" => 7,
        "TCP_CLOSE_WAIT" => 8,
        "TCP_LAST_ACK" => 9,
        "TCP_LISTEN" => 10,
        "TCP_CLOSING" => 11,
        "TCP_INFINITE_SSTHRESH" => ArbitrarySsthresh,
        _ => null,
    };

    private static double LinuxState(TcpState state) => state switch
    {
        TcpState.Established => 1,
        TcpState.SynSent => 2,
        TcpState.SynReceived => 3,
        TcpState.FinWait1 => 4,
        TcpState.FinWait2 => 5,
        TcpState.TimeWait => 6,
        TcpState.Closed => 7,
        TcpState.CloseWait => 8,
        TcpState.LastAck => 9,
        TcpState.Listen => 10,
        TcpState.Closing => 11,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
