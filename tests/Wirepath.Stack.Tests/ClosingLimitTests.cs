using Wirepath.Events;
using Wirepath.Tcp;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

/// <summary>What closing costs and how long it may take: linger, orphans, FIN-WAIT-2.</summary>
public sealed class ClosingLimitTests : IDisposable
{
    private readonly TestWorld _world = new(17, logged: false);
    private Host _client = null!;
    private Host _server = null!;
    private TestCable _cable = null!;

    private (TcpStream AtClient, TcpStream AtServer) Open(HostSettings? settings = null, TcpSocketOptions? options = null)
    {
        if (_client is null)
        {
            (_client, _server) = (_world.AddHost("client", settings), _world.AddHost("server"));
            _cable = _world.Connect(_client, "10.0.0.1/24", _server, "10.0.0.2/24");
        }

        return _world.Run(async () =>
        {
            using TcpAcceptor acceptor = _server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
            ValueTask<TcpStream> accepting = acceptor.AcceptAsync();
            TcpStream client = options is null ? await _client.ConnectAsync(Endpoint("10.0.0.2:80")) : await _client.ConnectAsync(Endpoint("10.0.0.2:80"), options);
            return (client, await accepting);
        });
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_linger_time_of_zero_resets()
    {
        (TcpStream client, TcpStream server) = Open(options: new TcpSocketOptions { Linger = TimeSpan.Zero });
        client.Linger.ShouldBe(TimeSpan.Zero);
        client.Dispose();
        _world.RunFor(TimeSpan.FromMilliseconds(100));
        (server.End, _client.Statistics.TcpExt.TCPAbortOnData, _client.Tcp.Count).ShouldBe((ConnectionEnd.ResetByPeer, 1L, 0));
    }

    [Fact]
    public void With_a_linger_time_closing_waits_until_the_peer_has_everything()
    {
        (TcpStream client, TcpStream server) = Open();
        client.Linger = TimeSpan.FromSeconds(10);
        Task closing = Task.CompletedTask;
        Instant began = _world.Now;
        _world.Run(async () =>
        {
            await client.WriteAsync(new byte[1000]);
            closing = client.DisposeAsync().AsTask();
        });
        _world.RunFor(TimeSpan.FromMilliseconds(200));
        closing.IsCompletedSuccessfully.ShouldBeTrue();
        server.Statistics.Unread.ShouldBe(1000);
        _client.Tcp.Find(client.Id)!.Connection.State.ShouldBe(TcpState.FinWait2);
    }

    [Fact]
    public void When_the_linger_time_has_passed_closing_returns_and_the_rest_goes_on_behind_it()
    {
        (TcpStream client, TcpStream server) = Open();
        client.Linger = TimeSpan.FromSeconds(3);
        _cable.Decide = (_, _) => Fate.Drop;
        Task closing = Task.CompletedTask;
        _world.Run(async () =>
        {
            await client.WriteAsync(new byte[1000]);
            closing = client.DisposeAsync().AsTask();
        });
        _world.RunFor(TimeSpan.FromSeconds(2.9));
        closing.IsCompleted.ShouldBeFalse();
        _world.RunFor(TimeSpan.FromSeconds(0.2));
        closing.IsCompletedSuccessfully.ShouldBeTrue();
        _cable.Decide = null;
        _world.RunFor(TimeSpan.FromSeconds(30));
        (server.Statistics.Unread, server.IsPeerClosed).ShouldBe((1000, true));
    }

    [Fact]
    public void One_orphan_too_many_is_reset()
    {
        HostSettings settings = HostSettings.Default with { Sockets = new SocketSettings { MaxOrphans = 3 } };
        var ends = new List<(TcpStream AtClient, TcpStream AtServer)>();
        for (int i = 0; i < 5; i++)
            ends.Add(Open(settings));
        foreach ((TcpStream client, _) in ends)
            client.Dispose();
        _world.RunFor(TimeSpan.FromMilliseconds(100));
        (_client.Tcp.Orphans, _client.Statistics.TcpExt.TCPAbortOnMemory).ShouldBe((3, 2L));
        ends.Count(e => e.AtServer.End == ConnectionEnd.ResetByPeer).ShouldBe(2);
        _world.RunFor(TimeSpan.FromSeconds(61));
        _client.Tcp.Orphans.ShouldBe(0, "FIN-WAIT-2 has passed");
    }

    [Fact]
    public void An_orphan_whose_peer_is_silent_is_given_up_after_its_own_number_of_retries()
    {
        HostSettings settings = HostSettings.Default with { Tcp = TcpSettings.Default with { OrphanRetries = 2 } };
        (TcpStream client, _) = Open(settings);
        _cable.Decide = (_, _) => Fate.Drop;
        _world.Run(async () => await client.WriteAsync(new byte[1000]));
        client.Dispose();
        _world.RunFor(TimeSpan.FromSeconds(5));
        (_client.Tcp.Orphans, _client.Statistics.TcpExt.TCPAbortOnTimeout, _client.MemoryUsed).ShouldBe((0, 1L, 0L));
    }

    [Fact]
    public void Closing_with_bytes_unread_and_FIN_WAIT_2_without_time_are_counted()
    {
        HostSettings settings = HostSettings.Default with { Tcp = TcpSettings.Default with { FinTimeout = TimeSpan.Zero } };
        (TcpStream client, TcpStream server) = Open(settings);
        _world.Run(async () => await server.WriteAsync(new byte[10]));
        _world.RunFor(TimeSpan.FromMilliseconds(10));
        client.Dispose();
        (TcpStream second, _) = Open();
        second.CloseSend();
        _world.RunFor(TimeSpan.FromMilliseconds(100));
        second.Statistics.State.ShouldBe(TcpState.FinWait2);
        second.Dispose();
        _world.RunFor(TimeSpan.FromMilliseconds(100));
        (_client.Statistics.TcpExt.TCPAbortOnClose, _client.Statistics.TcpExt.TCPAbortOnLinger, _client.Tcp.Count).ShouldBe((1L, 1L, 0));
    }
}
