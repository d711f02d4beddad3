using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What an authoritative server's reply is worth, after everything that it has no right to say is gone.</summary>
internal sealed class Judgement
{
    public ResponseKind Kind { get; set; }

    /// <summary>Aliases and records that answer, in order.</summary>
    public List<DnsRecord> Answers { get; set; } = [];

    /// <summary>The name at the end of the aliases.</summary>
    public DomainName End { get; set; }

    public int Aliases { get; set; }

    public bool IsLoop { get; set; }

    /// <summary>The zone cut on the way to <see cref="End"/>, or the zone's own NS set.</summary>
    public List<DnsRecord> Nameservers { get; } = [];

    public List<DnsRecord> Glue { get; } = [];

    public DnsRecord? Soa { get; set; }

    public List<(DnsRecord Record, string Reason)> Disbelieved { get; } = [];

    /// <summary>For <see cref="ResponseKind.Lame"/> and <see cref="ResponseKind.Failure"/>.</summary>
    public string Words { get; set; } = "";
}

/// <summary>
/// Classifies replies of a zone's servers and scrubs them: a server is believed only about names at or below the zone
/// that it was asked for (the bailiwick), only in sections where the record belongs, and only about what was asked.
/// </summary>
internal static class ReplyJudge
{
    public static Judgement Judge(DnsMessage message, DomainName zone, DomainName name, DnsType type)
    {
        AnswerChain chain = AnswerChain.Follow(message.Answers, name, type, zone);
        var judgement = new Judgement { Answers = chain.Records, End = chain.End, Aliases = chain.Aliases, IsLoop = chain.IsLoop };
        ScrubAnswers(message, zone, chain, judgement);
        ScrubAuthorities(message, zone, judgement);
        ScrubAdditionals(message, zone, judgement);
        (judgement.Kind, judgement.Words) = Classify(message, zone, chain, judgement);
        return judgement;
    }

    private static (ResponseKind, string) Classify(DnsMessage message, DomainName zone, AnswerChain chain, Judgement judgement)
    {
        if (message.Rcode is DnsRcode.Refused or DnsRcode.NotAuth)
            return (ResponseKind.Lame, RcodeWords.Of(message.Rcode));
        if (message.Rcode is not (DnsRcode.NoError or DnsRcode.NXDomain))
            return (ResponseKind.Failure, RcodeWords.Of(message.Rcode));

        bool isAuthoritative = message.IsAuthoritative;
        bool isReferral = judgement.Nameservers.Count > 0 && judgement.Nameservers[0].Name != zone && judgement.Soa is null;
        if (chain.Records.Count > 0 || message.Rcode == DnsRcode.NXDomain)
        {
            if (!isAuthoritative)
                return (ResponseKind.Lame, message.RecursionAvailable ? "it answers from a cache, not as an authority" : "its answer is not authoritative");
            if (chain.IsComplete)
                return (ResponseKind.Answer, "");
            // The response code speaks of the last name of the chain (RFC 6604 §2.1), of which this server must know something.
            if (!chain.End.IsSubdomainOf(zone) || chain.IsLoop)
                return (ResponseKind.Alias, "");
            if (message.Rcode == DnsRcode.NXDomain)
                return (ResponseKind.NoSuchName, "");
            return (judgement.Soa is null ? ResponseKind.Alias : ResponseKind.NoSuchType, "");
        }

        if (isReferral)
            return (ResponseKind.Referral, "");
        if (isAuthoritative)
            return (ResponseKind.NoSuchType, "");
        bool isUpward = message.Authorities.Exists(r => r.Type == DnsType.NS && zone.IsSubdomainOf(r.Name));
        return (ResponseKind.Lame, isUpward ? "it refers back to where we came from" : "it gives neither an authoritative answer nor a referral");
    }

    private static void ScrubAnswers(DnsMessage message, DomainName zone, AnswerChain chain, Judgement judgement)
    {
        foreach (DnsRecord record in message.Answers)
        {
            if (chain.Records.Contains(record))
                continue;
            if (!record.Name.IsSubdomainOf(zone))
                judgement.Disbelieved.Add((record, $"out of bailiwick: the server speaks for {zone} only"));
            // Signatures come along unasked with some servers; until there is validation they are simply not used.
            else if (record.Type != DnsType.RRSIG && !chain.Records.Exists(r => r.Name == record.Name))
                judgement.Disbelieved.Add((record, "nobody asked for it"));
        }
    }

    private static void ScrubAuthorities(DnsMessage message, DomainName zone, Judgement judgement)
    {
        foreach (DnsRecord record in message.Authorities)
        {
            if (record.Type is not (DnsType.NS or DnsType.SOA) || record.Class != DnsClass.IN)
                continue;
            if (!record.Name.IsSubdomainOf(zone))
                // An upward referral from a lame server looks like this as well.
                judgement.Disbelieved.Add((record, $"out of bailiwick: the server speaks for {zone} only"));
            else if (!judgement.End.IsSubdomainOf(record.Name))
                judgement.Disbelieved.Add((record, $"not on the way to {judgement.End}"));
            else if (record.Type == DnsType.SOA)
                judgement.Soa ??= record;
            else if (judgement.Nameservers.Count == 0 || judgement.Nameservers[0].Name == record.Name)
                judgement.Nameservers.Add(record);
            else
                judgement.Disbelieved.Add((record, "a second set of name servers"));
        }
    }

    private static void ScrubAdditionals(DnsMessage message, DomainName zone, Judgement judgement)
    {
        foreach (DnsRecord record in message.Additionals)
        {
            if (record.Type is not (DnsType.A or DnsType.AAAA) || record.Class != DnsClass.IN)
                continue;
            bool isGlue = judgement.Nameservers.Exists(ns => ns.TryGetName(out DomainName server) && server == record.Name);
            if (!record.Name.IsSubdomainOf(zone))
                judgement.Disbelieved.Add((record, $"glue out of bailiwick: the server speaks for {zone} only"));
            else if (isGlue)
                judgement.Glue.Add(record);
        }
    }
}
