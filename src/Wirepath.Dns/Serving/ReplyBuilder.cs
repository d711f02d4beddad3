using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>How a resolver or forwarder puts what it found into a message for its client.</summary>
internal static class ReplyBuilder
{
    public static DnsMessage Build(DnsMessage query, ResolvedMessage found, ResolverSettings settings)
    {
        DnsQuestion question = query.Questions[0];
        bool ignoresBogus = query.CheckingDisabled && !settings.IgnoreCheckingDisabled;
        bool isWithheld = found.Security == Security.Bogus && !ignoresBogus && !settings.ValidationIsPermissive;
        bool wantsSignatures = query.Edns?.DnssecOk ?? false;
        DnsMessage reply = query.CreateResponse(isWithheld ? DnsRcode.ServFail : found.Rcode);
        if (!isWithheld && found.IsAnswer)
        {
            reply.AuthenticData = found.Security == Security.Secure && !query.CheckingDisabled && (wantsSignatures || query.AuthenticData);
            bool isNegative = ResolverCache.IsNegative(found);
            bool isReferral = found.IsReferral;
            // Where a wildcard's answer needs its proof, or nobody knows what is wanted, all is given.
            bool isWhole = !settings.MinimalResponses || isReferral || question.Type == DnsType.ANY
                || (!isNegative && wantsSignatures && found.Authorities.Exists(s => s.Type is DnsType.NSEC or DnsType.NSEC3));
            int turn = settings.RotateRecords ? query.Id : 0;
            Write(found.Answers, reply.Answers, question, wantsSignatures, turn, keepsProofs: true);
            if (isWhole)
                Write(found.Authorities, reply.Authorities, question, wantsSignatures, turn, keepsProofs: wantsSignatures);
            else if (isNegative || wantsSignatures)
                Write([.. found.Authorities.Where(s => s.Type is DnsType.NSEC or DnsType.NSEC3 || isNegative && s.Type is DnsType.SOA)], reply.Authorities, question, wantsSignatures, turn, keepsProofs: wantsSignatures);
            // Who asks for name servers wants their addresses.
            if (isWhole || question.Type == DnsType.NS)
                Write(found.Additionals, reply.Additionals, question, wantsSignatures, turn, keepsProofs: false);
        }

        if (query.Edns is not null && settings.UseExtendedErrors && found.Error is { } error && (isWithheld || !found.IsAnswer || found.IsStale))
            reply.Edns = new Edns(settings.EdnsSize, 0, wantsSignatures, [ExtendedErrors.For(found.Failure, error)]);
        return reply;
    }

    public static DnsResponse Send(
        DnsMessage query, DnsMessage reply, Memory<byte> response, IpEndpoint client, bool overTcp, NodeLog log, EventId because,
        ushort most = Edns.DefaultUdpPayloadSize)
    {
        int length = MessageIntake.Write(query, reply, response, overTcp, most);
        if (log.IsEnabled && query.Questions is [var question, ..])
        {
            because = log.Write(because, new QuestionAnswered(
                question.Name, question.Type, client, reply.Rcode, reply.IsAuthoritative, reply.Answers.Count, overTcp));
        }

        return new DnsResponse(length, because);
    }

    // Who did not set DO gets no records that only validators understand, unless they are what was asked for (RFC 4035 §3.2.1).
    private static void Write(List<Rrset> sets, List<DnsRecord> section, DnsQuestion question, bool wantsSignatures, int turn, bool keepsProofs)
    {
        foreach (Rrset set in sets)
        {
            if (!keepsProofs && set.Type is DnsType.NSEC or DnsType.NSEC3 && set.Type != question.Type)
                continue;
            int count = set.Records.Length;
            for (int i = 0; i < count; i++)
            {
                DnsRecord record = set.Records[(i + turn) % count];
                section.Add(record.Ttl == set.Ttl ? record : record with { Ttl = set.Ttl });
            }

            if (!wantsSignatures)
                continue;
            foreach (DnsRecord signature in set.Signatures)
                section.Add(signature.Ttl == set.Ttl ? signature : signature with { Ttl = set.Ttl });
        }
    }
}
