using System.Globalization;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>What became of one seed.</summary>
/// <param name="Seed">Plays the same again.</param>
/// <param name="Plan">What the seed had decided, in one line.</param>
/// <param name="Complaint">What went wrong; null when nothing did.</param>
/// <param name="Elapsed">Virtual time until the last timer had run out.</param>
/// <param name="Frames">Frames that were handed to the links.</param>
/// <param name="Bytes">Bytes that the applications received and compared.</param>
public sealed record SeedOutcome(ulong Seed, string Plan, string? Complaint, TimeSpan Elapsed, long Frames, long Bytes);

/// <summary>
/// A random world out of one seed: two hosts, perhaps a router between them, wires that lose, delay, reorder, repeat, damage
/// and shrink, and one TCP connection over them with settings drawn at random on both ends. Whatever happens, every byte must
/// arrive once and in order, or the connection end as the applications wanted; nobody may be stuck, and nothing be left over.
/// </summary>
public static class SeedWorld
{
    private const ushort Port = 7;
    private static readonly Instant s_start = Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    // A connection that needs longer than this for some thousand bytes is stuck, however bad its wires are.
    private static readonly TimeSpan s_patience = TimeSpan.FromDays(3);

    // All repetitions of a SYN,ACK.
    private static readonly TimeSpan s_accept = TimeSpan.FromHours(4);

    // What may run on after the last byte: FIN's repetitions, TIME-WAIT, an orphan's FIN-WAIT-2.
    private static readonly TimeSpan s_settle = TimeSpan.FromDays(1);

    /// <summary>Plays one seed.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="log">Where hosts and links write what happens; null: nowhere.</param>
    public static SeedOutcome Play(ulong seed, EventLog? log = null)
    {
        var plan = new SeedPlan(seed);
        using var simulator = new Simulator(seed, s_start, log ?? EventLog.Silent, new SimulatorSettings { LongestRun = s_patience, LongestRealWait = TimeSpan.Zero });
        var network = new Network(simulator);
        Host client = network.AddHost("client", HostSettings.Default with { Tcp = plan.Client });
        Host server = network.AddHost("server", HostSettings.Default with { Tcp = plan.Server });
        List<Link> links = Connect(network, client, server, plan);
        ScheduleChanges(network, links[0], links[^1], plan);
        RandomSource random = simulator.Random.Fork("applications");
        var here = new SeedApplication("the client", 1, plan.ClientBytes, plan.ServerBytes, random.Fork("client"), simulator.Time);
        var there = new SeedApplication("the server", 2, plan.ServerBytes, plan.ClientBytes, random.Fork("server"), simulator.Time);
        string? complaint;
        try
        {
            simulator.Run(() => ConverseAsync(client, server, plan, here, there));
            complaint = here.Complaint ?? there.Complaint ?? Unfinished(plan, here, there) ?? LeftOver(simulator);
        }
        catch (Exception e) when (e is SimulationStuckException or NetworkException)
        {
            complaint = $"{e.Message} The client: {here.Stream?.Statistics}. The server: {there.Stream?.Statistics}.";
        }

        long frames = links.Sum(link => link.A.Statistics.Offered + link.B.Statistics.Offered);
        return new SeedOutcome(seed, plan.ToString(), complaint, simulator.Now - s_start, frames, here.Received + there.Received);
    }

    private static List<Link> Connect(Network network, Host client, Host server, SeedPlan plan)
    {
        (string near, string far) = plan.IsV6 ? ("2001:db8:1::{0}/64", "2001:db8:2::{0}/64") : ("192.0.2.{0}/24", "198.51.100.{0}/24");
        static string Address(string network, int number) => string.Format(CultureInfo.InvariantCulture, network, number);
        static string Bare(string network, int number) => Address(network, number).Split('/')[0];
        if (!plan.HasRouter)
            return [network.Acquaint(network.Connect("wire", client, Address(near, 2), server, Address(near, 3), plan.Near))];
        Host router = network.AddRouter("router", HostSettings.Default with { Ipv6 = new Ipv6Settings { Forwarding = true } });
        Link first = network.Acquaint(network.Connect("near", client, Address(near, 2), router, Address(near, 1), plan.Near));
        Link second = network.Acquaint(network.Connect("far", router, Address(far, 1), server, Address(far, 2), plan.Far));
        client.Routes.AddDefault(IpAddress.Parse(Bare(near, 1)), network.InterfaceAt(first.A));
        server.Routes.AddDefault(IpAddress.Parse(Bare(far, 1)), network.InterfaceAt(second.B));
        return [first, second];
    }

