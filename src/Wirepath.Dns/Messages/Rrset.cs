using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// The records of one name, type and class (RFC 2181 §5) with the signatures that came with them (RFC 4035 §5.3.1).
/// The records do not change; what is known about them (<see cref="Security"/>, <see cref="Rank"/>) does.
/// </summary>
internal sealed class Rrset
{
    /// <param name="records">At least one; all of the same name, type and class. Their own TTLs are not looked at.</param>
    /// <param name="signatures">RRSIG records of the same name that cover the type; may be empty.</param>
    /// <param name="ttl">Seconds, one for all (RFC 2181 §5.2).</param>
    public Rrset(DnsRecord[] records, DnsRecord[] signatures, uint ttl)
    {
        ArgumentOutOfRangeException.ThrowIfZero(records.Length, nameof(records));
        Records = records;
        Signatures = signatures;
        Ttl = ttl;
    }

    public DomainName Name => Records[0].Name;

    public DnsType Type => Records[0].Type;

    public DnsClass Class => Records[0].Class;

    public uint Ttl { get; }

    public DnsRecord[] Records { get; }

    public DnsRecord[] Signatures { get; }

    /// <summary>How far the data are believed (RFC 2181 §5.4.1).</summary>
    public CacheRank Rank { get; set; } = CacheRank.Additional;

    public Security Security { get; set; }

    /// <summary>Who gave it; null for local data and what was made here.</summary>
    public RecordSource? Source { get; set; }

    /// <summary>The same records with another TTL: as the cache hands them out, as the validator caps them.</summary>
    public Rrset WithTtl(uint ttl) => ttl == Ttl ? this : new Rrset(Records, Signatures, ttl) { Rank = Rank, Security = Security, Source = Source };

    /// <summary>The same records under the owner name <paramref name="name"/>: the letters' case of a question, or a wildcard's expansion.</summary>
    public Rrset WithName(DomainName name) => name.EqualsExactly(Name)
        ? this
        : new Rrset(Renamed(Records, name), Renamed(Signatures, name), Ttl) { Rank = Rank, Security = Security, Source = Source };

    /// <summary>True for the same owner, type, class and data, in whatever order; TTLs and signatures apart.</summary>
    public bool HasSameData(Rrset other)
    {
        if (Records.Length != other.Records.Length || Type != other.Type || Class != other.Class || Name != other.Name)
            return false;
        foreach (DnsRecord record in Records)
        {
            if (!Array.Exists(other.Records, theirs => theirs.Data.Span.SequenceEqual(record.Data.Span)))
                return false;
        }

        return true;
    }

    /// <summary>True for the same signatures, in whatever order.</summary>
    public bool HasSameSignatures(Rrset other) => Signatures.Length == other.Signatures.Length
        && Array.TrueForAll(Signatures, mine => Array.Exists(other.Signatures, theirs => theirs.Data.Span.SequenceEqual(mine.Data.Span)));

    public override string ToString() => $"{Name} {DnsMnemonic.Of(Type)} × {Records.Length}";

    /// <summary>Puts the records of one section into sets, in the order in which each set begins; signatures go to what they cover.</summary>
    /// <remarks>Records that come twice are kept once (RFC 2181 §5). A signature whose set is missing makes a set of type RRSIG.</remarks>
    public static List<Rrset> Group(IReadOnlyList<DnsRecord> section)
    {
        var sets = new List<Rrset>();
        if (section.Count == 0)
            return sets;
        var taken = new bool[section.Count];
        for (int i = 0; i < section.Count; i++)
        {
            if (taken[i] || section[i].Type == DnsType.RRSIG)
                continue;
            DnsRecord first = section[i];
            uint ttl = uint.MaxValue;
            var records = new List<DnsRecord>(1);
            List<DnsRecord>? signatures = null;
            for (int j = 0; j < section.Count; j++)
            {
                DnsRecord candidate = section[j];
                if (taken[j] || candidate.Class != first.Class)
                    continue;
                if (candidate.Type == first.Type && candidate.Name == first.Name)
                    AddOnce(records, candidate);
                else if (Covers(candidate, first))
                    AddOnce(signatures ??= new List<DnsRecord>(1), candidate);
                else
                    continue;
                taken[j] = true;
                ttl = Math.Min(ttl, EffectiveTtl(candidate.Ttl));
            }

            sets.Add(new Rrset([.. records], signatures is null ? [] : [.. signatures], ttl));
        }

        GroupOrphans(section, taken, sets);
        return sets;
    }

    /// <summary>RFC 2181 §8: a TTL with the top bit set counts as 0.</summary>
    public static uint EffectiveTtl(uint ttl) => ttl > int.MaxValue ? 0 : ttl;

    /// <summary>True when the first is a signature of the second's set.</summary>
    public static bool Covers(DnsRecord candidate, DnsRecord first) => candidate.Type == DnsType.RRSIG && candidate.Data.Length >= 2
        && (DnsType)((candidate.Data.Span[0] << 8) | candidate.Data.Span[1]) == first.Type && candidate.Name == first.Name;

    private static void GroupOrphans(IReadOnlyList<DnsRecord> section, bool[] taken, List<Rrset> sets)
    {
        for (int i = 0; i < section.Count; i++)
        {
            if (taken[i])
                continue;
            var orphans = new List<DnsRecord>(1);
            uint ttl = uint.MaxValue;
            for (int j = i; j < section.Count; j++)
            {
                if (taken[j] || section[j].Name != section[i].Name || section[j].Class != section[i].Class)
                    continue;
                taken[j] = true;
                AddOnce(orphans, section[j]);
                ttl = Math.Min(ttl, EffectiveTtl(section[j].Ttl));
            }

            sets.Add(new Rrset([.. orphans], [], ttl));
        }
    }

    private static void AddOnce(List<DnsRecord> records, DnsRecord record)
    {
        foreach (DnsRecord known in records)
        {
            if (known.Data.Span.SequenceEqual(record.Data.Span))
                return;
        }

        records.Add(record);
    }

    private static DnsRecord[] Renamed(DnsRecord[] records, DomainName name) =>
        Array.ConvertAll(records, record => record with { Name = name });
}
