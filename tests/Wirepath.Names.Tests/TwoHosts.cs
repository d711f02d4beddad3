using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Simulation;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Names.Tests;

/// <summary>Two hosts on one cable of 10 ms: 10.0.0.1 asks, 10.0.0.2 to 10.0.0.5 answer.</summary>
internal sealed class TwoHosts : IDisposable
{
    public TwoHosts()
    {
        Log.Subscribe(Recorder);
        Simulator = new Simulator(7, Instant.Epoch + TimeSpan.FromDays(20_000), Log);
        var link = new Link("cable", Simulator, "client", new MacAddress(0x02_00_00_00_00_01), "server", new MacAddress(0x02_00_00_00_00_02),
            LinkSettings.Perfect with { Delay = TimeSpan.FromMilliseconds(10) });
        Client = AddHost("client", link.A, "10.0.0.1/24");
        Server = AddHost("server", link.B, "10.0.0.2/24", "10.0.0.3/24", "10.0.0.4/24", "10.0.0.5/24");
    }

    public EventLog Log { get; } = new();

    public EventRecorder Recorder { get; } = new();

    public Simulator Simulator { get; }

    public Host Client { get; }

    public Host Server { get; }

    public TimeSpan Elapsed => Simulator.Now - (Instant.Epoch + TimeSpan.FromDays(20_000));

    public IEnumerable<T> Written<T>()
        where T : Happening => Recorder.Events.Select(e => e.What).OfType<T>();

    /// <summary>The kinds of the events that led to this one, itself first.</summary>
    public List<string> Path(Event from)
    {
        var path = new List<string>();
        for (Event? at = from; at is not null; at = Recorder.Find(at.Cause))
            path.Add($"{at.Node} {at.What.GetType().Name}");
        return path;
    }

    public HostDnsServer Serve(IDnsResponder responder, string address = "10.0.0.2", DnsServerSettings? settings = null)
    {
        var server = new HostDnsServer(Server, responder, IpAddress.Parse(address)) { Settings = settings ?? new DnsServerSettings() };
        server.Start();
        return server;
    }

    public HostDnsServer ServeZone(string zone, string address = "10.0.0.2", DnsServerSettings? settings = null) =>
        Serve(new AuthoritativeServer(new ZoneSet(ZoneFile.Parse(zone, "zone")), Server.Log), address, settings);

    public StubResolver Stub(string server = "10.0.0.2", bool edns = true) => new(
        new StubSettings { Nameservers = [new IpEndpoint(IpAddress.Parse(server), 53)], UseEdns = edns },
        new HostDnsTransport(Client), Client.Log, Simulator.Time, new RandomSource(3));

    private Host AddHost(string name, INetworkDevice device, params string[] addresses)
    {
        var host = new Host(name, new HostSettings(), Simulator.Time, Simulator.Random.Fork(name), Log) { CompleteInline = true };
        Interface on = host.AddInterface(device, "eth0");
        foreach (string address in addresses)
        {
            InterfaceAddress.TryParse(address, out InterfaceAddress parsed).ShouldBeTrue();
            on.AddAddress(parsed);
        }

        Appointment next = null!;
        next = Simulator.CreateAppointment(name, () =>
        {
            Instant wanted = host.Poll(Simulator.Now);
            if (wanted < next.At)
                Simulator.Schedule(next, wanted);
        });
        host.WorkArrived = () =>
        {
            if (next.At > Simulator.Now)
                Simulator.Schedule(next, Simulator.Now);
        };
        return host;
    }

    public void Dispose() => Simulator.Dispose();
}