    private static void ScheduleChanges(Network network, Link near, Link far, SeedPlan plan)
    {
        Simulator simulator = network.Simulator;
        if (plan.ChangedMtu > 0)
        {
            // The router's ends alone: the hosts do not see it on their own wires, and must be told.
            simulator.Schedule(s_start + plan.MtuChangesAt, () =>
            {
                foreach (LinkEnd end in (ReadOnlySpan<LinkEnd>)[near.B, far.A])
                {
                    end.Settings = end.Settings with { Mtu = plan.ChangedMtu };
                    network.InterfaceAt(end).Mtu = plan.ChangedMtu;
                }
            });
        }

        if (plan.CutLasts == TimeSpan.Zero)
            return;
        simulator.Schedule(s_start + plan.CutAt, () => far.Configure(settings => settings with { Partitioned = true }));
        simulator.Schedule(s_start + plan.CutAt + plan.CutLasts, () => far.Configure(settings => settings with { Partitioned = false }));
    }

    private static async Task ConverseAsync(Host client, Host server, SeedPlan plan, SeedApplication here, SeedApplication there)
    {
        IpAddress address = server.Interfaces[1].Addresses[^1].Address;
        foreach (InterfaceAddress own in server.Interfaces[1].Addresses)
        {
            if (!own.Address.IsLinkLocal)
                address = own.Address;
        }

        using TcpAcceptor acceptor = server.Listen(new IpEndpoint(plan.IsV6 ? IpAddress.AnyV6 : IpAddress.AnyV4, Port));
        Task serving = ServeAsync(acceptor, plan, there);
        TcpStream stream = await client.ConnectAsync(new IpEndpoint(address, Port)).ConfigureAwait(false);
        here.Stream = stream;
        // A RST that is lost leaves the other side waiting for ever, unless it asks.
        stream.KeepAlive = plan.Ending != SeedEnding.InOrder;
        await using (stream.ConfigureAwait(false))
        {
            await (plan.Ending switch
            {
                SeedEnding.InOrder => here.ConverseAsync(stream),
                SeedEnding.ClientAborts => SeedApplication.Quietly(here.BeginAsync(stream)),
                SeedEnding.ServerAborts or SeedEnding.ServerCloses => SeedApplication.Quietly(here.ConverseAsync(stream)),
                _ => throw new InvalidOperationException($"No such ending: {plan.Ending}."),
            }).ConfigureAwait(false);
        }

        if (there.Stream is null && plan.Ending == SeedEnding.ClientAborts)
        {
            // The last ACK of the handshake and the RST may both be lost: then the server never hears of its client.
            await Task.Delay(s_accept, client.Time).ConfigureAwait(false);
            if (there.Stream is null)
                acceptor.Dispose();
        }

        await serving.ConfigureAwait(false);
    }

    private static async Task ServeAsync(TcpAcceptor acceptor, SeedPlan plan, SeedApplication there)
    {
        TcpStream stream;
        try
        {
            stream = await acceptor.AcceptAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return; // no client came
        }

        there.Stream = stream;
        stream.KeepAlive = plan.Ending != SeedEnding.InOrder;
        await using (stream.ConfigureAwait(false))
        {
            await (plan.Ending switch
            {
                SeedEnding.InOrder => there.ConverseAsync(stream),
                SeedEnding.ServerAborts => SeedApplication.Quietly(there.BeginAsync(stream)),
                SeedEnding.ServerCloses => SeedApplication.Quietly(there.LeaveEarlyAsync(stream)),
                SeedEnding.ClientAborts => SeedApplication.Quietly(there.ConverseAsync(stream)),
                _ => throw new InvalidOperationException($"No such ending: {plan.Ending}."),
            }).ConfigureAwait(false);
        }
    }

    private static string? Unfinished(SeedPlan plan, SeedApplication here, SeedApplication there)
    {
        if (plan.Ending != SeedEnding.InOrder)
            return null;
        if (!here.HasReceivedAll || !there.HasReceivedAll)
            return string.Create(CultureInfo.InvariantCulture, $"the streams ended after {here.Received} and {there.Received} bytes");
        return here.IsDone && there.IsDone ? null : "an end did not come to its end in order";
    }

    // Once the last TIME-WAIT is over nothing is charged any more and no timer runs.
    private static string? LeftOver(Simulator simulator)
    {
        bool idle = simulator.RunUntilIdle(simulator.Now + s_settle);
        foreach (Host host in simulator.Hosts)
        {
            if (host.Statistics.TcpCurrEstab != 0)
                return $"{host.Name} still has {host.Statistics.TcpCurrEstab} connections a day later";
            if (host.MemoryUsed != 0)
                return $"{host.Name} still has {host.MemoryUsed} bytes charged a day later";
        }

        return idle ? null : "a timer still runs a day later";
    }
}
