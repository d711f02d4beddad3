using Wirepath.Events;

namespace Wirepath.Explain;

internal sealed partial class ChineseWords : Words
{
    public override string Phase(PhaseKind phase) => phase switch
    {
        PhaseKind.Other => "其他",
        PhaseKind.Dns => "DNS",
        PhaseKind.Arp => "ARP",
        PhaseKind.Connect => "TCP",
        PhaseKind.Tls => "TLS",
        PhaseKind.Wait => "等待",
        PhaseKind.Transfer => "传输",
        PhaseKind.Redirect => "重定向",
        _ => throw new ArgumentOutOfRangeException(nameof(phase)),
    };

    public override string Level(NameLevel level) => level switch
    {
        NameLevel.Literal => "本来就是地址",
        NameLevel.BrowserCache => "浏览器缓存",
        NameLevel.HostsFile => "hosts 文件",
        NameLevel.Stub => "域名服务器",
        NameLevel.RouterCache => "家用路由器",
        NameLevel.ResolverCache => "运营商解析器",
        NameLevel.Iteration => "迭代查询",
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };

    public override string Result(LookupResult result) => result switch
    {
        LookupResult.Hit => "命中",
        LookupResult.Miss => "未命中",
        LookupResult.NegativeHit => "已知不存在",
        LookupResult.Asked => "已询问",
        LookupResult.Failed => "失败",
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    public override string Drop(DropReason reason) => reason switch
    {
        DropReason.None => "原因不明",
        DropReason.Lost => "随机丢失",
        DropReason.QueueFull => "队列已满",
        DropReason.CoDel => "CoDel：排队过久",
        DropReason.Partitioned => "链路中断",
        DropReason.TooBig => "超过 MTU",
        DropReason.Malformed => "头部格式错误",
        DropReason.BadChecksum => "校验和错误",
        DropReason.NotForUs => "不是发给本机的",
        DropReason.NoRoute => "没有路由",
        DropReason.TimeToLiveExpired => "TTL 耗尽",
        DropReason.NeighborUnreachable => "邻居没有回应",
        DropReason.NoListener => "端口无人监听",
        DropReason.UnknownProtocol => "未知协议",
        DropReason.Budget => "内存配额用尽",
        DropReason.NoMapping => "NAT 中没有对应的映射",
        DropReason.Fragment => "分片重叠或迟到",
        DropReason.SocketQueueFull => "套接字队列已满",
        DropReason.Martian => "地址不合法",
        DropReason.Firewalled => "被防火墙丢弃",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public override string Retransmit(RetransmitCause cause) => cause switch
    {
        RetransmitCause.Timeout => "重传超时",
        RetransmitCause.DuplicateAcks => "收到三个重复 ACK",
        RetransmitCause.PartialAck => "快速恢复中的部分确认",
        RetransmitCause.Sack => "SACK 显示有空洞",
        RetransmitCause.Rack => "RACK：后发的先到了",
        RetransmitCause.TailLossProbe => "尾部丢失探测",
        RetransmitCause.PathMtu => "路径只容得下更小的包",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };

    public override string Send(SendCause cause) => cause switch
    {
        SendCause.Open => "发起连接",
        SendCause.SynAnswer => "回应 SYN",
        SendCause.Data => "数据",
        SendCause.Ack => "确认",
        SendCause.DelayedAck => "延迟确认",
        SendCause.DuplicateAck => "重复确认",
        SendCause.WindowUpdate => "窗口更新",
        SendCause.Close => "关闭",
        SendCause.Retransmission => "重传",
        SendCause.WindowProbe => "零窗口探测",
        SendCause.KeepAlive => "保活探测",
        SendCause.Challenge => "质询 ACK",
        SendCause.Reset => "复位",
        SendCause.TimeWaitAck => "TIME-WAIT 中的确认",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };

    public override string Congestion(CongestionPhase phase) => phase switch
    {
        CongestionPhase.SlowStart => "慢启动",
        CongestionPhase.CongestionAvoidance => "拥塞避免",
        CongestionPhase.FastRecovery => "快速恢复",
        CongestionPhase.LossRecovery => "超时后恢复",
        _ => throw new ArgumentOutOfRangeException(nameof(phase)),
    };

    public override string End(ConnectionEnd end) => end switch
    {
        ConnectionEnd.Closed => "正常关闭",
        ConnectionEnd.Refused => "被拒绝",
        ConnectionEnd.ResetByPeer => "被对方复位",
        ConnectionEnd.Aborted => "由本端中止",
        ConnectionEnd.TimedOut => "超时",
        ConnectionEnd.Unreachable => "不可达",
        ConnectionEnd.KeepAliveFailed => "保活探测无回应",
        ConnectionEnd.NotSent => "什么也没能发出",
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    public override string Name(NameFailure failure) => failure switch
    {
        NameFailure.None => "已找到",
        NameFailure.NoSuchName => "域名不存在（NXDOMAIN）",
        NameFailure.NoSuchType => "域名存在，但没有这种类型的记录（NODATA）",
        NameFailure.TimedOut => "服务器没有回应",
        NameFailure.Lame => "服务器并不负责被委派的区（跛委派）",
        NameFailure.Loop => "别名或委派绕成了圈",
        NameFailure.ServerFailure => "服务器出错",
        NameFailure.BadName => "域名不合法",
        NameFailure.NoServer => "没有可用的域名服务器",
        NameFailure.Budget => "查询工作量已达上限",
        NameFailure.Bogus => "签名验证失败",
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };

    public override string Response(ResponseKind kind) => kind switch
    {
        ResponseKind.Answer => "应答",
        ResponseKind.Alias => "别名（CNAME）",
        ResponseKind.Referral => "转介",
        ResponseKind.NoSuchName => "域名不存在",
        ResponseKind.NoSuchType => "没有这种记录",
        ResponseKind.Truncated => "被截断",
        ResponseKind.Lame => "跛委派",
        ResponseKind.Failure => "失败",
        ResponseKind.Mismatched => "不匹配，已忽略",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public override string Queue(ListenQueue queue) => queue == ListenQueue.Syn ? "SYN 队列" : "accept 队列";
}
