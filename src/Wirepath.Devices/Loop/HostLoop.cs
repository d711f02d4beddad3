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

    public void Start() => _thread.Start();

    /// <summary>Ends the loop and waits for its thread; the host is not polled any more.</summary>
    /// <exception cref="InvalidOperationException">Called from the loop's own thread.</exception>
    public void Dispose()
    {
        _thread.Dispose();
        _host.WorkArrived = null;
    }
}
