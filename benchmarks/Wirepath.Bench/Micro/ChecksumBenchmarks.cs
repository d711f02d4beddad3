using BenchmarkDotNet.Attributes;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>The internet checksum over a segment and over a super-segment.</summary>
public class ChecksumBenchmarks
{
    private byte[] _bytes = [];

    [Params(1460, 65_536)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _bytes = new byte[Size];
        new RandomSource(1).Fill(_bytes);
        if (Scalar() != Vectorized())
            throw new InvalidOperationException("The two checksums differ.");
    }

    /// <summary>Word by word, as RFC 1071 §4.1 has it.</summary>
    [Benchmark(Baseline = true)]
    public ushort Scalar()
    {
        ReadOnlySpan<byte> bytes = _bytes;
        uint sum = 0;
        for (int i = 0; i + 1 < bytes.Length; i += 2)
            sum += (uint)((bytes[i] << 8) | bytes[i + 1]);
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    [Benchmark]
    public ushort Vectorized() => Checksum.Compute(_bytes);
}
