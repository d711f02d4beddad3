using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>How a resolver or forwarder puts what it found into a message.</summary>
internal static class ResolvedReply
{
    public static Resolution FromCache(CachedAnswer cached, DnsQuestion question, EventId because) => new(
        cached.Failure, cached.Records, cached.Soa,
        cached.Failure switch
        {
            NameFailure.NoSuchName => $"the name {cached.End} does not exist",
            NameFailure.NoSuchType => $"{cached.End} exists but has no {DnsMnemonic.Of(question.Type)} record",
            NameFailure.Loop => $"the aliases lead in a circle: {NameFailureWords.Chain(cached.Records)}",
            _ => "",
        }, because);

    public static DnsMessage Build(DnsMessage query, Resolution found)
    {
        DnsMessage reply = query.CreateResponse(found.Failure switch
        {
            NameFailure.None or NameFailure.NoSuchType => DnsRcode.NoError,
            NameFailure.NoSuchName => DnsRcode.NXDomain,
            _ => DnsRcode.ServFail,
        });
        if (found.IsAnswer)
        {
            reply.Answers.AddRange(found.Answers);
            if (found.Soa is not null)
                reply.Authorities.Add(found.Soa);
        }
        else if (query.Edns is not null)
        {
            reply.Edns = new Edns(Edns.DefaultUdpPayloadSize, 0, query.Edns.DnssecOk, [ExtendedErrors.For(found.Failure, found.Explanation)]);
        }

        return reply;
    }

    public static DnsResponse Send(
        DnsMessage query, DnsMessage reply, Memory<byte> response, IpEndpoint client, bool overTcp, NodeLog log, EventId because)
    {
        int length = MessageIntake.Write(query, reply, response, overTcp);
        if (log.IsEnabled && query.Questions is [var question, ..])
        {
            because = log.Write(because, new QuestionAnswered(
                question.Name, question.Type, client, reply.Rcode, reply.IsAuthoritative, reply.Answers.Count, overTcp));
        }

        return new DnsResponse(length, because);
    }
}
