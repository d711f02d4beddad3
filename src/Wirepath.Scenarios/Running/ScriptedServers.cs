using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>A query that left the resolver and was not answered yet.</summary>
internal sealed class WaitingQuery(IpEndpoint server, ReadOnlyMemory<byte> bytes, SeenMessage seen, TimeSpan timeout)
{
    private readonly TaskCompletionSource<DnsReply> _reply = new();

    public IpEndpoint Server { get; } = server;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public SeenMessage Seen { get; } = seen;

    public TimeSpan Timeout { get; } = timeout;

    /// <summary>A step has found it to be as it should.</summary>
    public bool IsChecked { get; set; }

    public Task<DnsReply> Reply => _reply.Task;

    public void Complete(DnsReply reply) => _reply.TrySetResult(reply);

    public void Cancel(CancellationToken ct) => _reply.TrySetCanceled(ct);

    public override string ToString() => $"{MessageText.Query(Seen.Message, Seen.OverTcp)} to {Server.Address}";
}

/// <summary>The servers of a scenario: every query waits until the scenario has something to say to it.</summary>
internal sealed class ScriptedServers(Action<string> told, Action<WaitingQuery> sent) : IDnsTransport
{
    private readonly List<WaitingQuery> _waiting = [];

    /// <summary>The one that was sent last is first.</summary>
    public IReadOnlyList<WaitingQuery> Waiting => _waiting;

    public async ValueTask<DnsReply> ExchangeAsync(IpEndpoint server, ReadOnlyMemory<byte> query, bool overTcp, TimeSpan timeout, CancellationToken ct)
    {
        if (!DnsMessage.TryRead(query.Span, out DnsMessage message))
            throw new InvalidOperationException("The resolver sent a query that cannot be read.");
        var waiting = new WaitingQuery(server, query, new SeenMessage(message, overTcp), timeout);
        _waiting.Insert(0, waiting);
        told($"→ {waiting}");
        sent(waiting);
        using CancellationTokenRegistration given = ct.UnsafeRegister(_ => GiveUp(waiting, ct), null);
        return await waiting.Reply.ConfigureAwait(false);
    }

    /// <summary>Answers a query with what the entry says; its ID is the query's.</summary>
    public void Answer(WaitingQuery query, Entry entry)
    {
        if (entry.Adjust.IsSilence)
        {
            End(query, DnsReply.TimedOut);
            return;
        }

        DnsMessage asked = query.Seen.Message;
        byte[] bytes;
        if (entry.Raw is { } raw)
        {
            bytes = [.. raw];
            if (bytes.Length >= 2)
                (bytes[0], bytes[1]) = ((byte)(asked.Id >> 8), (byte)asked.Id);
        }
        else
        {
            bytes = Copy(entry.Packet, asked, entry.Adjust).ToArray();
        }

        // RFC 5452 §9: a reply to another question does not get through a socket, and the wait ends with nothing.
        if (!ReplyMatch.Accepts(query.Bytes.Span, bytes))
        {
            told($"← {query.Server.Address} line {entry.Line}: does not belong to the query");
            End(query, DnsReply.TimedOut);
            return;
        }

        _waiting.Remove(query);
        told($"← {query.Server.Address} line {entry.Line}: {(DnsMessage.TryRead(bytes, out DnsMessage reply) ? Summary(reply) : "bytes that are no message")}");
        query.Complete(DnsReply.Answered(bytes));
    }

    public void End(WaitingQuery query, DnsReply with)
    {
        _waiting.Remove(query);
        told($"← {query.Server.Address}: {with.Status}");
        query.Complete(with);
    }

    private static DnsMessage Copy(DnsMessage packet, DnsMessage asked, Adjustment adjust)
    {
        var reply = new DnsMessage { Id = asked.Id, Flags = packet.Flags, Opcode = packet.Opcode, Rcode = packet.Rcode, Edns = packet.Edns };
        reply.Questions.AddRange(adjust.CopyQuery ? asked.Questions : packet.Questions);
        reply.Answers.AddRange(packet.Answers);
        reply.Authorities.AddRange(packet.Authorities);
        reply.Additionals.AddRange(packet.Additionals);
        return reply;
    }

    private static string Summary(DnsMessage reply) => FormattableString.Invariant(
        $"{EntryMatch.Flags(reply.Flags)} {EntryMatch.Rcode(reply.Rcode)} {reply.Answers.Count}/{reply.Authorities.Count}/{reply.Additionals.Count}");

    // The resolver no longer wants to know: nothing waits any more.
    private void GiveUp(WaitingQuery query, CancellationToken ct)
    {
        if (_waiting.Remove(query))
            told($"✕ {query}");
        query.Cancel(ct);
    }
}
