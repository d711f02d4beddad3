namespace Wirepath.Tcp;

/// <summary>Sizes of a buffer in bytes, as <c>tcp_rmem</c> and <c>tcp_wmem</c> give them.</summary>
/// <param name="Min">What a connection always gets.</param>
/// <param name="Default">What it starts with.</param>
/// <param name="Max">What tuning may grow it to.</param>
public readonly record struct BufferSizes(int Min, int Default, int Max);

/// <summary>How losses are found with SACK; the bits are those of <c>tcp_recovery</c>.</summary>
[Flags]
public enum LossDetection
{
    /// <summary>By counting what arrived above (RFC 6675).</summary>
    Sack = 0,
    /// <summary>By time (RFC 8985).</summary>
    Rack = 1,
    /// <summary>RACK's reordering window does not adapt.</summary>
    StaticReorderingWindow = 2,
    /// <summary>RACK waits for its reordering window also after three duplicates.</summary>
    NoDuplicateThreshold = 4,
}

/// <summary>What a connection does about ECN; the numbers are those of <c>tcp_ecn</c>.</summary>
public enum EcnMode
{
    Off = 0,
    /// <summary>Ask for it, and answer those who ask.</summary>
    Request = 1,
    /// <summary>Answer those who ask.</summary>
    Accept = 2,
}

/// <summary>
/// Every limit and timer of TCP. Defaults are Linux's unless the reason says otherwise; where Linux has a name for the
/// setting, <see cref="SysctlAttribute"/> gives it.
/// </summary>
public sealed record TcpSettings
{
    public static readonly TcpSettings Default = new();

    // ---- Opening -------------------------------------------------------------------------------------------------

    /// <summary>Repetitions of a SYN: 6 give up after 127 s (RFC 9293 §3.8.3 wants R2 ≥ 3 min for SYN; Linux trades it for an earlier answer).</summary>
    [Sysctl("net.ipv4.tcp_syn_retries", SysctlUnit.Count)]
    public int SynRetries { get; init; } = 6;

    /// <summary>Repetitions of a SYN,ACK: 5 give up after 63 s.</summary>
    [Sysctl("net.ipv4.tcp_synack_retries", SysctlUnit.Count)]
    public int SynAckRetries { get; init; } = 5;

    /// <summary>Connections in SYN-RECEIVED per listener: what a flood of SYNs may hold.</summary>
    [Sysctl("net.ipv4.tcp_max_syn_backlog", SysctlUnit.Count)]
    public int MaxSynBacklog { get; init; } = 512;

    /// <summary>
    /// SYN cookies (RFC 4987 §3.6). 1: when the SYN queue is full, instead of dropping. 2: always. 0: never. They keep nothing in
    /// memory, and lose what does not fit into a sequence number: options without timestamps, and an MSS between those of a table.
    /// </summary>
    [Sysctl("net.ipv4.tcp_syncookies", SysctlUnit.Count)]
    public int SynCookies { get; init; } = 1;

    /// <summary>
    /// Fast Open (RFC 7413), a sum: 1 clients may, 2 servers may, 4 clients send data without a cookie, 0x200 servers take data
    /// without a cookie, 0x400 every listener is a Fast Open one, with its backlog as the limit of what is pending.
    /// </summary>
    [Sysctl("net.ipv4.tcp_fastopen", SysctlUnit.Count)]
    public int FastOpen { get; init; } = 1;

    /// <summary>What Fast Open cookies are made with; unset, a host draws its own.</summary>
    [Sysctl("net.ipv4.tcp_fastopen_key", SysctlUnit.Text)]
    public FastOpenKeys FastOpenKeys { get; init; } = FastOpenKeys.Unset;

    /// <summary>How long clients leave Fast Open off when it seems to be eaten on the way; doubled each time, up to 64 times; zero never does.</summary>
    [Sysctl("net.ipv4.tcp_fastopen_blackhole_timeout_sec", SysctlUnit.Seconds)]
    public TimeSpan FastOpenBlackholeTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>Upper limit of a listener's backlog: established connections that nobody has accepted yet.</summary>
    [Sysctl("net.core.somaxconn", SysctlUnit.Count)]
    public int SoMaxConn { get; init; } = 4096;

