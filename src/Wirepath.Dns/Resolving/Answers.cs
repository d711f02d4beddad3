using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What was found, as an answer for the resolver's own host.</summary>
internal static class Answers
{
    /// <param name="found">What was found.</param>
    /// <param name="level">Who had it.</param>
    /// <param name="validator">Knows the zones' keys, for what was put together from the cache; null: nothing is validated.</param>
    public static NameAnswer Of(ResolvedMessage found, NameLevel level, Validator? validator)
    {
        (NameFailure failure, string explanation) = Outcome(found);
        bool isWithheld = failure is not (NameFailure.None or NameFailure.NoSuchName or NameFailure.NoSuchType);
        List<DnsRecord> records = isWithheld ? [] : [.. found.Answers.SelectMany(s => s.Records.Select(r => r with { Ttl = s.Ttl }))];
        return new NameAnswer(found.Question.Name, found.Question.Type, failure, records, level, explanation)
        {
            Sets = Provenance.Of(found, isWithheld, validator),
            Security = found.Security,
            IsAuthenticated = found.Security == Security.Secure,
            IsStale = found.IsStale,
        };
    }

    private static (NameFailure, string) Outcome(ResolvedMessage found)
    {
        string words = found.Error?.Text ?? "";
        if (found.Security == Security.Bogus)
            return (NameFailure.Bogus, words);
        if (!found.IsAnswer)
            return (found.Failure == NameFailure.None ? NameFailure.ServerFailure : found.Failure, words);
        DomainName end = found.EndOfAliases(out bool reachesType);
        if (!reachesType && found.Answers.Exists(s => s.Type == DnsType.CNAME && s.Name == end))
            return (NameFailure.Loop, $"the aliases lead in a circle: {NameFailureWords.Chain([.. found.Answers.SelectMany(s => s.Records)])}");
        if (found.Rcode == DnsRcode.NXDomain)
            return (NameFailure.NoSuchName, $"the name {end} does not exist");
        if (found.Rcode == DnsRcode.YXDomain)
            return (NameFailure.ServerFailure, $"the alias for names below leads to a name that would be too long: {end}");
        return reachesType ? (NameFailure.None, "") : (NameFailure.NoSuchType, $"{end} exists but has no {DnsMnemonic.Of(found.Question.Type)} record");
    }
}
