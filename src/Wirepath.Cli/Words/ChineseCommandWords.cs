using System.Globalization;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Url;
using Wirepath.Wire;

namespace Wirepath.Cli;

internal sealed class ChineseCommandWords : CommandWords
{
    public override string EmbeddedInternet(ulong seed) => $"内置互联网 · 种子 {seed}";

    public override string Saved(string file) => $"已写入 {file}";

    public override string NotAHost(string text) => $"“{text}”既不是地址，也不是域名：每个标签 1 到 63 字节，以点分隔，总长不超过 255 字节。";

    public override string NoIpv4(string name) => $"{name} 存在，但没有 IPv4 地址。";

    public override string NameFailed(NameAnswer answer) => $"{answer.Name.ToStringWithoutFinalDot()}：{Explain.Words.Chinese.Name(answer.Failure)}。";

    public override string AnsweredBy(NameLevel level, string milliseconds, string world) => level == NameLevel.Literal
        ? $"本来就是地址，无需询问 · {world}"
        : $"由{Explain.Words.Chinese.Level(level)}应答，用时 {milliseconds} ms · {world}";

    public override string PingHead(string target, string address, int bytes, string world) => $"PING {target}（{address}）：{bytes} 字节数据 · {world}";

    public override string PingReply(int bytes, string from, int sequence, int ttl, string milliseconds) =>
        $"来自 {from} 的 {bytes} 字节：seq={sequence} ttl={ttl} 往返={milliseconds} ms";

    public override string PingTimedOut(int sequence, string seconds) => $"seq={sequence}：{seconds} 秒内没有回应";

    public override string PingFailed(int sequence, ProbeOutcome outcome, string from) => $"seq={sequence}：{Outcome(outcome)}{(from.Length == 0 ? "" : $"（{from} 说）")}";

    public override string PingSummary(int sent, int received, string percentLost) => $"发出 {sent} 个，收到 {received} 个，丢失 {percentLost} %";

    public override string PingRoundTrips(string least, string mean, string most, string deviation) => $"往返时间 最小/平均/最大/标准差 = {least}/{mean}/{most}/{deviation} ms";

    public override string PingUnanswered(int sent, string address, ProbeOutcome outcome) => $"发往 {address} 的 {sent} 个回显请求都没有得到应答；最后一个：{Outcome(outcome)}。";

