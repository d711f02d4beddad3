using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.RealWire;

[Collection(RealWire.Name)]
public sealed class DownloadTests(RealNetwork network)
{
    private static readonly IpEndpoint s_nginx = new(RealNetwork.Kernel, 80);

    [Theory(Timeout = RealNetwork.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hundred_megabytes_from_nginx_arrive_as_they_were_sent(bool offload)
    {
        RealNetwork.Require("nginx", "tshark");
        network.StartNginx();
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload);
        (int status, long length, string digest) = await wirepath.Host.GetAsync(s_nginx, $"http://www.wirepath.test/{RealNetwork.Large}");
        (status, length, digest).ShouldBe((200, 100_000_000, network.Digests[RealNetwork.Large]));
        wirepath.ShouldHaveLeftACleanCapture();
    }

    [Fact(Timeout = RealNetwork.Patience)]
    public async Task A_port_on_which_nobody_listens_refuses()
    {
        RealNetwork.Require("tshark");
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload: true);
        NetworkException refused = await Should.ThrowAsync<NetworkException>(async () => await wirepath.Host.ConnectAsync(new IpEndpoint(RealNetwork.Kernel, 81)));
        refused.End.ShouldBe(ConnectionEnd.Refused);
        wirepath.ShouldHaveLeftACleanCapture(atLeast: 2);
    }
}
