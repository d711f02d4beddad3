using System.Globalization;
using System.Text.RegularExpressions;

namespace Wirepath.RealWire;

[Collection(RealWire.Name)]
public sealed partial class ServerTests(RealNetwork network)
{
    [Theory(Timeout = RealNetwork.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Curl_fetches_a_hundred_megabytes_from_Wirepaths_server(bool offload)
    {
        RealNetwork.Require("curl", "tshark");
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload);
        using var stop = new CancellationTokenSource();
        Task serving = wirepath.Host.ServeAsync(network.Pages, stop.Token);
        string into = Path.Combine(network.Scratch.FullName, "curl.out");
        string said = await Task.Run(() => network.Namespace.Exec("curl", "-sS", "--max-time", "100", "-o", into, "-w", "%{http_code} ",
            $"http://{RealNetwork.Ours}/{RealNetwork.Page}", "-o", into, $"http://{RealNetwork.Ours}/{RealNetwork.Large}"));
        said.ShouldStartWith("200");
        await using (FileStream body = File.OpenRead(into))
            RealNetwork.Digest(body).ShouldBe(network.Digests[RealNetwork.Large]);
        await stop.CancelAsync();
        await serving;
        wirepath.ShouldHaveLeftACleanCapture();
    }

    [Fact(Timeout = RealNetwork.Patience)]
    public async Task Under_wrk_every_request_of_fifty_connections_is_answered()
    {
        RealNetwork.Require("wrk", "tshark");
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload: true);
        using var stop = new CancellationTokenSource();
        Task serving = wirepath.Host.ServeAsync(network.Pages, stop.Token);
        string said = await Task.Run(() => network.Namespace.Exec("wrk", "-t", "2", "-c", "50", "-d", "3s", "--timeout", "30s", $"http://{RealNetwork.Ours}/{RealNetwork.Page}"));
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        said.ShouldNotContain("Socket errors");
        said.ShouldNotContain("Non-2xx");
        int.Parse(Requests().Match(said).Groups["count"].Value, CultureInfo.InvariantCulture).ShouldBeGreaterThan(50);
        await stop.CancelAsync();
        await serving;
        wirepath.ShouldHaveLeftACleanCapture();
    }

    [GeneratedRegex(@"(?<count>\d+) requests in", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Requests();
}