    public override string Outcome(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.TimedOut => "时限内没有回应",
        ProbeOutcome.TimeExceeded => "途中 TTL 减到了零",
        ProbeOutcome.PortUnreachable => "主机在线，但该端口无人监听",
        ProbeOutcome.Unreachable => "目的不可达",
        ProbeOutcome.TooBig => "包超过途中某条链路的 MTU，又不允许分片",
        ProbeOutcome.EchoReply => "有应答",
        ProbeOutcome.NoRoute => "本机没有通往它的路由",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    public override string TraceHead(string target, string address, int hops, string world) => $"通往 {target}（{address}）的路径，最多 {hops} 跳 · {world}";

    public override string TraceUnreachable(string address, string by) => $"没有到达 {address}：{by} 说它不可达。";

    public override string TraceNotReached(string address, int hops) => $"{hops} 跳之内没有到达 {address}：最后一个有地址的行，就是最后一台应答的路由器。";

    public override string UrlLabel(UrlPart part) => part switch
    {
        UrlPart.Scheme => "协议",
        UrlPart.Username => "用户名",
        UrlPart.Password => "密码",
        UrlPart.Host => "主机",
        UrlPart.Port => "端口",
        UrlPart.PathSegment => "路径",
        UrlPart.OpaquePath => "路径",
        UrlPart.QueryPair => "查询",
        UrlPart.Fragment => "片段",
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };

    public override string UrlOrigin => "源";

    public override string UrlDefaultPort => "该协议的默认端口，不发送";

    public override string UrlALabels(string raw) => $"→ {raw}（A-label，查询 DNS 时用它）";

    public override string UrlAddress => "本来就是地址，无需查询";

    public override string UrlStaysHere => "留在本地，从不发送";

    public override string UrlChanged => "改动";

    public override string UrlChange(FixUpNote note) => note.Change switch
    {
        FixUpChange.BlanksDropped => "去掉了前后的空白。",
        FixUpChange.SchemeAdded => "没有输入协议，按 http 处理。",
        FixUpChange.SlashesPutRight => "协议后面应有两条斜线，已改正。",
        FixUpChange.LowerCased => "协议和主机名一律用小写。",
        FixUpChange.HostToAscii => $"向 DNS 查询时，域名写作 {note.Detail}。",
        FixUpChange.AddressNormalised => $"地址写作 {note.Detail}。",
        FixUpChange.DefaultPortDropped => $"{note.Detail} 是默认端口，省略。",
        FixUpChange.PercentEncoded => "不能原样传输的字符已做百分号编码。",
        FixUpChange.DotSegmentsResolved => "路径中的“.”和“..”已经化简。",
        FixUpChange.PathAdded => "空路径就是 /。",
        _ => throw new ArgumentOutOfRangeException(nameof(note)),
    };

    public override string UrlRemark => "注意";

    public override string UrlAt(string name, int character) => $"{name}，第 {character} 个字符";

    public override string UrlWrong(UrlFailure failure) => $"第 {failure.Position + 1} 个字符有误：{Why(failure.Name, failure.Detail, failure.Idna)}（{failure.Name}）。";

    public override string UrlTolerated(UrlValidationError error) => Why(error.Name, error.Detail, error.Idna) + "。";

    // Named as in the WHATWG URL standard.
    private static string Why(string name, string detail, IdnaError idna) => name switch
    {
        "missing-scheme-non-relative-URL" => "缺少协议，URL 以协议开头，例如 http://",
        "host-missing" => "缺少主机名或地址",
        "port-invalid" => "端口只能是 0 到 65535 的数字",
        "port-out-of-range" => $"端口 {detail} 太大，最大是 65535",
        "host-invalid-code-point" => "主机名里有不允许的字符",
        "domain-to-ASCII" => WhyNoDomain(idna),
        "domain-percent-encoded" => "主机名用了百分号编码，没有必要",
        "IPv4-empty-part" => "IPv4 地址末尾多了一个点，已去掉",
        "IPv4-too-few-parts" => "IPv4 地址不足四段，最后一段代替缺少的几段",
        "IPv4-too-many-parts" => "末尾是数字，应当是 IPv4 地址，但多于四段",
        "IPv4-non-numeric-part" => "末尾是数字，应当是 IPv4 地址，但有一段不是数字",
        "IPv4-non-decimal-part" => $"IPv4 地址中的 {detail} 是八进制或十六进制，应当用十进制",
        "IPv4-out-of-range-part" => $"IPv4 地址中的 {detail} 太大，一段最大是 255",
        "IPv6-unclosed" => "IPv6 地址缺少右方括号",
        "IPv6-invalid-compression" => "IPv6 地址不能以单个冒号开头，“::”代表一串零",
        "IPv6-multiple-compression" => "IPv6 地址中“::”只能出现一次",
        "IPv6-too-many-pieces" => "IPv6 地址多于八段",
        "IPv6-too-few-pieces" => "IPv6 地址少于八段，又没有“::”",
        "IPv6-invalid-code-point" => "IPv6 地址里有不允许的字符，每段是一到四位十六进制数",
        "IPv6-piece-leading-zero" => $"IPv6 地址的 {detail} 段开头有多余的 0",
        "IPv4-in-IPv6-too-many-pieces" => "IPv6 地址里放不下 IPv4 部分，它前面最多六段",
        "IPv4-in-IPv6-invalid-code-point" => "IPv6 地址中的 IPv4 部分写法不对，应当是四个 0 到 255 的数",
        "IPv4-in-IPv6-out-of-range-part" => $"IPv6 地址中的 IPv4 部分里 {detail} 太大，最大是 255",
        "IPv4-in-IPv6-too-few-parts" => "IPv6 地址中的 IPv4 部分不足四个数",
        "invalid-URL-unit" => detail == "%" ? "百分号后应有两位十六进制数（百分号本身写作 %25）" : "URL 里不应直接写这个字符，会被编码或去掉",
        "special-scheme-missing-following-solidus" => "协议后应当正好是两个斜杠",
        "invalid-reverse-solidus" => "这里应当是斜杠，写成了反斜杠",
        "invalid-credentials" => "URL 里带有用户名或密码，看到 URL 的人都能看到",
        "file-invalid-Windows-drive-letter" => "应当是相对路径的地方写了盘符",
        "file-invalid-Windows-drive-letter-host" => "应当是主机的地方写了盘符，按路径处理",
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private static string WhyNoDomain(IdnaError error) => error switch
    {
        IdnaError.ForbiddenAscii => "主机名里有不允许的字符，只能用字母、数字、“-”和“.”",
        IdnaError.Disallowed => "这个字符不允许出现在国际化域名里",
        IdnaError.PrefixBeforeNonAscii => "以“xn--”开头的标签只能用 ASCII 字符",
        IdnaError.Punycode => "“xn--”后面不是合法的 Punycode（RFC 3492）",
        IdnaError.NotNormalized => "“xn--”后面解码出来的文字不是 NFC 规范形式",
        IdnaError.Hyphen => "标签的首尾或第三、四位不应有连字符",
        IdnaError.LeadingMark => "标签不能以组合符号开头",
        IdnaError.Joiner => "这里不允许不可见的连接符（U+200C 或 U+200D）",
        IdnaError.Bidi => "标签混用了不同的书写方向（RFC 5893）",
        IdnaError.EmptyLabel => "有一个空标签：两个点相连，或点在开头或末尾",
        IdnaError.LabelTooLong => "标签超过了 DNS 允许的 63 字节",
        IdnaError.DomainTooLong => "主机名超过了 DNS 允许的 253 字节",
        IdnaError.Empty => "主机名里全是会被忽略的字符，什么也没有剩下",
        IdnaError.None => throw new ArgumentOutOfRangeException(nameof(error)),
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };

    public override string Listening(string addresses) => $"正在监听 {addresses}";

    public override string CannotListen(string why) => $"无法监听：{why}。";

    public override string CacheLoaded(int answers, string file) => string.Create(CultureInfo.InvariantCulture, $"已从 {file} 载入 {answers} 条应答");

    public override string CacheNotLoaded(string why) => $"以空缓存启动：{why}";

    public override string CacheSaved(int answers, string file) => string.Create(CultureInfo.InvariantCulture, $"已将 {answers} 条应答存入 {file}");

    public override string CacheNotSaved(string why) => $"缓存未能保存：{why}";

    public override string ReadAgain => "文件已重新读取，即刻生效";

    public override string NotReadAgain(string why) => $"文件未能重新读取，仍按原来的内容运行：{why}";

    public override string ResolverStopped(long queries, long atOnce, long sent) => string.Create(CultureInfo.InvariantCulture,
        $"共收到 {queries:N0} 个查询，其中 {atOnce:N0} 个由缓存直接回答；向服务器发出 {sent:N0} 个查询");

    public override string NameserverStopped(long queries) => string.Create(CultureInfo.InvariantCulture, $"共收到 {queries:N0} 个查询");

    public override string ZoneFetched(DomainName zone, uint serial) => string.Create(CultureInfo.InvariantCulture, $"已取得区域 {zone}，序列号 {serial}");

    public override string ZoneExpired(DomainName zone) => $"区域 {zone} 已过期：主服务器没有应答";
}
