using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

/// <summary>RFC 5961: somebody who knows addresses and ports, and guesses numbers; and two ends that talk past each other.</summary>
public sealed class InjectionTests
{
    private sealed class Line : IDisposable
    {
        public readonly TestWorld World = new(11, logged: false);
        public readonly Host Client;
        public readonly Host Server;
        public readonly TestCable Cable;
        public readonly Forger Forger;
        public readonly TcpStream AtClient;
        public readonly TcpStream AtServer;
        public long FramesToClient;
        private const int HeadersBefore = EthernetHeader.Size + Ipv4Header.Size;
        private uint _serverExpects;
        private uint _clientExpects;

        public Line(HostSettings? settings = null)
        {
            (Client, Server) = (World.AddHost("client", settings), World.AddHost("server", settings));
            Cable = World.Connect(Client, "10.0.0.1/24", Server, "10.0.0.2/24");
            Cable.Decide = (from, frame) =>
            {
                FramesToClient += from == Cable.Right ? 1 : 0;
                if (frame.Head.Length > HeadersBefore + TcpHeader.Size && TcpHeader.TryRead(frame.Head[HeadersBefore..], out TcpHeader header) && header.IsAck)
                    (from == Cable.Right ? ref _serverExpects : ref _clientExpects) = header.Acknowledgment.Value;
                return Fate.Deliver;
            };
            Forger = new Forger(World, Cable.Right, Ip("10.0.0.2"));
            (AtClient, AtServer) = World.Run(async () =>
            {
                using TcpAcceptor acceptor = Server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
                ValueTask<TcpStream> accepting = acceptor.AcceptAsync();
                TcpStream client = await Client.ConnectAsync(Endpoint("10.0.0.2:80"));
                TcpStream server = await accepting;
                await client.WriteAsync(new byte[100]);
                await server.ReadExactlyAsync(new byte[100]);
                await server.WriteAsync(new byte[100]);
                await client.ReadExactlyAsync(new byte[100]);
                return (client, server);
            });
            World.RunFor(TimeSpan.FromSeconds(1));
            FramesToClient = 0;
        }

        /// <summary>RCV.NXT of the server, as somebody on the cable sees it: what a blind forger would have to guess.</summary>
        public uint Next => _serverExpects;

        /// <summary>SND.NXT of the server.</summary>
        public uint Acknowledged => _clientExpects;

        public IpEndpoint Peer => AtServer.Id.Remote;

        /// <summary>Both ends still talk.</summary>
        public bool IsAlive() => World.Run(async () =>
        {
            await AtClient.WriteAsync(new byte[] { 42 });
            byte[] got = new byte[1];
            return await AtServer.ReadAsync(got) == 1 && got[0] == 42;
        });

        public void Dispose() => World.Dispose();
    }

    [Fact]
    public void A_RST_or_SYN_that_does_not_hit_the_very_number_ends_nothing_and_is_challenged_twice_a_second_at_most()
    {
        using var line = new Line();
        uint next = line.Next;
        line.FramesToClient = 0;
        for (uint i = 1; i <= 2000; i++)
        {
            line.Forger.Segment(line.Peer, 80, TcpFlags.Rst, next + i * 30, window: 0);
            line.Forger.Segment(line.Peer, 80, TcpFlags.Syn, next + i * 30);
            line.Forger.Segment(line.Peer, 80, TcpFlags.Rst, next - i * 1000, window: 0);
        }

        line.World.RunFor(TimeSpan.FromSeconds(1));
        line.FramesToClient.ShouldBeLessThanOrEqualTo(4, "6,000 forged segments, and the answers of one second");
        line.IsAlive().ShouldBeTrue();
        line.World.RunFor(TimeSpan.FromSeconds(1));
        line.Forger.Segment(line.Peer, 80, TcpFlags.Rst, line.Next, window: 0);
        line.World.RunFor(TimeSpan.FromMilliseconds(10));
        line.AtServer.Statistics.State.ShouldBe(TcpState.Closed, "the very number ends it: that is what RSTs are for");
    }

