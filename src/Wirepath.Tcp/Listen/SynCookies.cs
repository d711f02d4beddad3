using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// SYN cookies (RFC 4987 §3.6, after Bernstein): all that must be remembered of a SYN is put into the sequence number of the
/// SYN,ACK and comes back in the last ACK. The number is the sum of a keyed hash of the four-tuple, the peer's ISN, a counter of
/// minutes in the top eight bits, and a second hash, of four-tuple and counter, with the index of the MSS in the lower 24. Where
/// timestamps are in use, the lowest six bits of the SYN,ACK's carry window scale, SACK and ECN.
/// </summary>
internal sealed class SynCookies
{
    /// <summary>A cookie counts in the minute in which it was made and in the next: the last ACK has at least one minute.</summary>
    private const int LifetimeMinutes = 2;

    private const uint LowBits = 0xFF_FFFF;

    // What is common on paths today; the largest that does not exceed the peer's is taken.
    private static readonly ushort[] s_mssV4 = [536, 1300, 1440, 1460];
    private static readonly ushort[] s_mssV6 = [1220, 1420, 1440, 8940];

    private readonly ulong _key0;
    private readonly ulong _key1;
    private readonly ulong _countedKey0;
    private readonly ulong _countedKey1;

    public SynCookies(RandomSource random) =>
        (_key0, _key1, _countedKey0, _countedKey1) = (random.NextUInt64(), random.NextUInt64(), random.NextUInt64(), random.NextUInt64());

    /// <summary>The initial sequence number of the SYN,ACK.</summary>
    /// <param name="peer">Whose SYN it was.</param>
    /// <param name="irs">Its number.</param>
    /// <param name="peerMss">What it announced; becomes what the cookie can express.</param>
    /// <param name="now">The minute counts.</param>
    public SequenceNumber Make(in FourTuple peer, SequenceNumber irs, ref ushort peerMss, Instant now)
    {
        ushort[] table = peer.IsV6 ? s_mssV6 : s_mssV4;
        int index = table.Length - 1;
        while (index > 0 && table[index] > peerMss)
            index--;
        peerMss = table[index];
        uint minute = Minute(now);
        return new SequenceNumber(unchecked(Fixed(peer) + irs.Value + (minute << 24) + ((Counted(peer, minute) + (uint)index) & LowBits)));
    }

    /// <returns>False when the number was not made here for this peer, or too long ago.</returns>
    public bool TryRead(in FourTuple peer, SequenceNumber irs, SequenceNumber cookie, Instant now, out ushort peerMss)
    {
        peerMss = 0;
        uint rest = unchecked(cookie.Value - Fixed(peer) - irs.Value);
        uint minute = Minute(now);
        uint age = unchecked(minute - (rest >> 24)) & 0xFF;
        if (age >= LifetimeMinutes)
            return false;
        uint index = unchecked(rest - Counted(peer, minute - age)) & LowBits;
        ushort[] table = peer.IsV6 ? s_mssV6 : s_mssV4;
        if (index >= table.Length)
            return false;
        peerMss = table[index];
        return true;
    }

    private static uint Minute(Instant now) => (uint)(now.Ticks / TimeSpan.TicksPerMinute);

    private uint Fixed(in FourTuple peer)
    {
        Span<byte> message = stackalloc byte[FourTuple.Size];
        peer.CopyTo(message);
        return (uint)SipHash.Hash(_key0, _key1, message);
    }

    private uint Counted(in FourTuple peer, uint minute)
    {
        Span<byte> message = stackalloc byte[FourTuple.Size + sizeof(uint)];
        peer.CopyTo(message);
        BinaryPrimitives.WriteUInt32LittleEndian(message[FourTuple.Size..], minute);
        return (uint)SipHash.Hash(_countedKey0, _countedKey1, message);
    }

    // ---- What the timestamp carries --------------------------------------------------------------------------------

    private const uint OptionBits = 0x3F;
    private const uint NoScale = 0xF;
    private const uint SackBit = 0x10;
    private const uint EcnBit = 0x20;

    /// <summary>Puts what was negotiated into a timestamp that is at most 64 ms old; <paramref name="clock"/> without the host pair's offset.</summary>
    public static uint Timestamp(uint clock, in SynFacts facts)
    {
        uint bits = (facts.Scaling ? (uint)facts.SendShift : NoScale) | (facts.Sack ? SackBit : 0) | (facts.Ecn ? EcnBit : 0);
        uint stamp = (clock & ~OptionBits) | bits;
        return stamp > clock ? unchecked(stamp - OptionBits - 1) : stamp;
    }

    /// <summary>Takes it out of the echo again.</summary>
    public static void TakeOptions(uint echo, ref SynFacts facts)
    {
        uint scale = echo & 0xF;
        facts.Scaling = scale != NoScale;
        facts.SendShift = facts.Scaling ? (byte)Math.Min(scale, 14) : (byte)0;
        facts.Sack = (echo & SackBit) != 0;
        facts.Ecn = (echo & EcnBit) != 0;
    }
}
