using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Answers from its zones by the algorithm of RFC 1034 §4.3.2, with DNSSEC's records for who asks with DO (RFC 4035 §3.1,
/// RFC 5155 §7.2), and nothing else: no recursion, no cache.
/// </summary>
public sealed class AuthoritativeServer(ZoneSet zones, NodeLog log) : IDnsResponder, IZoneTransferSource
{
    private volatile ZoneSet _zones = zones;

    public AuthoritativeSettings Settings { get; init; } = AuthoritativeSettings.Default;

    /// <summary>What it answers from; another set takes over with the next question.</summary>
    public ZoneSet Zones
    {
        get => _zones;
        set => _zones = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>A server that may say so says that this zone has changed (RFC 1996); set by who keeps secondary zones.</summary>
    public Action<DomainName>? Notified { get; set; }

    public ValueTask<DnsResponse> RespondAsync(
        ReadOnlyMemory<byte> query, Memory<byte> response, IpEndpoint client, bool overTcp, CancellationToken ct)
    {
        EventId because = NodeLog.ApplicationCause;
        if (!MessageIntake.TryRead(query.Span, out DnsMessage message, out DnsMessage? reply) && reply is null)
            return ValueTask.FromResult(new DnsResponse(0, because));
        if (reply is { Rcode: DnsRcode.NotImp } && message.Opcode == DnsOpcode.Notify)
            reply = AnswerNotify(message, client);
        EdnsOption cookie = default;
        if (Settings.Cookies is { } cookies && message.Edns is not null)
        {
            switch (cookies.Check(message.Edns, client.Address, out cookie))
            {
                case CookieState.Malformed:
                    reply = message.CreateResponse(DnsRcode.FormErr);
                    break;
                case CookieState.Unproven when Settings.RequireCookies && !overTcp:
                    reply = message.CreateResponse(DnsRcode.BadCookie);
                    break;
            }
        }

        reply ??= Answer(message);
        reply.Edns = ReplyEdns(message.Edns, cookie);
        return ValueTask.FromResult(ReplyBuilder.Send(message, reply, response, client, overTcp, log, because));
    }

    /// <summary>Answers a query that has one question of class IN.</summary>
    public DnsMessage Answer(DnsMessage query)
    {
        ArgumentNullException.ThrowIfNull(query);
        (DomainName name, DnsType type, _) = query.Questions[0];
        Zone? zone = Zones.Find(name, type);
        // A transfer over UDP, or from who may not: REFUSED (RFC 5936 §2.2.1).
        if (zone is null || type == DnsType.AXFR)
            return query.CreateResponse(DnsRcode.Refused);
        // RFC 1995 §2: over UDP the SOA alone, so that the client comes over TCP if it differs from its own.
        if (type == DnsType.IXFR)
            type = DnsType.SOA;
        DnsMessage reply = query.CreateResponse();
        new ZoneAnswer(zone, reply, withProofs: query.Edns is { DnssecOk: true }, Settings).Write(name, type);
        return reply;
    }

    public bool TryTransfer(ReadOnlyMemory<byte> query, IpEndpoint client, out IEnumerable<ReadOnlyMemory<byte>> messages)
    {
        messages = [];
        if (!ZoneTransferOut.IsTransfer(query.Span) || !DnsMessage.TryRead(query.Span, out DnsMessage message) || message.Questions.Count != 1)
            return false;
        Zone? zone = Zones.At(message.Questions[0].Name);
        if (zone is null || !Settings.Transfers.Any(prefix => prefix.Contains(client.Address)))
            return false;
        messages = ZoneTransferOut.Messages(message, zone, Settings.TransferMessageSize);
        return true;
    }

    private DnsMessage AnswerNotify(DnsMessage message, IpEndpoint client)
    {
        DnsMessage reply = message.CreateResponse();
        reply.IsAuthoritative = true;
        if (message.Questions is not [{ Type: DnsType.SOA } question] || Notified is not { } notified)
            reply.Rcode = DnsRcode.NotImp;
        else if (!Settings.Notifiers.Any(prefix => prefix.Contains(client.Address)))
            reply.Rcode = DnsRcode.Refused;
        else
            notified(question.Name);
        return reply;
    }

    private Edns? ReplyEdns(Edns? asked, EdnsOption cookie)
    {
        if (asked is null)
            return null;
        var options = new List<EdnsOption>();
        if (Settings.Nsid is { } nsid && asked.TryGetOption(EdnsOptionCode.Nsid, out _))
            options.Add(new EdnsOption(EdnsOptionCode.Nsid, System.Text.Encoding.UTF8.GetBytes(nsid)));
        if (cookie.Code == EdnsOptionCode.Cookie)
            options.Add(cookie);
        return new Edns(Edns.DefaultUdpPayloadSize, 0, asked.DnssecOk, options);
    }
}
