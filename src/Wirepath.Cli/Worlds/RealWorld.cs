using System.Globalization;
using System.Security.Cryptography;
using Wirepath.Devices;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Names;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Cli;

/// <summary>A real wire: the stack on a TAP device or on passt's frame socket, driven by a thread of its own.</summary>
internal sealed class RealWorld : World
{
    // What closing needs on any sane path; a peer that is gone is not waited for.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(1);

    // RFC 2131 §4.1 repeats after 4 and 8 s: three requests. A server that is there answers the first.
    private static readonly TimeSpan s_leasePatience = TimeSpan.FromSeconds(15);

    private readonly PasstProcess? _passt;
    private readonly HostLoop _loop;
    private readonly IpAddress _gateway;
    private readonly IReadOnlyList<IpAddress> _dns;
    private readonly string _title;

    private RealWorld(NetworkChoice choice, EventLog log, Shell shell)
        : base(log)
    {
        var random = new RandomSource(choice.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        Host = new Host("pc", choice.Settings, TimeProvider.System, random, log);
        INetworkDevice device;
        switch (choice.Via)
        {
            case Via.Tap tap:
                device = TapDevice.Open(tap.Device, new TapSettings { Offload = tap.Offload, Address = tap.Mac });
                break;
            case Via.Passt { Socket: { } socket }:
                device = FrameSocketDevice.Connect(socket);
                break;
            case Via.Passt:
                _passt = PasstProcess.Start();
                device = _passt.Device;
                break;
            default:
                throw new ArgumentException("The embedded internet is no real wire.", nameof(choice));
        }

        Interface = Host.AddInterface(new CapturingDevice(device, Host.Log), "eth0");
        _loop = new HostLoop(Host);
        InterfaceAddress shown;
        if (choice.Via is Via.Tap { Address: { } address } fixedTap)
        {
            Interface.AddAddress(address);
            shown = address;
            _gateway = fixedTap.Gateway;
            _dns = fixedTap.Dns;
            if (!_gateway.IsNone)
                Host.Routes.AddDefault(_gateway, Interface);
            _loop.Start();
        }
        else
        {
            _loop.Start();
            DhcpLease lease = AskForAddress(device.Name, shell);
            (shown, _gateway) = (lease.Address, lease.Gateway);
            _dns = choice.Via is Via.Tap { Dns.Count: > 0 } tap ? tap.Dns : lease.DnsServers;
        }

        var stub = new StubSettings { Nameservers = [.. _dns.Select(d => new IpEndpoint(d, 53))] };
        Names = new ClientResolver(
            new BrowserCache(TimeProvider.System), SystemHostsFile(),
            new StubResolver(stub, new HostDnsTransport(Host), Host.Log, TimeProvider.System, random.Fork("stub")), Host.Log);
        _title = string.Create(CultureInfo.InvariantCulture,
            $"{device.Name} · {shown}{(_gateway.IsNone ? "" : $" via {_gateway}")}{(_dns.Count == 0 ? "" : $" · DNS {_dns[0]}")}");
    }

    public override Host Host { get; }

    public Interface Interface { get; }

    public override INameResolver Names { get; }

    // What a stub is told has no origin: with the trace, this host walks down from the root itself, and validates.
    public override async Task<(NameAnswer Answer, Traced Traced)> TraceAsync(DomainName name, DnsType type, CancellationToken ct)
    {
        var resolver = new RecursiveResolver(
            new ResolverConfiguration { LocalZones = LocalZones.None, TrustAnchors = TrustAnchors.InternetRecords },
            RootHints.Internet, new ResolverCache(), new HostDnsTransport(Host), Host.Log, TimeProvider.System, new RandomSource(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))));
        NameAnswer answer = await resolver.ResolveAsync(name, type, ct).ConfigureAwait(false);
        return (answer, new Traced(Host.Name, answer));
    }

    public override string Title(CommandWords words) => _title;

    /// <exception cref="DeviceException">The device cannot be had; the message says why.</exception>
    /// <exception cref="NetworkException">Nobody answered DHCP.</exception>
    public static RealWorld Open(NetworkChoice choice, EventLog log, Shell shell) => new(choice, log, shell);

    public override T Run<T>(Func<CancellationToken, Task<T>> work, CancellationToken interrupted) =>
        Task.Run(() => work(interrupted), CancellationToken.None).GetAwaiter().GetResult();

    public override void Settle() => Connections?.WaitUntilNone(s_settle);

    public override void Dispose()
    {
        _loop.Dispose();
        Host.Dispose();
        _passt?.Dispose();
        Connections?.Dispose();
    }

    private DhcpLease AskForAddress(string device, Shell shell)
    {
        if (shell.ErrorIsTerminal)
            shell.Error.WriteLine($"asking for an address by DHCP on {device} …");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(shell.Stopped);
        patience.CancelAfter(s_leasePatience);
        try
        {
            return Host.ConfigureByDhcpAsync(Interface, patience.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!shell.Stopped.IsCancellationRequested)
        {
            throw new NetworkException(ConnectionEnd.TimedOut, string.Create(CultureInfo.InvariantCulture,
                $"nobody on {device} answered DHCP within {s_leasePatience.TotalSeconds:0} s: start a DHCP server there, or name an address yourself: --via tap:{device},address=10.0.0.2/24."));
        }
    }

    private static HostsFile SystemHostsFile()
    {
        try
        {
            return HostsFile.ParseLeniently(File.ReadAllText("/etc/hosts"), "/etc/hosts", out _);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return HostsFile.Empty;
        }
    }
}
