using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>One query to one server, as the one who asks wants it.</summary>
/// <param name="Question">Name, type, class.</param>
/// <param name="Server">Address and port.</param>
/// <param name="Zone">The zone whose servers are asked; the root for a recursive question.</param>
/// <param name="ServerName">The root when the server is known by address alone.</param>
/// <param name="Timeout">For UDP; TCP gets at least <see cref="QueryExchange.LeastTcpTimeout"/>.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Because">The event that makes us ask.</param>
internal readonly record struct Ask(
    DnsQuestion Question, IpEndpoint Server, DomainName Zone, DomainName ServerName, TimeSpan Timeout, int Attempt, EventId Because)
{
    public bool RecursionDesired { get; init; }

    /// <summary>Whether to send OPT.</summary>
    public bool Edns { get; init; }

    /// <summary>Whether to ask for signatures (RFC 3225); with OPT alone.</summary>
    public bool DnssecOk { get; init; }

    /// <summary>Whether the one asked is to leave checking signatures to us (RFC 4035 §3.2.2).</summary>
    public bool CheckingDisabled { get; init; }

    /// <summary>Whether the one asked is to say if it has verified the answer (RFC 6840 §5.7).</summary>
    public bool AuthenticData { get; init; }

    /// <summary>0x20: the letters' case serves as further bits of the ID.</summary>
    public bool RandomCase { get; init; }

    public bool OverTcp { get; init; }
}

internal enum AskStatus
{
    Answered,
    TimedOut,
    Refused,
    Unreachable,
    /// <summary>A reply whose bytes are no DNS message.</summary>
    Unreadable,
    /// <summary>The budget allowed no further packet.</summary>
    OutOfBudget,
}

/// <param name="Status">How it ended.</param>
/// <param name="Message">The reply; null unless <see cref="AskStatus.Answered"/>.</param>
/// <param name="RoundTrip">From the last query sent to its reply, or to giving up.</param>
/// <param name="Sent">The event of the last query sent.</param>
/// <param name="SentName">The name in the case in which it was sent.</param>
internal readonly record struct Asked(AskStatus Status, DnsMessage? Message, TimeSpan RoundTrip, EventId Sent, DomainName SentName);

/// <summary>
/// Builds queries, sends them and judges whether what comes back is the reply: random ID, EDNS, 0x20, TCP after
/// truncation. Everybody who asks upstream (stub, forwarder, iterator) asks through one.
/// </summary>
internal sealed class QueryExchange(IDnsTransport transport, NodeLog log, TimeProvider time, RandomSource random)
{
    /// <summary>
    /// TCP retransmits by itself: a wait shorter than a handshake and a retransmission or two (RFC 6298: 1 s, then 2 s)
    /// would give up on every lossy path.
    /// </summary>
    public static readonly TimeSpan LeastTcpTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();

    public NodeLog Log { get; } = log;

    /// <summary>Bytes of the largest UDP reply that servers are told to send.</summary>
    public ushort EdnsSize { get; init; } = Edns.DefaultUdpPayloadSize;

    /// <summary>Cookies of the servers asked (RFC 7873); null: none are sent.</summary>
    public CookieJar? Cookies { get; init; }

    /// <summary>Ask again over TCP what UDP cut short.</summary>
    public bool UseTcp { get; init; } = true;

    public Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    /// <summary>Asks over UDP and, when the reply is truncated or its case or cookie is wrong, again over TCP.</summary>
    public async ValueTask<Asked> AskAsync(Ask ask, QueryBudget? budget, CancellationToken ct)
    {
        if (!ask.OverTcp)
        {
            Asked overUdp = await SendAsync(ask, budget, ct).ConfigureAwait(false);
            // RFC 7873 §5.3: with BADCOOKIE comes the cookie that would have been good.
            if (overUdp.Message is { Rcode: DnsRcode.BadCookie } refused && IsFromServer(ask, refused))
                overUdp = await SendAsync(ask with { Because = WriteResponse(ask, overUdp, ResponseKind.Failure) }, budget, ct).ConfigureAwait(false);
            if (overUdp.Message is not { } message)
                return overUdp;
            bool isForeign = !IsFromServer(ask, message) || message.Rcode == DnsRcode.BadCookie
                || ask.RandomCase && message.Questions is [var echoed] && !echoed.Name.EqualsExactly(overUdp.SentName);
            if (!message.IsTruncated && !isForeign)
                return overUdp;
            if (!UseTcp)
                return overUdp with { Status = AskStatus.Unreadable, Message = null };
            EventId received = WriteResponse(ask, overUdp, isForeign ? ResponseKind.Mismatched : ResponseKind.Truncated);
            ask = ask with { Because = received };
        }

        // RFC 7766 §5; and where the case or the cookie was wrong, TCP's handshake shows who answers.
        ask = ask with { OverTcp = true, RandomCase = false, Timeout = ask.Timeout < LeastTcpTimeout ? LeastTcpTimeout : ask.Timeout };
        return await SendAsync(ask, budget, ct).ConfigureAwait(false);
    }

