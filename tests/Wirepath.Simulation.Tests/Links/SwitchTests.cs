using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

public class SwitchTests
{
    private readonly Bench _bench = new();
    private readonly Switch _switch;
    private readonly Link[] _links;
    private readonly Listener[] _stations;

    public SwitchTests()
    {
        _switch = new Switch("switch", _bench.Simulator, new SwitchSettings { MostAddresses = 8 });
        _links = [.. Enumerable.Range(0, 4).Select(i => new Link($"port{i}", _bench.Simulator, $"s{i}", Bench.Mac(i), "switch", MacAddress.Zero, LinkSettings.Perfect))];
        _stations = [.. _links.Select(l => new Listener(_bench, l.A))];
        foreach (Link link in _links)
            _switch.Plug(link.B);
    }

    private void Send(int from, MacAddress to, int number)
    {
        foreach (Listener station in _stations)
            station.Numbers.Clear();
        _links[from].A.Transmit(Bench.Frame(number, 60, Bench.Mac(from), to));
        _bench.Simulator.RunUntilIdle(Instant.Never);
    }

    private int[] Heard(int number) => [.. Enumerable.Range(0, 4).Where(i => _stations[i].Numbers.Contains(number))];

    [Fact]
    public void An_unknown_address_is_flooded_to_all_but_the_sender_and_a_learned_one_goes_to_its_port_alone()
    {
        Send(0, Bench.Mac(2), 1);
        Heard(1).ShouldBe([1, 2, 3]);
        Send(2, Bench.Mac(0), 2);
        Heard(2).ShouldBe([0]);
        Send(0, Bench.Mac(2), 3);
        Heard(3).ShouldBe([2]);
        (_switch.Flooded, _switch.Forwarded).ShouldBe((1, 2));
        _bench.Transits.ShouldContain(t => t.Link == "port0" && t.From == "s0" && t.To == "switch");
        _bench.Transits.ShouldContain(t => t.Link == "port2" && t.From == "switch" && t.To == "s2");
    }

    [Fact]
    public void Broadcast_and_multicast_are_always_flooded_and_never_learned()
    {
        Send(0, MacAddress.Broadcast, 1);
        Heard(1).ShouldBe([1, 2, 3]);
        _links[1].A.Transmit(Bench.Frame(2, 60, new MacAddress(0x0100_5E00_0001), Bench.Mac(0)));
        _bench.Simulator.RunUntilIdle(Instant.Never);
        _switch.PortOf(new MacAddress(0x0100_5E00_0001)).ShouldBeNull();
    }

    [Fact]
    public void A_station_that_moved_is_found_behind_its_new_port()
    {
        Send(0, MacAddress.Broadcast, 1);
        _links[3].A.Transmit(Bench.Frame(2, 60, Bench.Mac(0), MacAddress.Broadcast));
        _bench.Simulator.RunUntilIdle(Instant.Never);
        Send(1, Bench.Mac(0), 3);
        Heard(3).ShouldBe([3]);
    }

    [Fact]
    public void A_frame_for_the_port_it_came_from_stays_there()
    {
        Send(0, MacAddress.Broadcast, 1);
        Send(0, Bench.Mac(0), 2);
        Heard(2).ShouldBeEmpty();
        _switch.Filtered.ShouldBe(1);
    }

    [Fact]
    public void An_address_is_forgotten_after_five_minutes_of_silence()
    {
        Send(1, MacAddress.Broadcast, 1);
        _bench.Simulator.RunUntil(Bench.Start + TimeSpan.FromSeconds(299));
        _switch.PortOf(Bench.Mac(1)).ShouldBe(1);
        _bench.Simulator.RunUntil(Bench.Start + TimeSpan.FromSeconds(300));
        _switch.PortOf(Bench.Mac(1)).ShouldBeNull();
        Send(0, Bench.Mac(1), 2);
        Heard(2).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_flood_of_made_up_addresses_does_not_grow_the_table()
    {
        for (int i = 0; i < 1000; i++)
            _links[0].A.Transmit(Bench.Frame(i, 60, Bench.Mac(100 + i), MacAddress.Broadcast));
        _bench.Simulator.RunUntilIdle(Instant.Never);
        Enumerable.Range(100, 1000).Count(i => _switch.PortOf(Bench.Mac(i)) is not null).ShouldBe(8);
        // Aged entries make room.
        _bench.Simulator.RunUntil(_bench.Simulator.Now + TimeSpan.FromSeconds(301));
        Send(2, MacAddress.Broadcast, 5);
        _switch.PortOf(Bench.Mac(2)).ShouldBe(2);
    }

    [Fact]
    public void Bytes_too_short_for_a_header_are_thrown_away()
    {
        _links[0].A.Transmit(Packet.From([1, 2, 3]));
        _bench.Simulator.RunUntilIdle(Instant.Never);
        _switch.Filtered.ShouldBe(1);
    }
}
