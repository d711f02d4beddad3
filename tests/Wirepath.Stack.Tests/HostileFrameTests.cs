using Wirepath.Tests;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

public sealed class HostileFrameTests
{
    // Ten million in both runs together when there is time.
    private static readonly int s_frames = LongRun.Count(usual: 100_000, whenLong: 5_000_000);

    /// <summary>Frames of noise and damaged copies of real ones reach a host in the middle of a transfer.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Noise_disturbs_neither_the_bytes_nor_the_memory(ulong seed)
    {
        using var world = new TestWorld(seed, logged: false);
        HostSettings settings = HostSettings.Default with { MemoryBudgetBytes = 8 << 20, Ip = new IpSettings { Forwarding = true } };
        Host client = world.AddHost("client", settings), server = world.AddHost("server", settings);
        TestCable cable = world.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24");
        _ = new Nat(server, cable.RightInterface);
        using UdpSocket socket = server.OpenUdp(Endpoint("0.0.0.0:53"));
        RandomSource random = world.Random.Fork("noise");
        var seen = new List<byte[]>();
        int sent = 0;
        cable.Decide = (_, frame) =>
        {
            if (seen.Count < 500)
                seen.Add(frame.ToArray());
            else if (random.Chance(0.05))
                seen[random.Next(seen.Count)] = frame.ToArray();
            return Fate.Deliver;
        };
        byte[] up = TcpTests.Bytes(random, 300_000), down = TcpTests.Bytes(random, 300_000);
        Task<(byte[] AtClient, byte[] AtServer)> transfer = null!;
        world.Run(() =>
        {
            transfer = TcpTests.Transfer(client, server, Endpoint("10.0.0.2:80"), up, down);
            return Task.CompletedTask;
        });
        while (sent < s_frames || !transfer.IsCompleted)
        {
            for (int i = 0; i < 50 && sent < s_frames; i++, sent++)
            {
                TestDevice to = random.Chance(0.5) ? cable.Left : cable.Right;
                to.Arrive(Hostile(random, seen, to));
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
        server.Statistics.PacketsDropped.ShouldBeGreaterThan(10_000);
        server.Statistics.TcpInCsumErrors.ShouldBeGreaterThan(100);
        socket.Dispose();
        world.RunFor(TimeSpan.FromMinutes(30));
        server.MemoryUsed.ShouldBe(0);
        client.MemoryUsed.ShouldBe(0);
    }

    private static Packet Hostile(RandomSource random, List<byte[]> seen, TestDevice to)
    {
        if (seen.Count == 0 || random.Chance(0.3))
        {
            byte[] noise = new byte[random.Next(1600)];
            random.Fill(noise);
            if (noise.Length >= 34 && random.Chance(0.9))
            {
                new EthernetHeader(to.Address, new MacAddress(random.NextUInt64() & 0xFEFF_FFFF_FFFF), random.Chance(0.1) ? EtherType.Arp : EtherType.IPv4).Write(noise);
                if (random.Chance(0.9))
                {
                    // A header that is right, before a body that is not.
                    var protocol = (IpProtocol)(random.Next(4) switch { 0 => 1, 1 => 6, 2 => 17, _ => random.Next(256) });
                    new Ipv4Header(0, (ushort)(noise.Length - 14), (ushort)random.Next(4), random.Chance(0.2), random.Chance(0.3), random.Next(200) * 8 * random.Next(2),
                        (byte)random.Next(256), protocol, 0, IpAddress.V4(0x0A000000 + (uint)random.Next(256)), IpAddress.V4(0x0A000000 + (uint)random.Next(4)), 20)
                        .Write(noise.AsSpan(14));
                }
            }

            return Packet.From(noise);
        }

        byte[] frame = [.. seen[random.Next(seen.Count)]];
        for (int flips = 1 + random.Next(4); flips > 0; flips--)
            frame[random.Next(frame.Length)] = (byte)random.NextUInt64();
        to.Address.Write(frame);
        // Half of them with a repaired IP checksum, so that they get further.
        if (random.Chance(0.5) && Ipv4Header.TryReadQuoted(frame.AsSpan(14), out Ipv4Header header))
            header.Write(frame.AsSpan(14), frame.AsSpan(34, header.HeaderLength - 20).ToArray());
        return Packet.From(frame.AsSpan(0, random.Chance(0.2) ? random.Next(frame.Length + 1) : frame.Length));
    }
}
