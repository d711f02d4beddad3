using System.ComponentModel;
using System.Diagnostics;

namespace Wirepath.Cli.Tests;

/// <summary>The file that <c>--pcap</c> leaves: the same bytes for the same seed, and nothing in it that Wireshark objects to.</summary>
public sealed class CaptureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wirepath-cli-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("get", "http://www.example.com/long")]
    [InlineData("get", "--loss", "3%", "--reorder", "5%", "--duplicate", "2%", "--corrupt", "1%", "--jitter", "3ms", "--queue", "20kb", "http://www.example.com/long", "http://example.org/")]
    [InlineData("dns", "big.example.com", "TXT")]
    [InlineData("traceroute", "www.example.com")]
    public void Is_the_same_byte_for_byte_when_the_seed_is_the_same_and_another_when_it_is_not(params string[] line)
    {
        byte[] first = Capture("first", ["--seed", "7", .. line[1..]], line[0]);
        first.Length.ShouldBeGreaterThan(1000);
        Capture("second", ["--seed", "7", .. line[1..]], line[0]).AsSpan().SequenceEqual(first).ShouldBeTrue();
        Capture("third", ["--seed", "8", .. line[1..]], line[0]).AsSpan().SequenceEqual(first).ShouldBeFalse();
    }

    [Theory]
    [InlineData("get", "http://www.example.com/long")]
    [InlineData("get", "--loss", "5%", "--seed", "3", "http://www.example.com/long")]
    [InlineData("get", "https://www.example.com/")]
    [InlineData("dns", "big.example.com", "TXT")]
    public void Is_read_by_tshark_without_a_malformed_packet_or_a_wrong_checksum(params string[] line)
    {
        Capture("run", line[1..], line[0]);
        string[] packets = Tshark("frame.number");
        packets.Length.ShouldBeGreaterThan(50);
        TsharkWhere("_ws.malformed || _ws.expert.severity == error").ShouldBeEmpty();
        TsharkWhere("ip.checksum.status == Bad || tcp.checksum.status == Bad || udp.checksum.status == Bad || icmp.checksum.status == Bad").ShouldBeEmpty();
        Tshark("frame.interface_name").Distinct().ShouldBeSubsetOf(Simulation.EmbeddedInternet.LinkNames);
        Tshark("frame.interface_name").Distinct().Count().ShouldBeGreaterThan(8);
        TsharkWhere("!frame.comment").ShouldBeEmpty();
    }

    [Fact]
    public void Marks_what_was_lost_and_where()
    {
        Capture("run", ["--loss", "5%", "--seed", "3", "http://www.example.com/long"], "get");
        string[] lost = TsharkWhere("frame.comment contains \"DROPPED\"");
        lost.ShouldNotBeEmpty();
        lost.ShouldAllBe(packet => packet.EndsWith("access", StringComparison.Ordinal));
    }

    /// <summary>In a process of its own: the platform opens its key log once.</summary>
    [Fact]
    public void Carries_the_secrets_of_TLS_when_asked_to_so_that_tshark_reads_the_page()
    {
        string keys = Path.Combine(_folder.FullName, "keys");
        using var run = Process.Start(new ProcessStartInfo("dotnet", [
            Path.Combine(AppContext.BaseDirectory, "wirepath.dll"), "get", "-q", "--pcap", Path.Combine(_folder.FullName, "run.pcapng"), "--keylog", keys, "https://www.example.com/"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        _ = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        run.StandardOutput.ReadToEnd().ShouldContain("</html>");
        run.WaitForExit();
        run.ExitCode.ShouldBe(0);
        File.ReadAllText(keys).ShouldContain("CLIENT_TRAFFIC_SECRET_0 ");
        Tshark("-Y", "http", "-e", "http.request.method", "-e", "http.response.code").Select(l => l.Trim()).Distinct().ShouldBe(["GET", "200"]);
    }

    private byte[] Capture(string name, string[] options, string command)
    {
        string file = Path.Combine(_folder.FullName, name + ".pcapng");
        CommandRun run = CommandRun.Of([command, "--pcap", file, .. options]);
        run.Code.ShouldBe(0, run.Error);
        return File.ReadAllBytes(file);
    }

    private string[] TsharkWhere(string filter) => Tshark("-Y", filter, "-e", "frame.number", "-e", "frame.interface_name");

    private string[] Tshark(string column) => Tshark("-e", column);

    private string[] Tshark(params string[] arguments)
    {
        var start = new ProcessStartInfo("tshark", [
            "-r", Path.Combine(_folder.FullName, "run.pcapng"), "-T", "fields",
            "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", .. arguments])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        Process? tshark = null;
        try
        {
            tshark = Process.Start(start);
        }
        catch (Win32Exception) when (Environment.GetEnvironmentVariable("CI") is not "true")
        {
            Assert.Skip("tshark is not on PATH: install the package tshark to have Wireshark's dissectors check our captures.");
        }

        using (tshark)
        {
            Task<string> errors = tshark!.StandardError.ReadToEndAsync();
            string output = tshark.StandardOutput.ReadToEnd();
            tshark.WaitForExit();
            tshark.ExitCode.ShouldBe(0, errors.Result);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
