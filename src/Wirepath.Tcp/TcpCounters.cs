namespace Wirepath.Tcp;

/// <summary>What the TCP of a host counts across its connections, under the names that Linux's <c>nstat</c> has for it.</summary>
public sealed class TcpCounters
{
    /// <summary>SYNs answered with a cookie.</summary>
    public long SyncookiesSent { get; set; }

    /// <summary>Connections built from a cookie that came back.</summary>
    public long SyncookiesRecv { get; set; }

    /// <summary>ACKs whose number was no cookie of ours, while cookies were being sent.</summary>
    public long SyncookiesFailed { get; set; }

    /// <summary>SYNs that found the SYN queue full and were answered with a cookie.</summary>
    public long TCPReqQFullDoCookies { get; set; }

    /// <summary>SYNs that found the SYN queue full and were dropped.</summary>
    public long TCPReqQFullDrop { get; set; }

    /// <summary>SYNs and last ACKs that found the accept queue full.</summary>
    public long ListenOverflows { get; set; }

    /// <summary>SYN,ACKs sent again because none answered.</summary>
    public long TCPSynRetrans { get; set; }

    /// <summary>Half-open connections that a RST, another SYN or the end of the retries took away.</summary>
    public long HalfOpenFails { get; set; }

    /// <summary>Challenge ACKs sent (RFC 5961).</summary>
    public long TCPChallengeACK { get; set; }

    /// <summary>SYNs inside of connections, challenged (RFC 5961 §4.2).</summary>
    public long TCPSYNChallenge { get; set; }

    /// <summary>Challenge ACKs that the host-wide limit held back (RFC 5961 §7).</summary>
    public long TCPACKSkippedChallenge { get; set; }

    /// <summary>Answers to segments outside the window that the connection's own rate limit held back.</summary>
    public long TCPACKSkippedSeq { get; set; }

    /// <summary>ICMP errors that quote what is not under way (RFC 5927 §4).</summary>
    public long OutOfWindowIcmps { get; set; }

    /// <summary>SYN,ACKs that echo a timestamp which no SYN of ours had.</summary>
    public long PAWSActive { get; set; }

    /// <summary>Segments that PAWS turned away (RFC 7323 §5).</summary>
    public long PAWSEstab { get; set; }

    /// <summary>Connections in which data arrived after the application was gone, or whose linger time was zero.</summary>
    public long TCPAbortOnData { get; set; }

    /// <summary>Connections closed with bytes unread.</summary>
    public long TCPAbortOnClose { get; set; }

    /// <summary>Closed connections that were given no time in FIN-WAIT-2 (<c>TCP_LINGER2</c> below zero).</summary>
    public long TCPAbortOnLinger { get; set; }

    /// <summary>Connections given up because nothing came back.</summary>
    public long TCPAbortOnTimeout { get; set; }

    /// <summary>Closed connections given up because there were too many of them, or too little memory.</summary>
    public long TCPAbortOnMemory { get; set; }

    /// <summary>Times that bytes received out of order were thrown away for want of memory; the peer sends them again (RFC 2018 §8).</summary>
    public long OfoPruned { get; set; }

    /// <summary>Times that a receive buffer was found full.</summary>
    public long PruneCalled { get; set; }

    /// <summary>Times that throwing away what was out of order did not help.</summary>
    public long RcvPruned { get; set; }

    /// <summary>Segments in order that were dropped for want of memory.</summary>
    public long TCPRcvQDrop { get; set; }

    /// <summary>Segments out of order that were dropped for want of memory.</summary>
    public long TCPOFODrop { get; set; }

    /// <summary>ACKs of segments out of order that were left out because another followed soon.</summary>
    public long TCPAckCompressed { get; set; }

    /// <summary>Cookies that a client got or a server granted, data in SYNs taken and refused (RFC 7413).</summary>
    public long TCPFastOpenCookieReqd { get; set; }

