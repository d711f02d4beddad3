namespace Wirepath.Url;

/// <summary>
/// The percent-encode sets (WHATWG URL §1.3). Each is built on the one before it as the standard builds it; code points
/// above U+007E are in all of them.
/// </summary>
internal sealed class PercentEncodeSet
{
    public static readonly PercentEncodeSet C0Control = new(null, "");
    public static readonly PercentEncodeSet Fragment = new(C0Control, " \"<>`");
    public static readonly PercentEncodeSet Query = new(C0Control, " \"#<>");
    public static readonly PercentEncodeSet SpecialQuery = new(Query, "'");
    public static readonly PercentEncodeSet Path = new(Query, "?^`{}");
    public static readonly PercentEncodeSet Userinfo = new(Path, "/:;=@[\\]|");
    public static readonly PercentEncodeSet Component = new(Userinfo, "$%&+,");

    private readonly ulong _low;
    private readonly ulong _high;

    private PercentEncodeSet(PercentEncodeSet? smaller, string more)
    {
        (_low, _high) = smaller is null ? (0xFFFF_FFFFUL, 1UL << 63) : (smaller._low, smaller._high);
        foreach (char c in more)
        {
            if (c < 64)
            {
                _low |= 1UL << c;
            }
            else
            {
                _high |= 1UL << (c - 64);
            }
        }
    }

    public bool Contains(char c) => c >= 0x80 || (((c < 64 ? _low : _high) >> (c & 63)) & 1) != 0;
}
