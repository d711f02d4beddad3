using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

/// <summary>A sender in full flight, and a receiver, or somebody on the cable, who lies to it.</summary>
public sealed class TransferUnderAttackTests : IDisposable
{
    private const int HeadersBefore = EthernetHeader.Size + Ipv4Header.Size;

    private readonly TestWorld _world = new(23, logged: false);
    private readonly Host _client;
    private readonly Host _server;
    private readonly TestCable _cable;
    private readonly Forger _forger;
    private readonly TcpStream _sender;
    private readonly TcpStream _receiver;
    private uint _acknowledged; // the receiver's SND.NXT as the sender sees it
    private uint _sent;         // the highest number that the sender has sent

    public TransferUnderAttackTests()
    {
        (_client, _server) = (_world.AddHost("client"), _world.AddHost("server"));
        _cable = _world.Connect(_client, "10.0.0.1/24", _server, "10.0.0.2/24");
        _cable.Delay = TimeSpan.FromMilliseconds(10);
        _cable.Decide = (from, frame) =>
        {
            if (frame.Head.Length >= HeadersBefore + TcpHeader.Size && TcpHeader.TryRead(frame.Head[HeadersBefore..], out TcpHeader header) && from == _cable.Right)
                (_acknowledged, _sent) = (header.Acknowledgment.Value, header.Sequence.Value + 1448);
            return Fate.Deliver;
        };
        _forger = new Forger(_world, _cable.Right, Ip("10.0.0.2"));
        (_sender, _receiver) = _world.Run(async () =>
        {
            using TcpAcceptor acceptor = _server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
            ValueTask<TcpStream> accepting = acceptor.AcceptAsync();
            TcpStream client = await _client.ConnectAsync(Endpoint("10.0.0.2:80"));
            return (await accepting, client);
        });
    }

    public void Dispose() => _world.Dispose();

    private Task<byte[]> Transfer(byte[] bytes)
    {
        _ = _sender.WriteAsync(bytes).AsTask();
        return Receive(bytes.Length);
    }

    private async Task<byte[]> Receive(int length)
    {
        byte[] got = new byte[length];
        int read = 0;
        while (read < length && await _receiver.ReadAsync(got.AsMemory(read)) is var count and > 0)
            read += count;
        return got;
    }

    [Fact]
    public void ACKs_ahead_of_what_was_sent_and_SACK_blocks_that_lie_neither_speed_it_up_nor_break_it()
    {
        byte[] bytes = TcpTests.Bytes(_world.Random, 2_000_000);
        Task<byte[]> receiving = Transfer(bytes);
        RandomSource random = _world.Random.Fork("lies");
        long peak = 0;
        for (int i = 0; i < 400 && !receiving.IsCompleted; i++)
        {
            _world.RunFor(TimeSpan.FromMilliseconds(2));
            _forger.Segment(_receiver.Id.Local, 80, TcpFlags.Ack, _acknowledged, _sent + 100_000 + random.NextUInt32() % 1_000_000);
            TcpOptions lies = default;
            lies.AddSack(new SackBlock(new SequenceNumber(_sent + 1_000_000), new SequenceNumber(_sent + 2_000_000)));
            lies.AddSack(new SackBlock(new SequenceNumber(random.NextUInt32()), new SequenceNumber(random.NextUInt32())));
            _forger.Segment(_receiver.Id.Local, 80, TcpFlags.Ack, _acknowledged, _sent - 60_000, options: lies);
            peak = Math.Max(peak, _server.MemoryUsed);
        }

        _world.RunFor(TimeSpan.FromSeconds(20));
        receiving.IsCompletedSuccessfully.ShouldBeTrue();
        _world.Run(() => receiving).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        peak.ShouldBeLessThanOrEqualTo(_server.Settings.Tcp.SendBuffer.Max + (64 << 10), "the send buffer and its rows");
        _server.MemoryUsed.ShouldBe(0);
    }

    [Fact]
    public void SACKs_of_half_the_window_in_crumbs_split_no_more_rows_than_there_are_segments()
    {
        byte[] bytes = TcpTests.Bytes(_world.Random, 1_000_000);
        Task<byte[]> receiving = Transfer(bytes);
        RandomSource random = _world.Random.Fork("crumbs");
        long peak = 0;
        for (int i = 0; i < 300 && !receiving.IsCompleted; i++)
        {
            _world.RunFor(TimeSpan.FromMilliseconds(1));
            TcpOptions crumbs = default;
            for (int n = 0; n < 3; n++)
            {
                uint left = _sent - random.NextUInt32() % 60_000;
                crumbs.AddSack(new SackBlock(new SequenceNumber(left), new SequenceNumber(left + 1 + random.NextUInt32() % 50)));
            }

            _forger.Segment(_receiver.Id.Local, 80, TcpFlags.Ack, _acknowledged, _sent - 60_000, options: crumbs);
            peak = Math.Max(peak, _server.MemoryUsed);
        }

        _world.RunFor(TimeSpan.FromSeconds(20));
        receiving.IsCompletedSuccessfully.ShouldBeTrue();
        _world.Run(() => receiving).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        peak.ShouldBeLessThanOrEqualTo(_server.Settings.Tcp.SendBuffer.Max + (64 << 10));
    }

    [Fact]
    public void A_window_that_shrinks_to_zero_for_ever_holds_one_send_buffer_and_no_more()
    {
        _ = _sender.WriteAsync(new byte[30_000_000]).AsTask();
        _world.RunFor(TimeSpan.FromMilliseconds(100));
        long peak = 0;
        // Nobody reads, and each probe is told that the window is closed: a minute of it, then ten without traffic to look at.
        for (int i = 0; i < 60; i++)
        {
            _forger.Segment(_receiver.Id.Local, 80, TcpFlags.Ack, _acknowledged, _sent - 1448, window: 0);
            _world.RunFor(TimeSpan.FromSeconds(1));
            peak = Math.Max(peak, _server.MemoryUsed);
        }

        peak.ShouldBeLessThanOrEqualTo(_server.Settings.Tcp.SendBuffer.Max + (64 << 10));
        _sender.Statistics.Timeouts.ShouldBe(0, "a closed window is no loss");
        _sender.Abort();
        _world.RunFor(TimeSpan.FromSeconds(1));
        _server.MemoryUsed.ShouldBe(0);
    }
}
