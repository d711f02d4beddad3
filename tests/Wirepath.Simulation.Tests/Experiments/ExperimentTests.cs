namespace Wirepath.Simulation.Tests;

/// <summary>What goes wrong without the parts of TCP that look superfluous, and that the stack does not suffer it.</summary>
public class ExperimentTests
{
    [Fact]
    public void With_two_segments_an_old_SYN_opens_a_ghost_and_its_order_is_carried_out_again()
    {
        TwoWayHandshake.Run(two: true).ShouldBe(new GhostRecord(Connections: 1, BytesTaken: 15));
        TwoWayHandshake.Run(two: false).ShouldBe(new GhostRecord(Connections: 0, BytesTaken: 0));
    }

    [Fact]
    public void Without_TIME_WAIT_a_straggler_is_taken_into_the_next_connection()
    {
        NoTimeWait.Run(forgets: true).ShouldBe(new StragglerRecord(Received: 400, Foreign: 100));
        NoTimeWait.Run(forgets: false).ShouldBe(new StragglerRecord(Received: 400, Foreign: 0));
    }

    [Fact]
    public void Recycling_TIME_WAIT_by_address_shuts_out_the_second_host_behind_a_NAT()
    {
        RecycledTimeWait.Run(recycles: true).ShouldBe(new RecycleRecord(10, 10, 10, 0));
        RecycledTimeWait.Run(recycles: false).ShouldBe(new RecycleRecord(10, 10, 10, 10));
    }

    [Fact]
    public void Without_congestion_control_a_full_line_carries_little_that_is_new()
    {
        CollapseRecord blind = NoCongestionControl.RunBlind(16), controlled = NoCongestionControl.RunControlled(16);
        blind.Carried.ShouldBeGreaterThan(0.9);
        blind.Useful.ShouldBeLessThan(0.8);
        controlled.Useful.ShouldBeGreaterThan(0.85);
    }
}
