using Wirepath.Events;

namespace Wirepath.Simulation.Tests;

public class CreationTests
{
    [Fact]
    public void Building_the_internet_costs_less_than_five_thousand_events_and_leaves_nothing_but_the_lease_to_renew()
    {
        // The figure that can be asserted on any machine; the time is in the report of the benchmark.
        using var simulator = new Simulator(1, Bench.Start, EventLog.Silent);
        EmbeddedInternet internet = EmbeddedInternet.Create(simulator);
        simulator.EventsRun.ShouldBeLessThan(5_000);
        internet.Hosts.Count.ShouldBe(20);
        simulator.RunUntil(Bench.Start + TimeSpan.FromHours(11));
        long before = simulator.EventsRun;
        simulator.RunUntil(Bench.Start + TimeSpan.FromHours(13));
        (simulator.EventsRun - before).ShouldBeInRange(2, 100); // T1: half of a day
    }
}
