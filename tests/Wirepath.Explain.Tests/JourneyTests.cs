using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Explain.Tests.LogBuilder;

namespace Wirepath.Explain.Tests;

public class JourneyTests
{
    [Fact]
    public void The_ladder_has_every_level_in_order_whichever_node_it_is_on()
    {
        NameLookup lookup = Runs.Cold().Navigation().Hops[0].Lookups[0];
        lookup.Ladder.Select(r => (r.Level, r.Result, r.Node, r.Own.TotalMilliseconds)).ShouldBe(
        [
            (NameLevel.BrowserCache, LookupResult.Miss, "pc", 0),
            (NameLevel.HostsFile, LookupResult.Miss, "pc", 0),
            (NameLevel.Stub, LookupResult.Asked, "pc", 0),
            (NameLevel.RouterCache, LookupResult.Miss, "router", 1.0),
            (NameLevel.ResolverCache, LookupResult.Miss, "resolver", 9.4),
            (NameLevel.Iteration, LookupResult.Asked, "resolver", 0),
        ]);
        // Rungs and tree together are the DNS phase: nothing is counted twice, waiting for ARP is not counted here.
        (lookup.Ladder.Sum(r => r.Own.Ticks) + lookup.Exchanges.Where(e => e.IsIterative).Sum(e => e.Own.Ticks) + lookup.Rest.Ticks).ShouldBe(Ms(84.4).Ticks);
    }

    [Fact]
    public void The_tree_tells_the_recursive_leg_from_the_iterative_one_and_has_referrals_with_glue()
    {
        NameLookup lookup = Runs.Cold().Navigation().Hops[0].Lookups[0];
        lookup.Exchanges.Select(e => (e.Node, e.ServerNode, e.Parent, e.IsIterative)).ShouldBe(
            [("pc", "router", -1, false), ("router", "resolver", 0, false), ("resolver", null, 1, true), ("resolver", null, 1, true), ("resolver", null, 1, true)]);
        lookup.Exchanges[2].ReferredZone.ShouldBe(Runs.Name("com"));
        lookup.Exchanges[2].Referral().ShouldBe([(Runs.Name("a.gtld-servers.net"), IpAddress.Parse("192.5.6.30"))]);
        lookup.Exchanges[4].Response!.Authoritative.ShouldBeTrue();
        lookup.Iterated.ShouldBeTrue();
    }

    [Fact]
    public void On_a_real_wire_only_the_clients_own_leg_is_known_and_its_rung_carries_the_whole_time()
    {
        NameLookup lookup = OnlyClient(Runs.Cold()).Navigations[0].Hops[0].Lookups[0];
        lookup.Ladder.Select(r => r.Level).ShouldBe([NameLevel.BrowserCache, NameLevel.HostsFile, NameLevel.Stub]);
        lookup.Ladder[2].Own.ShouldBe(Ms(84.4));
        lookup.Exchanges.Count.ShouldBe(1);
    }

    [Fact]
    public void A_flow_is_followed_through_the_NAT_to_the_other_end()
    {
        Conversation connection = Runs.Cold().Navigation().Hops[0].Connection!;
        connection.PeerNode.ShouldBe("web");
        connection.PeerId.ShouldBe(Runs.Server);
        connection.IsTranslated.ShouldBeTrue();
        connection.Segments.Take(3).Select(s => (s.FromClient, Words.Flags(s.Facts.Flags), s.ClientState, s.PeerState)).ShouldBe(
        [
            (true, "SYN", TcpState.SynSent, TcpState.SynReceived),
            (false, "SYN,ACK", TcpState.Established, null),
            (true, "ACK", null, TcpState.Established),
        ]);
        connection.HandshakeRtt.ShouldBe(Ms(40));
    }

    [Fact]
    public void Without_causes_the_NATs_own_words_link_the_two_ends()
    {
        // Two logs put together: numbers are there, causes between hosts are not.
        LogBuilder log = Runs.Cold(lose: false);
        Event[] torn = [.. log.Events.Where(e => e.What is not (FrameSent or FrameReceived or LinkTransit)).Select(e => e.What is SegmentReceived ? e with { Cause = EventId.None } : e)];
        Conversation connection = Journey.From(torn, "pc").Navigations[0].Hops[0].Connection!;
        connection.PeerId.ShouldBe(Runs.Server);
        connection.Segments[0].ReceivedAt.ShouldBe(At(105));
        connection.Segments[0].PeerState.ShouldBe(TcpState.SynReceived);
    }