    /// <summary>
    /// A listener tells the application of a connection only when its first bytes are there, or when this has passed: until then
    /// the last ACK of the handshake is not taken. Zero: at once.
    /// </summary>
    public TimeSpan DeferAccept { get; init; } = TimeSpan.Zero;

    /// <summary>True: answer RST when the accept queue is full. False: drop the last ACK, so that a burst may recover.</summary>
    [Sysctl("net.ipv4.tcp_abort_on_overflow", SysctlUnit.Switch)]
    public bool AbortOnOverflow { get; init; }

    [Sysctl("net.ipv4.tcp_window_scaling", SysctlUnit.Switch)]
    public bool WindowScaling { get; init; } = true;

    [Sysctl("net.ipv4.tcp_timestamps", SysctlUnit.Switch)]
    public bool Timestamps { get; init; } = true;

    /// <summary>
    /// Drop segments without timestamps once both ends agreed on them (RFC 7323 §3.2, SHOULD). Off as on Linux: some middleboxes strip
    /// options, and a connection through one would stand still.
    /// </summary>
    public bool RequireTimestamps { get; init; }

    /// <summary>Offer SACK and report what arrived out of order (RFC 2018).</summary>
    [Sysctl("net.ipv4.tcp_sack", SysctlUnit.Switch)]
    public bool Sack { get; init; } = true;

    /// <summary>Report what arrived twice in the first SACK block (RFC 2883).</summary>
    [Sysctl("net.ipv4.tcp_dsack", SysctlUnit.Switch)]
    public bool DuplicateSack { get; init; } = true;

    // ---- Buffers -------------------------------------------------------------------------------------------------

    /// <summary>
    /// Receive buffer, bytes of memory: half of it, or what full segments show, is offered as a window. It starts at Default and is tuned up
    /// to Max, which also fixes the shift of the window scale; Min is kept even when the host's memory is used up.
    /// </summary>
    [Sysctl("net.ipv4.tcp_rmem", SysctlUnit.BufferSizes)]
    public BufferSizes ReceiveBuffer { get; init; } = new(4096, 131072, 6291456);

    /// <summary>Send buffer, bytes. It follows twice the congestion window between Default and Max.</summary>
    [Sysctl("net.ipv4.tcp_wmem", SysctlUnit.BufferSizes)]
    public BufferSizes SendBuffer { get; init; } = new(4096, 16384, 4194304);

    /// <summary>Grow the receive buffer when the application keeps up with a full window per round trip.</summary>
    [Sysctl("net.ipv4.tcp_moderate_rcvbuf", SysctlUnit.Switch)]
    public bool TuneReceiveBuffer { get; init; } = true;

    /// <summary>
    /// Separate ranges kept out of order: one per hole. Each may pin a block, so a sender of crumbs is stopped here. Default 1,024: slow start
    /// into a full queue of 1.25 MB (100 Mbit/s, 100 ms) loses every other segment of a window, and what is refused is sent again.
    /// </summary>
    public int MaxReassemblyRanges { get; init; } = 1024;

    /// <summary>Largest window that is offered, bytes; 0 leaves it to the receive buffer.</summary>
    public int WindowClamp { get; init; }

    /// <summary>Bytes that may wait unsent before a write takes no more: what an application writes late can still change its mind. 0: no such bound.</summary>
    [Sysctl("net.ipv4.tcp_notsent_lowat", SysctlUnit.Bytes)]
    public long NotSentLowWater { get; init; } = uint.MaxValue;

    // ---- Retransmission ------------------------------------------------------------------------------------------

