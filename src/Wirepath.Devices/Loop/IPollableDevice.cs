using Wirepath.Stack;

namespace Wirepath.Devices;

/// <summary>A device whose readiness the operating system can tell: the loop waits for its descriptor.</summary>
public interface IPollableDevice : INetworkDevice
{
    /// <summary>What to poll; −1 when there is nothing to poll and only <see cref="INetworkDevice.Readable"/> tells.</summary>
    int FileDescriptor { get; }

    /// <summary>True while frames wait for the descriptor to take more; the loop then calls <see cref="INetworkDevice.Flush"/> when it can.</summary>
    bool WantsWrite { get; }

    /// <summary>Why the device is of no more use (one sentence); null while it works. The loop stops polling it.</summary>
    string? Closure { get; }
}
