using System.Numerics;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Which of an interface's IPv6 addresses a packet leaves from: RFC 6724 §5, rules 1, 2, 3 and 8.</summary>
internal static class SourceAddress
{
    public static IpAddress Choose(Interface on, ReadOnlySpan<InterfaceAddress> own, IpAddress destination)
    {
        IpAddress best = IpAddress.None;
        bool bestDeprecated = false;
        foreach (InterfaceAddress candidate in own)
        {
            IpAddress address = candidate.Address;
            if (!address.IsV6)
                continue;
            bool deprecated = on.IsDeprecated(address);
            if (best.IsNone || IsBetter(candidate, deprecated, best, bestDeprecated, destination))
                (best, bestDeprecated) = (address, deprecated);
        }

        return best;
    }

    private static bool IsBetter(InterfaceAddress a, bool aDeprecated, IpAddress b, bool bDeprecated, IpAddress destination)
    {
        if (a.Address == destination || b == destination)
            return a.Address == destination;
        int scope = Scope(destination), aScope = Scope(a.Address), bScope = Scope(b);
        if (aScope != bScope)
            return aScope < bScope ? aScope >= scope : bScope < scope;
        if (aDeprecated != bDeprecated)
            return bDeprecated;
        return CommonPrefix(a.Address, destination) > CommonPrefix(b, destination);
    }

    // RFC 4291 §2.7's numbers: 2 link-local, 5 site-local, 14 global; the loopback counts as link-local (RFC 6724 §3.4).
    private static int Scope(IpAddress address) =>
        address.IsMulticast ? (int)(address.High >> 48) & 0xF : address.IsLinkLocal || address.IsLoopback ? 2 : address.High >> 54 == 0x3FB ? 5 : 14;

    // Beyond the prefix the interface identifiers say nothing of the way.
    private static int CommonPrefix(IpAddress a, IpAddress b) => BitOperations.LeadingZeroCount(a.High ^ b.High);
}
