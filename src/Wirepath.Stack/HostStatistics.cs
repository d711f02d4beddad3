using Wirepath.Tcp;

namespace Wirepath.Stack;

/// <summary>A host's counters, named as in the SNMP MIBs and in <c>nstat</c>. Written by the loop; read from elsewhere they may be a moment old.</summary>
public sealed partial class HostStatistics
{
    internal ReassemblyCounters IpReassembly { get; } = new();

    // RFC 4293
    public long IpInReceives { get; internal set; }
    public long IpInHdrErrors { get; internal set; }
    public long IpInAddrErrors { get; internal set; }
    public long IpInNoRoutes { get; internal set; }
    public long IpInUnknownProtos { get; internal set; }
    public long IpInDelivers { get; internal set; }
    public long IpForwDatagrams { get; internal set; }
    public long IpOutRequests { get; internal set; }
    public long IpOutTransmits { get; internal set; }
    public long IpOutDiscards { get; internal set; }
    public long IpOutNoRoutes { get; internal set; }
    public long IpReasmReqds => IpReassembly.Requests;
    public long IpReasmOKs => IpReassembly.Successes;
    public long IpReasmFails => IpReassembly.Failures;
    public long IpReasmTimeout => IpReassembly.Timeouts;
    public long IpFragOKs { get; internal set; }
    public long IpFragFails { get; internal set; }
    public long IpFragCreates { get; internal set; }

    public long IcmpInMsgs { get; internal set; }
    public long IcmpInErrors { get; internal set; }
    public long IcmpInCsumErrors { get; internal set; }
    public long IcmpInDestUnreachs { get; internal set; }
    public long IcmpInTimeExcds { get; internal set; }
    public long IcmpInEchos { get; internal set; }
    public long IcmpInEchoReps { get; internal set; }
    public long IcmpOutMsgs { get; internal set; }
    public long IcmpOutDestUnreachs { get; internal set; }
    public long IcmpOutTimeExcds { get; internal set; }
    public long IcmpOutEchos { get; internal set; }
    public long IcmpOutEchoReps { get; internal set; }
    /// <summary>Errors that the rate limit held back.</summary>
    public long IcmpOutRateLimited { get; internal set; }

    // RFC 4113
    public long UdpInDatagrams { get; internal set; }
    public long UdpNoPorts { get; internal set; }
    public long UdpInErrors { get; internal set; }
    public long UdpInCsumErrors { get; internal set; }
    public long UdpRcvbufErrors { get; internal set; }
    public long UdpOutDatagrams { get; internal set; }

    // RFC 4022
    public long TcpActiveOpens { get; internal set; }
    public long TcpPassiveOpens { get; internal set; }
    public long TcpAttemptFails { get; internal set; }
    public long TcpEstabResets { get; internal set; }
    public long TcpCurrEstab { get; internal set; }
    public long TcpInSegs { get; internal set; }
    public long TcpOutSegs { get; internal set; }
    public long TcpRetransSegs { get; internal set; }
    public long TcpInErrs { get; internal set; }
    public long TcpInCsumErrors { get; internal set; }
    public long TcpOutRsts { get; internal set; }
    /// <summary>SYNs that a listener did not take, for its queues or for the memory budget.</summary>
    public long TcpExtListenDrops { get; internal set; }
    /// <summary>Connections whose TIME-WAIT has passed.</summary>
    public long TcpExtTW { get; internal set; }

    /// <summary>Connections whose TIME-WAIT a new outgoing one cut short (<c>tcp_tw_reuse</c>).</summary>
    public long TcpExtTWRecycled { get; internal set; }
    public long TcpExtTCPTimeWaitOverflow { get; internal set; }
    /// <summary>What TCP counts itself: cookies, Fast Open, challenges.</summary>
    public TcpCounters TcpExt { get; } = new();

    /// <summary>Packets of any layer that this host gave up on.</summary>
    public long PacketsDropped { get; internal set; }

    /// <summary>Name and value of each counter, in the order of <c>nstat</c>.</summary>
    public IReadOnlyList<(string Name, long Value)> List() =>
    [
        (nameof(IpInReceives), IpInReceives), (nameof(IpInHdrErrors), IpInHdrErrors), (nameof(IpInAddrErrors), IpInAddrErrors),
        (nameof(IpInNoRoutes), IpInNoRoutes), (nameof(IpInUnknownProtos), IpInUnknownProtos), (nameof(IpInDelivers), IpInDelivers),
        (nameof(IpForwDatagrams), IpForwDatagrams), (nameof(IpOutRequests), IpOutRequests), (nameof(IpOutTransmits), IpOutTransmits),
        (nameof(IpOutDiscards), IpOutDiscards), (nameof(IpOutNoRoutes), IpOutNoRoutes), (nameof(IpReasmReqds), IpReasmReqds),
        (nameof(IpReasmOKs), IpReasmOKs), (nameof(IpReasmFails), IpReasmFails), (nameof(IpReasmTimeout), IpReasmTimeout),
        (nameof(IpFragOKs), IpFragOKs), (nameof(IpFragFails), IpFragFails), (nameof(IpFragCreates), IpFragCreates),
        (nameof(IcmpInMsgs), IcmpInMsgs), (nameof(IcmpInErrors), IcmpInErrors), (nameof(IcmpInCsumErrors), IcmpInCsumErrors),
        (nameof(IcmpInDestUnreachs), IcmpInDestUnreachs), (nameof(IcmpInTimeExcds), IcmpInTimeExcds), (nameof(IcmpInEchos), IcmpInEchos),
        (nameof(IcmpInEchoReps), IcmpInEchoReps), (nameof(IcmpOutMsgs), IcmpOutMsgs), (nameof(IcmpOutDestUnreachs), IcmpOutDestUnreachs),
        (nameof(IcmpOutTimeExcds), IcmpOutTimeExcds), (nameof(IcmpOutEchos), IcmpOutEchos), (nameof(IcmpOutEchoReps), IcmpOutEchoReps),
        (nameof(IcmpOutRateLimited), IcmpOutRateLimited),
        (nameof(UdpInDatagrams), UdpInDatagrams), (nameof(UdpNoPorts), UdpNoPorts), (nameof(UdpInErrors), UdpInErrors),
        (nameof(UdpInCsumErrors), UdpInCsumErrors), (nameof(UdpRcvbufErrors), UdpRcvbufErrors), (nameof(UdpOutDatagrams), UdpOutDatagrams),
        (nameof(TcpActiveOpens), TcpActiveOpens), (nameof(TcpPassiveOpens), TcpPassiveOpens), (nameof(TcpAttemptFails), TcpAttemptFails),
        (nameof(TcpEstabResets), TcpEstabResets), (nameof(TcpCurrEstab), TcpCurrEstab), (nameof(TcpInSegs), TcpInSegs),
        (nameof(TcpOutSegs), TcpOutSegs), (nameof(TcpRetransSegs), TcpRetransSegs), (nameof(TcpInErrs), TcpInErrs),
        (nameof(TcpInCsumErrors), TcpInCsumErrors), (nameof(TcpOutRsts), TcpOutRsts), (nameof(TcpExtListenDrops), TcpExtListenDrops),
        (nameof(TcpExtTW), TcpExtTW), (nameof(TcpExtTWRecycled), TcpExtTWRecycled), (nameof(TcpExtTCPTimeWaitOverflow), TcpExtTCPTimeWaitOverflow),
        .. TcpExt.List(), (nameof(PacketsDropped), PacketsDropped),
        .. ListIpv6(),
    ];
}
