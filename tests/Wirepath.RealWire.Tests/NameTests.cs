using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Names;
using Wirepath.Wire;

namespace Wirepath.RealWire;

[Collection(RealWire.Name)]
public sealed class NameTests(RealNetwork network)
{
    [Fact(Timeout = RealNetwork.Patience)]
    public async Task A_page_is_fetched_from_nginx_by_a_name_that_Unbound_resolves_and_NSD_holds()
    {
        RealNetwork.Require("nginx", "nsd", "unbound", "tshark");
        network.StartNginx();
        network.StartNameServers();
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload: true);
        var settings = new StubSettings { Nameservers = [new IpEndpoint(RealNetwork.Kernel, 53)] };
        var names = new StubResolver(settings, new HostDnsTransport(wirepath.Host), wirepath.Host.Log, TimeProvider.System, new RandomSource(1));

        DomainName.TryParse("shop.wirepath.test", out DomainName name).ShouldBeTrue();
        NameAnswer answer = await names.ResolveAsync(name, DnsType.A);
        answer.Failure.ShouldBe(NameFailure.None, answer.Explanation);
        answer.Addresses.ShouldBe([RealNetwork.Kernel]);
        answer.Records.Count.ShouldBe(2, "the alias and the address");

        DomainName.TryParse("nobody.wirepath.test", out DomainName nobody).ShouldBeTrue();
        (await names.ResolveAsync(nobody, DnsType.A)).Failure.ShouldBe(NameFailure.NoSuchName);

        (int status, _, string digest) = await wirepath.Host.GetAsync(new IpEndpoint(answer.Addresses[0], 80), "http://shop.wirepath.test/");
        status.ShouldBe(200);
        digest.ShouldBe(network.Digests[RealNetwork.Page]);
        (await wirepath.Host.GetAsync(new IpEndpoint(RealNetwork.Kernel, 80), "http://shop.wirepath.test/missing")).Status.ShouldBe(404);
        wirepath.ShouldHaveLeftACleanCapture();
    }
}
