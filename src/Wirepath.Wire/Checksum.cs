using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wirepath.Wire;

/// <summary>
/// The internet checksum (RFC 1071): the complement of the ones' complement sum of big-endian 16-bit words, an odd
/// last byte counting as the high half of a word. Sums are kept folded to 16 bits, so that a few of them can be
/// added as plain integers before <see cref="Finish"/>.
/// </summary>
public static class Checksum
{
    // Each vector step adds at most 0x1FFFE, or takes 0x10000, to and from a 32-bit lane; so many steps cannot overflow it.
    private const int StepsBeforeFold = 16384;

    /// <summary>The finished checksum of <paramref name="bytes"/>. Over bytes that contain a right checksum it is 0.</summary>
    /// <param name="bytes">What is covered.</param>
    /// <param name="initial">A sum to start from, such as <see cref="PseudoHeader"/>.</param>
    /// <remarks>UDP writes 0xFFFF where this gives 0, because 0 there means "none" (RFC 768).</remarks>
    public static ushort Compute(ReadOnlySpan<byte> bytes, uint initial = 0) => Finish(Sum(bytes, initial));

    /// <summary>The sum, not complemented. An odd length is right only for the last chunk of several.</summary>
    public static uint Sum(ReadOnlySpan<byte> bytes, uint initial = 0) => Fold(initial + (ulong)FoldedSum(bytes));