    /// <summary>SYNs whose data was acknowledged by the SYN,ACK.</summary>
    public long TCPFastOpenActive { get; set; }

    /// <summary>SYNs whose data was not.</summary>
    public long TCPFastOpenActiveFail { get; set; }

    /// <summary>Connections that a SYN with a good cookie made at once.</summary>
    public long TCPFastOpenPassive { get; set; }

    /// <summary>SYNs with a cookie that was not ours.</summary>
    public long TCPFastOpenPassiveFail { get; set; }

    /// <summary>SYNs that would have been taken, were there not as many pending as the listener allows.</summary>
    public long TCPFastOpenListenOverflow { get; set; }

    /// <summary>Times that Fast Open was found to be eaten on the way and left off for a while.</summary>
    public long TCPFastOpenBlackhole { get; set; }

    /// <summary>Name and value of each, in the order of <c>nstat</c>.</summary>
    public IEnumerable<(string Name, long Value)> List() =>
    [
        ("TcpExt" + nameof(SyncookiesSent), SyncookiesSent), ("TcpExt" + nameof(SyncookiesRecv), SyncookiesRecv),
        ("TcpExt" + nameof(SyncookiesFailed), SyncookiesFailed), ("TcpExt" + nameof(PruneCalled), PruneCalled),
        ("TcpExt" + nameof(RcvPruned), RcvPruned), ("TcpExt" + nameof(OfoPruned), OfoPruned),
        ("TcpExt" + nameof(OutOfWindowIcmps), OutOfWindowIcmps), ("TcpExt" + nameof(PAWSActive), PAWSActive),
        ("TcpExt" + nameof(PAWSEstab), PAWSEstab), ("TcpExt" + nameof(ListenOverflows), ListenOverflows),
        ("TcpExt" + nameof(TCPAbortOnData), TCPAbortOnData), ("TcpExt" + nameof(TCPAbortOnClose), TCPAbortOnClose),
        ("TcpExt" + nameof(TCPAbortOnMemory), TCPAbortOnMemory), ("TcpExt" + nameof(TCPAbortOnLinger), TCPAbortOnLinger),
        ("TcpExt" + nameof(TCPAbortOnTimeout), TCPAbortOnTimeout),
        ("TcpExt" + nameof(TCPReqQFullDoCookies), TCPReqQFullDoCookies), ("TcpExt" + nameof(TCPReqQFullDrop), TCPReqQFullDrop),
        ("TcpExt" + nameof(TCPChallengeACK), TCPChallengeACK), ("TcpExt" + nameof(TCPSYNChallenge), TCPSYNChallenge),
        ("TcpExt" + nameof(TCPFastOpenActive), TCPFastOpenActive), ("TcpExt" + nameof(TCPFastOpenActiveFail), TCPFastOpenActiveFail),
        ("TcpExt" + nameof(TCPFastOpenPassive), TCPFastOpenPassive), ("TcpExt" + nameof(TCPFastOpenPassiveFail), TCPFastOpenPassiveFail),
        ("TcpExt" + nameof(TCPFastOpenListenOverflow), TCPFastOpenListenOverflow), ("TcpExt" + nameof(TCPFastOpenCookieReqd), TCPFastOpenCookieReqd),
        ("TcpExt" + nameof(TCPFastOpenBlackhole), TCPFastOpenBlackhole), ("TcpExt" + nameof(TCPSynRetrans), TCPSynRetrans),
        ("TcpExt" + nameof(TCPRcvQDrop), TCPRcvQDrop), ("TcpExt" + nameof(TCPOFODrop), TCPOFODrop),
        ("TcpExt" + nameof(TCPAckCompressed), TCPAckCompressed), ("TcpExt" + nameof(TCPACKSkippedSeq), TCPACKSkippedSeq), ("TcpExt" + nameof(TCPACKSkippedChallenge), TCPACKSkippedChallenge),
    ];
}
