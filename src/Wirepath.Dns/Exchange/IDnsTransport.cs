using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Carries one query to one server and brings back the reply: over a host's sockets, the operating system's, or a script.
/// </summary>
public interface IDnsTransport
{
    /// <summary>
    /// Sends the query, over UDP from a fresh random port, and waits for the reply.
    /// </summary>
    /// <param name="server">Address and port.</param>
    /// <param name="query">The message, without the length that TCP puts before it.</param>
    /// <param name="overTcp">RFC 7766.</param>
    /// <param name="timeout">How long to wait in all, from the first byte sent, connecting included.</param>
    /// <param name="ct">Gives up early; the task is then cancelled.</param>
    /// <returns>
    /// A reply that came from <paramref name="server"/> and that <see cref="ReplyMatch.Accepts"/>; others do not end the wait.
    /// What the network does is a status, never an exception.
    /// </returns>
    ValueTask<DnsReply> ExchangeAsync(IpEndpoint server, ReadOnlyMemory<byte> query, bool overTcp, TimeSpan timeout, CancellationToken ct);
}

/// <summary>How an exchange with a server ended.</summary>
public enum DnsReplyStatus
{
    Answered,
    TimedOut,
    /// <summary>ICMP port unreachable, or RST: the host is there, the server is not.</summary>
    Refused,
    /// <summary>No route, ICMP net or host unreachable, no link-layer neighbour.</summary>
    Unreachable,
}

/// <param name="Status">How the exchange ended.</param>
/// <param name="Message">The reply; empty unless <see cref="DnsReplyStatus.Answered"/>.</param>
public readonly record struct DnsReply(DnsReplyStatus Status, ReadOnlyMemory<byte> Message)
{
    public static readonly DnsReply TimedOut = new(DnsReplyStatus.TimedOut, default);

    public static readonly DnsReply Refused = new(DnsReplyStatus.Refused, default);

    public static readonly DnsReply Unreachable = new(DnsReplyStatus.Unreachable, default);

    public static DnsReply Answered(ReadOnlyMemory<byte> message) => new(DnsReplyStatus.Answered, message);
}

/// <summary>Which replies belong to a query: RFC 5452 §9, the part that needs no socket.</summary>
public static class ReplyMatch
{
    /// <summary>
    /// True when the reply has QR set, the query's ID and its question, letters' case apart. An error reply may leave
    /// the question out: servers that cannot read a query do (RFC 1035 §7.3).
    /// </summary>
    public static bool Accepts(ReadOnlySpan<byte> query, ReadOnlySpan<byte> reply)
    {
        if (!DnsHeader.TryRead(query, out DnsHeader asked) || !DnsHeader.TryRead(reply, out DnsHeader answered)
            || answered.Id != asked.Id || (answered.Flags & DnsFlags.QR) == 0 || answered.Opcode != asked.Opcode)
            return false;
        if (answered.QuestionCount == 0)
            return answered.Rcode != DnsRcode.NoError;
        if (answered.QuestionCount != 1 || !TryReadQuestion(query, out DnsQuestion question) || !TryReadQuestion(reply, out DnsQuestion echoed))
            return false;
        return question == echoed;
    }

    private static bool TryReadQuestion(ReadOnlySpan<byte> message, out DnsQuestion question)
    {
        question = default;
        int at = DnsHeader.Size;
        if (!DomainName.TryRead(message, ref at, out DomainName name) || message.Length - at < 4)
            return false;
        question = new DnsQuestion(name,
            (DnsType)System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(message[at..]),
            (DnsClass)System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]));
        return true;
    }
}
