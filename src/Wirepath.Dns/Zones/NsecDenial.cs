using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The sets that prove to a validator what a zone does not have: NSEC (RFC 4035 §3.1.3) or NSEC3 (RFC 5155 §7.2).</summary>
internal interface IDenialOfExistence
{
    /// <summary>Neither the name nor a wildcard that would stand for it exists.</summary>
    void AddNoName(DomainName name, DomainName closest, List<Rrset> proof);

    /// <summary>The name exists, perhaps only because of names below it, and does not have the type.</summary>
    void AddNoType(DomainName name, List<Rrset> proof);

    /// <summary>The name itself does not exist, so that the wildcard's data are right.</summary>
    void AddExpanded(DomainName name, DomainName closest, List<Rrset> proof);

    /// <summary>The name does not exist, and the wildcard that stands for it does not have the type.</summary>
    void AddExpandedNoType(DomainName name, DomainName closest, List<Rrset> proof);

    /// <summary>The delegation has no DS: what lies below is not signed.</summary>
    void AddUnsignedDelegation(DomainName cut, List<Rrset> proof);
}

/// <summary>A zone's NSEC records in canonical order.</summary>
internal sealed class NsecDenial : IDenialOfExistence
{
    private readonly byte[][] _keys;
    private readonly Rrset[] _sets;

    private NsecDenial(byte[][] keys, Rrset[] sets) => (_keys, _sets) = (keys, sets);

    public static NsecDenial? TryRead(Zone zone)
    {
        var links = new List<(byte[] Key, Rrset Set)>();
        foreach (ZoneNode node in zone.Nodes)
        {
            if (node.Find(DnsType.NSEC) is { } set)
                links.Add((CanonicalKey.Of(node.Name), set));
        }

        if (links.Count == 0 || zone.Top.Find(DnsType.NSEC) is null)
            return null;
        links.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        return new NsecDenial([.. links.Select(l => l.Key)], [.. links.Select(l => l.Set)]);
    }

    public void AddNoName(DomainName name, DomainName closest, List<Rrset> proof)
    {
        Add(proof, At(name));
        Add(proof, At(Wildcard(closest)));
    }

    public void AddNoType(DomainName name, List<Rrset> proof) => Add(proof, At(name));

    public void AddExpanded(DomainName name, DomainName closest, List<Rrset> proof) => Add(proof, At(name));

    public void AddExpandedNoType(DomainName name, DomainName closest, List<Rrset> proof)
    {
        Add(proof, At(Wildcard(closest)));
        Add(proof, At(name));
    }

    public void AddUnsignedDelegation(DomainName cut, List<Rrset> proof) => Add(proof, At(cut));

    // The link that matches the name, or that spans it: an empty non-terminal is spanned by the link before it. The zone's
    // top is the least of its names, so that there is always one.
    private Rrset At(DomainName name) => _sets[Math.Max(CanonicalKey.LastNotGreater(_keys, CanonicalKey.Of(name)), 0)];

    internal static DomainName Wildcard(DomainName closest) => closest.TryPrepend("*"u8, out DomainName wildcard) ? wildcard : closest;

    internal static void Add(List<Rrset> proof, Rrset set)
    {
        // One link often proves both things.
        if (!proof.Contains(set))
            proof.Add(set);
    }
}