    [Fact]
    public void Blind_data_is_not_taken_when_its_ACK_is_out_of_range()
    {
        using var line = new Line();
        uint next = line.Next;
        for (uint i = 0; i < 1000; i++)
            line.Forger.Segment(line.Peer, 80, TcpFlags.Ack | TcpFlags.Psh, next, acknowledgment: i * 4_000_000 + 7_000_000, payload: 10);
        line.World.RunFor(TimeSpan.FromSeconds(1));
        // RFC 5961 §5.2: [SND.UNA − MAX.SND.WND, SND.NXT] is a window of some kilobytes in 2³².
        line.AtServer.Statistics.Unread.ShouldBe(0);
        line.IsAlive().ShouldBeTrue();
    }

    [Fact]
    public void Two_confused_ends_do_not_answer_each_other_for_ever()
    {
        using var line = new Line();
        uint next = line.Next;
        line.FramesToClient = 0;
        // An ACK from the far past: each side finds the other's answer wrong, if it answers at all.
        for (uint i = 0; i < 500; i++)
        {
            line.Forger.Segment(line.Peer, 80, TcpFlags.Ack, next - 100_000, acknowledgment: 1);
            line.World.RunFor(TimeSpan.FromMilliseconds(10));
        }

        line.FramesToClient.ShouldBeLessThanOrEqualTo(11, "5 seconds, an answer each half second");
        line.IsAlive().ShouldBeTrue();
    }

    [Fact]
    public void ACKs_of_bytes_never_sent_do_not_grow_the_window()
    {
        using var line = new Line();
        uint next = line.Next;
        long before = line.AtServer.Statistics.Cwnd;
        for (uint i = 1; i < 1000; i++)
            line.Forger.Segment(line.Peer, 80, TcpFlags.Ack, next, acknowledgment: i * 1_000_000);
        line.World.RunFor(TimeSpan.FromSeconds(1));
        line.AtServer.Statistics.Cwnd.ShouldBe(before);
        line.AtServer.Statistics.BytesAcknowledged.ShouldBe(100);
        line.IsAlive().ShouldBeTrue();
    }

    [Fact]
    public void SACK_blocks_that_lie_change_nothing_and_hold_nothing()
    {
        using var line = new Line();
        uint next = line.Next;
        long memory = line.Server.MemoryUsed;
        RandomSource random = line.World.Random.Fork("lies");
        for (int i = 0; i < 2000; i++)
        {
            TcpOptions lies = default;
            for (int block = 0; block < 3; block++)
                lies.AddSack(new SackBlock(new SequenceNumber(random.NextUInt32()), new SequenceNumber(random.NextUInt32())));
            line.Forger.Segment(line.Peer, 80, TcpFlags.Ack, next, acknowledgment: line.Acknowledged, options: lies);
        }

        line.World.RunFor(TimeSpan.FromSeconds(1));
        line.Server.MemoryUsed.ShouldBe(memory);
        line.IsAlive().ShouldBeTrue();
    }

    [Fact]
    public void What_arrives_out_of_order_is_bounded_by_the_window_and_the_number_of_holes()
    {
        using var line = new Line();
        uint next = line.Next;
        TcpStatistics before = line.AtServer.Statistics;
        for (uint i = 1; i < 30_000; i++)
            line.Forger.Segment(line.Peer, 80, TcpFlags.Ack, next + i * 2, acknowledgment: line.Acknowledged, payload: 1);
        line.World.RunFor(TimeSpan.FromSeconds(1));
        int holes = line.Server.Settings.Tcp.MaxReassemblyRanges;
        (line.AtServer.Statistics.MemoryCharged - before.MemoryCharged).ShouldBeLessThanOrEqualTo(holes * (long)BlockPool.SmallSize, "crumbs with a hole between each");
        line.IsAlive().ShouldBeTrue();
    }
}
