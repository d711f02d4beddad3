using Wirepath.Devices;
using Wirepath.RealWire;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>A Wirepath host on a TAP device of a network namespace, with a loop thread that also runs the application.</summary>
internal sealed class TapHost : IDisposable
{
    private readonly LoopThread _loop;
    private readonly LoadedThread _load = new();
    private readonly List<HostApplication> _toStart = [];
    private bool _started;
    private long _allocated;

    public TapHost(NetworkNamespace inside, string device, IpAddress address, bool offload, bool napi = false)
    {
        TapDevice tap = inside.Inside(() => TapDevice.Open(device, new TapSettings { Offload = offload, Napi = napi }));
        if (napi)
            inside.Exec("sh", "-c", $"echo 1 > /sys/class/net/{device}/threaded");
        Host = BenchHost.Create("wirepath", tap, address, TimeProvider.System);
        _loop = new LoopThread("wirepath loop", Poll, TimeProvider.System, [tap]);
        Host.WorkArrived = _loop.Wake;
    }

    public Host Host { get; }

    public LoadedThread Load => _load;

    /// <summary>Where the loop's thread stays; null: wherever the scheduler likes.</summary>
    public int? Cpu { get; init; }

    /// <summary>Bytes that the loop's thread has allocated.</summary>
    public long Allocated => Volatile.Read(ref _allocated);

    public void BusyPoll(TimeSpan time) => _loop.BusyPoll = time;

    /// <summary>Starts the loop, and on it the applications.</summary>
    public void Start(params IReadOnlyList<HostApplication> applications)
    {
        _toStart.AddRange(applications);
        _loop.Start();
    }

    public void ThrowIfFailed() => _toStart.ForEach(application => application.ThrowIfFailed());

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
            CpuPlacement.PinCallingThread(Cpu);
            _load.IsCallingThread();
            foreach (HostApplication application in _toStart)
                application.Start();
        }

        Instant next = Host.Poll(now);
        Volatile.Write(ref _allocated, GC.GetAllocatedBytesForCurrentThread());
        return next;
    }
}
