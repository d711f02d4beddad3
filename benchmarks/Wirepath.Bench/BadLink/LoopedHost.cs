using Wirepath.Devices;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>A Wirepath host with default settings on a device, and the loop thread that also runs the application.</summary>
internal sealed class LoopedHost : IDisposable
{
    private const int PrefixLength = 24;
    private const ulong Seed = 1;

    private readonly LoopThread _loop;
    private IReadOnlyList<HostApplication> _toStart = [];
    private bool _started;

    public LoopedHost(INetworkDevice device, IpAddress address, string congestionControl)
    {
        HostSettings settings = HostSettings.Default with { Tcp = TcpSettings.Default with { CongestionControl = congestionControl } };
        Host = new Host("wirepath", settings, TimeProvider.System, new RandomSource(Seed), EventLog.Silent) { CompleteInline = true };
        Host.AddInterface(device, "eth0").AddAddress(new InterfaceAddress(address, PrefixLength));
        _loop = new LoopThread("wirepath loop", Poll, TimeProvider.System, []);
        Host.WorkArrived = _loop.Wake;
    }

    public Host Host { get; }

    /// <summary>Starts the loop, and on it the applications.</summary>
    public void Start(params IReadOnlyList<HostApplication> applications)
    {
        _toStart = applications;
        _loop.Start();
    }

    public void Dispose()
    {
        _loop.Dispose();
        Host.Dispose();
    }

    private Instant Poll(Instant now)
    {
        if (!_started)
        {
            _started = true;
            RealTimeThread.Enter();
            foreach (HostApplication application in _toStart)
                application.Start();
        }

        return Host.Poll(now);
    }
}
