using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Explain.Figures;

namespace Wirepath.Explain;

internal sealed partial class ChineseWords
{
    public override string Describe(Happening what) => what switch
    {
        // 应用
        NavigationStarted e => $"在地址栏输入“{e.Typed}”并按下回车。",
        AddressFixedUp e => $"地址栏把“{e.Typed}”补全为 {e.Url}：{string.Join("；", e.Changes)}。",
        UrlParsed e => $"URL 为 {e.Href}：协议 {e.Scheme}，主机 {e.Host}，端口 {e.Port}{(e.PortIsDefault ? "（该协议的默认端口）" : "")}。",
        UrlRejected e => $"“{e.Typed}”不是合法的 URL：{e.Message}（{e.Name}，第 {e.Position} 个字符处）。",
        ServiceFound e => $"{e.Host} 的 HTTPS 记录指出，{e.Target} 的端口 {e.Port} 也提供该服务（优先级 {e.Priority}，{string.Join("、", e.Protocols)}）。",
        ConnectStarted e => e.Why switch
        {
            ConnectReason.First => $"需要连接 {e.Host}（{e.Remote}）。",
            ConnectReason.PreviousIsSlow => $"前一个地址还没有回应，同时尝试连接 {e.Host}（{e.Remote}）。",
            ConnectReason.PreviousFailed => $"前一个地址连接失败，改为连接 {e.Host}（{e.Remote}）。",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        },
        ConnectAbandoned e => $"放弃连接 {e.Remote}：{e.Host} 的另一个地址更快。",
        ConnectFinished e => e.Reused ? $"复用到 {e.Connection.Remote} 的保持连接。" : $"到 {e.Connection.Remote} 的连接已建立。",
        ConnectFailed e => $"连不上 {e.Host}（{e.Remote}）：{End(e.How)}{Because(e.Detail)}。",
        TlsStarted e => $"开始与 {e.ServerName} 进行 TLS 握手。",
        TlsFinished e => $"TLS 握手完成：{e.Version}，{e.CipherSuite}{(e.ApplicationProtocol.Length > 0 ? $"，{e.ApplicationProtocol}" : "")}，证书链共 {e.Chain.Count} 张。",
        TlsFailed e => $"与 {e.ServerName} 的 TLS 握手失败{Because(e.Detail)}。",
        RequestSent e => $"请求已发出：{e.Method} {e.Target}。",
        ResponseHeadReceived e => $"收到响应头：{e.Status} {e.Reason}，正文以 {e.Framing} 定界。",
        BodyReceived e => $"收到正文 {Bytes(e.Bytes)}，累计 {Bytes(e.Total)}。",
        ResponseCompleted e => $"响应接收完毕：{e.Status}，{Bytes(e.Bytes)}；连接{(e.KeptAlive ? "保持打开" : "即将关闭")}。",
        Redirected e => $"{e.Status}：从 {e.From} 重定向到 {e.To}。",
        HttpFailed e => $"与 {e.Host} 的 HTTP 交互失败{Because(e.Detail)}。",
        RequestServed e => $"服务器用时 {Duration(e.Thought)} 处理 {e.Method} {e.Target}，返回 {e.Status}，{Bytes(e.Bytes)}。",
        NavigationFinished e => e.ExitCode == 0 ? $"完成：{e.Summary}" : $"失败，退出码 {e.ExitCode}：{e.Summary}",
        Remark e => e.Text,

        // 域名
        LookupStarted e => $"{e.By} 开始查询 {e.Name} {DnsMnemonic.Of(e.Type)}。",
        LevelConsulted e => $"{Level(e.Level)}：{e.Name} {DnsMnemonic.Of(e.Type)} {Result(e.Result)}{(e.TtlLeft >= 0 ? $"，还可用 {e.TtlLeft} s" : "")}{At(e.Server)}。",
        QuerySent e => $"向 {Server(e)} 查询 {e.Name} {DnsMnemonic.Of(e.Type)}{(e.RecursionDesired ? "，要求递归" : $"，区 {e.Zone}")}{(e.OverTcp ? "，走 TCP" : "")}{(e.Attempt > 1 ? $"，第 {e.Attempt} 次" : "")}。",
        ResponseReceived e => $"{e.Server} 在 {Duration(e.RoundTrip)} 后答复 {e.Name} {DnsMnemonic.Of(e.Type)}：{Response(e.Kind)}{(e.Authoritative ? "，权威" : "")}。",
        QueryTimedOut e => $"{e.Server} 在 {Duration(e.Waited)} 内没有答复 {e.Name} {DnsMnemonic.Of(e.Type)}（第 {e.Attempt} 次）。",
        RecordDisbelieved e => $"不采信来自区 {e.Zone} 的记录 {e.Record}：{e.Reason}。",
        ZoneTrustFound e => e.Verdict switch
        {
            TrustVerdict.Secure => $"区 {e.Zone} 的密钥可信：{e.Explanation}。",
            TrustVerdict.Insecure => $"区 {e.Zone} 不需要签名：{e.Explanation}。",
            TrustVerdict.Indeterminate => $"无从判断区 {e.Zone} 的密钥{Because(e.Explanation)}。",
            TrustVerdict.Bogus => $"区 {e.Zone} 的密钥不可信{Because(e.Explanation)}。",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        },
        SetVerified e => e.Verdict == TrustVerdict.Secure
            ? $"{e.Name} {DnsMnemonic.Of(e.Type)} 由 {e.Signer} 的密钥 {e.KeyTag} 签名。"
            : $"{e.Name} {DnsMnemonic.Of(e.Type)} 没有 {e.Signer} 应有的有效签名{Because(e.Explanation)}。",
        TrustAnchorChanged e => $"信任锚：{e.Zone} 的密钥 {e.KeyTag}：{e.What}。",
        AnswerValidated e => e.Verdict switch
        {
            TrustVerdict.Secure => $"{e.Name} {DnsMnemonic.Of(e.Type)} 的答复已通过验证{Because(e.Explanation)}。",
            TrustVerdict.Insecure => $"{e.Name} {DnsMnemonic.Of(e.Type)} 的答复没有签名，也不需要签名{Because(e.Explanation)}。",
            TrustVerdict.Indeterminate => $"{e.Name} {DnsMnemonic.Of(e.Type)} 的答复无法验证：其上没有信任锚。",
            TrustVerdict.Bogus => $"{e.Name} {DnsMnemonic.Of(e.Type)} 的答复是伪造或损坏的{Because(e.Explanation)}。",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        },
        QuestionAnswered e => $"答复 {e.Client} 关于 {e.Name} {DnsMnemonic.Of(e.Type)} 的查询：{e.Rcode}，{e.Answers} 条记录{(e.Authoritative ? "，权威" : "")}。",
        LookupFinished e => e.Failure == NameFailure.None
            ? $"{e.Name} 的地址是 {string.Join("、", e.Addresses)}，有效期 {e.Ttl} s。"
            : $"{e.Name} {DnsMnemonic.Of(e.Type)} 解析失败：{Name(e.Failure)}{Because(e.Explanation)}。",

        // 链路
        FrameSent e => $"从 {e.Interface} 发出一帧，{Bytes(e.Frame.Length)}。",
        FrameReceived e => $"从 {e.Interface} 收到一帧，{Bytes(e.Frame.Length)}。",
        PacketDropped e => $"{(e.Interface.Length > 0 ? $"{e.Interface} " : "")}丢弃一个 {Bytes(e.Frame.Length)} 的包：{Drop(e.Reason)}。",
        LinkTransit e => e.Verdict switch
        {
            LinkVerdict.Delivered => $"{e.Link} 把 {Bytes(e.Frame.Length)} 从 {e.From} 送往 {e.To}。",
            LinkVerdict.Dropped => $"{e.Link} 丢掉了从 {e.From} 到 {e.To} 的 {Bytes(e.Frame.Length)}：{Drop(e.Reason)}。",
            LinkVerdict.Duplicated => $"{e.Link} 把从 {e.From} 到 {e.To} 的 {Bytes(e.Frame.Length)} 又送了一遍。",
            LinkVerdict.Corrupted => $"{e.Link} 在途中损坏了从 {e.From} 到 {e.To} 的 {Bytes(e.Frame.Length)}。",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        },
        NeighborLookup e => e.Hit ? $"已知 {e.Address} 的 MAC 地址：{e.Mac}。" : $"还不知道 {e.Address} 的 MAC 地址。",
        NeighborRequested e => $"在 {e.Interface} 上广播询问谁是 {e.Address}，第 {e.Attempt} 次。",
        NeighborResolved e => e.Elapsed > TimeSpan.Zero ? $"{e.Address} 的 MAC 地址是 {e.Mac}，用时 {Duration(e.Elapsed)}。" : $"顺带得知 {e.Address} 的 MAC 地址是 {e.Mac}。",
        NeighborFailed e => $"在 {e.Interface} 上询问 {e.Attempts} 次，没有人应答 {e.Address}。",

        // 网络
        RouteChosen e => e.OnLink
            ? $"{e.Destination} 在同一网段（{e.Prefix}）：经 {e.Interface} 直接送达。"
            : $"{e.Destination} 不在本网段：按路由 {e.Prefix} 经 {e.Interface} 交给 {e.NextHop}。",
        RouteMissing e => $"没有通往 {e.Destination} 的路由。",
        PacketForwarded e => $"把 {e.Source} 发往 {e.Destination} 的包从 {e.In} 转发到 {e.Out}，下一跳 {e.NextHop}，TTL {e.TimeToLive}。",
        PacketFragmented e => $"发往 {e.Destination} 的 {Bytes(e.Length)} 的包超过 MTU {e.Mtu}，被切成 {e.Fragments} 片。",
        PacketReassembled e => $"来自 {e.Source} 的 {e.Fragments} 个分片重组成 {Bytes(e.Length)} 的包。",
        ReassemblyTimedOut e => $"来自 {e.Source} 的 {e.Fragments} 个分片一直没等到其余部分。",
        PathMtuChanged e => $"到 {e.Destination} 的路径最多只能通过 {e.Mtu} B 的包。",
        NatTranslated e => $"NAT 把 {e.Before} 改写为 {e.After}（{(e.Outward ? "向外" : "向内")}{(e.NewMapping ? "，新建映射" : "")}）。",
        IcmpSent e => $"向 {e.To} 发送 ICMP {e.Type}（代码 {e.Code}）{Quoting(e.Quoted)}。",
        IcmpReceived e => $"收到 {e.From} 的 ICMP {e.Type}（代码 {e.Code}）{Quoting(e.Quoted)}。",
        Icmpv6Sent e => $"向 {e.To} 发送 ICMPv6 {e.Type}（代码 {e.Code}）{Quoting(e.Quoted)}。",
        Icmpv6Received e => $"收到 {e.From} 的 ICMPv6 {e.Type}（代码 {e.Code}）{Quoting(e.Quoted)}。",
        AddressTested e => $"在 {e.Interface} 上询问是否有人在用 {e.Address}，第 {e.Attempt} 次。",
        AddressRefused e => $"{e.Address} 已被 {e.By} 占用，{e.Interface} 放弃这个地址。",
        RouterHeard e => $"{e.Interface} 上的路由器 {e.Router} 通告了 {e.Prefixes} 个网络{(e.Lifetime > TimeSpan.Zero ? $"，自身作为默认路由器 {Duration(e.Lifetime)}" : "，但自身不作默认路由器")}{(e.Mtu > 0 ? $"，MTU {e.Mtu}" : "")}。",
        DatagramSent e => $"从 {e.From} 向 {e.To} 发出 {Bytes(e.Length)} 的数据报。",
        DatagramReceived e => $"{e.To} 收到来自 {e.From} 的 {Bytes(e.Length)} 的数据报。",
        ProbeAnswered e => $"TTL 为 {e.TimeToLive} 时，{e.From} 在 {Duration(e.RoundTrip)} 后应答{(e.Reached ? "，已到达目的地" : "")}。",
        ProbeLost e => $"TTL 为 {e.TimeToLive} 时，没有人应答。",
        DhcpExchange e => $"在 {e.Interface} 上{(e.Sent ? "发出" : "收到")} DHCP {e.MessageType}{(e.Offered.IsNone ? "" : $"，地址 {e.Offered}")}{(e.Server.IsNone ? "" : $"，服务器 {e.Server}")}。",
        AddressConfigured e => $"{e.Interface} 的地址是 {e.Address}（{e.Origin}）{(e.Gateway.IsNone ? "" : $"，网关 {e.Gateway}")}{(e.Lease > TimeSpan.Zero ? $"，租期 {Duration(e.Lease)}" : "")}。",

        // TCP
        StateChanged e => $"{State(e.From)} → {State(e.To)}（{e.Trigger}）。",
        SegmentSent e => $"发出 {Segment(e.Segment)}：{Send(e.Why)}。",
        SegmentReceived e => $"收到 {Segment(e.Segment)}。",
        SegmentRejected e => $"拒收 {Segment(e.Segment)}：{e.Reason}。",
        Retransmitted e => $"{(e.Length > 0 ? $"重传从第 {e.RelativeSequence} 字节起的 {Bytes(e.Length)}" : $"重传序号 {e.RelativeSequence} 处的报文段")}（第 {e.Attempt} 次）：{Retransmit(e.Why)}。",
        RetransmissionTimedOut e => $"{Duration(e.Rto)} 内没有等到确认：重传定时器到期（第 {e.Attempt} 次），下一次为 {Duration(e.Next)}。",
        ReorderingSeen e => $"报文段乱序到达：路径会重排 {e.Segments} 个报文段。",
        LossProbeDue e => e.IsNew ? "两个往返时间内没有确认：用新的字节做尾部丢失探测。" : "两个往返时间内没有确认：重发最后一个报文段做尾部丢失探测。",
        ReorderingTimedOut => "RACK 的重排窗口已过：仍未到达的视为丢失。",
        PathSizeChanged e => $"报文段大小改为 {e.Mss} 字节：{e.Why}。",
        DuplicateAckCounted e => $"第 {e.Count} 个重复 ACK。",
        RttSampled e => $"往返时间 {Duration(e.Sample)}；平滑值 {Duration(e.SmoothedRtt)} ± {Duration(e.RttVariance)}，RTO {Duration(e.Rto)}。",
        CongestionChanged e => $"cwnd {Segments(e.Cwnd, e.Mss)} MSS，ssthresh {Threshold(e.Ssthresh, "∞")}，{Congestion(e.Phase)}：{e.Why}。",
        PeerWindowChanged e => e.Window == 0 ? "对方窗口为零，只能等待。" : $"对方窗口为 {Bytes(e.Window)}。",
        WindowsMoved e => $"SND.UNA {e.RelativeSndUna}，SND.NXT {e.RelativeSndNxt}，SND.WND {e.SndWnd}；RCV.NXT {e.RelativeRcvNxt}，RCV.WND {e.RcvWnd}。",
        OptionsNegotiated e => $"协商结果：MSS 发 {e.SendMss}、收 {e.ReceiveMss}{(e.WindowScaling ? $"，窗口移位 {e.SendShift} 和 {e.ReceiveShift}" : "，不缩放窗口")}{(e.Timestamps ? "，时间戳" : "")}{(e.Sack ? "，SACK" : "")}。",
        KeepAliveSent e => $"发送保活探测，第 {e.Attempt} 次，最多 {e.Most} 次。",
        TimeWaitStarted e => $"进入 TIME-WAIT，{Duration(e.Duration)}（2 × MSL）{(e.Restarted ? "；FIN 再次到来，重新计时" : "")}。",
        ListenQueueOverflowed e => $"{e.Listener} 的 {Queue(e.Queue)}已满（{e.Limit}）：{e.Peer} 被丢弃。",
        ConnectionEnded e => $"到 {e.Connection.Remote} 的连接结束：{End(e.How)}{Because(e.Detail)}。",
        SocketCalled e => $"应用程序调用 {e.Call}{(e.Bytes > 0 ? $"，{Bytes(e.Bytes)}" : "")}。",
        _ => what.GetType().Name,
    };

    private static string Server(QuerySent e) => e.ServerName.IsRoot ? e.Server.ToString() : $"{e.ServerName}（{e.Server}）";

    private static string At(IpEndpoint server) => server.Address.IsNone ? "" : $"，服务器 {server}";

    private static string Because(string detail) => detail.Length == 0 ? "" : $"：{detail.TrimEnd('.')}";

    private static string Quoting(IpAddress quoted) => quoted.IsNone ? "" : $"，引用的是发往 {quoted} 的包";
}
