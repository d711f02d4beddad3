using Wirepath.Wire;

namespace Wirepath.Stack.Tests;

/// <summary>Somebody on the cable who writes any sender and any number into his segments, and sees what comes back.</summary>
internal sealed class Forger(TestWorld world, TestDevice target, IpAddress victim)
{
    public long Sent { get; private set; }

    public void Segment(IpEndpoint from, ushort port, TcpFlags flags, uint sequence, uint acknowledgment = 0, ushort window = 65535, TcpOptions options = default, int payload = 0, TimeSpan after = default)
    {
        byte[] segment = new byte[TcpHeader.Size + options.Size + payload];
        var header = new TcpHeader(from.Port, port, new SequenceNumber(sequence), new SequenceNumber(acknowledgment), TcpHeader.Size + options.Size, flags, window, 0, 0);
        header.Write(segment);
        options.Write(segment.AsSpan(TcpHeader.Size));
        ushort checksum = Checksum.Compute(segment, Checksum.PseudoHeader(from.Address, victim, IpProtocol.Tcp, segment.Length));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(TcpHeader.ChecksumOffset), checksum);
        Sent++;
        world.Fly(target, Frames.Ip(target, from.Address, victim, IpProtocol.Tcp, segment), world.Now + after);
    }

    public static TcpOptions SynOptions => new() { HasMss = true, Mss = 1460, SackPermitted = true, HasWindowScale = true, WindowScale = 7 };

    /// <summary>A SYN from an address and a port that nobody has, somewhere within the next millisecond: a flood keeps no time with its victims.</summary>
    public void Syn(RandomSource random, ushort port) =>
        Segment(new IpEndpoint(IpAddress.V4(0x0B00_0000 | (random.NextUInt32() & 0xFF_FFFF)), (ushort)(1 + random.Next(65535))), port, TcpFlags.Syn, random.NextUInt32(),
            options: SynOptions, after: TimeSpan.FromTicks(random.Next((int)TimeSpan.TicksPerMillisecond)));
}
