namespace Wirepath.Url;

/// <summary>Reads <see cref="UnicodeTables"/>.</summary>
internal static class UnicodeLookup
{
    public static UnicodeProperties Properties(int c) =>
        new(UnicodeTables.Kinds[UnicodeTables.PropertyValues[Place(UnicodeTables.PropertyBlocks[c >> UnicodeTables.BlockBits], c)]]);

    /// <summary>What UTS 46 maps the code point to, in UTF-16; empty for none.</summary>
    public static ReadOnlySpan<ushort> Mapping(int c) => Text(UnicodeTables.MappingValues[Place(UnicodeTables.MappingBlocks[c >> UnicodeTables.BlockBits], c)]);

    /// <summary>The full canonical decomposition in UTF-16; empty for none. Hangul syllables are not in it.</summary>
    public static ReadOnlySpan<ushort> Decomposition(int c) => Text(UnicodeTables.DecompositionValues[Place(UnicodeTables.DecompositionBlocks[c >> UnicodeTables.BlockBits], c)]);

    /// <summary>The primary composite of two code points; -1 for none.</summary>
    public static int Compose(int first, int second)
    {
        int at = UnicodeTables.CompositionPairs.BinarySearch(((ulong)first << 32) | (uint)second);
        return at < 0 ? -1 : (int)UnicodeTables.Composites[at];
    }

    /// <summary>Appends a table's text as code points.</summary>
    public static void Append(scoped ReadOnlySpan<ushort> text, ref GrowingBuffer<int> to)
    {
        for (int i = 0; i < text.Length; i++)
            to.Add(char.IsHighSurrogate((char)text[i]) ? char.ConvertToUtf32((char)text[i], (char)text[++i]) : text[i]);
    }

    private static int Place(int block, int c) => (block << UnicodeTables.BlockBits) | (c & ((1 << UnicodeTables.BlockBits) - 1));

    private static ReadOnlySpan<ushort> Text(int place) => place == 0 ? default : UnicodeTables.Texts.Slice(place + 1, UnicodeTables.Texts[place]);
}
