using System.Buffers;

namespace Wirepath.Url;

/// <summary>
/// The percent-encode sets (WHATWG URL, "percent-encoded bytes"). Each is built on the one before it as the standard builds
/// it; code points above U+007E are in all of them.
/// </summary>
public sealed class PercentEncodeSet
{
    private PercentEncodeSet(PercentEncodeSet? smaller, string more)
    {
        var literal = new List<char>();
        for (char c = ' '; c < 0x7F; c++)
        {
            if ((smaller is null || smaller.Literal.Contains(c)) && !more.Contains(c, StringComparison.Ordinal))
                literal.Add(c);
        }

        Literal = SearchValues.Create([.. literal]);
    }

    public static PercentEncodeSet C0Control { get; } = new(null, "");

    public static PercentEncodeSet Fragment { get; } = new(C0Control, " \"<>`");

    public static PercentEncodeSet Query { get; } = new(C0Control, " \"#<>");

    public static PercentEncodeSet SpecialQuery { get; } = new(Query, "'");

    public static PercentEncodeSet Path { get; } = new(Query, "?^`{}");

    public static PercentEncodeSet Userinfo { get; } = new(Path, "/:;=@[\\]|");

    /// <summary>What JavaScript's <c>encodeURIComponent</c> encodes.</summary>
    public static PercentEncodeSet Component { get; } = new(Userinfo, "$%&+,");

    /// <summary>All but ASCII letters, digits and <c>*-._</c>; with it a blank becomes <c>+</c>.</summary>
    public static PercentEncodeSet FormUrlEncoded { get; } = new(Component, "!'()~");

    /// <summary>What is written as it is.</summary>
    internal SearchValues<char> Literal { get; }

    public bool Contains(char c) => !Literal.Contains(c);
}
