using Wirepath.Stack;

namespace Wirepath.Packetdrill.Tests;

/// <summary>What the shell says in scripts becomes settings of a host that has no shell; what cannot is named.</summary>
public class SetupTests
{
    private static HostSetup Apply(string text, Func<string, string?>? readFile = null)
    {
        var setup = new HostSetup();
        new SetupCommands(setup, readFile ?? (_ => null)).Apply(text).ShouldBeNull();
        return setup;
    }

    private static string Refuse(string text) => new SetupCommands(new HostSetup(), _ => null).Apply(text).ShouldNotBeNull();

    [Fact]
    public void Several_assignments_stand_in_a_line_with_quotes_and_sums()
    {
        HostSetup setup = Apply("""
            # A comment
            sysctl -q net.ipv4.tcp_rmem="4096 $((10*1000)) 20000" net.ipv4.tcp_sack=0; sysctl -w net/ipv4/tcp_dsack=0 > /dev/null 2>&1
            ../common/set_sysctls.py /proc/sys/net/ipv4/tcp_timestamps=0 \
                                     /proc/sys/net/ipv4/tcp_syn_retries=0x2 && sysctl -e -q 'net.ipv4.tcp_retries2=7'
            echo 9 > /proc/sys/net/ipv4/tcp_retries1
            """);
        (setup.Settings.Tcp.ReceiveBuffer, setup.Settings.Tcp.Sack, setup.Settings.Tcp.DuplicateSack).ShouldBe((new(4096, 10000, 20000), false, false));
        (setup.Settings.Tcp.Timestamps, setup.Settings.Tcp.SynRetries, setup.Settings.Tcp.Retries2, setup.Settings.Tcp.Retries1).ShouldBe((false, 2, 7, 9));
    }

    [Fact]
    public void A_file_beside_the_script_is_read_and_what_is_not_a_setting_of_ours_is_left_out_of_it()
    {
        var asked = new List<string>();
        HostSetup setup = Apply("../../common/defaults.sh", path =>
        {
            asked.Add(path);
            return "#!/bin/bash\nip tcp_metrics flush all > /dev/null 2>&1\nsysctl -q net.ipv4.tcp_syn_retries=3\nif [ -f x ]; then\ntc qdisc add dev tun0 root netem\nfi";
        });
        asked.ShouldBe(["../../common/defaults.sh"]);
        (setup.Settings.Tcp.SynRetries, setup.ForgetsPeers).ShouldBe((3, true));
        Apply("../common/defaults.sh").Settings.Tcp.SendBuffer.Default.ShouldBe(262144, "without the file, what such files say");
    }

    [Fact]
    public void A_route_tells_what_to_know_of_the_path()
    {
        HostSetup setup = Apply("ip route change 192.0.2.1 via 192.168.0.2 dev tun0 mtu lock 640 initcwnd 11 rto_min 5ms && ip link set dev tun0 up");
        (setup.Mtu, setup.Settings.Tcp.InitialCwnd, setup.Settings.Tcp.MinRto).ShouldBe((640, 11, TimeSpan.FromMilliseconds(5)));
        Apply("ip link set tun0 mtu 1400").Mtu.ShouldBe(1400);
        Apply("ifconfig tun0 mtu 1300").Mtu.ShouldBe(1300);
    }

    [Fact]
    public void The_other_dialect_has_other_names_for_the_same()
    {
        HostSettings settings = Apply("""
            sysctl net.inet.tcp.rfc1323=0
            sysctl -w net.inet.tcp.sack.enable=0 net.inet.tcp.keepidle=60000 net.inet.tcp.msl=1000 net.inet.tcp.delacktime=100
            sysctl net.inet.tcp.initcwnd_segments=4 net.inet.tcp.cc.algorithm=newreno net.inet.tcp.hostcache.enable=0 net.inet.tcp.path_mtu_discovery=0
            """).Settings;
        (settings.Tcp.Timestamps, settings.Tcp.WindowScaling, settings.Tcp.Sack).ShouldBe((false, false, false));
        (settings.Tcp.KeepAliveTime, settings.Tcp.MaximumSegmentLifetime, settings.Tcp.DelayedAck)
            .ShouldBe((TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100)));
        (settings.Tcp.InitialCwnd, settings.Ip.NoPathMtuDiscovery).ShouldBe((4, true));
    }

    [Theory]
    [InlineData("sysctl -q net.core.rmem_max=1000000")]
    [InlineData("ethtool -K tun0 tso off gso off")]
    [InlineData("tc qdisc replace dev tun0 root fq")]
    [InlineData("ip route flush cache; ip tcp_metrics flush all &> /dev/null")]
    [InlineData("/tmp/sysctl_restore_${PPID}.sh")]
    [InlineData("modprobe tcp_cubic || true")]
    [InlineData("./no-such-thing || sysctl -q net.ipv4.tcp_sack=1")]
    [InlineData("nstat > /dev/null")]
    [InlineData("sysctl net.ipv4.tcp_sack")]
    public void What_changes_nothing_on_the_wire_is_done_by_doing_nothing(string text) => Apply(text);

    [Theory]
    [InlineData("tc qdisc add dev tun0 root netem delay 10ms", "the command 'tc qdisc add dev tun0 root netem delay 10ms'")]
    [InlineData("sysctl -q net.ipv4.tcp_flying=1", "the setting net.ipv4.tcp_flying=1")]
    [InlineData("sysctl -q net.ipv4.tcp_syn_retries=many", "net.ipv4.tcp_syn_retries cannot be 'many'")]
    [InlineData("sysctl net.inet.tcp.flying=1", "the setting net.inet.tcp.flying")]
    [InlineData("ip route change default via 192.168.0.2 rtt 5", "the command 'ip route change default via 192.168.0.2 rtt 5' (rtt)")]
    [InlineData("grep x /proc/net/tcp | grep y", "the command 'grep x /proc/net/tcp'")]
    [InlineData("./prepare.sh", "the file './prepare.sh', which is not there")]
    [InlineData("sh -c 'reboot now'", "the command 'reboot now'")]
    public void What_cannot_be_done_is_named(string text, string reason) => Refuse(text).ShouldStartWith(reason);

    [Fact]
    public void No_text_makes_the_reader_throw_or_stand_still()
    {
        string[] pieces = ["sysctl", "ip", "route", "add", "x", "\"", "'", "\\", "|", "||", "&&", "&", ";", "\n", ">", "2>&1", "<", "$((", "1+", "))", "#", "a=b", "lock", "mtu", "sh", "-c", "sleep", "1"];
        var random = new Wire.RandomSource(3);
        for (int i = 0; i < 5000; i++)
        {
            string text = string.Join(random.Next(2) == 0 ? " " : "", Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            Should.NotThrow(() => new SetupCommands(new HostSetup(), _ => "x.sh").Apply(text), text);
        }
    }
}