    /// <summary>R1 of RFC 9293 §3.8.3: time-outs in a row before the IP layer is told that the path may be dead.</summary>
    [Sysctl("net.ipv4.tcp_retries1", SysctlUnit.Count)]
    public int Retries1 { get; init; } = 3;

    /// <summary>R2 of RFC 9293 §3.8.3: repetitions in a row before the connection is given up; 15 are between 13 and 30 minutes.</summary>
    [Sysctl("net.ipv4.tcp_retries2", SysctlUnit.Count)]
    public int Retries2 { get; init; } = 15;

    /// <summary>R2 for a connection whose application is gone. 0 means 8, as on Linux.</summary>
    [Sysctl("net.ipv4.tcp_orphan_retries", SysctlUnit.Count)]
    public int OrphanRetries { get; init; }

    /// <summary>RTO before the first sample (RFC 6298 §2.1).</summary>
    public TimeSpan InitialRto { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What the RTO adds to the smoothed RTT at least. RFC 6298 §2.4 says 1 s in all; 200 ms still outlasts every delayed ACK.</summary>
    [Sysctl("net.ipv4.tcp_rto_min_us", SysctlUnit.Microseconds)]
    public TimeSpan MinRto { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bound of the back-off (RFC 6298 §2.5: at least 60 s).</summary>
    [Sysctl("net.ipv4.tcp_rto_max_ms", SysctlUnit.Milliseconds)]
    public TimeSpan MaxRto { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// The tick of the timers (RFC 6298's G). Tail-loss probes and RACK's reordering timer wait two of them longer than computed and end on
    /// one, as on Linux, where it is 1 to 10 ms.
    /// </summary>
    public TimeSpan TimerGranularity { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Give up when bytes stay unacknowledged for this long (RFC 5482); zero leaves it to the retries.</summary>
    public TimeSpan UserTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>Duplicate ACKs that mean a loss (RFC 5681 §3.2).</summary>
    [Sysctl("net.ipv4.tcp_reordering", SysctlUnit.Count)]
    public int ReorderingThreshold { get; init; } = 3;

    /// <summary>Most that reordering on the path may raise the threshold to, segments.</summary>
    [Sysctl("net.ipv4.tcp_max_reordering", SysctlUnit.Count)]
    public int MaxReordering { get; init; } = 300;

    /// <summary>3 and 4: probe for a lost tail after two round trips instead of waiting for the RTO (RFC 8985 §7); other values: do not.</summary>
    [Sysctl("net.ipv4.tcp_early_retrans", SysctlUnit.Count)]
    public int EarlyRetransmit { get; init; } = 3;

    internal bool TailLossProbe => EarlyRetransmit is 3 or 4;

    /// <summary>Not 0: after a time-out, look whether it was needed before everything is repeated (RFC 5682).</summary>
    [Sysctl("net.ipv4.tcp_frto", SysctlUnit.Count)]
    public int ForwardRto { get; init; } = 2;

    /// <summary>How losses are found with SACK.</summary>
    [Sysctl("net.ipv4.tcp_recovery", SysctlUnit.Count)]
    public LossDetection LossDetection { get; init; } = LossDetection.Rack;

    /// <summary>Small segments that go again are joined to full ones.</summary>
    [Sysctl("net.ipv4.tcp_retrans_collapse", SysctlUnit.Switch)]
    public bool CollapseRepetitions { get; init; } = true;

    // ---- Congestion ----------------------------------------------------------------------------------------------

    /// <summary>A name that <see cref="CongestionControls"/> knows.</summary>
    [Sysctl("net.ipv4.tcp_congestion_control", SysctlUnit.Text)]
    public string CongestionControl { get; init; } = CongestionControls.Cubic;

    /// <summary>Of connections whose control is <see cref="CongestionControls.Cubic"/>.</summary>
    public CubicSettings Cubic { get; init; } = CubicSettings.Default;

    /// <summary>Initial window in segments (RFC 6928).</summary>
    public int InitialCwnd { get; init; } = 10;

    /// <summary>Upper limit of cwnd, segments (Linux's <c>snd_cwnd_clamp</c>).</summary>
    public int MaxCwnd { get; init; } = int.MaxValue / 2;

    /// <summary>Explicit Congestion Notification (RFC 3168). The default answers those who ask for it.</summary>
    [Sysctl("net.ipv4.tcp_ecn", SysctlUnit.Count)]
    public EcnMode Ecn { get; init; } = EcnMode.Accept;

    /// <summary>Space segments over the round trip also for congestion controls that do not need it.</summary>
    public bool Pacing { get; init; }

    /// <summary>Bytes per second at most (<c>SO_MAX_PACING_RATE</c>); 0: no limit.</summary>
    public long MaxPacingRate { get; init; }

    /// <summary>Pacing rate in slow start, in percent of cwnd per round trip.</summary>
    [Sysctl("net.ipv4.tcp_pacing_ss_ratio", SysctlUnit.Count)]
    public int PacingSlowStartRatio { get; init; } = 200;

    /// <summary>Pacing rate in congestion avoidance, in percent of cwnd per round trip.</summary>
    [Sysctl("net.ipv4.tcp_pacing_ca_ratio", SysctlUnit.Count)]
    public int PacingAvoidanceRatio { get; init; } = 120;

    /// <summary>
    /// Keep cwnd over pauses, but let it grow only while it is used (RFC 7661). Off as on Linux, where it halves with each RTO of idleness
    /// (RFC 2861) when <see cref="SlowStartAfterIdle"/> says so. Not for controls that set the rate themselves. Counts from the SYN on.
    /// </summary>
    public bool CwndValidation { get; init; }

    /// <summary>Begin anew with the initial window after an idle RTO (RFC 5681 §4.1).</summary>
    [Sysctl("net.ipv4.tcp_slow_start_after_idle", SysctlUnit.Switch)]
    public bool SlowStartAfterIdle { get; init; } = true;

    // ---- Acknowledging -------------------------------------------------------------------------------------------

    /// <summary>How long an ACK waits for company at the least (RFC 9293 §3.8.6.3: below 500 ms); it follows the gaps between arrivals up to 200 ms, as on Linux.</summary>
    public TimeSpan DelayedAck { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Segments at the start of a connection that are acknowledged at once, so that slow start is not held up; an end that answers what it reads stops earlier.</summary>
    public int QuickAcks { get; init; } = 16;

    /// <summary>ACKs of segments out of order wait so long for each other, and 5 % of a round trip at most, once three have been sent; zero: each at once.</summary>
    [Sysctl("net.ipv4.tcp_comp_sack_delay_ns", SysctlUnit.Nanoseconds)]
    public TimeSpan CompressedSackDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>So many of them at most are left out in a row; 0: none.</summary>
    [Sysctl("net.ipv4.tcp_comp_sack_nr", SysctlUnit.Count)]
    public int CompressedSacks { get; init; } = 44;

    /// <summary>
    /// Challenge ACKs of a host per second (RFC 5961 §7), give or take half: the exact number is drawn anew. A connection by itself
    /// answers no more often than <see cref="InvalidRateLimit"/> allows.
    /// </summary>
    [Sysctl("net.ipv4.tcp_challenge_ack_limit", SysctlUnit.Count)]
    public int ChallengeAckLimit { get; init; } = 1000;

    /// <summary>Least time between two answers to segments outside the window that carry no data: two confused peers must not loop.</summary>
    [Sysctl("net.ipv4.tcp_invalid_ratelimit", SysctlUnit.Milliseconds)]
    public TimeSpan InvalidRateLimit { get; init; } = TimeSpan.FromMilliseconds(500);

    // ---- Keepalive -----------------------------------------------------------------------------------------------

    /// <summary>Idle time before the first probe, when the application asked for keepalive (RFC 9293 §3.8.4: at least 2 h by default).</summary>
    [Sysctl("net.ipv4.tcp_keepalive_time", SysctlUnit.Seconds)]
    public TimeSpan KeepAliveTime { get; init; } = TimeSpan.FromSeconds(7200);

    [Sysctl("net.ipv4.tcp_keepalive_intvl", SysctlUnit.Seconds)]
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Probes without an answer before the connection is given up.</summary>
    [Sysctl("net.ipv4.tcp_keepalive_probes", SysctlUnit.Count)]
    public int KeepAliveProbes { get; init; } = 9;

    // ---- Closing -------------------------------------------------------------------------------------------------

    /// <summary>How long FIN-WAIT-2 waits for the peer's FIN once the application is gone.</summary>
    [Sysctl("net.ipv4.tcp_fin_timeout", SysctlUnit.Seconds)]
    public TimeSpan FinTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Maximum segment lifetime; TIME-WAIT lasts two. RFC 9293 §3.4.2 says 2 min and leaves it to engineering; Linux's TIME-WAIT is 60 s.</summary>
    public TimeSpan MaximumSegmentLifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>True: a RST does not end TIME-WAIT (RFC 1337).</summary>
    [Sysctl("net.ipv4.tcp_rfc1337", SysctlUnit.Switch)]
    public bool ProtectTimeWait { get; init; }

    // ---- Segments ------------------------------------------------------------------------------------------------

    /// <summary>Payload bytes of a super-segment that the device or the IP side cuts up; 0 sends single segments.</summary>
    public int MaxSuperSegmentBytes { get; init; }

    /// <summary>Segments that a super-segment has at least, where the pacing rate would allow fewer.</summary>
    [Sysctl("net.ipv4.tcp_min_tso_segs", SysctlUnit.Count)]
    public int MinSuperSegments { get; init; } = 2;

    /// <summary>A super-segment that is at least this part of the window does not wait for a larger one.</summary>
    [Sysctl("net.ipv4.tcp_tso_win_divisor", SysctlUnit.Count)]
    public int SuperSegmentWindowShare { get; init; } = 3;

    /// <summary>The largest super-segment halves for every 2^this microseconds of round trip.</summary>
    [Sysctl("net.ipv4.tcp_tso_rtt_log", SysctlUnit.Count)]
    public int SuperSegmentRttLog { get; init; } = 9;

    /// <summary>Search for the path's MTU by segments of its own (RFC 4821).</summary>
    [Sysctl("net.ipv4.tcp_mtu_probing", SysctlUnit.Count)]
    public PathProbing PathProbing { get; init; }

    /// <summary>MSS with which the search begins: what every path should take.</summary>
    [Sysctl("net.ipv4.tcp_base_mss", SysctlUnit.Bytes)]
    public int BaseMss { get; init; } = 1024;

    /// <summary>Smallest MSS to which a suspected black hole leads.</summary>
    [Sysctl("net.ipv4.tcp_mtu_probe_floor", SysctlUnit.Bytes)]
    public int MinProbeMss { get; init; } = 48;

    /// <summary>The search ends when less than this is to be gained.</summary>
    [Sysctl("net.ipv4.tcp_probe_threshold", SysctlUnit.Bytes)]
    public int PathProbeThreshold { get; init; } = 8;

    /// <summary>How long a finished search is believed.</summary>
    [Sysctl("net.ipv4.tcp_probe_interval", SysctlUnit.Seconds)]
    public TimeSpan PathProbeInterval { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Smallest MSS that is believed: below it a peer (or a forged ICMP) would make us send headers only.</summary>
    [Sysctl("net.ipv4.tcp_min_snd_mss", SysctlUnit.Bytes)]
    public int MinSendMss { get; init; } = 48;

    /// <summary>Upper limit of the MSS that is announced and of what is sent, bytes; 0 leaves it to the path's MTU. Counts from the SYN on.</summary>
    public int MaxSegmentSize { get; init; }

    /// <summary>Payload up to this many bytes is copied behind the header; above it goes out as slices of the send buffer.</summary>
    public int CopyThreshold { get; init; } = 256;
}
