using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>One name of a zone and its sets; an empty non-terminal has none.</summary>
internal sealed class ZoneNode(DomainName name)
{
    private readonly List<Rrset> _sets = [];
    private List<DnsRecord>? _records = [];

    public DomainName Name { get; } = name;

    /// <summary>In the order in which the file begins each of them.</summary>
    public IReadOnlyList<Rrset> Sets => _sets;

    public Rrset? Find(DnsType type)
    {
        foreach (Rrset set in _sets)
        {
            if (set.Type == type)
                return set;
        }

        return null;
    }

    public void Add(DnsRecord record) => (_records ??= []).Add(record);

    /// <summary>All records are there: makes sets of them. RFC 2181 §5: no duplicates and one TTL in a set.</summary>
    public void Complete()
    {
        foreach (Rrset set in Rrset.Group(_records!))
        {
            // A signature without its set says nothing.
            if (set.Type != DnsType.RRSIG)
                _sets.Add(new Rrset(Array.ConvertAll(set.Records, r => r.Ttl == set.Ttl ? r : r with { Ttl = set.Ttl }), set.Signatures, set.Ttl));
        }

        _records = null;
    }

    /// <summary>The type that a signature covers; <see cref="DnsType.None"/> when it is none.</summary>
    public static DnsType Covered(DnsRecord signature) =>
        signature.Data.Length >= 2 ? (DnsType)((signature.Data.Span[0] << 8) | signature.Data.Span[1]) : DnsType.None;
}