    [Fact]
    public void A_route_names_the_routers_that_passed_the_first_segment_on()
    {
        RouteFacts route = Runs.Cold().Navigation().Hops[0].Route!;
        route.OnLink.ShouldBeFalse();
        route.NextHop.ShouldBe(IpAddress.Parse("192.168.1.1"));
        route.Routers.ShouldBe(["router"]);
    }

    [Fact]
    public void A_loss_is_pinned_to_its_link_and_costs_the_time_until_the_bytes_were_sent_again()
    {
        Navigation navigation = Runs.Cold().Navigation();
        Conversation connection = navigation.Hops[0].Connection!;
        PacketLoss loss = connection.Losses.ShouldHaveSingleItem();
        (loss.Where, loss.Reason, loss.DataNumber, loss.RelativeSequence).ShouldBe(("isp-core", DropReason.QueueFull, 4, 4381u));
        Repetition again = connection.Repetitions.ShouldHaveSingleItem();
        again.Loss.ShouldBe(loss);
        again.Cost.ShouldBe(Ms(40));
        Finding finding = navigation.Diagnosis.Findings.Single(f => f.Kind == FindingKind.LossRepairedFast);
        finding.Cost.ShouldBe(Ms(40));
        finding.Evidence.ShouldBe([loss.Evidence, again.Evidence]);
        connection.Transfers.Single(t => !t.FromClient).Segments.ShouldBe(5);
        connection.Transfers.Single(t => !t.FromClient).Bytes.ShouldBe(7300);
        connection.Transfers.Single(t => !t.FromClient).Congestion.Count.ShouldBe(3);
    }

    [Fact]
    public void With_the_receivers_log_alone_a_repetition_is_a_hole_that_was_filled()
    {
        Conversation connection = OnlyClient(Runs.Cold()).Navigations[0].Hops[0].Connection!;
        connection.PeerNode.ShouldBeNull();
        Repetition again = connection.Repetitions.ShouldHaveSingleItem();
        (again.RelativeSequence, again.Cost, again.Loss).ShouldBe((4381u, Ms(76), null));
        connection.Transfers.Single(t => !t.FromClient).Congestion.ShouldBeEmpty();
    }

    [Fact]
    public void A_time_out_costs_far_more_than_a_fast_retransmit_and_says_so()
    {
        LogBuilder log = new();
        EventId url = Runs.Begin(log);
        (EventId up, double t) = Runs.Connect(log, url, 0);
        EventId request = log.Add(t, "pc", up, new RequestSent(Runs.Client, "GET", "/", []));
        EventId lost = log.Segment(t, t, "pc", Runs.Client, "web", Runs.Server, request, TcpFlags.Ack, 1, 1, 100, SendCause.Data, "home-lan", DropReason.Lost);
        EventId timeout = log.Add(t + 240, "pc", lost, new RetransmissionTimedOut(Runs.Client, Ms(240), Ms(480), 1));
        EventId again = log.Add(t + 240, "pc", timeout, new Retransmitted(Runs.Client, 1, 100, RetransmitCause.Timeout, 1));
        EventId asked = log.Segment(t + 240, t + 260, "pc", Runs.Client, "web", Runs.Server, again, TcpFlags.Ack, 1, 1, 100, SendCause.Retransmission);
        EventId answer = log.Segment(t + 260, t + 280, "web", Runs.Server, "pc", Runs.Client, asked, TcpFlags.Ack, 1, 101, 50, SendCause.Data);
        EventId head = log.Add(t + 280, "pc", answer, new ResponseHeadReceived(Runs.Client, 200, "OK", "content-length", []));
        log.Add(t + 280, "pc", head, new NavigationFinished(0, ""));
        Navigation navigation = log.Navigation();
        Repetition repetition = navigation.Hops[0].Connection!.Repetitions.ShouldHaveSingleItem();
        (repetition.Cost, repetition.Rto).ShouldBe((Ms(240), Ms(240)));
        Finding finding = navigation.Diagnosis.Findings[0];
        finding.In(Language.English).ShouldBe("One segment was lost at home-lan, and only the retransmission timer noticed: 240.0 ms, 6 times a round trip.");
        finding.In(Language.Chinese).ShouldBe("在 home-lan 丢了 1 个报文段，直到重传定时器到期才发现：代价 240.0 ms，相当于 6 个往返。");
        navigation.Diagnosis.Verdict.In(Language.English).ShouldBe("Waiting for the first byte took most of the 320.0 ms: one lost segment cost 240.0 ms.");
        // And the chain of causes runs through that timer.
        navigation.CriticalPath.IsWhole.ShouldBeTrue();
        navigation.CriticalPath.TimeIn(LegKind.Timer).ShouldBe(Ms(240));
        navigation.CriticalPath.TimeIn(LegKind.Link).ShouldBe(Ms(80));
    }

