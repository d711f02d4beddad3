using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The part of an answer section that answers: from the name asked for along its aliases to the records of the type.</summary>
/// <param name="Records">DNAME and CNAME records in the order in which they lead on, then the RRset at the end, if it is there.</param>
/// <param name="End">The name at the end of the chain.</param>
/// <param name="Aliases">Links of the chain.</param>
/// <param name="IsComplete">The records of the type are there.</param>
/// <param name="IsLoop">The aliases lead in a circle.</param>
internal readonly record struct AnswerChain(List<DnsRecord> Records, DomainName End, int Aliases, bool IsComplete, bool IsLoop)
{
    /// <param name="answers">Any order; what does not belong to the chain is left out.</param>
    /// <param name="name">Where it starts.</param>
    /// <param name="type">A CNAME or ANY question follows no alias.</param>
    /// <param name="bailiwick">Records whose owner lies outside are not looked at.</param>
    public static AnswerChain Follow(IReadOnlyList<DnsRecord> answers, DomainName name, DnsType type, DomainName bailiwick)
    {
        var records = new List<DnsRecord>();
        var seen = new HashSet<DomainName>();
        int aliases = 0;
        while (seen.Add(name))
        {
            if (!name.IsSubdomainOf(bailiwick))
                return new AnswerChain(records, name, aliases, IsComplete: false, IsLoop: false);
            int before = records.Count;
            DnsRecord? cname = null;
            foreach (DnsRecord record in answers)
            {
                if (record.Class != DnsClass.IN || record.Name != name)
                    continue;
                if (record.Type == type || type == DnsType.ANY)
                    records.Add(record);
                else if (record.Type == DnsType.CNAME)
                    cname ??= record;
            }

            if (records.Count > before)
                return new AnswerChain(records, name, aliases, IsComplete: true, IsLoop: false);
            DnsRecord? dname = FindDname(answers, name, bailiwick);
            if (cname is null && dname is null)
                return new AnswerChain(records, name, aliases, IsComplete: false, IsLoop: false);
            if (dname is not null)
            {
                records.Add(dname);
                // RFC 6672 §3.4: what the DNAME says counts, not what the server synthesized from it.
                cname = Synthesize(dname, name);
            }

            if (cname is null || !cname.TryGetName(out DomainName target))
                return new AnswerChain(records, name, aliases, IsComplete: false, IsLoop: false);
            records.Add(cname);
            name = target;
            aliases++;
        }

        return new AnswerChain(records, name, aliases, IsComplete: false, IsLoop: true);
    }

    /// <summary>The CNAME that a DNAME means for a name below it (RFC 6672 §2.2); null when the new name would be too long.</summary>
    public static DnsRecord? Synthesize(DnsRecord dname, DomainName name) =>
        dname.TryGetName(out DomainName target) && name.TryReplaceSuffix(dname.Name, target, out DomainName replaced)
            ? DnsRecord.ForName(name, DnsType.CNAME, dname.Ttl, replaced)
            : null;

    private static DnsRecord? FindDname(IReadOnlyList<DnsRecord> answers, DomainName name, DomainName bailiwick)
    {
        foreach (DnsRecord record in answers)
        {
            if (record.Type == DnsType.DNAME && record.Class == DnsClass.IN && record.Name != name
                && name.IsSubdomainOf(record.Name) && record.Name.IsSubdomainOf(bailiwick))
                return record;
        }

        return null;
    }
}
