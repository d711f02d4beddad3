namespace Wirepath.Stack;

/// <content>IPv6's own counters; TCP and UDP count both versions together.</content>
public sealed partial class HostStatistics
{
    internal ReassemblyCounters Ip6Reassembly { get; } = new();

    public long Ip6InReceives { get; internal set; }
    public long Ip6InHdrErrors { get; internal set; }
    public long Ip6InAddrErrors { get; internal set; }
    public long Ip6InNoRoutes { get; internal set; }
    public long Ip6InTooBigErrors { get; internal set; }
    public long Ip6InUnknownProtos { get; internal set; }
    public long Ip6InDelivers { get; internal set; }
    public long Ip6InMcastPkts { get; internal set; }
    public long Ip6OutForwDatagrams { get; internal set; }
    public long Ip6OutRequests { get; internal set; }
    public long Ip6OutTransmits { get; internal set; }
    public long Ip6OutDiscards { get; internal set; }
    public long Ip6ReasmReqds => Ip6Reassembly.Requests;
    public long Ip6ReasmOKs => Ip6Reassembly.Successes;
    public long Ip6ReasmFails => Ip6Reassembly.Failures;
    public long Ip6ReasmTimeout => Ip6Reassembly.Timeouts;
    public long Ip6FragOKs { get; internal set; }
    public long Ip6FragCreates { get; internal set; }

    public long Icmp6InMsgs { get; internal set; }
    public long Icmp6InErrors { get; internal set; }
    public long Icmp6InCsumErrors { get; internal set; }
    public long Icmp6InPktTooBigs { get; internal set; }
    public long Icmp6InEchos { get; internal set; }
    public long Icmp6InEchoReplies { get; internal set; }
    public long Icmp6InRouterAdvertisements { get; internal set; }
    public long Icmp6InNeighborSolicits { get; internal set; }
    public long Icmp6InNeighborAdvertisements { get; internal set; }
    public long Icmp6OutMsgs { get; internal set; }
    public long Icmp6OutErrors { get; internal set; }
    public long Icmp6OutEchos { get; internal set; }
    public long Icmp6OutEchoReplies { get; internal set; }
    public long Icmp6OutRouterSolicits { get; internal set; }
    public long Icmp6OutNeighborSolicits { get; internal set; }
    public long Icmp6OutNeighborAdvertisements { get; internal set; }
    public long Icmp6OutMLDv2Reports { get; internal set; }
    /// <summary>Errors that the rate limit held back.</summary>
    public long Icmp6OutRateLimitHost { get; internal set; }

    private IEnumerable<(string Name, long Value)> ListIpv6() =>
    [
        (nameof(Ip6InReceives), Ip6InReceives), (nameof(Ip6InHdrErrors), Ip6InHdrErrors), (nameof(Ip6InAddrErrors), Ip6InAddrErrors),
        (nameof(Ip6InNoRoutes), Ip6InNoRoutes), (nameof(Ip6InTooBigErrors), Ip6InTooBigErrors), (nameof(Ip6InUnknownProtos), Ip6InUnknownProtos),
        (nameof(Ip6InDelivers), Ip6InDelivers), (nameof(Ip6InMcastPkts), Ip6InMcastPkts), (nameof(Ip6OutForwDatagrams), Ip6OutForwDatagrams),
        (nameof(Ip6OutRequests), Ip6OutRequests), (nameof(Ip6OutTransmits), Ip6OutTransmits), (nameof(Ip6OutDiscards), Ip6OutDiscards),
        (nameof(Ip6ReasmReqds), Ip6ReasmReqds), (nameof(Ip6ReasmOKs), Ip6ReasmOKs), (nameof(Ip6ReasmFails), Ip6ReasmFails),
        (nameof(Ip6ReasmTimeout), Ip6ReasmTimeout), (nameof(Ip6FragOKs), Ip6FragOKs), (nameof(Ip6FragCreates), Ip6FragCreates),
        (nameof(Icmp6InMsgs), Icmp6InMsgs), (nameof(Icmp6InErrors), Icmp6InErrors), (nameof(Icmp6InCsumErrors), Icmp6InCsumErrors),
        (nameof(Icmp6InPktTooBigs), Icmp6InPktTooBigs), (nameof(Icmp6InEchos), Icmp6InEchos), (nameof(Icmp6InEchoReplies), Icmp6InEchoReplies),
        (nameof(Icmp6InRouterAdvertisements), Icmp6InRouterAdvertisements), (nameof(Icmp6InNeighborSolicits), Icmp6InNeighborSolicits),
        (nameof(Icmp6InNeighborAdvertisements), Icmp6InNeighborAdvertisements), (nameof(Icmp6OutMsgs), Icmp6OutMsgs),
        (nameof(Icmp6OutErrors), Icmp6OutErrors), (nameof(Icmp6OutEchos), Icmp6OutEchos), (nameof(Icmp6OutEchoReplies), Icmp6OutEchoReplies),
        (nameof(Icmp6OutRouterSolicits), Icmp6OutRouterSolicits), (nameof(Icmp6OutNeighborSolicits), Icmp6OutNeighborSolicits),
        (nameof(Icmp6OutNeighborAdvertisements), Icmp6OutNeighborAdvertisements), (nameof(Icmp6OutMLDv2Reports), Icmp6OutMLDv2Reports),
        (nameof(Icmp6OutRateLimitHost), Icmp6OutRateLimitHost),
    ];
}
