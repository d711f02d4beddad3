namespace Wirepath.Wire.Tests;

/// <summary>Random and mutated bytes into every parser: an answer, never an exception.</summary>
public class HostileBytesTests
{
    private const int Rounds = 200_000;

    [Fact]
    public void No_parser_throws_whatever_the_bytes()
    {
        var random = new RandomSource(7);
        byte[][] seeds = [.. Seeds()];
        byte[] buffer = new byte[1600];
        int accepted = 0;
        for (int round = 0; round < Rounds; round++)
        {
            int length;
            if (round % 4 == 0)
            {
                length = random.Next(200);
                random.Fill(buffer.AsSpan(0, length));
            }
            else
            {
                byte[] seed = seeds[random.Next(seeds.Length)];
                seed.CopyTo(buffer, 0);
                length = random.Next(8) == 0 ? random.Next(seed.Length + 1) : seed.Length;
                for (int changes = 1 + random.Next(3); changes > 0; changes--)
                    buffer[random.Next(seed.Length)] = random.Next(3) == 0 ? (byte)0xC0 : (byte)random.NextUInt16();
            }

            try
            {
                accepted += ReadAll(buffer.AsSpan(0, length));
            }
            catch (Exception exception)
            {
                Assert.Fail($"{exception.GetType().Name} on {Convert.ToHexString(buffer.AsSpan(0, length))}: {exception}");
            }
        }

        accepted.ShouldBeGreaterThan(Rounds); // Mutations still get past the front door.
    }

    private static int ReadAll(ReadOnlySpan<byte> bytes)
    {
        int accepted = 0;
        accepted += EthernetHeader.TryRead(bytes, out _) ? 1 : 0;
        accepted += ArpPacket.TryRead(bytes, out _) ? 1 : 0;
        if (Ipv4Header.TryRead(bytes, out Ipv4Header ip))
        {
            accepted++;
            ip.PayloadLength.ShouldBeInRange(0, bytes.Length);
            if (Ipv4Options.TryRead(bytes[Ipv4Header.Size..ip.HeaderLength], out Ipv4Options options))
                Enumerate(options);
        }

        _ = Ipv4Header.TryReadQuoted(bytes, out _);
        _ = Ipv4Header.HasValidChecksum(bytes);
        if (Ipv4Options.TryRead(bytes, out Ipv4Options loose))
            Enumerate(loose);
        accepted += Ipv6Header.TryRead(bytes, out _) ? 1 : 0;
        if (Ipv6Header.TryReadQuoted(bytes, out Ipv6Header six))
        {
            Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(bytes, Ipv6Header.Size, six.NextHeader);
            chain.Offset.ShouldBeInRange(0, bytes.Length + 255 * 8 + 8);
            Ipv6HeaderChain.Walk(bytes, Ipv6Header.Size, six.NextHeader, isQuoted: true).PreviousOffset.ShouldBeInRange(0, bytes.Length);
        }

        accepted += Ipv6FragmentHeader.TryRead(bytes, out _) ? 1 : 0;
        accepted += Icmpv6Header.TryRead(bytes, out _) ? 1 : 0;
        accepted += NeighborSolicitation.TryRead(bytes, out _) ? 1 : 0;
        accepted += NeighborAdvertisement.TryRead(bytes, out _) ? 1 : 0;
        accepted += RouterSolicitation.TryRead(bytes, out _) ? 1 : 0;
        accepted += RouterAdvertisement.TryRead(bytes, out RouterAdvertisement? told) ? 1 : 0;
        if (told is not null)
        {
            // What was read can be written, and then reads the same.
            byte[] again = new byte[told.Length];
            told.Write(again);
            RouterAdvertisement.TryRead(again, out RouterAdvertisement? same).ShouldBeTrue();
            if (!same.Prefixes.SequenceEqual(told.Prefixes) || !same.DnsServers.SequenceEqual(told.DnsServers) || same.Mtu != told.Mtu || same.SourceMac != told.SourceMac)
                Assert.Fail("An advertisement changed by being written.");
        }

        accepted += IcmpHeader.TryRead(bytes, out _) ? 1 : 0;
        accepted += UdpHeader.TryRead(bytes, out _, out _) ? 1 : 0;
        if (TcpHeader.TryRead(bytes, out TcpHeader tcp))
        {
            accepted++;
            _ = TcpOptions.TryRead(bytes[TcpHeader.Size..tcp.HeaderLength], out _);
        }

        accepted += TcpOptions.TryRead(bytes, out _) ? 1 : 0;
        accepted += DhcpMessage.TryRead(bytes, out _) ? 1 : 0;
        if (DnsMessage.TryRead(bytes, out DnsMessage message))
        {
            accepted++;
            // What was read can be written, and then reads the same.
            DnsMessage.TryRead(message.ToArray(), out DnsMessage again).ShouldBeTrue();
            if (!again.Answers.SequenceEqual(message.Answers) || again.Rcode != message.Rcode || !Equals(again.Edns, message.Edns))
                Assert.Fail("A message changed by being written.");
            foreach (DnsRecord record in message.Answers.Concat(message.Authorities).Concat(message.Additionals))
                _ = record.ToString().Length;
        }

        return accepted;
    }

    private static void Enumerate(Ipv4Options options)
    {
        foreach (Ipv4Option option in options)
        {
            _ = option.RouterAlertValue + option.Pointer + option.OverflowAndFlag;
            for (int i = 0; i < option.AddressCount; i++)
                _ = option.GetAddress(i);
        }
    }

    // Each frame from the front of each of its layers.
    private static IEnumerable<byte[]> Seeds()
    {
        foreach ((_, byte[] frame) in TestFrames.OneOfEach())
        {
            foreach (DissectedLayer layer in Dissector.Dissect(frame))
                yield return frame[layer.Offset..];
        }

        DnsMessage message = new() { Flags = DnsFlags.QR };
        DomainName name = DomainName.Parse("a.b.example");
        DnsTypeBitmap types = DnsTypeBitmap.Of(DnsType.A, DnsType.RRSIG);
        foreach ((DnsType type, byte[] data) in new (DnsType, byte[])[]
        {
            (DnsType.DS, new DsData(1, 13, 2, new byte[32]).ToArray()),
            (DnsType.DNSKEY, new DnsKeyData(257, 3, 13, new byte[64]).ToArray()),
            (DnsType.RRSIG, new RrsigData(DnsType.A, 13, 3, 60, 2, 1, 7, name, new byte[64]).ToArray()),
            (DnsType.NSEC, new NsecData(name, types).ToArray()),
            (DnsType.NSEC3, new Nsec3Data(1, 0, 0, new byte[4], new byte[20], types).ToArray()),
            (DnsType.NSEC3PARAM, new Nsec3ParamData(1, 0, 0, default).ToArray()),
            (DnsType.DNAME, name.Wire.ToArray()),
            (DnsType.TLSA, [3, 1, 1, 9, 9]),
        })
        {
            message.Answers.Add(new DnsRecord(name, type, DnsClass.IN, 60, data));
        }

        yield return message.ToArray();
    }
}
