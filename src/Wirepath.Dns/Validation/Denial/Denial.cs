using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What NSEC or NSEC3 records say to a claim that something is not there.</summary>
internal enum Denial
{
    /// <summary>They do not show it.</summary>
    NotProven,
    /// <summary>They show it but for unsigned delegations (opt-out), or took too many iterations to be asked: insecure, no AD (RFC 5155 §9.2, RFC 9276 §3.2).</summary>
    Insecure,
    Proven,
}

/// <summary>What they say of a name that has no DS record.</summary>
internal enum DsDenial
{
    NotProven,
    /// <summary>The name is there, or lies between names that are; no zone begins at it.</summary>
    NoDelegation,
    /// <summary>Nothing is there, nor below.</summary>
    NoSuchName,
    /// <summary>A zone begins at it, unsigned.</summary>
    UnsignedDelegation,
    /// <summary>An unsigned zone may begin at it or above it, or the iterations are too many.</summary>
    Insecure,
}

/// <summary>One zone's denial records. All of them have been verified with the zone's keys before.</summary>
internal interface IDenialProofs
{
    /// <summary>Neither the name exists nor a wildcard that would match it.</summary>
    Denial NameError(DomainName name);

    /// <summary>The name exists, or a wildcard matches it, without the type and without an alias.</summary>
    Denial NoData(DomainName name, DnsType type);

    /// <summary>An answer made from a wildcard was right: nothing closer exists.</summary>
    /// <param name="name">The name that was asked for.</param>
    /// <param name="encloserLabels">Labels of the wildcard's parent: the signature's labels field.</param>
    Denial NoCloserMatch(DomainName name, int encloserLabels);

    /// <summary>Whether a zone begins at the name whose DS set is not there.</summary>
    DsDenial DsAbsence(DomainName name);
}

/// <summary>What both kinds read out of the bitmap of the record that is the name's own.</summary>
internal static class DeniedTypes
{
    /// <summary>True when the name's own record shows that it has not the type, nor an alias, and speaks for the right side of a zone cut.</summary>
    public static bool Lacks(DnsTypeBitmap types, DomainName name, DnsType type)
    {
        if (types.Contains(type) || types.Contains(DnsType.CNAME))
            return false;
        // RFC 6840 §4.4, RFC 4035 §5.4: DS belongs to the parent, everything else at a cut to the child.
        if (type == DnsType.DS)
            return !types.Contains(DnsType.SOA) || name.IsRoot;
        if (IsDelegation(types))
            return false;
        return type != DnsType.ANY || !types.Types().Any(t => t is not (DnsType.NSEC or DnsType.NSEC3 or DnsType.RRSIG));
    }

    /// <summary>The parent's record of a zone cut: it must not speak of what lies below (RFC 6840 §4.1).</summary>
    public static bool IsDelegation(DnsTypeBitmap types) => types.Contains(DnsType.NS) && !types.Contains(DnsType.SOA);

    /// <summary>A delegation or a DNAME: what lies below is elsewhere.</summary>
    public static bool EndsZone(DnsTypeBitmap types) => IsDelegation(types) || types.Contains(DnsType.DNAME);

    public static DsDenial AtName(DnsTypeBitmap types, DomainName name)
    {
        if (types.Contains(DnsType.DS) || (types.Contains(DnsType.SOA) && !name.IsRoot))
            return DsDenial.NotProven;
        return types.Contains(DnsType.NS) ? DsDenial.UnsignedDelegation : DsDenial.NoDelegation;
    }
}
