using Wirepath.Tcp;

namespace Wirepath.Stack.Tests;

public sealed class SysctlTests
{
    [Theory]
    [InlineData("net.ipv4.ip_forward", "1")]
    [InlineData("net/ipv4/tcp_syn_retries", "2")]
    [InlineData("net.ipv4.neigh.default.base_reachable_time_ms", "1500")]
    [InlineData("net.ipv4.ipfrag_time", "7")]
    [InlineData("net.ipv4.ip_local_port_range", "40000 40010")]
    [InlineData("net.ipv4.tcp_rmem", "4096 8192 65536")]
    [InlineData("net.netfilter.nf_conntrack_max", "12")]
    [InlineData("net.ipv4.ipfrag_high_thresh", "5000000000")]
    public void A_Linux_name_changes_its_setting_and_nothing_else(string name, string value)
    {
        Sysctl.TryApply(HostSettings.Default, name, value, out HostSettings changed, out string error).ShouldBeTrue(error);
        string dotted = name.Replace('/', '.');
        Sysctl.List(changed).Single(e => e.Name == dotted).Value.ShouldBe(value);
        Sysctl.List(changed).Where(e => e.Name != dotted).ShouldBe(Sysctl.List().Where(e => e.Name != dotted));
        Sysctl.List().Single(e => e.Name == dotted).Value.ShouldNotBe(value); // The defaults are untouched.
    }

    [Theory]
    [InlineData("net.ipv4.tcp_syn_retrys", "1", "net.ipv4.tcp_syn_retries")]
    [InlineData("net.ipv4.ip_forward", "yes", "0 or 1")]
    [InlineData("net.ipv4.ip_default_ttl", "256", "0 to 255")]
    [InlineData("net.ipv4.ipfrag_time", "-1", "seconds")]
    [InlineData("net.ipv4.ip_local_port_range", "50000 40000", "two ports")]
    [InlineData("net.ipv4.tcp_wmem", "1 2", "three sizes")]
    [InlineData("net.ipv4.tcp_congestion_control", "vegas", "reno")]
    public void A_wrong_name_or_value_says_what_would_be_right(string name, string value, string says)
    {
        Sysctl.TryApply(HostSettings.Default, name, value, out HostSettings changed, out string error).ShouldBeFalse();
        changed.ShouldBeSameAs(HostSettings.Default);
        error.ShouldContain(says);
    }

    [Fact]
    public void Every_setting_reads_back_what_it_says()
    {
        HostSettings settings = HostSettings.Default;
        foreach (SysctlEntry entry in Sysctl.List())
            Sysctl.TryApply(settings, entry.Name, entry.Value, out settings, out string error).ShouldBeTrue(error);
        settings.ShouldBe(HostSettings.Default);
        Sysctl.List().Select(e => e.Name).ShouldBeUnique();
        Sysctl.List().Count.ShouldBeGreaterThan(50);
        Sysctl.List().ShouldContain(e => e.Unit == SysctlUnit.BufferSizes);
    }
}
