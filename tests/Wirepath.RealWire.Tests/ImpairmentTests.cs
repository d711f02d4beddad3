using System.Globalization;
using System.Text.RegularExpressions;
using Wirepath.Devices;
using Wirepath.Wire;

namespace Wirepath.RealWire;

/// <summary>
/// The wire loses, delays, reorders and duplicates: netem at the kernel's end of the TAP, or, where the kernel was built
/// without it, the same at our end.
/// </summary>
[Collection(RealWire.Name)]
public sealed partial class ImpairmentTests(RealNetwork network)
{
    [Theory(Timeout = RealNetwork.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Over_a_bad_wire_what_nginx_sends_arrives_as_it_was(bool offload)
    {
        RealNetwork.Require("nginx", "tc", "tshark");
        network.StartNginx();
        using var wire = new BadWire(network);
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload, wire.Around);
        (int status, _, string digest) = await wirepath.Host.GetAsync(new IpEndpoint(RealNetwork.Kernel, 80), $"http://www.wirepath.test/{RealNetwork.Medium}");
        (status, digest).ShouldBe((200, network.Digests[RealNetwork.Medium]));
        wirepath.ShouldHaveLeftACleanCapture(isRetransmitted: true);
    }

    [Theory(Timeout = RealNetwork.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Over_a_bad_wire_what_Wirepath_sends_arrives_as_it_was(bool offload)
    {
        RealNetwork.Require("curl", "tc", "tshark");
        using var wire = new BadWire(network);
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload, wire.Around);
        using var stop = new CancellationTokenSource();
        Task serving = wirepath.Host.ServeAsync(network.Pages, stop.Token);
        string into = Path.Combine(network.Scratch.FullName, "impaired.out");
        await Task.Run(() => network.Namespace.Exec("curl", "-sS", "--max-time", "100", "-o", into, $"http://{RealNetwork.Ours}/{RealNetwork.Medium}"));
        await using (FileStream body = File.OpenRead(into))
            RealNetwork.Digest(body).ShouldBe(network.Digests[RealNetwork.Medium]);
        await stop.CancelAsync();
        await serving;
        wirepath.ShouldHaveLeftACleanCapture(isRetransmitted: true);
    }

    [Fact(Timeout = RealNetwork.Patience)]
    public async Task Over_a_bad_wire_pings_are_answered_both_ways_and_wrk_gets_its_answers()
    {
        RealNetwork.Require("ping", "wrk", "tc", "tshark");
        using var wire = new BadWire(network);
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload: true, wire.Around);
        using var stop = new CancellationTokenSource();
        Task serving = wirepath.Host.ServeAsync(network.Pages, stop.Token);

        // One in a hundred is lost on either way: of forty, more than half must come back, and nothing but what was asked.
        string said = await Task.Run(() => network.Namespace.Exec("ping", "-n", "-q", "-c", "40", "-i", "0.02", "-W", "5", "-s", "2000", $"{RealNetwork.Ours}"));
        int.Parse(Received().Match(said).Groups["count"].Value, CultureInfo.InvariantCulture).ShouldBeGreaterThan(20);
        int answered = 0;
        for (int i = 0; i < 10; i++)
            answered += (await wirepath.Host.PingAsync(RealNetwork.Kernel, 2000, ttl: 64, TimeSpan.FromSeconds(1))).IsReply ? 1 : 0;
        answered.ShouldBeGreaterThan(5);

        said = await Task.Run(() => network.Namespace.Exec("wrk", "-t", "2", "-c", "20", "-d", "3s", "--timeout", "60s", $"http://{RealNetwork.Ours}/{RealNetwork.Page}"));
        said.ShouldNotContain("Socket errors");
        said.ShouldNotContain("Non-2xx");
        await stop.CancelAsync();
        await serving;
        wirepath.ShouldHaveLeftACleanCapture(isRetransmitted: true);
    }

    [GeneratedRegex(@"(?<count>\d+) received", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Received();

    private sealed class BadWire : IDisposable
    {
        private readonly RealNetwork _network;
        private readonly bool _netem;

        public BadWire(RealNetwork network)
        {
            _network = network;
            try
            {
                network.Namespace.Exec("tc", "qdisc", "replace", "dev", RealNetwork.Tap, "root", "netem", "loss", "1%", "delay", "20ms", "reorder", "5%", "duplicate", "1%");
                _netem = true;
            }
            catch (InvalidOperationException e) when (e.Message.Contains("kind is unknown", StringComparison.Ordinal))
            {
                TestContext.Current.TestOutputHelper?.WriteLine("This kernel has no netem: the wire is bad at our end.");
            }
        }

        public IPollableDevice Around(IPollableDevice device) => _netem ? device : new ImpairedDevice(device);

        public void Dispose()
        {
            if (_netem)
                _network.Namespace.Exec("tc", "qdisc", "del", "dev", RealNetwork.Tap, "root");
        }
    }
}
