using System.Text.Json;

namespace Wirepath.Cli.Tests;

/// <summary>Each knob of a link, and each setting of the stack, can be seen in the run.</summary>
public class KnobTests
{
    private const string Long = "http://www.example.com/long";

    [Fact]
    public void Loss_shows_as_retransmissions_with_their_cause()
    {
        JsonElement tcp = Tcp(Long, "--loss", "5%", "--seed", "3");
        tcp.GetProperty("losses").GetArrayLength().ShouldBeGreaterThan(0);
        tcp.GetProperty("retransmissions").GetArrayLength().ShouldBeGreaterThan(0);
        CommandRun.Of("get", "--loss", "5%", "--seed", "3", Long).Error.ShouldContain("✕");
    }

    [Fact]
    public void Delay_lengthens_the_round_trip_by_twice_as_much()
    {
        TimeSpan usual = RoundTrip(Tcp(Long));
        TimeSpan far = RoundTrip(Tcp(Long, "--delay", "104ms"));
        (far - usual).TotalMilliseconds.ShouldBe(2 * (104 - 4), tolerance: 0.1);
    }

    [Fact]
    public void A_smaller_MTU_is_found_on_the_way_and_the_page_arrives_all_the_same()
    {
        CommandRun small = CommandRun.Of("get", "--mtu", "1000", "--link", "transit-a", Long);
        small.Code.ShouldBe(0);
        small.Output.ShouldBe(CommandRun.Of("get", Long).Output);
        small.Told.ShouldContain("The path carries only packets of 1000 B:");
        small.Told.ShouldContain("lost at transit-a (bigger than the MTU)");
    }

    [Fact]
    public void Bandwidth_bounds_the_time_from_below()
    {
        JsonElement slow = CommandRun.Of("get", "--json", "--bandwidth", "256kbit", Long).Json("navigation");
        slow.GetProperty("elapsed").GetInt64().ShouldBeGreaterThan((long)(43_800 * 8 / 256_000.0 * TimeSpan.TicksPerSecond));
    }

    [Theory]
    [InlineData("--loss", "20%")]
    [InlineData("--queue", "3000")]
    [InlineData("--reorder", "20%")]
    [InlineData("--duplicate", "20%")]
    [InlineData("--corrupt", "2%")]
    [InlineData("--jitter", "30ms")]
    [InlineData("--mtu", "576")]
    public void Whatever_the_line_does_every_byte_arrives_once_and_in_order(string knob, string value)
    {
        CommandRun run = CommandRun.Of("get", "-q", knob, value, Long);
        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldBe(CommandRun.Of("get", "-q", Long).Output);
    }

    [Fact]
    public void A_line_that_loses_everything_fails_at_the_name()
    {
        CommandRun run = CommandRun.Of("get", "-q", "--loss", "100%", Long);
        run.Code.ShouldBe(20);
        run.Told.ShouldContain("No name server answered");
    }

    [Fact]
    public void Fewer_SYN_retries_shorten_the_wait_at_a_firewall()
    {
        CommandRun run = CommandRun.Of("get", "-q", "--sysctl", "net.ipv4.tcp_syn_retries=2", "firewalled.example.com");
        run.Code.ShouldBe(40);
        run.Told.ShouldStartWith("3 SYNs over 7 s, no answer");
    }

    private static JsonElement Tcp(string url, params string[] options) =>
        CommandRun.Of(["get", "--json", .. options, url]).Json("navigation").GetProperty("hops")[0].GetProperty("tcp");

    private static TimeSpan RoundTrip(JsonElement tcp) => new(tcp.GetProperty("handshakeRoundTrip").GetInt64());
}
