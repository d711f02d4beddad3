using System.Numerics;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// The order in which a host tries the addresses of a destination (RFC 6724 §6): reachable ones first, then matching
/// scope, matching label, precedence, smaller scope, and among IPv6 addresses the longest prefix shared with the source.
/// </summary>
/// <remarks>
/// Rules 3, 4 and 7 (deprecated and home addresses, encapsulation) are about sources that the host does not offer here. Rule 9 is kept to IPv6:
/// for IPv4 it would undo the round robin of name servers and says nothing about distance.
/// </remarks>
public static class AddressSelection
{
    // RFC 6724 §2.1, default policy table; IPv4 as ::ffff:0:0/96. Longest prefix first.
    private static readonly (IpPrefix Prefix, int Precedence, int Label)[] s_policy =
    [
        (IpPrefix.Parse("::1/128"), 50, 0),
        (IpPrefix.Parse("::ffff:0:0/96"), 35, 4),
        (IpPrefix.Parse("::/96"), 1, 3),
        (IpPrefix.Parse("2001::/32"), 5, 5),
        (IpPrefix.Parse("2002::/16"), 30, 2),
        (IpPrefix.Parse("3ffe::/16"), 1, 12),
        (IpPrefix.Parse("fec0::/10"), 1, 11),
        (IpPrefix.Parse("fc00::/7"), 3, 13),
        (IpPrefix.Parse("::/0"), 40, 1),
    ];

    /// <summary>Sorts; equal addresses stay in the order in which they came (rule 10), and come once.</summary>
    /// <param name="destinations">Of either family.</param>
    /// <param name="sourceOf">The address that the host would send from; <see cref="IpAddress.None"/> when it has no way there.</param>
    public static IReadOnlyList<IpAddress> Sort(IEnumerable<IpAddress> destinations, Func<IpAddress, IpAddress> sourceOf)
    {
        ArgumentNullException.ThrowIfNull(destinations);
        ArgumentNullException.ThrowIfNull(sourceOf);
        return [.. destinations.Distinct().Select(destination => new Candidate(destination, sourceOf(destination))).Order(Comparer<Candidate>.Create(Compare)).Select(c => c.Destination)];
    }

    private static int Compare(Candidate a, Candidate b)
    {
        int order = Prefer(!a.Source.IsNone, !b.Source.IsNone);                                     // rule 1: avoid unusable destinations
        if (order == 0)
            order = Prefer(a.Scope == a.SourceScope, b.Scope == b.SourceScope);                     // rule 2: matching scope
        if (order == 0)
            order = Prefer(a.Label == a.SourceLabel, b.Label == b.SourceLabel);                     // rule 5: matching label
        if (order == 0)
            order = b.Precedence.CompareTo(a.Precedence);                                           // rule 6: higher precedence
        if (order == 0)
            order = a.Scope.CompareTo(b.Scope);                                                     // rule 8: smaller scope
        if (order == 0 && a.Destination.IsV6 && b.Destination.IsV6)
            order = b.SharedBits.CompareTo(a.SharedBits);                                           // rule 9: longest matching prefix
        return order;
    }

    private static int Prefer(bool a, bool b) => b.CompareTo(a);

    /// <summary>RFC 6724 §3.1 and §3.2: scopes by RFC 4291's numbers. Private IPv4 addresses are global.</summary>
    internal static int ScopeOf(IpAddress address) => address switch
    {
        { IsNone: true } => 0,
        { IsV6: true, IsMulticast: true } => (int)(address.High >> 48) & 15,
        { IsLoopback: true } or { IsLinkLocal: true } => LinkLocal,
        { IsV6: true } when address.High >> 54 == 0x3FB => SiteLocal,
        _ => Global,
    };

    private const int LinkLocal = 2;
    private const int SiteLocal = 5;
    private const int Global = 14;

    private static (int Precedence, int Label) PolicyOf(IpAddress address)
    {
        IpAddress mapped = address.IsV4 ? IpAddress.V6(0, 0xFFFF_0000_0000ul | address.V4Value) : address;
        foreach ((IpPrefix prefix, int precedence, int label) in s_policy)
        {
            if (prefix.Contains(mapped))
                return (precedence, label);
        }

        return (0, -1); // no address at all
    }

    // §2.2: at most the 64 bits of the network.
    private static int CommonBits(IpAddress a, IpAddress b) => a.IsV6 && b.IsV6 ? BitOperations.LeadingZeroCount(a.High ^ b.High) : 0;

    private readonly struct Candidate
    {
        public Candidate(IpAddress destination, IpAddress source)
        {
            (Destination, Source) = (destination, source);
            (Precedence, Label) = PolicyOf(destination);
            (_, SourceLabel) = PolicyOf(source);
            (Scope, SourceScope) = (ScopeOf(destination), ScopeOf(source));
            SharedBits = CommonBits(destination, source);
        }

        public IpAddress Destination { get; }

        public IpAddress Source { get; }

        public int Precedence { get; }

        public int Label { get; }

        public int SourceLabel { get; }

        public int Scope { get; }

        public int SourceScope { get; }

        public int SharedBits { get; }
    }
}
