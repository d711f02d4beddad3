using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Http.Tests.DualStack;

namespace Wirepath.Http.Tests;

/// <summary>RFC 8305 on the wire, in virtual time: a round trip is 40 ms, and as much again for finding the neighbour.</summary>
public sealed class HappyEyeballsTests
{
    [Fact]
    public void IPv6_goes_first_when_both_are_there_and_nothing_else_is_tried()
    {
        using DualStack hosts = new DualStack().Listen().Answer(DnsType.A, 10, V4).Answer(DnsType.AAAA, 10, V6);
        hosts.Connect().ShouldBe("[2001:db8::2]:80");
        hosts.Attempts.ShouldBe([(10, "[2001:db8::2]:80", ConnectReason.First)]);
        hosts.Asked.ShouldBe(["www.test. AAAA", "www.test. A"]);
    }

    [Fact]
    public void A_broken_IPv6_falls_back_after_250_ms_and_is_given_up_when_IPv4_connects()
    {
        using DualStack hosts = new DualStack().Listen().Answer(DnsType.A, 10, V4).Answer(DnsType.AAAA, 10, DeadV6);
        hosts.Connect().ShouldBe("10.0.0.2:80");
        hosts.Attempts.ShouldBe([(10, "[2001:db8::66]:80", ConnectReason.First), (260, "10.0.0.2:80", ConnectReason.PreviousIsSlow)]);
        hosts.Elapsed.ShouldBeInRange(300, 345);
        hosts.Written<ConnectAbandoned>().ShouldHaveSingleItem().Remote.ToString().ShouldBe("[2001:db8::66]:80");
        hosts.Written<ConnectFailed>().ShouldBeEmpty();
    }

    [Fact]
    public void A_refusal_starts_the_next_at_once()
    {
        using DualStack hosts = new DualStack().Answer(DnsType.A, 10, V4).Answer(DnsType.AAAA, 10, V6);
        hosts.Server.Listen(new IpEndpoint(IpAddress.Parse(V4), 80));
        hosts.Connect().ShouldBe("10.0.0.2:80");
        (double at, _, ConnectReason why) = hosts.Attempts.Last();
        why.ShouldBe(ConnectReason.PreviousFailed);
        at.ShouldBeInRange(50, 95); // one round trip and the neighbour's
    }

    [Theory]
    [InlineData(30, "[2001:db8::2]:80", 30)]     // it comes within the delay: IPv6 after all
    [InlineData(2000, "10.0.0.2:80", 60)]        // it does not: 10 + 50 ms
    public void A_slow_AAAA_holds_up_IPv4_for_50_ms_and_no_longer(int delay, string winner, int first)
    {
        using DualStack hosts = new DualStack().Listen().Answer(DnsType.A, 10, V4).Answer(DnsType.AAAA, delay, V6);
        hosts.Connect().ShouldBe(winner);
        hosts.Attempts.ShouldHaveSingleItem().At.ShouldBe(first);
    }

    [Fact]
    public void An_AAAA_that_comes_late_is_the_next_to_be_tried()
    {
        using DualStack hosts = new DualStack().Listen().Answer(DnsType.A, 10, DeadV4, "10.0.0.67").Answer(DnsType.AAAA, 100, V6);
        hosts.Connect().ShouldBe("[2001:db8::2]:80");
        hosts.Attempts.Select(a => (a.At, a.Remote)).ShouldBe([(60, "10.0.0.66:80"), (310, "[2001:db8::2]:80")]);
    }

    [Fact]
    public void Families_take_turns()
    {
        using DualStack hosts = new DualStack().Listen().Answer(DnsType.A, 0, "10.0.0.67", V4).Answer(DnsType.AAAA, 0, DeadV6, "2001:db8::67");
        hosts.Connect().ShouldBe("10.0.0.2:80");
        hosts.Attempts.Select(a => a.Remote).ShouldBe(["[2001:db8::66]:80", "10.0.0.67:80", "[2001:db8::67]:80", "10.0.0.2:80"]);
        hosts.Attempts.Select(a => a.At).ShouldBe([0, 250, 500, 750]);
        hosts.Written<ConnectAbandoned>().Count().ShouldBe(3);
    }

