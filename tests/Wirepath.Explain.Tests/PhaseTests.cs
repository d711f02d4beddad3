using FsCheck;
using FsCheck.Fluent;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain.Tests;

public class PhaseTests
{
    [Fact]
    public void Phases_of_a_cold_run_are_named_in_order_and_sum_to_the_total()
    {
        Navigation navigation = Runs.Cold().Navigation();
        navigation.Phases.Select(p => (p.Kind, p.Duration.TotalMilliseconds)).ShouldBe(
            [(PhaseKind.Arp, 0.6), (PhaseKind.Dns, 84.4), (PhaseKind.Connect, 40), (PhaseKind.Wait, 45), (PhaseKind.Transfer, 80)]);
        navigation.Elapsed.ShouldBe(LogBuilder.Ms(250));
    }

    [Fact]
    public void Whatever_starts_and_ends_in_whatever_order_the_parts_sum_exactly() => Prop.ForAll(Arb.From(RandomLog()), log =>
    {
        Navigation navigation = Journey.From(log, "pc").Navigations[0];
        navigation.Phases.Sum(p => p.Duration.Ticks).ShouldBe(navigation.Elapsed.Ticks);
        for (int i = 1; i < navigation.Phases.Count; i++)
            navigation.Phases[i].Start.ShouldBe(navigation.Phases[i - 1].End);
        navigation.Phases.ShouldAllBe(p => p.Duration >= TimeSpan.Zero);
        // What is shown adds up as well.
        var figures = new PhaseFigures(navigation);
        Enum.GetValues<PhaseKind>().Sum(figures.UnitsOf).ShouldBe(figures.Total);
        figures.Total.ShouldBe(Apportionment.RoundOne(navigation.Elapsed.Ticks, figures.Scale.UnitTicks));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rounded_parts_sum_to_the_rounded_whole_and_none_is_off_by_a_unit() =>
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 5_000_000))), Arb.From(Gen.Choose(1, 100_000)), (parts, unit) =>
        {
            long[] ticks = [.. parts.Select(p => (long)p)];
            long[] units = Apportionment.Round(ticks, unit);
            units.Sum().ShouldBe(Apportionment.RoundOne(ticks.Sum(), unit));
            for (int i = 0; i < ticks.Length; i++)
                Math.Abs(units[i] * unit - ticks[i]).ShouldBeLessThan(unit);
            if (ticks.Sum() > 0)
                Apportionment.Divide(ticks, 73).Sum().ShouldBe(73);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_exchange_that_ends_in_a_redirect_is_redirect_time_and_the_next_hop_counts_on()
    {
        var log = new LogBuilder();
        EventId url = Runs.Begin(log);
        EventId sent = log.Add(10, "pc", url, new RequestSent(Runs.Client, "GET", "/", []));
        EventId head = log.Add(50, "pc", sent, new ResponseHeadReceived(Runs.Client, 301, "Moved Permanently", "content-length", []));
        EventId there = log.Add(52, "pc", head, new Redirected(301, "http://www.example.com/", "http://www.example.com/new"));
        sent = log.Add(52, "pc", there, new RequestSent(Runs.Client, "GET", "/new", []));
        head = log.Add(92, "pc", sent, new ResponseHeadReceived(Runs.Client, 200, "OK", "chunked", []));
        log.Add(100, "pc", head, new ResponseCompleted(Runs.Client, 200, 5, KeptAlive: true));
        log.Add(100, "pc", head, new NavigationFinished(0, ""));
        Navigation navigation = log.Navigation();
        navigation.Phases.Select(p => (p.Kind, p.Hop, p.Duration.TotalMilliseconds)).ShouldBe(
            [(PhaseKind.Other, 0, 10), (PhaseKind.Redirect, 0, 42), (PhaseKind.Wait, 1, 40), (PhaseKind.Transfer, 1, 8)]);
        navigation.Hops.Count.ShouldBe(2);
        navigation.Diagnosis.Findings.ShouldContain(f => f.Kind == FindingKind.Redirects && f.Cost == LogBuilder.Ms(52));
    }

    [Fact]
    public void A_run_that_was_interrupted_ends_with_its_last_event()
    {
        var log = new LogBuilder();
        EventId url = Runs.Begin(log);
        log.Add(5, "pc", url, new LookupStarted(Runs.Www, DnsType.A, "browser"));
        log.Add(700, "pc", url, new Remark("Ctrl-C"));
        Navigation navigation = log.Navigation();
        navigation.IsFinished.ShouldBeFalse();
        navigation.Elapsed.ShouldBe(LogBuilder.Ms(700));
        navigation.Diagnosis.Verdict.In(Language.English).ShouldBe("Stopped after 700.0 ms, in the middle of DNS.");
        navigation.Diagnosis.Verdict.In(Language.Chinese).ShouldBe("700.0 ms 后中断，当时正在进行 DNS。");
    }

    private static Gen<Event[]> RandomLog()
    {
        DomainName[] names = [Runs.Www, Runs.Name("a.example"), Runs.Name("b.example")];
        Gen<Happening> happening = Gen.Choose(0, 13).SelectMany(_ => Gen.Choose(0, 2), (kind, which) => (kind, which)).Select(x => (Happening)(x.kind switch
        {
            0 => new LookupStarted(names[x.which], DnsType.A, "browser"),
            1 => new LookupFinished(names[x.which], DnsType.A, NameFailure.None, [], 1, ""),
            2 => new ConnectStarted("h", Runs.Web),
            3 => new ConnectFinished(Runs.Client, x.which == 0),
            4 => new ConnectFailed("h", Runs.Web, ConnectionEnd.TimedOut, ""),
            5 => new TlsStarted(Runs.Client, "h"),
            6 => new TlsFinished(Runs.Client, "TLS 1.3", "AES", "", []),
            7 => new RequestSent(Runs.Client, "GET", "/", []),
            8 => new ResponseHeadReceived(Runs.Client, 200, "OK", "chunked", []),
            9 => new ResponseCompleted(Runs.Client, 200, 1, true),
            10 => new Redirected(302, "a", "b"),
            11 => new NeighborRequested("eth0", Runs.WebAddress, 1),
            12 => new NeighborResolved("eth0", Runs.WebAddress, default, TimeSpan.Zero),
            _ => new HttpFailed("h", ""),
        }));
        Gen<(int Step, Happening What)> step = Gen.Choose(0, 300_000).SelectMany(_ => happening, (ticks, what) => (ticks, what));
        return Gen.ArrayOf(step).Select(steps =>
        {
            var events = new List<Event> { new(new EventId(1), LogBuilder.Start, "pc", EventId.None, new NavigationStarted("x")) };
            Instant at = LogBuilder.Start;
            foreach ((int ticks, Happening what) in steps)
            {
                at += new TimeSpan(ticks);
                events.Add(new Event(new EventId(events.Count + 1), at, "pc", new EventId(1), what));
            }

            events.Add(new Event(new EventId(events.Count + 1), at + new TimeSpan(7), "pc", new EventId(1), new NavigationFinished(0, "")));
            return events.ToArray();
        });
    }
}
