using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What an upstream's reply is worth, after everything that it has no right to say is gone.</summary>
internal sealed class Judgement(ResolvedMessage content)
{
    public ResponseKind Kind { get; set; }

    /// <summary>What is left of the reply. Of a referral: its NS, DS and glue sets.</summary>
    public ResolvedMessage Content { get; } = content;

    /// <summary>The name at the end of the aliases.</summary>
    public DomainName End { get; set; }

    public bool IsLoop { get; set; }

    /// <summary>The zone cut of a referral.</summary>
    public Rrset? Nameservers { get; set; }

    /// <summary>Lame, but an answer for want of a better one: from a server's cache, or empty.</summary>
    public bool IsOfUseInNeed { get; set; }

    public List<(DnsRecord Record, string Reason)> Disbelieved { get; } = [];

    /// <summary>For <see cref="ResponseKind.Lame"/> and <see cref="ResponseKind.Failure"/>.</summary>
    public string Words { get; set; } = "";
}

/// <summary>
/// Classifies replies: an answer, an alias that leads on, a referral, or nothing of use. A server that was asked as an
/// authority must speak as one; a forwarder must recurse.
/// </summary>
internal static class ReplyJudge
{
    /// <param name="message">The reply.</param>
    /// <param name="zone">The zone whose servers were asked; of a forwarder, what is forwarded to it.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="settings">What is never believed.</param>
    /// <param name="isRecursive">True when it was asked with RD: a forwarder.</param>
    public static Judgement Judge(DnsMessage message, DomainName zone, DnsQuestion question, ResolverSettings settings, bool isRecursive)
    {
        Judgement judgement = ReplyScrubber.Scrub(message, zone, question, settings);
        (judgement.Kind, judgement.Words) = Classify(message, zone, question, judgement, isRecursive);
        judgement.IsOfUseInNeed = judgement.Words is FromCache or Empty;
        if (judgement.Kind == ResponseKind.Alias)
        {
            // The response code is the next server's to say.
            judgement.Content.Rcode = DnsRcode.NoError;
            judgement.Content.LeadsOn = true;
        }

        return judgement;
    }

    private const string FromCache = "it answers from a cache, not as an authority";
    private const string Empty = "it gives neither an authoritative answer nor a referral";

    private static (ResponseKind, string) Classify(DnsMessage message, DomainName zone, DnsQuestion question, Judgement judgement, bool isRecursive)
    {
        ResolvedMessage content = judgement.Content;
        // Data from a cache that we did not ask to look into: not what the zone's owner says now.
        bool isFromCache = message.RecursionAvailable && !message.IsAuthoritative && !isRecursive;
        if (message.Rcode is DnsRcode.Refused or DnsRcode.NotAuth)
            return (ResponseKind.Lame, RcodeWords.Of(message.Rcode));
        if (message.Rcode is not (DnsRcode.NoError or DnsRcode.NXDomain or DnsRcode.YXDomain))
            return (ResponseKind.Failure, RcodeWords.Of(message.Rcode));
        // A DNAME that makes a circle for one name may be right for others: it is what the zone says, and who follows it will see.
        if (judgement.IsLoop)
            return (content.Answers.Exists(s => s.Type == DnsType.DNAME) ? ResponseKind.Answer : ResponseKind.Alias, "");
        bool isAlias = judgement.End != question.Name && question.Type is not (DnsType.CNAME or DnsType.ANY);
        bool isComplete = content.Answers.Exists(s => s.Name == judgement.End && (s.Type == question.Type || question.Type == DnsType.ANY));
        if (message.Rcode == DnsRcode.NXDomain)
        {
            if (isFromCache)
                return (ResponseKind.Lame, FromCache);
            // The response code speaks of the last name of the chain (RFC 6604 §2.1), of which another zone's server knows nothing.
            return (isAlias ? ResponseKind.Alias : ResponseKind.NoSuchName, "");
        }

        if (isComplete)
            return isFromCache ? (ResponseKind.Lame, FromCache) : (ResponseKind.Answer, "");
        if (message.Rcode == DnsRcode.YXDomain)
            return (ResponseKind.Answer, "");
        if (isAlias)
            return (ResponseKind.Alias, "");

        if (content.Authorities.Exists(s => s.Type == DnsType.SOA))
            return isFromCache ? (ResponseKind.Lame, FromCache) : (ResponseKind.NoSuchType, "");
        foreach (DnsRecord record in message.Authorities)
        {
            if (record.Type != DnsType.NS || record.Class != DnsClass.IN)
                continue;
            if (record.Name == zone)
            {
                if (isFromCache)
                    return (ResponseKind.Lame, FromCache);
                return message.IsAuthoritative || isRecursive
                    ? (ResponseKind.NoSuchType, "")
                    : (ResponseKind.Lame, "it refers to the zone that we asked it about");
            }

            if (zone.IsSubdomainOf(record.Name))
                return isRecursive ? (ResponseKind.Failure, "it refers upward") : (ResponseKind.Lame, "it refers back to where we came from");
        }

        if (content.Authorities.Find(s => s.Type == DnsType.NS) is { } nameservers && nameservers.Name != zone)
        {
            judgement.Nameservers = nameservers;
            return (ResponseKind.Referral, "");
        }

        if (message.Answers.Count + message.Authorities.Count + message.Additionals.Count == 0)
            return isRecursive ? (ResponseKind.NoSuchType, "") : (ResponseKind.Lame, Empty);
        return isFromCache ? (ResponseKind.Lame, FromCache) : (ResponseKind.NoSuchType, "");
    }
}
