namespace Wirepath.UnicodeTables;

/// <summary>Short texts one after the other, each behind its length; equal ones are stored once.</summary>
internal sealed class TextPool
{
    private readonly Dictionary<string, ushort> _places = new(StringComparer.Ordinal);

    /// <summary>UTF-16. The first place is taken, so that 0 can say "no text".</summary>
    public List<ushort> Units { get; } = [0];

    /// <returns>Where the text's length stands.</returns>
    public ushort Add(string text)
    {
        if (_places.TryGetValue(text, out ushort place))
            return place;
        _places[text] = place = checked((ushort)Units.Count);
        Units.Add((ushort)text.Length);
        Units.AddRange(text.Select(c => (ushort)c));
        return place;
    }
}
