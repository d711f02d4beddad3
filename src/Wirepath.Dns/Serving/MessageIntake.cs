using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What every responder does first and last: take the question out of a message, and write the reply in the room there is.</summary>
internal static class MessageIntake
{
    // RFC 1035 §3.2.3: questions of the past, for which no record ever had the type.
    private const DnsType MailB = (DnsType)253;
    private const DnsType MailA = (DnsType)254;

    /// <summary>Reads a query that has one question of class IN.</summary>
    /// <param name="query">The message; meaningless when <paramref name="reply"/> alone is to be sent.</param>
    /// <param name="reply">On false: the reply to send, or null for none at all.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DnsMessage query, out DnsMessage? reply)
    {
        query = null!;
        reply = null;
        // A response is never answered: two servers would play ping-pong for ever.
        if (!DnsHeader.TryRead(bytes, out DnsHeader header) || (header.Flags & DnsFlags.QR) != 0)
            return false;
        if (!DnsMessage.TryRead(bytes, out query))
        {
            query = new DnsMessage { Id = header.Id, Opcode = header.Opcode, Flags = header.Flags };
            reply = query.CreateResponse(DnsRcode.FormErr);
            return false;
        }

        if (query.Opcode != DnsOpcode.Query)
            reply = query.CreateResponse(DnsRcode.NotImp);
        else if (query.Edns is { Version: > 0 })
            reply = query.CreateResponse(DnsRcode.BadVers);
        else if (query.Questions.Count != 1)
            reply = query.CreateResponse(DnsRcode.FormErr);
        else if (query.Questions[0].Class != DnsClass.IN)
            reply = query.CreateResponse(DnsRcode.Refused);
        else if (query.Questions[0].Type is DnsType.None or DnsType.OPT or DnsType.TKEY or DnsType.TSIG or MailA or MailB or (>= (DnsType)128 and < DnsType.TKEY))
            reply = query.CreateResponse(DnsRcode.FormErr);
        return reply is null;
    }

    /// <summary>Writes the reply, OPT echoed if the query had one, truncated to what the client and the path take.</summary>
    /// <param name="most">Bytes of the largest answer over UDP, whatever the client takes.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(DnsMessage query, DnsMessage reply, Memory<byte> destination, bool overTcp, ushort most = Edns.DefaultUdpPayloadSize)
    {
        reply.Edns = query.Edns is null ? null : reply.Edns ?? new Edns(dnssecOk: query.Edns.DnssecOk);
        int limit = overTcp ? DnsMessage.MaxSize
            : query.Edns is null ? DnsMessage.MaxUdpSizeWithoutEdns
            : Math.Clamp((int)query.Edns.UdpPayloadSize, DnsMessage.MaxUdpSizeWithoutEdns, Math.Max((int)most, DnsMessage.MaxUdpSizeWithoutEdns));
        return destination.Length < DnsHeader.Size ? 0 : reply.Write(destination.Span, limit);
    }
}
