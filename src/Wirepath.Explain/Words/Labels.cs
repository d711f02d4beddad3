namespace Wirepath.Explain;

/// <summary>The short words of the terminal's story.</summary>
public abstract partial class Words
{
    public abstract string FramesLeftOut(int count);

    public abstract string LabelUrl { get; }

    public abstract string LabelRoute { get; }

    public abstract string LabelHttp { get; }

    public abstract string LabelData { get; }

    public abstract string LabelClose { get; }

    public abstract string LabelTime { get; }

    public abstract string LabelWhy { get; }

    public abstract string LabelPath { get; }

    public abstract string LabelTried { get; }

    public abstract string LabelWith { get; }

    public abstract string LabelBack { get; }

    public abstract string LabelNext { get; }

    public abstract string DefaultPort { get; }

    public abstract string TypedAs(string typed, string changes);

    public abstract string OffSubnet(string destination, string nextHop, string device, int routers);

    public abstract string OnLink(string destination, string prefix, string device);

    public abstract string NoRoute(string destination);

    public abstract string IsAt(string address, string mac, int attempts);

    public abstract string MacKnown(string address, string mac);

    public abstract string NobodyHas(string address, int attempts);

    public abstract string TtlLeft(int seconds);

    public abstract string NoAnswer(string after, int attempt);

    public abstract string ReferralTo(string zone, int servers, int glue);

    public abstract string Programs { get; }

    public abstract string ThroughNat(string translated);

    public abstract string KeptAlive { get; }

    public abstract string StillOpen { get; }

    public abstract string PeerUnknown { get; }

    public abstract string RoundTripAndServer(string roundTrip, string server, string rest);

    public abstract string InSegments(string bytes, int segments);

    public abstract string LostAt(string where, string why);

    public abstract string Damaged(string where);

    public abstract string Cost(string time);

    public abstract string AndMore(int count);

    public abstract string ThreeSegments { get; }

    public abstract string FourSegments { get; }

    public abstract string HalfClosed { get; }

    public abstract string SimultaneousClose { get; }

    public abstract string ByReset { get; }

    public abstract string TimeWait(string node, string duration, bool restarted);

    public abstract string TimeWaitCut(string node);

    public abstract string AlreadyIs(string node, string state);

    public abstract string FinAcknowledgesData { get; }

    public abstract string Certificates(string chain);

    public abstract string CriticalPath(string links, int crossings, string timers, string servers, string nodes);

    public abstract string Initial(string client, string server);
}

internal sealed partial class EnglishWords
{
    public override string FramesLeftOut(int count) => $"… {Figures.Number(count)} frames are left out here; a capture (--pcap FILE) has all of them.";

    public override string LabelUrl => "URL";

    public override string LabelRoute => "ROUTE";

    public override string LabelHttp => "HTTP";

    public override string LabelData => "DATA";

    public override string LabelClose => "CLOSE";

    public override string LabelTime => "TIME";

    public override string LabelWhy => "WHY";

    public override string LabelPath => "PATH";

    public override string LabelTried => "TRIED";

    public override string LabelWith => "WITH";

    public override string LabelBack => "BACK";

    public override string LabelNext => "NEXT";

    public override string DefaultPort => "default";

    public override string TypedAs(string typed, string changes) => $"typed as \"{typed}\": {changes}";

    public override string OffSubnet(string destination, string nextHop, string device, int routers) =>
        $"{destination} is off-subnet → via {nextHop} dev {device}{(routers > 0 ? $", {routers} router{(routers == 1 ? "" : "s")}" : "")}";

    public override string OnLink(string destination, string prefix, string device) => $"{destination} is on-link ({prefix}) → direct dev {device}";

    public override string NoRoute(string destination) => $"no route to {destination}";

    public override string IsAt(string address, string mac, int attempts) => $"who-has {address} → is-at {mac}{(attempts > 1 ? $" (request {attempts})" : "")}";

    public override string MacKnown(string address, string mac) => $"{address} is-at {mac} (cached)";

    public override string NobodyHas(string address, int attempts) => $"who-has {address} → no answer to {Count(attempts, "request")}";

    public override string TtlLeft(int seconds) => $"TTL {seconds} s left";

    public override string NoAnswer(string after, int attempt) => $"no answer in {after}{(attempt > 1 ? $" (attempt {attempt})" : "")}";

    public override string ReferralTo(string zone, int servers, int glue) => $"referral {zone} ({servers} NS{(glue > 0 ? $", {glue} glue" : ", no glue")})";

    public override string Programs => "programs";

    public override string ThroughNat(string translated) => $"through NAT as {translated}";

    public override string KeptAlive => "kept alive: no handshake";

    public override string StillOpen => "not yet: the connection is kept alive";

    public override string PeerUnknown => "(other end)";

    public override string RoundTripAndServer(string roundTrip, string server, string rest) =>
        $"RTT {roundTrip} + server {server}{(rest.Length > 0 ? $" + other {rest}" : "")}";

    public override string InSegments(string bytes, int segments) => $"{bytes} in {Count(segments, "segment")}";

    public override string LostAt(string where, string why) => $"lost at {where} ({why})";

    public override string Damaged(string where) => $"damaged at {where}";

    public override string Cost(string time) => $"cost {time}";

    public override string AndMore(int count) => $"and {count} more";

