using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Proofs by NSEC: RFC 4035 §5.4, RFC 6840 §4. Also what aggressive use of cached records asks (RFC 8198 §5.1).</summary>
internal sealed class NsecProofs : IDenialProofs
{
    private readonly DomainName _zone;
    private readonly List<(DomainName Owner, NsecData Data)> _records = [];

    /// <param name="zone">Whose keys verified the sets.</param>
    /// <param name="sets">NSEC sets among others; none of them expanded from a wildcard.</param>
    public NsecProofs(DomainName zone, IEnumerable<Rrset> sets)
    {
        _zone = zone;
        foreach (Rrset set in sets)
        {
            if (set.Type != DnsType.NSEC || !set.Name.IsSubdomainOf(zone))
                continue;
            foreach (DnsRecord record in set.Records)
            {
                if (NsecData.TryRead(record.Data, out NsecData nsec) && nsec.Next.IsSubdomainOf(zone))
                    _records.Add((set.Name, nsec));
            }
        }
    }

    public bool IsEmpty => _records.Count == 0;

    public Denial NameError(DomainName name)
    {
        if (!TryFindGap(name, out int encloserLabels))
            return Denial.NotProven;
        return name.Ancestor(encloserLabels).TryPrepend("*"u8, out DomainName wildcard) && TryFindGap(wildcard, out _) ? Denial.Proven : Denial.NotProven;
    }

    public Denial NoData(DomainName name, DnsType type)
    {
        if (TryFind(name, out DnsTypeBitmap types))
            return DeniedTypes.Lacks(types, name, type) ? Denial.Proven : Denial.NotProven;
        if (IsEmptyNonTerminal(name))
            return Denial.Proven;
        if (!TryFindGap(name, out int encloserLabels) || !name.Ancestor(encloserLabels).TryPrepend("*"u8, out DomainName wildcard))
            return Denial.NotProven;
        if (TryFind(wildcard, out types))
            return DeniedTypes.Lacks(types, wildcard, type) ? Denial.Proven : Denial.NotProven;
        return IsEmptyNonTerminal(wildcard) ? Denial.Proven : Denial.NotProven;
    }

    public Denial NoCloserMatch(DomainName name, int encloserLabels) =>
        TryFindGap(name, out int labels) && labels == encloserLabels ? Denial.Proven : Denial.NotProven;

    public DsDenial DsAbsence(DomainName name)
    {
        if (TryFind(name, out DnsTypeBitmap types))
            return DeniedTypes.AtName(types, name);
        if (IsEmptyNonTerminal(name))
            return DsDenial.NoDelegation;
        return TryFindGap(name, out _) ? DsDenial.NoSuchName : DsDenial.NotProven;
    }

    /// <summary>The record of the name itself.</summary>
    private bool TryFind(DomainName name, out DnsTypeBitmap types)
    {
        foreach ((DomainName owner, NsecData data) in _records)
        {
            if (owner != name)
                continue;
            types = data.Types;
            return true;
        }

        types = default;
        return false;
    }

    /// <summary>A gap with the name in it and nothing below it; the closest encloser is what the name shares with one of its ends.</summary>
    private bool TryFindGap(DomainName name, out int encloserLabels)
    {
        foreach ((DomainName owner, NsecData data) in _records)
        {
            if (!Covers(owner, data, name) || data.Next.IsSubdomainOf(name))
                continue;
            encloserLabels = Math.Max(name.CommonLabels(owner), name.CommonLabels(data.Next));
            return true;
        }

        encloserLabels = 0;
        return false;
    }

    /// <summary>No records of its own, but names below it (RFC 4592 §2.2.2).</summary>
    private bool IsEmptyNonTerminal(DomainName name)
    {
        foreach ((DomainName owner, NsecData data) in _records)
        {
            if (Covers(owner, data, name) && data.Next.IsSubdomainOf(name))
                return true;
        }

        return false;
    }

    private bool Covers(DomainName owner, NsecData data, DomainName name)
    {
        if (!name.IsSubdomainOf(_zone) || owner >= name)
            return false;
        // RFC 6840 §4.1: what lies below a cut or a DNAME is not this record's to deny.
        if (name.IsSubdomainOf(owner) && DeniedTypes.EndsZone(data.Types))
            return false;
        // The last record points back to the apex; any other that points backwards lies.
        return owner < data.Next ? name < data.Next : data.Next == _zone;
    }
}
