using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The NSEC3 records of one zone with one set of parameters, as many as are known.</summary>
internal sealed class Nsec3Chain(DomainName zone, ushort iterations, ReadOnlyMemory<byte> salt, Nsec3Hashes hashes) : IDenialProofs
{
    private readonly List<(byte[] Owner, Nsec3Data Data)> _records = [];

    public bool Has(Nsec3Data nsec3) => nsec3.Iterations == iterations && nsec3.Salt.Span.SequenceEqual(salt.Span);

    public void Add(byte[] owner, Nsec3Data nsec3) => _records.Add((owner, nsec3));

    // RFC 5155 §8.4.
    public Denial NameError(DomainName name)
    {
        if (!TryFindEncloser(name, out DomainName encloser, out bool isOptOut) || !TryHashWildcard(encloser, out byte[] wildcard)
            || !TryFindGap(wildcard, out _))
            return Denial.NotProven;
        return isOptOut ? Denial.Insecure : Denial.Proven;
    }

    // RFC 5155 §8.5 to §8.7.
    public Denial NoData(DomainName name, DnsType type)
    {
        if (!name.IsSubdomainOf(zone) || !TryHash(name, out byte[] hash))
            return Denial.NotProven;
        if (TryFind(hash, out Nsec3Data own))
            return DeniedTypes.Lacks(own.Types, name, type) ? Denial.Proven : Denial.NotProven;
        if (!TryFindEncloser(name, out DomainName encloser, out bool isOptOut) || !TryHashWildcard(encloser, out byte[] wildcard))
            return Denial.NotProven;
        // §8.6: an opt-out gap is all that there is to say of DS; of other types, that there may be a delegation.
        if (type == DnsType.DS && isOptOut)
            return Denial.Insecure;
        if (TryFind(wildcard, out Nsec3Data matching) && !DeniedTypes.Lacks(matching.Types, encloser, type))
            return Denial.NotProven;
        if (isOptOut)
            return Denial.Insecure;
        return TryFind(wildcard, out _) ? Denial.Proven : Denial.NotProven;
    }

    // RFC 5155 §8.8: the wildcard's signature has shown the closest encloser already.
    public Denial NoCloserMatch(DomainName name, int encloserLabels)
    {
        if (!name.IsSubdomainOf(zone) || encloserLabels < zone.LabelCount || encloserLabels >= name.LabelCount
            || !TryHash(name.Ancestor(encloserLabels + 1), out byte[] nextCloser) || !TryFindGap(nextCloser, out bool isOptOut))
            return Denial.NotProven;
        return isOptOut ? Denial.Insecure : Denial.Proven;
    }

    // RFC 5155 §8.6 and §8.9.
    public DsDenial DsAbsence(DomainName name)
    {
        if (!name.IsSubdomainOf(zone) || !TryHash(name, out byte[] hash))
            return DsDenial.NotProven;
        if (TryFind(hash, out Nsec3Data own))
            return DeniedTypes.AtName(own.Types, name);
        if (!TryFindEncloser(name, out _, out bool isOptOut))
            return DsDenial.NotProven;
        return isOptOut ? DsDenial.Insecure : DsDenial.NoSuchName;
    }

    /// <summary>RFC 5155 §8.3: the longest ancestor that exists, and a gap that holds the name one label longer.</summary>
    private bool TryFindEncloser(DomainName name, out DomainName encloser, out bool isOptOut)
    {
        encloser = default;
        isOptOut = false;
        if (!name.IsSubdomainOf(zone) || name == zone)
            return false;
        DomainName nextCloser = name;
        for (DomainName candidate = name.Parent; candidate.Size >= zone.Size; candidate = candidate.Parent)
        {
            if (!TryHash(candidate, out byte[] hash))
                return false;
            if (TryFind(hash, out Nsec3Data own))
            {
                encloser = candidate;
                // What ends the zone encloses nothing of it.
                return !DeniedTypes.EndsZone(own.Types) && TryHash(nextCloser, out byte[] next) && TryFindGap(next, out isOptOut);
            }

            if (candidate.IsRoot)
                break;
            nextCloser = candidate;
        }

        return false;
    }

    private bool TryFind(byte[] hash, out Nsec3Data data)
    {
        foreach ((byte[] owner, Nsec3Data nsec3) in _records)
        {
            if (!owner.AsSpan().SequenceEqual(hash))
                continue;
            data = nsec3;
            return true;
        }

        data = default;
        return false;
    }

    private bool TryFindGap(byte[] hash, out bool isOptOut)
    {
        foreach ((byte[] owner, Nsec3Data nsec3) in _records)
        {
            if (!Covers(owner, nsec3.NextHash.Span, hash))
                continue;
            isOptOut = nsec3.IsOptOut;
            return true;
        }

        isOptOut = false;
        return false;
    }

    private static bool Covers(ReadOnlySpan<byte> owner, ReadOnlySpan<byte> next, ReadOnlySpan<byte> hash)
    {
        bool isAfterOwner = hash.SequenceCompareTo(owner) > 0;
        bool isBeforeNext = hash.SequenceCompareTo(next) < 0;
        int order = owner.SequenceCompareTo(next);
        // The last record's gap goes round; a record that points to itself is alone, and its gap is all but itself.
        return order < 0 ? isAfterOwner && isBeforeNext
            : order > 0 ? isAfterOwner || isBeforeNext
            : !hash.SequenceEqual(owner);
    }

    private bool TryHashWildcard(DomainName encloser, out byte[] hash)
    {
        hash = [];
        return encloser.TryPrepend("*"u8, out DomainName wildcard) && TryHash(wildcard, out hash);
    }

    private bool TryHash(DomainName name, out byte[] hash) => hashes.TryHash(name, salt.Span, iterations, out hash);
}