    public override string ThreeSegments => "three segments: the second FIN carries the ACK of the first";

    public override string FourSegments => "each end closes by itself: FIN and ACK, twice";

    public override string HalfClosed => "one end only: the other has not closed";

    public override string SimultaneousClose => "both ends closed at once";

    public override string ByReset => "by RST: nothing more is delivered";

    public override string TimeWait(string node, string duration, bool restarted) => $"{node} TIME-WAIT {duration} (2 × MSL{(restarted ? ", restarted" : "")})";

    public override string TimeWaitCut(string node) => $"{node} CLOSED: a RST ended TIME-WAIT before its time";

    public override string AlreadyIs(string node, string state) => $"{node} {state}";

    public override string FinAcknowledgesData => "the first FIN also acknowledges the data before it";

    public override string Certificates(string chain) => $"certificates: {chain}";

    public override string CriticalPath(string links, int crossings, string timers, string servers, string nodes) =>
        $"critical path: {links} on links ({Count(crossings, "crossing")}), {timers} in timers, {servers} in servers, {nodes} at nodes";

    public override string Initial(string client, string server) => $"j = {client} · k = {server}";
}

internal sealed partial class ChineseWords
{
    public override string FramesLeftOut(int count) => $"……此处略去 {Figures.Number(count)} 个帧；抓包文件（--pcap FILE）里一个不少。";

    public override string LabelUrl => "网址";

    public override string LabelRoute => "路由";

    public override string LabelHttp => "HTTP";

    public override string LabelData => "数据";

    public override string LabelClose => "关闭";

    public override string LabelTime => "用时";

    public override string LabelWhy => "原因";

    public override string LabelPath => "路径";

    public override string LabelTried => "尝试";

    public override string LabelWith => "对象";

    public override string LabelBack => "结果";

    public override string LabelNext => "建议";

    public override string DefaultPort => "默认端口";

    public override string TypedAs(string typed, string changes) => $"输入的是“{typed}”：{changes}";

    public override string OffSubnet(string destination, string nextHop, string device, int routers) =>
        $"{destination} 不在本网段 → 经 {nextHop}（{device}）{(routers > 0 ? $"，途经 {routers} 台路由器" : "")}";

    public override string OnLink(string destination, string prefix, string device) => $"{destination} 在本网段（{prefix}）→ 经 {device} 直达";

    public override string NoRoute(string destination) => $"没有通往 {destination} 的路由";

    public override string IsAt(string address, string mac, int attempts) => $"谁是 {address}？→ {mac}{(attempts > 1 ? $"（第 {attempts} 次才有人应答）" : "")}";

    public override string MacKnown(string address, string mac) => $"{address} 是 {mac}（缓存）";

    public override string NobodyHas(string address, int attempts) => $"谁是 {address}？→ 问了 {attempts} 次，无人应答";

    public override string TtlLeft(int seconds) => $"TTL 还剩 {seconds} s";

    public override string NoAnswer(string after, int attempt) => $"{after} 内没有应答{(attempt > 1 ? $"（第 {attempt} 次）" : "")}";

    public override string ReferralTo(string zone, int servers, int glue) => $"转介到 {zone}（{servers} 条 NS{(glue > 0 ? $"，{glue} 条粘附记录" : "，无粘附记录")}）";

    public override string Programs => "程序自身";

    public override string ThroughNat(string translated) => $"经 NAT 变为 {translated}";

    public override string KeptAlive => "复用已有连接，无需握手";

    public override string StillOpen => "尚未关闭：连接保持打开";

    public override string PeerUnknown => "（对端）";

    public override string RoundTripAndServer(string roundTrip, string server, string rest) =>
        $"往返 {roundTrip} + 服务器 {server}{(rest.Length > 0 ? $" + 其他 {rest}" : "")}";

    public override string InSegments(string bytes, int segments) => $"{bytes}，共 {segments} 个报文段";

    public override string LostAt(string where, string why) => $"在 {where} 丢失（{why}）";

    public override string Damaged(string where) => $"在 {where} 损坏";

    public override string Cost(string time) => $"代价 {time}";

    public override string AndMore(int count) => $"另有 {count} 处";

    public override string ThreeSegments => "三个报文段：第二个 FIN 捎带了对第一个的确认";

    public override string FourSegments => "两端各自关闭：各一次 FIN 和 ACK";

    public override string HalfClosed => "只关闭了一端，另一端还没有关闭";

    public override string SimultaneousClose => "两端同时关闭";

    public override string ByReset => "以 RST 结束：此后不再交付任何数据";

    public override string TimeWait(string node, string duration, bool restarted) => $"{node} TIME-WAIT {duration}（2 × MSL{(restarted ? "，已重新计时" : "")}）";

    public override string TimeWaitCut(string node) => $"{node} CLOSED：RST 提前结束了 TIME-WAIT";

    public override string AlreadyIs(string node, string state) => $"{node} {state}";

    public override string FinAcknowledgesData => "第一个 FIN 同时确认了此前收到的数据";

    public override string Certificates(string chain) => $"证书链：{chain}";

    public override string CriticalPath(string links, int crossings, string timers, string servers, string nodes) =>
        $"关键路径：链路上 {links}（经过 {crossings} 段），等定时器 {timers}，服务器处理 {servers}，各节点 {nodes}";

    public override string Initial(string client, string server) => $"j = {client} · k = {server}";
}
