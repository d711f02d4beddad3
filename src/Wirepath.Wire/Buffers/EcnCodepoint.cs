namespace Wirepath.Wire;

/// <summary>The two ECN bits of an IP header (RFC 3168 §5).</summary>
public enum EcnCodepoint : byte
{
    NotEct = 0,
    Ect1 = 1,
    /// <summary>The sender understands marks.</summary>
    Ect0 = 2,
    CongestionExperienced = 3,
}
