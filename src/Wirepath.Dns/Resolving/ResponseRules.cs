using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Answers whose addresses somebody does not want his clients to have.</summary>
internal static class ResponseRules
{
    /// <summary>What the rule for an address in the answer makes of it; the message itself when there is none.</summary>
    public static LocalAnswer Apply(IReadOnlyList<ResponseRule> rules, ResolvedMessage found)
    {
        if (rules.Count == 0 || !found.IsAnswer || Match(rules, found) is not { } rule)
            return new LocalAnswer(found, false);
        return rule.Action switch
        {
            LocalZoneType.Deny or LocalZoneType.AlwaysDeny or LocalZoneType.InformDeny => LocalAnswer.Dropped,
            LocalZoneType.Refuse or LocalZoneType.AlwaysRefuse => Instead(found, DnsRcode.Refused),
            LocalZoneType.Static or LocalZoneType.AlwaysNxdomain => Instead(found, DnsRcode.NXDomain),
            LocalZoneType.AlwaysNodata or LocalZoneType.BlockA or LocalZoneType.AlwaysNull => Instead(found, DnsRcode.NoError),
            LocalZoneType.Redirect or LocalZoneType.InformRedirect => Replaced(found, rule),
            LocalZoneType.Transparent or LocalZoneType.TypeTransparent or LocalZoneType.Inform or LocalZoneType.AlwaysTransparent => new LocalAnswer(found, false),
            _ => throw new InvalidOperationException($"No rule for {rule.Action}."),
        };
    }

    private static ResponseRule? Match(IReadOnlyList<ResponseRule> rules, ResolvedMessage found)
    {
        ResponseRule? best = null;
        foreach (Rrset set in found.Answers)
        {
            foreach (DnsRecord record in set.Records)
            {
                if (!record.TryGetAddress(out IpAddress address))
                    continue;
                foreach (ResponseRule rule in rules)
                {
                    if (rule.Addresses.Contains(address) && (best is null || rule.Addresses.Length > best.Addresses.Length))
                        best = rule;
                }
            }
        }

        return best;
    }

    private static LocalAnswer Instead(ResolvedMessage found, DnsRcode rcode) =>
        new(new ResolvedMessage(found.Question, rcode) { Because = found.Because, Error = new ExtendedError(ExtendedErrorCode.Filtered, "") }, false);

    private static LocalAnswer Replaced(ResolvedMessage found, ResponseRule rule)
    {
        DomainName owner = found.EndOfAliases(out _);
        DnsRecord[] records = [.. rule.Replacement.Where(r => r.Type == found.Question.Type).Select(r => r with { Name = owner })];
        var message = new ResolvedMessage(found.Question, DnsRcode.NoError) { Because = found.Because };
        message.Answers.AddRange(found.Answers.Where(s => s.Type is DnsType.CNAME or DnsType.DNAME));
        if (records.Length > 0)
            message.Answers.Add(new Rrset(records, [], records.Min(r => r.Ttl)));
        return new LocalAnswer(message, false);
    }
}
