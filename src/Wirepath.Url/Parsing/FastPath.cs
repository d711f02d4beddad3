using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Wirepath.Url;

/// <summary>
/// Recognises what is already in its serialised form: an http, https, ws or wss URL in ASCII with a domain in lower case, a path
/// without dot segments, and nothing that needs encoding. What it recognises the parser would give back unchanged; what
/// it does not is left to the parser. Runs of characters are classified by SIMD.
/// </summary>
internal static class FastPath
{
    private const int MostPortDigits = 5;

    // The backslash is a slash in a special URL.
    private static readonly SearchValues<char> Path = Without(PercentEncodeSet.Path, '\\');
    private static readonly SearchValues<char> Query = PercentEncodeSet.SpecialQuery.Literal;
    private static readonly SearchValues<char> Fragment = PercentEncodeSet.Fragment.Literal;

    /// <summary>Off, so that tests can compare with the parser alone.</summary>
    internal static bool IsOff;

    /// <param name="text">What was typed.</param>
    /// <param name="at">Where its components stand.</param>
    /// <param name="isBare">It ends with the authority: a slash at its end makes it its own serialisation.</param>
    /// <returns>True when <paramref name="text"/> is its own serialisation, or is bare; false says nothing.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, ref UrlOffsets at, out bool isBare)
    {
        isBare = false;
        int end = Authority(text, ref at);
        if (end < 0)
            return false;
        at.PathStart = end;
        if (end == text.Length)
            return isBare = true;
        if (text[end] != '/')
            return false;

        ReadOnlySpan<char> rest = text[end..];
        int stop = rest.IndexOfAnyExcept(Path);
        if (MayHaveDotSegment(stop < 0 ? rest : rest[..stop]))
            return false;
        if (stop < 0)
            return true;
        end += stop;
        if (text[end] == '?')
        {
            at.SearchStart = end;
            stop = text[(end + 1)..].IndexOfAnyExcept(Query);
            if (stop < 0)
                return true;
            end += stop + 1;
        }

        if (text[end] != '#')
            return false;
        at.HashStart = end;
        return text[(end + 1)..].IndexOfAnyExcept(Fragment) < 0;
    }

    /// <returns>True when it is a URL, for nothing behind the authority can make it none; false says nothing.</returns>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        UrlOffsets at = default;
        int end = Authority(text, ref at);
        return end >= 0 && (end == text.Length || text[end] is '/' or '?' or '#' or '\\');
    }

    /// <returns>Where the authority ends; -1 when it is not in its serialised form.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Authority(ReadOnlySpan<char> text, ref UrlOffsets at)
    {
        if (IsOff)
            return -1;
        int start;
        ushort defaultPort;
        if (text.StartsWith("https://"))
            (start, defaultPort, at.Special) = (8, 443, SpecialScheme.Https);
        else if (text.StartsWith("http://"))
            (start, defaultPort, at.Special) = (7, 80, SpecialScheme.Http);
        else if (text.StartsWith("wss://"))
            (start, defaultPort, at.Special) = (6, 443, SpecialScheme.Wss);
        else if (text.StartsWith("ws://"))
            (start, defaultPort, at.Special) = (5, 80, SpecialScheme.Ws);
        else
            return -1;

        ReadOnlySpan<char> host = text[start..];
        int length = host.IndexOfAnyExcept(UrlCodePoints.LowerDomain);
        if (length >= 0)
            host = host[..length];
        if (host.IsEmpty)
            return -1;
        // A last label that begins with a digit may be an IPv4 address; a final dot hides the last label.
        int label = host.LastIndexOf('.') + 1;
        if (label == host.Length || char.IsAsciiDigit(host[label]))
            return -1;

        int end = start + host.Length;
        at.SchemeEnd = start - 3;
        at.UsernameEnd = at.HostStart = start;
        at.HostEnd = end;
        at.HostKind = HostKind.Domain;
        at.SearchStart = at.HashStart = -1;
        return end < text.Length && text[end] == ':' ? Port(text, end + 1, defaultPort, ref at) : end;
    }

    private static int Port(ReadOnlySpan<char> text, int start, ushort defaultPort, ref UrlOffsets at)
    {
        int port = 0, end = start;
        for (; end < text.Length && char.IsAsciiDigit(text[end]); end++)
        {
            if (end - start == MostPortDigits)
                return -1;
            port = (port * 10) + text[end] - '0';
        }

        if (end == start || port > ushort.MaxValue || port == defaultPort || (text[start] == '0' && end - start > 1))
            return -1;
        at.Port = (ushort)port;
        at.HasPort = true;
        return end;
    }

    /// <summary>Whether a segment begins with a dot or its encoding; <c>.well-known</c> is such, and the parser then looks closer.</summary>
    public static bool MayHaveDotSegment(ReadOnlySpan<char> path)
    {
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref ushort first = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(path));
            Vector128<ushort> slash = Vector128.Create((ushort)'/'), dot = Vector128.Create((ushort)'.'), percent = Vector128.Create((ushort)'%');
            for (; i + Vector128<ushort>.Count < path.Length; i += Vector128<ushort>.Count)
            {
                Vector128<ushort> here = Vector128.LoadUnsafe(ref first, (nuint)i), next = Vector128.LoadUnsafe(ref first, (nuint)(i + 1));
                if (Vector128.EqualsAny(Vector128.Equals(here, slash) & (Vector128.Equals(next, dot) | Vector128.Equals(next, percent)), Vector128<ushort>.AllBitsSet))
                    return true;
            }
        }

        for (; i + 1 < path.Length; i++)
        {
            if (path[i] == '/' && path[i + 1] is '.' or '%')
                return true;
        }

        return false;
    }

    private static SearchValues<char> Without(PercentEncodeSet set, char excluded) =>
        SearchValues.Create([.. Enumerable.Range(0, 0x80).Select(c => (char)c).Where(c => !set.Contains(c) && c != excluded)]);
}