    [Fact]
    public void Three_segments_close_when_FIN_carries_the_ACK_and_the_client_keeps_TIME_WAIT()
    {
        Conversation connection = Runs.Cold().Journey().Conversations[0];
        CloseFacts close = connection.Close!;
        (close.ClosedFirst, close.Merged, close.Simultaneous, close.ByReset).ShouldBe((true, true, false, false));
        (close.TimeWaitIsClient, close.TimeWait).ShouldBe((true, TimeSpan.FromSeconds(60)));
        close.Segments.Select(s => Words.Flags(s.Facts.Flags)).ShouldBe(["FIN,ACK", "FIN,ACK", "ACK"]);
        (connection.ClientState, connection.PeerState).ShouldBe((TcpState.TimeWait, TcpState.Closed));
    }

    [Fact]
    public void A_SYN_that_waited_for_ARP_measures_no_round_trip_and_a_FIN_behind_data_takes_its_state_with_it()
    {
        var log = new LogBuilder();
        EventId url = Runs.Begin(log);
        EventId wanted = log.Add(0, "pc", url, new ConnectStarted("h", Runs.Web));
        log.Add(0, "pc", wanted, new StateChanged(Runs.Client, TcpState.Closed, TcpState.SynSent, "active OPEN"));
        EventId syn = log.Add(0, "pc", wanted, new SegmentSent(Runs.Client, Facts(TcpFlags.Syn, 0, 0), SendCause.Open));
        EventId who = log.Add(0, "pc", syn, new NeighborRequested("eth0", Runs.WebAddress, 1));
        log.Add(0, "pc", who, new FrameSent("eth0", new byte[60]));
        log.Add(30, "pc", who, new NeighborResolved("eth0", Runs.WebAddress, new MacAddress(1), Ms(30)));
        EventId left = log.Add(30, "pc", syn, new FrameSent("eth0", new byte[60]));
        EventId back = log.Add(70, "pc", left, new SegmentReceived(Runs.Client, Facts(TcpFlags.Syn | TcpFlags.Ack, 0, 1, from: "web")));
        log.Add(70, "pc", back, new StateChanged(Runs.Client, TcpState.SynSent, TcpState.Established, "received SYN,ACK"));
        log.Add(70, "pc", back, new StateChanged(Runs.Client, TcpState.Established, TcpState.FinWait1, "CLOSE"));
        log.Add(70, "pc", back, new SegmentSent(Runs.Client, Facts(TcpFlags.Ack, 1, 1, 100), SendCause.Data));
        log.Add(90, "pc", back, new SegmentSent(Runs.Client, Facts(TcpFlags.Fin | TcpFlags.Ack, 101, 1), SendCause.Close));
        Conversation connection = log.Journey().Conversations.ShouldHaveSingleItem();
        connection.HandshakeRtt.ShouldBe(Ms(40));
        connection.Segments.Select(s => s.ClientState).ShouldBe([TcpState.SynSent, TcpState.Established, null, TcpState.FinWait1]);
        connection.Close!.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public void A_connection_that_nobody_closes_is_named_with_its_age()
    {
        var log = new LogBuilder();
        EventId url = Runs.Begin(log);
        (EventId up, double t) = Runs.Connect(log, url, 0);
        log.Add(t, "pc", up, new NavigationFinished(0, ""));
        log.Add(t, "pc", up, new StateChanged(Runs.Client, TcpState.Established, TcpState.FinWait1, "CLOSE"));
        EventId fin = log.Segment(t, t + 20, "pc", Runs.Client, "web", Runs.Server, up, TcpFlags.Fin | TcpFlags.Ack, 1, 1, why: SendCause.Close);
        log.Add(t + 20, "web", fin, new StateChanged(Runs.Server, TcpState.Established, TcpState.CloseWait, "received FIN"));
        log.Add(t + 7_200_020, "web", EventId.None, new Remark("two hours later"));
        Finding finding = log.Navigation().Diagnosis.Findings.Single(f => f.Kind == FindingKind.NeverClosed);
        finding.In(Language.English).ShouldBe("web has left 203.0.113.80:80 → 100.64.1.2:40001 in CLOSE-WAIT for 7200 s: the peer closed, and web never called close.");
    }

    [Fact]
    public void A_second_navigation_with_warm_caches_says_so()
    {
        Journey journey = WarmSecond().Journey();
        journey.Navigations.Count.ShouldBe(2);
        Navigation second = journey.Navigations[1];
        second.Hops[0].Reused.ShouldBeTrue();
        second.Hops[0].Connection.ShouldBe(journey.Navigations[0].Hops[0].Connection);
        second.Diagnosis.Verdict.In(Language.English).ShouldBe("45.0 ms: the name was cached and the connection was still open; what is left is distance, 40.0 ms for a round trip.");
        second.Diagnosis.Verdict.In(Language.Chinese).ShouldBe("总共 45.0 ms：域名已在缓存中，连接也还开着；剩下的就是距离，往返一次 40.0 ms。");
    }

    /// <summary>Two navigations, the second over the first one's connection.</summary>
    internal static LogBuilder WarmSecond()
    {
        var log = new LogBuilder();
        EventId url = Runs.Begin(log);
        (EventId up, double t) = Runs.Connect(log, url, Runs.ColdLookup(log, url));
        double finished = Ask(log, up, t);
        log.Add(finished, "pc", log.Last.Id, new NavigationFinished(0, "200 OK"));
        url = Runs.Begin(log, at: 1000);
        EventId lookup = log.Add(1000, "pc", url, new LookupStarted(Runs.Www, DnsType.A, "browser"));
        log.Add(1000, "pc", lookup, new LevelConsulted(Runs.Www, DnsType.A, NameLevel.BrowserCache, LookupResult.Hit, default, 3599));
        log.Add(1000, "pc", lookup, new LookupFinished(Runs.Www, DnsType.A, NameFailure.None, [Runs.WebAddress], 3599, ""));
        EventId wanted = log.Add(1000, "pc", url, new ConnectStarted("www.example.com", Runs.Web));
        finished = Ask(log, log.Add(1000, "pc", wanted, new ConnectFinished(Runs.Client, Reused: true)), 1000);
        log.Add(finished, "pc", log.Last.Id, new NavigationFinished(0, "200 OK"));
        return log;
    }

    private static double Ask(LogBuilder log, EventId cause, double t)
    {
        uint offset = t > 500 ? 100u : 0;
        EventId request = log.Add(t, "pc", cause, new RequestSent(Runs.Client, "GET", "/", []));
        EventId asked = log.Segment(t, t + 20, "pc", Runs.Client, "web", Runs.Server, request, TcpFlags.Ack, 1 + offset, 1, 100, SendCause.Data, "isp-core");
        EventId served = log.Add(t + 25, "web", asked, new RequestServed(Runs.Server, "GET", "/", 200, 50, Ms(5)));
        EventId answer = log.Segment(t + 25, t + 45, "web", Runs.Server, "pc", Runs.Client, served, TcpFlags.Ack, 1 + offset, 101 + offset, 100, SendCause.Data, "isp-core");
        EventId head = log.Add(t + 45, "pc", answer, new ResponseHeadReceived(Runs.Client, 200, "OK", "content-length", ["Content-Type: text/plain"]));
        log.Add(t + 45, "pc", head, new ResponseCompleted(Runs.Client, 200, 50, KeptAlive: true));
        return t + 45;
    }

    /// <summary>What a real wire would have left in the log: the client's own events, frames without a cause.</summary>
    internal static Journey OnlyClient(LogBuilder log)
    {
        HashSet<EventId> mine = [.. log.Events.Where(e => e.Node == "pc").Select(e => e.Id)];
        return Journey.From([.. log.Events.Where(e => e.Node == "pc").Select(e => mine.Contains(e.Cause) ? e : e with { Cause = EventId.None })], "pc");
    }

    [Fact]
    public void A_log_without_a_navigation_or_with_causes_that_lie_tells_nothing_and_does_not_throw()
    {
        Journey.From([], "pc").Navigations.ShouldBeEmpty();
        var log = new LogBuilder();
        log.Add(0, "pc", new EventId(2), new NavigationStarted("x"));
        log.Add(0, "pc", new EventId(2), new NavigationFinished(0, ""));
        log.Navigation().CriticalPath.IsWhole.ShouldBeFalse();
        JourneyText.Render(log.Journey(), new TextOptions()).ShouldNotBeEmpty();
    }
}
