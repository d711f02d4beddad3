using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.RealWire;

/// <summary>The same network with IPv6: the kernel's own neighbour discovery, fragments, TCP and curl.</summary>
[Collection(RealWire.Name)]
public sealed class Ipv6Tests(RealNetwork network)
{
    private static readonly IpAddress s_ours = IpAddress.Parse("fd00:77::2"), s_kernel = IpAddress.Parse("fd00:77::1");

    private WirepathHost Start(bool offload)
    {
        // "nodad": the kernel's address is there at once, whoever else would like it.
        network.Namespace.Ip("-6", "addr", "replace", $"{s_kernel}/64", "dev", RealNetwork.Tap, "nodad");
        return WirepathHost.OnTap(network, offload, address: new InterfaceAddress(s_ours, 64));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_kernel_pings_Wirepath_also_with_echoes_that_need_fragments(bool offload)
    {
        RealNetwork.Require("ping", "tshark");
        using WirepathHost wirepath = Start(offload);
        string linkLocal = wirepath.Ethernet.Addresses.Single(a => a.Address.IsLinkLocal).Address.ToString();
        foreach (int size in (int[])[0, 56, 1452, 1453, 8000, 60_000])
            network.Namespace.Exec("ping", "-6", "-n", "-c", "3", "-i", "0.05", "-W", "10", "-s", $"{size}", $"{s_ours}").ShouldContain("3 received, 0% packet loss");
        network.Namespace.Exec("ping", "-6", "-n", "-c", "2", "-i", "0.05", "-W", "10", $"{linkLocal}%{RealNetwork.Tap}").ShouldContain("2 received, 0% packet loss");
        network.Namespace.Ip("-6", "neigh", "show", $"{s_ours}", "dev", RealNetwork.Tap).ShouldContain(wirepath.Ethernet.Mac.ToString());
        wirepath.ShouldHaveLeftACleanCapture();
    }

    [Theory(Timeout = RealNetwork.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wirepath_pings_the_kernel_also_with_echoes_that_need_fragments(bool offload)
    {
        RealNetwork.Require("tshark");
        using WirepathHost wirepath = Start(offload);
        foreach (int size in (int[])[0, 56, 1452, 1453, 8000, 60_000])
        {
            PingReply reply = await wirepath.Host.PingAsync(s_kernel, size, ttl: 64, TimeSpan.FromSeconds(20));
            reply.IsReply.ShouldBeTrue($"{size} bytes: {reply.Failure}");
            (reply.From, reply.Bytes).ShouldBe((s_kernel, size));
        }

        wirepath.ShouldHaveLeftACleanCapture();
    }

    [Theory(Timeout = RealNetwork.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Curl_fetches_a_hundred_megabytes_from_Wirepaths_server(bool offload)
    {
        RealNetwork.Require("curl", "tshark");
        using WirepathHost wirepath = Start(offload);
        using var stop = new CancellationTokenSource();
        Task serving = wirepath.Host.ServeAsync(network.Pages, stop.Token, IpAddress.AnyV6);
        string into = Path.Combine(network.Scratch.FullName, "curl6.out");
        string said = await Task.Run(() => network.Namespace.Exec("curl", "-6", "-g", "-sS", "--max-time", "100", "-o", into, "-w", "%{http_code} ",
            $"http://[{s_ours}]/{RealNetwork.Large}"));
        said.ShouldStartWith("200");
        await using (FileStream body = File.OpenRead(into))
            RealNetwork.Digest(body).ShouldBe(network.Digests[RealNetwork.Large]);
        // The same listener, asked over IPv4.
        said = await Task.Run(() => network.Namespace.Exec("curl", "-sS", "--max-time", "100", "-o", into, "-w", "%{http_code} ", $"http://{RealNetwork.Ours}/{RealNetwork.Page}"));
        said.ShouldStartWith("200");
        await stop.CancelAsync();
        await serving;
        wirepath.ShouldHaveLeftACleanCapture();
    }

    [Theory(Timeout = RealNetwork.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_to_and_from_a_socket_of_the_kernel_arrive_as_they_were_sent(bool offload)
    {
        RealNetwork.Require("tshark");
        using WirepathHost wirepath = Start(offload);
        using Socket listener = network.Namespace.Inside(() => new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(s_kernel.ToIPAddress(), 0));
        listener.Listen();
        Task<byte[]> atKernel = Task.Run(async () =>
        {
            using Socket accepted = await listener.AcceptAsync();
            await using var stream = new NetworkStream(accepted);
            Task sending = Task.Run(async () =>
            {
                await using FileStream large = File.OpenRead(Path.Combine(network.Pages, RealNetwork.Large));
                await large.CopyToAsync(stream);
                accepted.Shutdown(SocketShutdown.Send);
            });
            byte[] hash = await SHA256.HashDataAsync(stream);
            await sending;
            return hash;
        });

        IpEndpoint remote = new(s_kernel, (ushort)((IPEndPoint)listener.LocalEndPoint!).Port);
        await using TcpStream ours = await wirepath.Host.ConnectAsync(remote);
        Task writing = Task.Run(async () =>
        {
            await using FileStream large = File.OpenRead(Path.Combine(network.Pages, RealNetwork.Large));
            await large.CopyToAsync(ours, 1 << 18);
            ours.CloseSend();
        });
        byte[] atWirepath = await SHA256.HashDataAsync(ours);
        await writing;
        Convert.ToHexStringLower(atWirepath).ShouldBe(network.Digests[RealNetwork.Large]);
        Convert.ToHexStringLower(await atKernel).ShouldBe(network.Digests[RealNetwork.Large]);
        wirepath.ShouldHaveLeftACleanCapture();
    }

    [Fact(Timeout = RealNetwork.Patience)]
    public async Task The_kernel_makes_itself_an_address_in_the_network_that_Wirepath_advertises()
    {
        RealNetwork.Require("tshark", "ping");
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload: false, address: new InterfaceAddress(s_ours, 64),
            settings: HostSettings.Default with { Ipv6 = new Ipv6Settings { Forwarding = true } },
            before: host =>
            {
                host.Interfaces[1].AddAddress(new InterfaceAddress(IpAddress.Parse("fd00:78::1"), 64));
                _ = new RouterAdvertiser(host, host.Interfaces[1], new RouterAdvertiserSettings { Networks = [IpPrefix.Parse("fd00:78::/64")], Mtu = 1400 });
            });
        string addresses = "";
        for (int i = 0; i < 300 && !addresses.Contains("fd00:78:", StringComparison.Ordinal); i++)
        {
            await Task.Delay(50);
            addresses = network.Namespace.Ip("-6", "addr", "show", "dev", RealNetwork.Tap, "-tentative");
        }

        addresses.ShouldContain("fd00:78:");
        network.Namespace.Ip("-6", "route", "show", "default").ShouldContain("via fe80:");
        string made = addresses.Split(' ', '/').First(word => word.StartsWith("fd00:78:", StringComparison.Ordinal));
        PingReply reply = await wirepath.Host.PingAsync(IpAddress.Parse(made), 56, ttl: 64, TimeSpan.FromSeconds(20));
        reply.IsReply.ShouldBeTrue();
        network.Namespace.Ip("-6", "addr", "del", $"{made}/64", "dev", RealNetwork.Tap);
        network.Namespace.Ip("-6", "route", "del", "default");
        wirepath.ShouldHaveLeftACleanCapture();
    }
}