    /// <summary>Writes down what came back and what it was taken for.</summary>
    /// <returns>The event, to be the cause of what is done next.</returns>
    public EventId WriteResponse(Ask ask, Asked asked, ResponseKind kind)
    {
        if (!Log.IsEnabled || asked.Message is not { } message)
            return asked.Sent;
        return Log.Write(asked.Sent, new ResponseReceived(
            ask.Question.Name, ask.Question.Type, ask.Server, ask.Zone, message.Id, message.Rcode, message.IsAuthoritative, message.RecursionAvailable,
            message.IsTruncated, kind, asked.RoundTrip, [.. message.Answers], [.. message.Authorities], [.. message.Additionals]));
    }

    private bool IsFromServer(Ask ask, DnsMessage message) => Cookies is null || !ask.Edns || Cookies.Accepts(ask.Server.Address, message);

    private async ValueTask<Asked> SendAsync(Ask ask, QueryBudget? budget, CancellationToken ct)
    {
        if (budget is not null && !budget.TrySpendQuery())
            return new Asked(AskStatus.OutOfBudget, null, TimeSpan.Zero, ask.Because, ask.Question.Name);

        (ushort id, DomainName name) = Unpredictables(ask);
        var query = DnsMessage.Query(id, ask.Question with { Name = name }, ask.RecursionDesired);
        query.CheckingDisabled = ask.CheckingDisabled;
        query.AuthenticData = ask.AuthenticData;
        if (ask.Edns)
            query.Edns = new Edns(EdnsSize, 0, ask.DnssecOk, Cookies is null ? [] : [Cookies.For(ask.Server.Address)]);
        byte[] bytes = query.ToArray();

        EventId sent = ask.Because;
        if (Log.IsEnabled)
        {
            sent = Log.Write(ask.Because, new QuerySent(
                ask.Question.Name, ask.Question.Type, ask.Server, ask.Zone, ask.ServerName, id, ask.RecursionDesired, ask.OverTcp, ask.Attempt));
        }

        NodeLog.ApplicationCause = sent;
        Instant start = Now;
        DnsReply reply = await transport.ExchangeAsync(ask.Server, bytes, ask.OverTcp, ask.Timeout, ct).ConfigureAwait(false);
        TimeSpan took = Now - start;

        if (reply.Status == DnsReplyStatus.TimedOut && Log.IsEnabled)
            sent = Log.Write(sent, new QueryTimedOut(ask.Question.Name, ask.Question.Type, ask.Server, took, ask.Attempt));
        if (reply.Status != DnsReplyStatus.Answered)
        {
            return new Asked(reply.Status switch
            {
                DnsReplyStatus.Refused => AskStatus.Refused,
                DnsReplyStatus.Unreachable => AskStatus.Unreachable,
                _ => AskStatus.TimedOut,
            }, null, took, sent, name);
        }

        budget?.SpendBytes(reply.Message.Length);
        if (!ReplyMatch.Accepts(bytes, reply.Message.Span) || !DnsMessage.TryRead(reply.Message.Span, out DnsMessage message))
            return new Asked(AskStatus.Unreadable, null, took, sent, name);
        return new Asked(AskStatus.Answered, message, took, sent, name);
    }

    private (ushort Id, DomainName Name) Unpredictables(Ask ask)
    {
        lock (_lock)
        {
            ushort id = random.NextUInt16();
            return (id, ask.RandomCase ? ask.Question.Name.WithRandomCase(random) : ask.Question.Name);
        }
    }
}
