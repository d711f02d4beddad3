using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>States of a trust anchor that looks after itself: RFC 5011 §4.2, figure 1, without Start and Removed, which need no memory.</summary>
public enum AnchorState
{
    /// <summary>New, signed by a trusted key; trusted itself when it is still there after the hold-down.</summary>
    AddPending,
    Valid,
    /// <summary>Trusted, but not in the DNSKEY set at the moment.</summary>
    Missing,
    /// <summary>Withdrawn by its own signature; never trusted again.</summary>
    Revoked,
}

/// <summary>A key of a trust point.</summary>
/// <param name="Since">When it came into its state.</param>
/// <param name="Seen">When it was last in the DNSKEY set.</param>
internal sealed record TrackedAnchor(DnsKeyData Key, AnchorState State, Instant Since, Instant Seen)
{
    public bool IsTrusted => State is AnchorState.Valid or AnchorState.Missing;

    // Flags apart: the REVOKE bit changes them, and with them the tag.
    public bool IsSameKey(DnsKeyData other) => Key.Algorithm == other.Algorithm && Key.PublicKey.Span.SequenceEqual(other.PublicKey.Span);
}
