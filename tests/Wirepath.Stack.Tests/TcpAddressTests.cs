using Wirepath.Tests;
using Wirepath.Wire;
using static Wirepath.Stack.Tests.TestWorld;

namespace Wirepath.Stack.Tests;

/// <summary>What RFC 9293 asks of TCP towards IP: checksums, addresses that cannot be peers, options of IP, local addresses.</summary>
public sealed class TcpAddressTests
{
    private static readonly IpAddress s_server = Ip("10.0.0.2"), s_client = Ip("10.0.0.1");

    private static (TestWorld World, Host Client, Host Server, TestCable Cable) Pair()
    {
        var world = new TestWorld();
        Host client = world.AddHost("client"), server = world.AddHost("server");
        TestCable cable = world.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24");
        cable.RightInterface.Neighbors.AddPermanent(s_client, cable.Left.Address);
        return (world, client, server, cable);
    }

    private static byte[] Syn(IpAddress source, IpAddress destination, bool rightChecksum = true)
    {
        byte[] segment = new byte[TcpHeader.Size];
        new TcpHeader(4000, 80, new SequenceNumber(1000), default, TcpHeader.Size, TcpFlags.Syn, 1000, 0, 0).Write(segment);
        ushort checksum = Checksum.Finish(Checksum.Sum(segment, Checksum.PseudoHeader(source, destination, IpProtocol.Tcp, segment.Length)));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(TcpHeader.ChecksumOffset), rightChecksum ? checksum : (ushort)(checksum ^ 0x0100));
        return segment;
    }

    private static long AnswersTo(byte[] segment, IpAddress source, IpAddress destination, byte[]? ipOptions = null)
    {
        (TestWorld world, Host _, Host server, TestCable cable) = Pair();
        using TestWorld running = world;
        using TcpAcceptor acceptor = server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
        cable.Right.Arrive(Frames.Ip(cable.Right, source, destination, IpProtocol.Tcp, segment, options: ipOptions));
        world.RunFor(TimeSpan.FromMilliseconds(500));
        return server.Statistics.TcpOutSegs;
    }

    [Fact]
    [Covers("RFC 9293", "MUST-3")]
    public void A_SYN_with_the_right_checksum_is_answered_and_one_with_a_wrong_one_is_not()
    {
        AnswersTo(Syn(s_client, s_server), s_client, s_server).ShouldBe(1);
        AnswersTo(Syn(s_client, s_server, rightChecksum: false), s_client, s_server).ShouldBe(0);
    }

    [Theory]
    [Covers("RFC 9293", "MUST-57")]
    [InlineData("10.0.0.255")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    public void A_SYN_to_many_is_dropped(string to) => AnswersTo(Syn(s_client, Ip(to)), s_client, Ip(to)).ShouldBe(0);

    [Theory]
    [Covers("RFC 9293", "MUST-63")]
    [InlineData("10.0.0.255")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    [InlineData("127.0.0.1")]
    public void A_SYN_from_an_address_that_nobody_has_is_dropped(string from) => AnswersTo(Syn(Ip(from), s_server), Ip(from), s_server).ShouldBe(0);

    [Fact]
    [Covers("RFC 9293", "MUST-50")]
    public void An_option_of_IP_that_nobody_knows_is_skipped() =>
        AnswersTo(Syn(s_client, s_server), s_client, s_server, [0x9E, 4, 1, 2]).ShouldBe(1);

    [Theory]
    [Covers("RFC 9293", "MUST-46")]
    [InlineData("10.0.0.255")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    public void Nobody_connects_to_many(string to)
    {
        (TestWorld world, Host client, Host server, TestCable cable) = Pair();
        using TestWorld _ = world;
        world.Run(async () => await TcpTests.Catch<NetworkException>(async () => await client.ConnectAsync(new IpEndpoint(Ip(to), 80))));
        (client.Statistics.TcpOutSegs, server.Statistics.TcpInSegs, cable.Frames).ShouldBe((0, 0, 0));
    }

    [Fact]
    [Covers("RFC 9293", "MUST-2")]
    [Covers("RFC 9293", "MUST-41")]
    [Covers("RFC 9293", "MUST-42")]
    [Covers("RFC 9293", "MUST-44")]
    [Covers("RFC 9293", "MUST-45")]
    public void Listeners_stand_side_by_side_and_a_connection_keeps_the_address_that_the_route_gave_it()
    {
        (TestWorld world, Host client, Host server, TestCable cable) = Pair();
        using TestWorld _ = world;
        world.Run(async () =>
        {
            using TcpAcceptor first = server.Listen(new IpEndpoint(IpAddress.AnyV4, 80));
            using TcpStream stream = await client.ConnectAsync(new IpEndpoint(s_server, 80));
            using TcpStream accepted = await first.AcceptAsync();
            IpEndpoint local = stream.Id.Local;
            local.Address.ShouldBe(s_client);
            // Another listener, another address: neither touches the connection.
            using TcpAcceptor second = server.Listen(new IpEndpoint(IpAddress.AnyV4, 81));
            cable.LeftInterface.AddAddress(Address("10.0.0.77/24"));
            using TcpStream other = await client.ConnectAsync(new IpEndpoint(s_server, 81));
            using TcpStream otherAccepted = await second.AcceptAsync();
            await stream.WriteAsync(new byte[] { 42 });
            byte[] buffer = new byte[10];
            (await accepted.ReadAsync(buffer)).ShouldBe(1);
            stream.Id.Local.ShouldBe(local);
            accepted.Id.Remote.ShouldBe(local);
        });
        // Both ends check: what either sent had a right checksum.
        (server.Statistics.TcpInCsumErrors + client.Statistics.TcpInCsumErrors).ShouldBe(0);
        server.Statistics.TcpInSegs.ShouldBeGreaterThanOrEqualTo(5);
    }
}