    /// <summary>The sum over head and slices of a packet from <paramref name="offset"/> to its end, whatever the lengths of the pieces.</summary>
    public static uint Sum(Packet packet, int offset, uint initial = 0)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset, (uint)packet.Length);
        ulong total = initial;
        bool odd = false;
        ReadOnlySpan<byte> head = packet.Head;
        if (offset < head.Length)
        {
            total += FoldedSum(head[offset..]);
            odd = ((head.Length - offset) & 1) != 0;
            offset = 0;
        }
        else
        {
            offset -= head.Length;
        }

        for (int i = 0; i < packet.SliceCount; i++)
        {
            ReadOnlySpan<byte> slice = packet.SliceSpan(i);
            if (offset >= slice.Length)
            {
                offset -= slice.Length;
                continue;
            }

            slice = slice[offset..];
            offset = 0;
            // RFC 1071 §2(B): a piece that starts in the middle of a word counts with its bytes swapped.
            ushort sum = FoldedSum(slice);
            total += odd ? BinaryPrimitives.ReverseEndianness(sum) : sum;
            odd ^= (slice.Length & 1) != 0;
        }

        return Fold(total);
    }

    /// <summary>Folds the carries of a sum and complements it.</summary>
    public static ushort Finish(uint sum) => (ushort)~Fold(sum);

    /// <summary>The sum of the pseudo-header that TCP, UDP and ICMPv6 cover: RFC 9293 §3.1, RFC 768, RFC 8200 §8.1.</summary>
    /// <param name="source">IPv4 or IPv6.</param>
    /// <param name="destination">Of the same family.</param>
    /// <param name="protocol">The upper-layer protocol.</param>
    /// <param name="length">Bytes of transport header and payload.</param>
    public static uint PseudoHeader(IpAddress source, IpAddress destination, IpProtocol protocol, int length) =>
        Fold(AddressSum(source) + AddressSum(destination) + (byte)protocol + (ulong)(uint)length);

    /// <summary>The checksum after one 16-bit word it covers has changed: RFC 1624 equation 3, HC' = ~(~HC + ~m + m').</summary>
    public static ushort Update(ushort checksum, ushort oldWord, ushort newWord) =>
        Finish((uint)(ushort)~checksum + (ushort)~oldWord + newWord);

    /// <summary>The checksum after 32 bits it covers, aligned to a 16-bit word, have changed: an IPv4 address, a sequence number.</summary>
    public static ushort Update(ushort checksum, uint oldWord, uint newWord) =>
        Update(Update(checksum, (ushort)(oldWord >> 16), (ushort)(newWord >> 16)), (ushort)oldWord, (ushort)newWord);

    /// <summary>
    /// Finishes a TCP or UDP checksum whose field holds the pseudo-header's sum (<see cref="ChecksumState.Partial"/>), in a
    /// linear packet: what a device does that has promised to.
    /// </summary>
    /// <param name="bytes">The packet; link padding behind it must be zero.</param>
    /// <param name="networkOffset">Where the IP header starts.</param>
    /// <param name="transportOffset">Where the TCP or UDP header starts.</param>
    public static void CompletePartial(Span<byte> bytes, int networkOffset, int transportOffset)
    {
        bool isV4 = bytes[networkOffset] >> 4 == 4;
        var protocol = (IpProtocol)bytes[networkOffset + (isV4 ? 9 : 6)];
        Span<byte> segment = bytes[transportOffset..];
        bool isUdp = protocol == IpProtocol.Udp;
        uint sum = Sum(segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment[(isUdp ? UdpHeader.ChecksumOffset : TcpHeader.ChecksumOffset)..],
            isUdp ? UdpHeader.FinishChecksum(sum) : Finish(sum));
    }

    private static ulong AddressSum(IpAddress address) => Halves(address.High) + Halves(address.Low);

    private static ulong Halves(ulong value) => (value >> 32) + (uint)value;

    // Ones' complement addition does not care where carries are folded in (RFC 1071 §2(A)).
    private static ushort Fold(ulong sum)
    {
        sum = (sum >> 32) + (uint)sum;
        sum = (sum >> 32) + (uint)sum;
        uint half = (uint)(sum >> 16) + (ushort)sum;
        half = (half >> 16) + (ushort)half;
        return (ushort)half;
    }

    // Sums in the machine's byte order and swaps the result once: RFC 1071 §2(B).
    private static ushort FoldedSum(ReadOnlySpan<byte> bytes)
    {
        ref byte at = ref MemoryMarshal.GetReference(bytes);
        nuint length = (nuint)bytes.Length;
        ulong sum = 0;

        if (Avx2.IsSupported && length >= 64)
        {
            // Pairs of words are added as signed numbers, each less by 0x8000, which is given back at the end.
            Vector256<ushort> bias = Vector256.Create((ushort)0x8000);
            Vector256<short> ones = Vector256<short>.One;
            while (length >= 64)
            {
                Vector256<int> first = Vector256<int>.Zero;
                Vector256<int> second = Vector256<int>.Zero;
                int step = 0;
                for (; step < StepsBeforeFold && length >= 64; step++, length -= 64)
                {
                    first += Avx2.MultiplyAddAdjacent((Vector256.LoadUnsafe(ref at).AsUInt16() ^ bias).AsInt16(), ones);
                    second += Avx2.MultiplyAddAdjacent((Vector256.LoadUnsafe(ref at, 32).AsUInt16() ^ bias).AsInt16(), ones);
                    at = ref Unsafe.Add(ref at, 64);
                }

                (Vector256<long> a, Vector256<long> b) = Vector256.Widen(first);
                (Vector256<long> c, Vector256<long> d) = Vector256.Widen(second);
                sum += (ulong)(Vector256.Sum(a + b + c + d) + 0x8000L * 32 * step);
            }
        }
        else if (Vector256.IsHardwareAccelerated && length >= 64)
        {
            Vector256<uint> low = Vector256.Create(0xFFFFu);
            while (length >= 64)
            {
                Vector256<uint> first = Vector256<uint>.Zero;
                Vector256<uint> second = Vector256<uint>.Zero;
                for (int step = 0; step < StepsBeforeFold && length >= 64; step++, length -= 64)
                {
                    Vector256<uint> a = Vector256.LoadUnsafe(ref at).AsUInt32();
                    Vector256<uint> b = Vector256.LoadUnsafe(ref at, 32).AsUInt32();
                    first += (a & low) + (a >>> 16);
                    second += (b & low) + (b >>> 16);
                    at = ref Unsafe.Add(ref at, 64);
                }

                (Vector256<ulong> c, Vector256<ulong> d) = Vector256.Widen(first);
                (Vector256<ulong> e, Vector256<ulong> f) = Vector256.Widen(second);
                sum += Vector256.Sum(c + d + e + f);
            }
        }

        for (; length >= 8; length -= 8, at = ref Unsafe.Add(ref at, 8))
            sum += Halves(Unsafe.ReadUnaligned<ulong>(ref at));
        if ((length & 4) != 0)
        {
            sum += Unsafe.ReadUnaligned<uint>(ref at);
            at = ref Unsafe.Add(ref at, 4);
        }

        if ((length & 2) != 0)
        {
            sum += Unsafe.ReadUnaligned<ushort>(ref at);
            at = ref Unsafe.Add(ref at, 2);
        }

        if ((length & 1) != 0)
            sum += BitConverter.IsLittleEndian ? at : (uint)at << 8;

        ushort folded = Fold(sum);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(folded) : folded;
    }
}
