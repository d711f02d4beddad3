using Wirepath.Stack;

namespace Wirepath.Devices;

/// <summary>
/// Drives one host on a thread of its own: it sleeps until a device can be read, an application calls, or a timer of
/// the host is due. Applications await the host's calls on whatever thread they like.
/// </summary>
public sealed class HostLoop : IDisposable
{
    private readonly Host _host;
    private readonly LoopThread _thread;

    /// <param name="host">With its interfaces added, and to be driven by nobody else. It stays its owner's.</param>
    public HostLoop(Host host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
        _thread = new LoopThread($"wirepath {host.Name}", host.Poll, host.Time, host.Interfaces.Select(on => on.Device).OfType<IPollableDevice>());
        host.WorkArrived = _thread.Wake;
    }

    /// <summary>
    /// How long the loop looks for work again and again before it sleeps (Linux: <c>net.core.busy_poll</c>). Answers come sooner by the time
    /// that waking a thread takes, and a CPU is busy for it: for a host that has one to itself. Default zero: a sleeping loop costs nothing.
    /// </summary>
    public TimeSpan BusyPoll
    {
        get => _thread.BusyPoll;
        set => _thread.BusyPoll = value;
    }

    public void Start() => _thread.Start();

    /// <summary>Ends the loop and waits for its thread; the host is not polled any more.</summary>
    /// <exception cref="InvalidOperationException">Called from the loop's own thread.</exception>
    public void Dispose()
    {
        _thread.Dispose();
        _host.WorkArrived = null;
    }
}
