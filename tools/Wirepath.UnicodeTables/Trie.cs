namespace Wirepath.UnicodeTables;

/// <summary>A table with a value for each code point in two stages: equal blocks are stored once.</summary>
internal sealed class Trie
{
    /// <summary>256 code points in a block: 146 KB for all tables of Unicode 17; with 128 they are 150, with 64 they are 169.</summary>
    public const int BlockBits = 8;

    private const int BlockSize = 1 << BlockBits;

    /// <param name="values">Of each code point.</param>
    public Trie(ReadOnlySpan<ushort> values)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int start = 0; start < values.Length; start += BlockSize)
        {
            ReadOnlySpan<ushort> block = values.Slice(start, BlockSize);
            string key = new(System.Runtime.InteropServices.MemoryMarshal.Cast<ushort, char>(block));
            if (!known.TryGetValue(key, out int index))
            {
                known[key] = index = known.Count;
                Values.AddRange(block);
            }

            Blocks.Add((ushort)index);
        }
    }

    /// <summary>Number of the block of each 64 code points.</summary>
    public List<ushort> Blocks { get; } = [];

    public List<ushort> Values { get; } = [];
}
