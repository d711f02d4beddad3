using Wirepath.Devices;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.RealWire;

[Collection(RealWire.Name)]
public sealed class PasstTests(RealNetwork network)
{
    [Fact(Timeout = RealNetwork.Patience)]
    public async Task Through_passt_without_any_rights_a_page_comes_from_the_hosts_loopback_with_the_address_that_DHCP_gave()
    {
        RealNetwork.Require("passt", "nginx", "tshark");
        network.StartNginx();
        using PasstProcess passt = network.Namespace.Inside(() => PasstProcess.Start(new PasstSettings { Options = ["--ipv4-only"] }));
        using WirepathHost wirepath = WirepathHost.On(network, passt.Device);
        DhcpLease lease = await wirepath.Host.ConfigureByDhcpAsync(wirepath.Ethernet).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        lease.Address.Address.ShouldBe(RealNetwork.Kernel, "passt gives its guest the address of the machine it runs on");

        // passt takes the gateway's address to the loopback of the machine it runs on.
        foreach (string page in (string[])[RealNetwork.Page, RealNetwork.Medium])
        {
            (int status, _, string digest) = await wirepath.Host.GetAsync(new IpEndpoint(lease.Gateway, 8080), $"http://host.test:8080/{page}");
            (status, digest).ShouldBe((200, network.Digests[page]));
        }

        wirepath.ShouldHaveLeftACleanCapture();
    }
}
