namespace Wirepath.Wire;

/// <summary>
/// The one source of randomness of a host or a simulation (xoshiro256**, seeded by SplitMix64): the same seed gives
/// the same run on every platform and version of .NET, which <see cref="Random"/> does not promise.
/// Not for keys; on a real wire the seed itself comes from the operating system's generator.
/// </summary>
public sealed class RandomSource
{
    private readonly Func<ulong>? _words;
    private ulong _a, _b, _c, _d;

    public RandomSource(ulong seed)
    {
        Seed = seed;
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    private RandomSource(Func<ulong> words) => _words = words;

    /// <summary>The seed; 0 for a source of <see cref="Of"/>.</summary>
    public ulong Seed { get; }

    /// <summary>
    /// A source that hands on somebody else's words: the operating system's generator, where an adversary sees some of the
    /// numbers and must not be able to tell the next (DNS IDs, RFC 5452). Its forks are the same source.
    /// </summary>
    /// <param name="words">64 random bits at a time; called by whoever draws, on any thread.</param>
    public static RandomSource Of(Func<ulong> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return new RandomSource(words);
    }

    public ulong NextUInt64()
    {
        if (_words is not null)
            return _words();
        ulong result = ulong.RotateLeft(_b * 5, 7) * 9;
        ulong t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    public uint NextUInt32() => (uint)(NextUInt64() >> 32);

    public ushort NextUInt16() => (ushort)(NextUInt64() >> 48);

    /// <summary>A number in [0, <paramref name="exclusiveMax"/>), without modulo bias to speak of.</summary>
    public int Next(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        return (int)Math.BigMul(NextUInt64(), (ulong)exclusiveMax, out _);
    }

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with the given probability; 0 and below never, 1 and above always.</summary>
    public bool Chance(double probability) => probability > 0 && NextDouble() < probability;

    public void Fill(Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            ulong word = NextUInt64();
            for (int i = 0; i < 8 && bytes.Length > 0; i++, word >>= 8)
            {
                bytes[0] = (byte)word;
                bytes = bytes[1..];
            }
        }
    }

    /// <summary>An independent source for a part named <paramref name="name"/>, so that adding one part does not shift the numbers of another.</summary>
    public RandomSource Fork(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_words is not null)
            return this;
        ulong hash = 0xCBF29CE484222325; // FNV-1a
        foreach (char c in name)
            hash = (hash ^ c) * 0x100000001B3;
        return new RandomSource(Seed ^ hash);
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