    [Fact]
    public void When_all_are_dead_one_error_names_all_of_them()
    {
        using DualStack hosts = new DualStack().Answer(DnsType.A, 0, DeadV4).Answer(DnsType.AAAA, 0, DeadV6, V6);
        FetchException failure = hosts.Fails();
        failure.ExitCode.ShouldBe(ExitCodes.Tcp, "one of them answered with RST");
        failure.Message.ShouldStartWith("No connection to www.test, ");
        foreach (string remote in (string[])["10.0.0.66:80: ", "[2001:db8::66]:80: ", "[2001:db8::2]:80: "])
            failure.Message.ShouldContain(remote);
        hosts.Written<ConnectFailed>().Count().ShouldBe(3);
        using DualStack unreachable = new DualStack().Answer(DnsType.A, 0, DeadV4).Answer(DnsType.AAAA, 0, DeadV6);
        unreachable.Fails().ExitCode.ShouldBe(ExitCodes.Link);
    }

    [Fact]
    public void Two_that_connect_at_the_same_time_leave_one_connection()
    {
        // The server is so far away that the second SYN is on its way before the first answer is back.
        var eager = new ConnectSettings { ConnectionAttemptDelay = TimeSpan.FromMilliseconds(10) };
        using DualStack hosts = new DualStack(settings: eager).Listen().Answer(DnsType.A, 0, V4).Answer(DnsType.AAAA, 0, V6);
        hosts.Connect();
        hosts.Attempts.Count().ShouldBe(2);
        hosts.Simulator.RunUntil(hosts.Simulator.Now + TimeSpan.FromSeconds(200));
        hosts.Written<ConnectFinished>().Count().ShouldBe(1);
        foreach (IGrouping<ConnectionId, StateChanged> connection in hosts.Recorder.Events.Where(e => e.Node == "pc").Select(e => e.What).OfType<StateChanged>().GroupBy(s => s.Connection))
            connection.Last().To.ShouldBe(TcpState.Closed);
    }

    [Fact]
    public void A_caller_that_gives_up_is_let_go_at_once_and_nothing_goes_on()
    {
        using DualStack hosts = new DualStack().Answer(DnsType.A, 0, DeadV4).Answer(DnsType.AAAA, 0, DeadV6);
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), hosts.Simulator.Time);
        Should.Throw<OperationCanceledException>(() => hosts.Connect(ct: impatient.Token));
        hosts.Elapsed.ShouldBe(100);
        hosts.Simulator.RunUntil(hosts.Simulator.Now + TimeSpan.FromSeconds(10));
        hosts.Attempts.Count().ShouldBe(1);
    }

    [Fact]
    public void A_host_without_IPv6_asks_for_IPv4_alone()
    {
        using DualStack hosts = new DualStack(v6: false).Listen().Answer(DnsType.A, 10, V4).Answer(DnsType.AAAA, 10, V6);
        hosts.Connect().ShouldBe("10.0.0.2:80");
        hosts.Asked.ShouldBe(["www.test. A"]);
    }

    [Fact]
    public void Without_an_address_the_reason_is_that_of_the_answer_that_says_most()
    {
        using DualStack none = new DualStack().Answer(DnsType.A, 0).Answer(DnsType.AAAA, 0);
        FetchException missing = none.Fails();
        (missing.ExitCode, missing.Message).ShouldBe((ExitCodes.Dns, "Www.test exists, but has no address."));
        using DualStack broken = new DualStack().Fail(DnsType.A, 5, NameFailure.TimedOut).Answer(DnsType.AAAA, 0);
        broken.Fails().Message.ShouldBe("Www.test. A: TimedOut.");
    }

    [Fact]
    public void A_name_with_hundreds_of_addresses_costs_sixteen_attempts()
    {
        using DualStack hosts = new DualStack().Answer(DnsType.A, 0, [.. Enumerable.Range(100, 100).Select(i => $"10.0.0.{i}")]);
        hosts.Fails();
        hosts.Attempts.Count().ShouldBe(16);
    }
}
