using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What a recursive server's reply means to the one who asked it: the whole answer, or none.</summary>
/// <param name="Words">On failure: the response code, or what is odd about the reply.</param>
internal readonly record struct RecursiveReply(ResponseKind Kind, NameFailure Failure, DnsRcode Rcode, List<DnsRecord> Records, DnsRecord? Soa, string Words)
{
    public static RecursiveReply Read(DnsMessage message, DomainName name, DnsType type)
    {
        AnswerChain chain = AnswerChain.Follow(message.Answers, name, type, DomainName.Root);
        DnsRecord? soa = message.Authorities.Find(r => r.Type == DnsType.SOA && r.Class == DnsClass.IN && chain.End.IsSubdomainOf(r.Name));
        DnsRcode rcode = message.Rcode;
        if (chain.IsLoop)
            return new(ResponseKind.Alias, NameFailure.Loop, rcode, chain.Records, soa, "the aliases in the answer lead in a circle");
        if (rcode == DnsRcode.NXDomain)
            return new(ResponseKind.NoSuchName, NameFailure.NoSuchName, rcode, chain.Records, soa, "");
        if (rcode != DnsRcode.NoError)
            return new(ResponseKind.Failure, NameFailure.ServerFailure, rcode, [], null, RcodeWords.Of(rcode));
        if (chain.IsComplete)
            return new(ResponseKind.Answer, NameFailure.None, rcode, chain.Records, soa, "");
        // No recursion there, no authority, and nothing said: not a server for us.
        if (!message.RecursionAvailable && !message.IsAuthoritative && soa is null)
            return new(ResponseKind.Lame, NameFailure.Lame, rcode, [], null, "it does not recurse");
        return new(ResponseKind.NoSuchType, NameFailure.NoSuchType, rcode, chain.Records, soa, "");
    }

    public static TrialOutcome OutcomeOf(AskStatus status) => status switch
    {
        AskStatus.TimedOut => TrialOutcome.Silent,
        AskStatus.Refused => TrialOutcome.Closed,
        AskStatus.Unreachable => TrialOutcome.Unreachable,
        _ => TrialOutcome.Unreadable,
    };

    public string Explain(DomainName name, DnsType type, IpEndpoint server) => Failure switch
    {
        NameFailure.None => "",
        NameFailure.NoSuchName => $"{server.Address} says that the name {EndOf(name)} does not exist",
        NameFailure.NoSuchType => $"{server.Address} says that {EndOf(name)} exists but has no {DnsMnemonic.Of(type)} record",
        NameFailure.Loop => $"{server.Address} gave aliases that lead in a circle: {NameFailureWords.Chain(Records)}",
        _ => $"{server.Address}: {Words}",
    };

    private DomainName EndOf(DomainName name) => Records is [.., { Type: DnsType.CNAME } last] && last.TryGetName(out DomainName target) ? target : name;
}

/// <summary>Response codes as operators know them.</summary>
internal static class RcodeWords
{
    public static string Of(DnsRcode rcode) => rcode.ToString().ToUpperInvariant();
}

internal static class NameFailureWords
{
    /// <summary><c>a.test. → b.test. → a.test.</c></summary>
    public static string Chain(IReadOnlyList<DnsRecord> records)
    {
        var names = new List<string>();
        foreach (DnsRecord record in records)
        {
            if (record.Type != DnsType.CNAME || !record.TryGetName(out DomainName target))
                continue;
            if (names.Count == 0)
                names.Add(record.Name.ToString());
            names.Add(target.ToString());
        }

        return string.Join(" → ", names);
    }
}
