using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Simulation;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Http.Tests;

/// <summary>
/// A client and a server on one wire, 20 ms long, with addresses of both families, in virtual time; names are answered by a script with
/// delays. 10.0.0.66 and 2001:db8::66 are nobody's: what is sent there is swallowed.
/// </summary>
internal sealed class DualStack : INameResolver, IDisposable
{
    public const string V4 = "10.0.0.2";
    public const string V6 = "2001:db8::2";
    public const string DeadV4 = "10.0.0.66";
    public const string DeadV6 = "2001:db8::66";

    private static readonly DomainName s_name = DomainName.Parse("www.test");
    private readonly Dictionary<(DomainName, DnsType), (DnsRecord[] Records, int Delay, NameFailure Failure)> _script = [];
    private readonly Instant _ready;
    private readonly List<TcpAcceptor> _acceptors = [];

    public DualStack(bool v6 = true, ConnectSettings? settings = null)
    {
        Log.Subscribe(Recorder);
        Simulator = new Simulator(1, Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)), Log);
        var network = new Network(Simulator);
        Client = network.AddHost("pc");
        Server = network.AddHost("web");
        Link wire = network.Connect("wire", Client, "10.0.0.1/24", Server, V4 + "/24", new LinkSettings { Delay = TimeSpan.FromMilliseconds(20) });
        if (v6)
        {
            Add(network.InterfaceAt(wire.A), "2001:db8::1/64");
            Add(network.InterfaceAt(wire.B), V6 + "/64");
            Client.Routes.AddDefault(IpAddress.Parse(V6), network.InterfaceAt(wire.A));
        }

        Connector = new HostConnector(Client, this, settings ?? new ConnectSettings());
        Simulator.RunUntil(Simulator.Now + TimeSpan.FromSeconds(5)); // addresses are tested before they are used
        _ready = Simulator.Now;

        static void Add(Interface on, string address)
        {
            InterfaceAddress.TryParse(address, out InterfaceAddress own).ShouldBeTrue();
            on.AddAddress(own);
        }
    }

    public EventLog Log { get; } = new();

    public EventRecorder Recorder { get; } = new();

    public Simulator Simulator { get; }

    public Host Client { get; }

    public Host Server { get; }

    public HostConnector Connector { get; }

    /// <summary>What was asked, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Since the hosts were ready.</summary>
    public double Elapsed => (Simulator.Now - _ready).TotalMilliseconds;

    /// <summary>Attempts: when, where, why.</summary>
    public IEnumerable<(double At, string Remote, ConnectReason Why)> Attempts => Recorder.Events.Where(e => e.What is ConnectStarted)
        .Select(e => (Math.Round((e.At - _ready).TotalMilliseconds), ((ConnectStarted)e.What).Remote.ToString(), ((ConnectStarted)e.What).Why));

    public IEnumerable<T> Written<T>()
        where T : Happening => Recorder.Events.Select(e => e.What).OfType<T>();

    public DualStack Listen(ushort port = 80)
    {
        foreach (string address in Server.Interfaces.SelectMany(i => i.Addresses).Where(a => !a.Address.IsLinkLocal && !a.Address.IsLoopback).Select(a => a.Address.ToString()))
            _acceptors.Add(Server.Listen(new IpEndpoint(IpAddress.Parse(address), port)));
        return this;
    }

    /// <summary>The answer about one type, after so many milliseconds; without records there are none.</summary>
    public DualStack Answer(DnsType type, int delay, params string[] data) => Answer("www.test", type, delay, data);

    public DualStack Answer(string name, DnsType type, int delay, params string[] data)
    {
        DnsRecord[] records = [.. data.Select(text => Record($"{name}. 60 {type} {text}"))];
        _script[(DomainName.Parse(name), type)] = (records, delay, records.Length > 0 ? NameFailure.None : NameFailure.NoSuchType);
        return this;
    }

    public DualStack Fail(DnsType type, int delay, NameFailure failure)
    {
        _script[(s_name, type)] = ([], delay, failure);
        return this;
    }

    /// <summary>Connects and says with whom.</summary>
    public string Connect(ushort port = 80, bool secure = false, CancellationToken ct = default) => Simulator.Run(async () =>
    {
        Connected connected = await Connector.ConnectAsync("www.test", default, s_name, port, secure, ct).ConfigureAwait(false);
        string remote = connected.Stream.Id.Remote.ToString();
        await connected.Stream.DisposeAsync().ConfigureAwait(false);
        return remote;
    });

    public FetchException Fails(ushort port = 80) => Should.Throw<FetchException>(() => Connect(port));

    public async ValueTask<NameAnswer> ResolveAsync(DomainName name, DnsType type, CancellationToken ct = default)
    {
        Asked.Add($"{name} {type}");
        (DnsRecord[] records, int delay, NameFailure failure) = _script.GetValueOrDefault((name, type), ([], 0, NameFailure.NoSuchType));
        await Task.Delay(TimeSpan.FromMilliseconds(delay), Simulator.Time, ct).ConfigureAwait(false);
        return new NameAnswer(name, type, failure, records, NameLevel.Stub, failure == NameFailure.None ? "" : $"{name} {type}: {failure}");
    }

    public void Dispose()
    {
        foreach (TcpAcceptor acceptor in _acceptors)
            acceptor.Dispose();
        Simulator.Dispose();
    }

    private static DnsRecord Record(string line)
    {
        ZoneFile.TryReadRecords(line, "test", null, out IReadOnlyList<DnsRecord> records, out TextError error).ShouldBeTrue(error.ToString());
        return records[0];
    }
}
