using System.Globalization;
using System.Text;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Names by which a client finds out which keys of the root its resolver trusts (RFC 8509).</summary>
internal static class RootKeySentinel
{
    private const string IsAnchor = "root-key-sentinel-is-ta-";
    private const string IsNoAnchor = "root-key-sentinel-not-ta-";

    /// <summary>True when SERVFAIL is the answer instead: "is" asks for a key that is not trusted, or "not" for one that is.</summary>
    public static bool Denies(ResolverSettings settings, TrustAnchors anchors, DnsMessage query, ResolvedMessage found)
    {
        // RFC 8509 §2.1: only addresses, only what is secure, only for those who let the resolver check.
        if (!settings.UseRootKeySentinel || query.CheckingDisabled || found.Security != Security.Secure
            || found.Question is not { Type: DnsType.A or DnsType.AAAA, Class: DnsClass.IN } question)
            return false;
        string label = Encoding.ASCII.GetString(question.Name.FirstLabel).ToLowerInvariant();
        if (TryReadTag(label, IsAnchor, out ushort tag))
            return !IsTrusted(anchors, tag);
        return TryReadTag(label, IsNoAnchor, out tag) && IsTrusted(anchors, tag);
    }

    // Five digits, leading zeros and all.
    private static bool TryReadTag(string label, string start, out ushort tag)
    {
        tag = 0;
        return label.Length == start.Length + 5 && label.StartsWith(start, StringComparison.Ordinal)
            && ushort.TryParse(label.AsSpan(start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out tag);
    }

    private static bool IsTrusted(TrustAnchors anchors, ushort tag)
    {
        if (!anchors.TryFind(DomainName.Root, out TrustPoint? root) || root.IsNegative)
            return false;
        foreach (DsData digest in root.Digests)
        {
            if (digest.KeyTag == tag)
                return true;
        }

        foreach (DnsKeyData key in root.Keys)
        {
            if (key.KeyTag == tag)
                return true;
        }

        return false;
    }
}
