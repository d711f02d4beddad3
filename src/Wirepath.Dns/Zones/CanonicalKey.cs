using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// A name as bytes whose plain order is the canonical order of RFC 4034 §6.1: labels from the root, in lower case, each
/// ended by 0, with 0 and 1 inside labels written as two bytes.
/// </summary>
internal static class CanonicalKey
{
    public static byte[] Of(DomainName name)
    {
        Span<byte> starts = stackalloc byte[DomainName.MaxLabels];
        ReadOnlySpan<byte> wire = name.Wire;
        int labels = 0;
        int extra = 0;
        for (int at = 0; wire[at] != 0; at += wire[at] + 1)
            starts[labels++] = (byte)at;
        for (int i = 0; i < labels; i++)
        {
            foreach (byte b in wire.Slice(starts[i] + 1, wire[starts[i]]))
                extra += b <= 1 ? 1 : 0;
        }

        byte[] key = new byte[wire.Length - 1 + extra];
        int write = 0;
        for (int i = labels - 1; i >= 0; i--)
        {
            foreach (byte b in wire.Slice(starts[i] + 1, wire[starts[i]]))
            {
                if (b <= 1)
                {
                    key[write++] = 1;
                    key[write++] = (byte)(b + 1);
                }
                else
                {
                    key[write++] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
                }
            }

            write++;
        }

        return key;
    }

    /// <summary>The place of the last key that is not greater; -1 when all are.</summary>
    public static int LastNotGreater(byte[][] keys, ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = keys.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (keys[middle].AsSpan().SequenceCompareTo(key) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
