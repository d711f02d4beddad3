using Wirepath.Stack;

namespace Wirepath.RealWire;

[Collection(RealWire.Name)]
public sealed class PingTests(RealNetwork network)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_kernel_pings_Wirepath_also_with_echoes_that_need_fragments(bool offload)
    {
        RealNetwork.Require("ping", "tshark");
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload);
        foreach (int size in (int[])[0, 56, 1472, 1473, 8000, 60_000])
        {
            string said = network.Namespace.Exec("ping", "-n", "-c", "3", "-i", "0.05", "-W", "10", "-s", $"{size}", $"{RealNetwork.Ours}");
            said.ShouldContain("3 received, 0% packet loss");
        }

        wirepath.ShouldHaveLeftACleanCapture();
    }

    [Theory(Timeout = RealNetwork.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wirepath_pings_the_kernel_also_with_echoes_that_need_fragments(bool offload)
    {
        RealNetwork.Require("tshark");
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload);
        foreach (int size in (int[])[0, 56, 1472, 1473, 8000, 60_000])
        {
            PingReply reply = await wirepath.Host.PingAsync(RealNetwork.Kernel, size, ttl: 64, TimeSpan.FromSeconds(20));
            reply.IsReply.ShouldBeTrue($"{size} bytes: {reply.Failure}");
            (reply.From, reply.Bytes).ShouldBe((RealNetwork.Kernel, size));
        }

        wirepath.ShouldHaveLeftACleanCapture();
    }
}
