using Wirepath.Events;
using static Wirepath.Explain.Figures;

namespace Wirepath.Explain;

internal sealed partial class ChineseWords
{
    public override string Dominant(DominantFacts f)
    {
        string share = f.Share switch
        {
            >= 0.95 => "几乎全部",
            >= 0.6 => "大部分",
            >= 0.45 => "约一半",
            >= 0.29 => "约三分之一",
            _ => "最大的一份",
        };
        string why = f.Reason switch
        {
            Reason.Plain => "",
            Reason.ColdNames => "：各级缓存里都没有这个域名，解析器只好从根开始逐级询问",
            Reason.NameTimeouts => $"：有 {f.Count} 次查询无人应答，白等了 {Duration(f.Cost)}",
            Reason.NeighborRetried => $"：问到第 {f.Count} 次邻居才回应",
            Reason.RoundTrip => f.RoundTrip > TimeSpan.Zero ? $"：距离使然，往返一次就要 {Duration(f.RoundTrip)}" : "：距离使然",
            Reason.OtherAddressFailed => $"：先试的 {f.Count} 个地址没有连上，耗去 {Duration(f.Cost)}",
            Reason.SynRepeated => $"：发了 {f.Count} 个 SYN 才等到回应",
            Reason.ServerThought => $"：服务器自己处理就用了 {Duration(f.Cost)}",
            Reason.Losses => $"：丢了 {f.Count} 个报文段，代价是 {Duration(f.Cost)}",
            Reason.SlowStart => $"：慢启动每翻一倍就要一次 {Duration(f.RoundTrip)} 的往返",
            Reason.SmallWindow => "：接收窗口小于这条路径的承载能力",
            Reason.Rounds => $"：拥塞窗口让每次 {Duration(f.RoundTrip)} 的往返只能发出一批{(f.Cost > TimeSpan.Zero ? $"，其中 {Duration(f.Cost)} 是丢包的代价" : "")}",
            Reason.Bulk => f.Cost > TimeSpan.Zero ? $"，速率 {Bytes((long)(f.Count / f.Cost.TotalSeconds))}/s，报文段首尾相接，已是这条路径的上限" : "",
            Reason.ServerPaced => "：窗口是开着的，只是服务器没有数据可发",
            _ => throw new ArgumentOutOfRangeException(nameof(f)),
        };
        string who = f.Phase switch
        {
            PhaseKind.Dns => "DNS 解析上",
            PhaseKind.Arp => "寻找邻居的 MAC 地址上",
            PhaseKind.Connect => "建立 TCP 连接上",
            PhaseKind.Tls => "TLS 握手上",
            PhaseKind.Wait => "等待首字节上",
            PhaseKind.Transfer => "传输正文上",
            PhaseKind.Redirect => "重定向上",
            PhaseKind.Other => "程序自身上",
            _ => throw new ArgumentOutOfRangeException(nameof(f)),
        };
        return $"总共 {Duration(f.Total)}，{share}花在{(char.IsAscii(who[0]) ? " " : "")}{who}{why}。";
    }

    public override string Warm(TimeSpan total, bool reused, TimeSpan roundTrip) =>
        $"总共 {Duration(total)}：域名已在缓存中{(reused ? "，连接也还开着" : "")}{(roundTrip > TimeSpan.Zero ? $"；剩下的就是距离，往返一次 {Duration(roundTrip)}" : "")}。";

    public override string AnsweredLocally(NameLevel level) => $"{Level(level)}直接给出了答案，没有用到网络。";

    public override string AnsweredWithError(int status, string reason, string verdict) => $"服务器的回答是 {status}{(reason.Length > 0 ? $" {reason}" : "")}。{verdict}";

    public override string Interrupted(TimeSpan after, PhaseKind during) => $"{Duration(after)} 后中断，当时正在{(during == PhaseKind.Other ? "做本地处理" : $"进行{(char.IsAscii(Phase(during)[0]) ? " " : "")}{Phase(during)}")}。";

    public override string ColdNames(int zones, TimeSpan cost) => $"依次询问 {zones} 个区用了 {Duration(cost)}；在 TTL 到期之前再查，就不用等了。";

