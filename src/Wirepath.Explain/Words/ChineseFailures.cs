using static Wirepath.Explain.Figures;

namespace Wirepath.Explain;

internal sealed partial class ChineseWords
{
    public override FailureText Explain(Failure f) => f.Class switch
    {
        FailureClass.UrlInvalid => new($"“{f.Subject}”不是合法的 URL：{Plain(f.Detail)}。",
            "把输入的内容当作 URL 解析。", "没有与任何人通信。", $"{Plain(f.Detail)}。", "改正地址后再试；用 wirepath url 可以查看地址是怎样被解析的。"),
        FailureClass.NameNotFound => new($"域名 {f.Subject} 不存在：负责该区的服务器亲口确认。",
            $"查找 {f.Subject} 的地址。", Asked(f), "NXDOMAIN：这个域名不存在，任何类型的记录都没有。", "检查拼写。刚注册的域名可能要过几分钟才生效。"),
        FailureClass.NameWithoutType => new($"域名 {f.Subject} 存在，但没有地址。",
            $"查找 {f.Subject} 的地址。", Asked(f), "NODATA：域名在，但没有这种类型的记录。", "换一种记录类型，或在前面加上 www 再试：也许只有那个名字才有地址。"),
        FailureClass.NameSilent => new($"查询 {f.Subject} 时没有域名服务器应答：{Duration(f.Waited)} 内试了 {f.Attempts} 次。",
            $"查找 {f.Subject} 的地址。", Asked(f), $"{f.Attempts} 次都没有回音。", "先确认网络是否通（ping 一下网关），再换一个域名服务器试试。"),
        FailureClass.NameLame => new($"被指定负责 {f.Subject} 的服务器其实并不负责它：这是跛委派。",
            $"查找 {f.Subject} 的地址。", Asked(f), "有应答，但没有一个来自真正掌管该区的服务器。", "只有域名的所有者能修复：上级区和本区登记的服务器必须一致。"),
        FailureClass.NameLoop => new($"{f.Subject} 绕成了圈：别名或委派最后又指回了起点。",
            $"查找 {f.Subject} 的地址。", Asked(f), $"一条没有尽头的链{Because(f.Detail)}。", "只有域名的所有者能修复；用 wirepath dns --trace 可以顺着 CNAME 看下去。"),
        FailureClass.NameServerFailure => new($"域名服务器无法给出 {f.Subject} 的结果。",
            $"查找 {f.Subject} 的地址。", Asked(f), $"返回的是错误，而不是结果{Because(f.Detail)}。", "稍后再试；用 wirepath dns --trace 可以看出是哪台服务器出错。"),
        FailureClass.NameInvalid => new($"“{f.Subject}”不可能是域名{Because(f.Detail)}。",
            $"把“{f.Subject}”当作域名解析。", "没有与任何人通信。", "每一级为 1 到 63 个字节，整个域名最多 253 个字符。", "改正域名。"),
        FailureClass.NameNoServer => new($"没有可以询问 {f.Subject} 的域名服务器。",
            $"查找 {f.Subject} 的地址。", "没有与任何人通信：没有配置域名服务器，或者都到不了。", "什么也没有。", "指定一台域名服务器（dns=…），或者由 DHCP 分配。"),
        FailureClass.NameBudget => new($"解析 {f.Subject} 的工作量超过了单个域名的上限。",
            $"查找 {f.Subject} 的地址。", Asked(f), $"要问的名字越来越多，直到配额用尽{Because(f.Detail)}。", "这个区很可能配置严重错误或怀有恶意，在这一端无能为力。"),
        FailureClass.NameBogus => new($"{f.Subject} 的记录与其所有者签名的内容不符。",
            $"查找 {f.Subject} 的地址。", Asked(f), $"收到的应答签名无法通过验证{Because(f.Detail)}。", "可能是该区签名有误，也可能是途中有人篡改了应答；请联系该域名的所有者。"),
        FailureClass.NeighborSilent => new($"{f.With} 上没有人应答 {f.Subject}。",
            $"用 {f.Attempts} 次 ARP 请求查找 {f.Subject} 的 MAC 地址。", $"广播给 {f.With} 上的所有主机。", $"{Duration(f.Waited)} 内没有回音。", "检查地址是否正确、对方是否开机、双方是否在同一网段。"),
        FailureClass.NoRoute => new($"没有通往 {f.Subject} 的路由。",
            $"为 {f.Subject} 选择路径。", "没有与任何人通信：路由表里没有匹配的条目，连默认路由也没有。", "什么也没有发出。", "指定网关（gateway=…），或者由 DHCP 分配。"),
        FailureClass.ConnectSilent => new($"{Duration(f.Waited)} 内发了 {f.Attempts} 个 SYN，毫无回应：这是防火墙丢包的样子；端口若只是没开，会收到 RST。",
            $"与 {f.Subject} 建立 TCP 连接。", f.With, "没有回音：既没有 SYN,ACK，也没有 RST 或 ICMP。", "确认端口是否正确；用 traceroute 看包能走到哪里；询问防火墙的管理者。"),
        FailureClass.ConnectRefused => new($"{f.With} 拒绝了连接：主机在线（往返 {Duration(f.Waited)}），但该端口无人监听。",
            $"与 {f.Subject} 建立 TCP 连接。", f.With, "对 SYN 的回应是 RST。", "检查端口，并确认服务器程序是否在运行。"),
        FailureClass.ConnectUnreachable => new($"{f.With} 不可达{Because(f.Detail)}。",
            $"与 {f.Subject} 建立 TCP 连接。", f.With, $"ICMP“目的不可达”{Because(f.Detail)}。", "途中有设备说此路不通；用 traceroute 可以看出是谁。"),
        FailureClass.ConnectNotSent => new($"无法开始与 {f.With} 的连接{Because(f.Detail)}。",
            $"与 {f.Subject} 建立 TCP 连接。", "没有与任何人通信。", $"什么也没有{Because(f.Detail)}。", "检查本机地址和网关，以及本地端口是否用尽。"),
        FailureClass.ConnectionReset => new($"{f.With} 在 {Duration(f.Waited)} 后复位了连接。",
            $"与 {f.Subject} 交换数据。", f.With, "通信途中收到 RST。", "可能是服务器程序崩溃或放弃，也可能是途中有设备插手。再试一次；服务器的日志里有更多线索。"),
        FailureClass.ConnectionTimedOut => new($"{f.With} 突然没了声音：重传 {f.Attempts} 次都没有回应。",
            $"与 {f.Subject} 交换数据。", f.With, "起初有回应，后来就没有了。", "路径或服务器在中途断了。先 ping 一下，再重试。"),
        FailureClass.ConnectionAborted => new($"本端放弃了与 {f.With} 的连接{Because(f.Detail)}。",
            $"与 {f.Subject} 交换数据。", f.With, "对方没有任何异常。", "如果不是有人按了 Ctrl-C，那就是到了时限：可以把时限放宽。"),
        FailureClass.TimeLimit => new($"{Duration(f.Waited)} 后放弃：到了设定的时限，网页还没有取到。",
            $"在时限内获取 {f.Subject}。", f.With, "没有异常，只是没能按时取完。", "放宽或取消时限（--max-time），看看时间花在哪里。"),
        FailureClass.Tls => new($"与 {f.Subject} 的 TLS 握手失败{Because(f.Detail)}。",
            $"与 {f.Subject} 协商加密并检查其证书。", f.With, Detail(f, "握手中断。"), "检查服务器名称和本机日期；自建的证书颁发机构要先设为受信任。"),
        FailureClass.Http => new($"与 {f.Subject} 的 HTTP 交互失败{Because(f.Detail)}。",
            "发送请求并读取响应。", f.With, Detail(f, "没有完整的响应。"), "收到的内容都在抓包文件里（--pcap）。可以重试，或告知服务器的管理者。"),
        FailureClass.HttpStatus => new($"服务器返回 {f.Status} {f.Detail}。",
            $"获取 {f.Subject}。", f.With, $"{f.Status} {f.Detail}：网络没有问题。", f.Status >= 500 ? "错在服务器，请稍后再试。" : "检查路径，以及是否需要登录。"),
        FailureClass.None or FailureClass.Unknown => new(f.Detail.Length > 0 ? $"{Plain(f.Detail)}。" : "失败了，但日志里没有说明原因。",
            $"获取 {f.Subject}。", f.With, Detail(f, "没有能说明问题的内容。"), "加上 -v 再运行一次，看看最后一个事件。"),
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    private static string Asked(Failure f) => f.With.Length > 0 ? $"{f.With}{(f.Attempts > 1 ? $"，共 {f.Attempts} 次查询中的最后一次" : "")}。" : "本机的缓存。";

    private static string Detail(Failure f, string otherwise) => f.Detail.Length > 0 ? $"{Plain(f.Detail)}。" : otherwise;

    private static string Plain(string detail) => detail.TrimEnd('.', ' ', '。');
}
