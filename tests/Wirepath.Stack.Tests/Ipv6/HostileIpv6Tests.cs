using Wirepath.Tests;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class HostileIpv6Tests
{
    private static readonly int s_frames = LongRun.Count(usual: 60_000, whenLong: 3_000_000);

    /// <summary>Noise, damaged copies of real frames, and headers chained at random reach two hosts in the middle of a transfer.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Noise_disturbs_neither_the_bytes_nor_the_memory(ulong seed)
    {
        using var world = new TestWorld(seed, logged: false);
        HostSettings settings = HostSettings.Default with { MemoryBudgetBytes = 8 << 20 };
        Host client = world.AddHost("client", settings), server = world.AddHost("server", settings with { Ipv6 = new Ipv6Settings { Forwarding = true } });
        TestCable cable = world.Connect(client, "2001:db8::1/64", server, "2001:db8::2/64");
        // Permanent, because a mutated advertisement that says "override" is believed, as RFC 4861 wants it.
        cable.LeftInterface.Neighbors.AddPermanent(Ip("2001:db8::2"), cable.Right.Address);
        cable.RightInterface.Neighbors.AddPermanent(Ip("2001:db8::1"), cable.Left.Address);
        using var advertiser = new RouterAdvertiser(server, cable.RightInterface, new RouterAdvertiserSettings { Networks = [IpPrefix.Parse("2001:db8:5::/64")] });
        using UdpSocket socket = server.OpenUdp(Endpoint("[::]:53"));
        RandomSource random = world.Random.Fork("noise");
        var seen = new List<byte[]>();
        cable.Decide = (_, frame) =>
        {
            if (seen.Count < 500)
                seen.Add(frame.ToArray());
            else if (random.Chance(0.05))
                seen[random.Next(seen.Count)] = frame.ToArray();
            return Fate.Deliver;
        };
        world.Run(() => client.ConfigureByRouterAsync(cable.LeftInterface).AsTask());
        world.RunFor(TimeSpan.FromSeconds(3)); // Nothing is in doubt any more: noise cannot refuse an address.
        byte[] up = TcpTests.Bytes(random, 200_000), down = TcpTests.Bytes(random, 200_000);
        Task<(byte[] AtClient, byte[] AtServer)> transfer = null!;
        world.Run(() =>
        {
            transfer = TcpTests.Transfer(client, server, Endpoint("[2001:db8::2]:80"), up, down);
            return Task.CompletedTask;
        });
        int sent = 0;
        while (sent < s_frames || !transfer.IsCompleted)
        {
            for (int i = 0; i < 50 && sent < s_frames; i++, sent++)
            {
                TestDevice to = random.Chance(0.5) ? cable.Left : cable.Right;
                to.Arrive(random.Chance(0.5) ? Chained(random, to) : Damaged(random, seen, to));
            }

            if (!world.Step(Instant.Never))
                throw new InvalidOperationException("The transfer stands still.");
            server.MemoryUsed.ShouldBeLessThan(9 << 20);
        }

#pragma warning disable xUnit1031 // It is completed.
        (byte[] atClient, byte[] atServer) = transfer.GetAwaiter().GetResult();
#pragma warning restore xUnit1031
        atServer.ShouldBe(up);
        atClient.ShouldBe(down);
        server.Statistics.PacketsDropped.ShouldBeGreaterThan(5_000);
        server.Statistics.Ip6InHdrErrors.ShouldBeGreaterThan(1_000);
        server.Statistics.Ip6ReasmReqds.ShouldBeGreaterThan(100);
        server.Statistics.Icmp6InErrors.ShouldBeGreaterThan(100);
        cable.LeftInterface.Neighbors.Count.ShouldBeLessThanOrEqualTo(1024);
        socket.Dispose();
        world.RunFor(TimeSpan.FromMinutes(30));
        (server.MemoryUsed, client.MemoryUsed).ShouldBe((0, 0));
    }

    /// <summary>A right header, extension headers at random, and discovery messages whose options lie.</summary>
    private static Packet Chained(RandomSource random, TestDevice to)
    {
        byte[] body = new byte[random.Next(300)];
        random.Fill(body);
        byte[] nexts = [0, 43, 44, 60, 58, 6, 17, 59, 50, 135, 255];
        for (int at = 0; at + 8 <= body.Length && random.Chance(0.8); at += 8)
        {
            body[at] = nexts[random.Next(nexts.Length)];
            body[at + 1] = (byte)random.Next(3);
        }

        IpAddress source = random.Chance(0.2) ? IpAddress.AnyV6 : IpAddress.V6(random.Chance(0.5) ? 0xFE80_0000_0000_0000 : 0x2001_0DB8_0000_0000, (ulong)random.Next(300) + 3);
        IpAddress destination = random.Next(4) switch
        {
            0 => IpAddress.AllNodes,
            1 => Ip("2001:db8::1"),
            2 => Ip("2001:db8::2"),
            _ => Ip("2001:db8::2").SolicitedNode,
        };
        if (body.Length < 8 || random.Chance(0.5))
            return Frames6.Ip(to, source, destination, (IpProtocol)nexts[random.Next(nexts.Length)], body, random.Chance(0.5) ? (byte)255 : (byte)random.Next(256));
        body[0] = (byte)(random.Chance(0.7) ? 128 + random.Next(16) : random.Next(6));
        body[1] = (byte)random.Next(2);
        if (body.Length >= 24 && random.Chance(0.5))
            Ip("2001:db8::2").Write(body.AsSpan(8));
        for (int at = 24; at + 8 <= body.Length && random.Chance(0.8); at += 8 * Math.Max(1, (int)body[at + 1]))
            (body[at], body[at + 1]) = ((byte)random.Next(6), (byte)random.Next(3));
        return Frames6.Icmp(to, source, destination, body, random.Chance(0.8) ? (byte)255 : (byte)1);
    }

    private static Packet Damaged(RandomSource random, List<byte[]> seen, TestDevice to)
    {
        byte[] frame = [.. seen[random.Next(seen.Count)]];
        for (int flips = 1 + random.Next(4); flips > 0; flips--)
            frame[random.Next(frame.Length)] = (byte)random.NextUInt64();
        to.Address.Write(frame);
        // Half of the ICMPv6 messages with a repaired checksum, so that they get further.
        if (random.Chance(0.5) && Ipv6Header.TryRead(frame.AsSpan(14), out Ipv6Header header) && header is { NextHeader: IpProtocol.IcmpV6, PayloadLength: >= 8 })
            Icmpv6Header.FillChecksum(frame.AsSpan(14 + Ipv6Header.Size, header.PayloadLength), header.Source, header.Destination);
        return Packet.From(frame.AsSpan(0, random.Chance(0.2) ? random.Next(frame.Length + 1) : frame.Length));
    }
}