    public override string NameTimeouts(int count, string server, TimeSpan cost) =>
        count == 1 ? $"有一次发给 {server} 的查询无人应答，白等了 {Duration(cost)}。" : $"{count} 次查询无人应答（最后一次发给 {server}），一共白等了 {Duration(cost)}。";

    public override string NameOverTcp(string server) => $"{server} 的应答放不进 UDP，只好改用 TCP 重新查询。";

    public override string NameDisbelieved(int count, string first, string reason) => $"有 {count} 条记录未被采信，例如 {first}：{reason}。";

    public override string NeighborRetried(string address, int attempts, TimeSpan cost) => $"{address} 直到第 {attempts} 次询问才回应，耗时 {Duration(cost)}。";

    public override string SynRepeated(int syns, TimeSpan cost) => $"发了 {syns} 个 SYN 才等到回应，多花了 {Duration(cost)}。";

    public override string LossRepairedFast(int count, string where, TimeSpan cost, TimeSpan roundTrip) =>
        $"{Lost(count, where)}，由快速重传补上，{(cost > TimeSpan.Zero ? $"代价 {Duration(cost)}" : "没有额外的代价")}{(roundTrip > TimeSpan.Zero ? $"（往返时间为 {Duration(roundTrip)}）" : "")}。";

    public override string LossRepairedByTimeout(int count, string where, TimeSpan cost, TimeSpan roundTrip) =>
        $"{Lost(count, where)}，直到重传定时器到期才发现：代价 {Duration(cost)}{(roundTrip > TimeSpan.Zero && cost / roundTrip >= 2 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"，相当于 {cost / roundTrip:0.#} 个往返") : "")}。";

    public override string NeedlessRepetition(int count) => $"有 {count} 次重传其实多余：那些字节已经送达。";

    public override string LossUnrepaired(int count, string where) => $"{Lost(count, where)}，但不需要为此重发任何东西。";

    public override string Corruption(int count, string where) => $"有 {count} 个报文段在 {where} 上被损坏，校验和把它们挡了下来。";

    public override string Bufferbloat(TimeSpan least, TimeSpan most, bool queueFull) =>
        $"负载之下往返时间从 {Duration(least)} 涨到 {Duration(most)}：途中有队列过长{(queueFull ? "，而且已经溢出" : "")}。";

    public override string SlowServer(TimeSpan thought, TimeSpan roundTrip, bool measuredAtServer) => measuredAtServer
        ? $"服务器处理用了 {Duration(thought)}，等待中只有 {Duration(roundTrip)} 属于网络。"
        : $"首字节比一次往返（{Duration(roundTrip)}）晚了 {Duration(thought)}：时间花在服务器的处理上。";

    public override string Redirects(int count, TimeSpan cost) => $"到达页面之前经过 {count} 次重定向，用时 {Duration(cost)}。";

    public override string ZeroWindow(bool byClient, int count, TimeSpan cost) => $"{(byClient ? "客户端" : "服务器")}有 {count} 次把窗口关到零，共 {Duration(cost)}：应用程序没有及时读取。";

    public override string SmallWindow(long window, TimeSpan roundTrip) =>
        $"窗口只有 {Bytes(window)}，在这个距离上最多 {Bytes((long)(window / Math.Max(roundTrip.TotalSeconds, 1e-6)))}/s，线路再快也没用。";

    public override string PathMtu(int mtu, int segments, TimeSpan cost) => segments > 0
        ? $"这条路径只能通过 {mtu} B 的包：有 {segments} 个报文段太大，只好切小重发{(cost > TimeSpan.Zero ? $"，代价 {Duration(cost)}" : "")}。"
        : $"这条路径只能通过 {mtu} B 的包，报文段因此变小了。";

    public override string QueueOverflow(string listener, int count) => $"{listener} 的队列已满，丢弃了 {count} 次连接请求。";

    public override string NeverClosed(string node, string connection, TimeSpan age, string owner) =>
        $"{node} 上的连接 {connection} 停在 CLOSE-WAIT 已有 {Duration(age)}：对方早已关闭，而 {owner} 一直没有调用 close。";

    private static string Lost(int count, string where) => $"{(where.Length > 0 ? $"在 {where} " : "")}丢了 {count} 个报文段";
}
