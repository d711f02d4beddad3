namespace Wirepath.Dns;

/// <summary>Where data stand with DNSSEC (RFC 4035 §4.3). The order is that of trust: a message is as good as its worst part.</summary>
public enum Security
{
    /// <summary>Nobody has looked yet.</summary>
    Unchecked,
    /// <summary>Should be signed and is not, or is signed wrongly. Never given to a client that did not ask for it with CD.</summary>
    Bogus,
    /// <summary>No trust anchor lies above it.</summary>
    Indeterminate,
    /// <summary>Provably below a delegation that is not signed.</summary>
    Insecure,
    /// <summary>A chain of signatures leads to it from a trust anchor.</summary>
    Secure,
}
