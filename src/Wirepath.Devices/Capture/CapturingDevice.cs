using System.Diagnostics.CodeAnalysis;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>
/// A tee in front of a device. Each frame that passes is written to the log as a <see cref="LinkTransit"/> between the
/// host and <c>wire</c>, so that captures of real devices are drawn from the same events as captures of simulated links;
/// and straight into a capture, for runs that are too long for a log. Checksums that are left to the device are completed
/// in the copy. When nobody listens it costs two branches.
/// </summary>
/// <param name="inner">The device; it is disposed of with this one.</param>
/// <param name="log">The host's pen: its node is the one end of the link, the device's name is the link's.</param>
/// <param name="capture">Where to write frames without a log; it stays its owner's.</param>
public sealed class CapturingDevice(INetworkDevice inner, NodeLog log, PcapngWriter? capture = null) : IPollableDevice
{
    /// <summary>The name of the other end: whoever is there.</summary>
    public const string Wire = "wire";

    private readonly IPollableDevice? _pollable = inner as IPollableDevice;
    private readonly int _captureInterface = capture?.AddInterface(inner.Name, $"{log.Node} {inner.Address}") ?? 0;

    public string Name => inner.Name;

    public MacAddress Address => inner.Address;

    public int Mtu => inner.Mtu;

    public DeviceOffloads Offloads => inner.Offloads;

    public Action? Readable
    {
        get => inner.Readable;
        set => inner.Readable = value;
    }

    public int FileDescriptor => _pollable?.FileDescriptor ?? -1;

    public bool WantsWrite => _pollable?.WantsWrite ?? false;

    public string? Closure => _pollable?.Closure;

    public bool TryReceive([NotNullWhen(true)] out Packet? frame)
    {
        if (!inner.TryReceive(out frame))
            return false;
        capture?.WritePacket(_captureInterface, log.Now, frame, direction: PacketDirection.Inbound);
        if (log.IsEnabled)
        {
            Instant now = log.Now;
            frame.Cause = log.Write(EventId.None, new LinkTransit(Name, Wire, log.Node, TransportChecksum.CompleteCopy(frame), LinkVerdict.Delivered, DropReason.None, now));
        }

        return true;
    }

    public bool Transmit(Packet frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        capture?.WritePacket(_captureInterface, log.Now, frame, direction: PacketDirection.Outbound);
        if (!log.IsEnabled)
            return inner.Transmit(frame);

        // The device owns the frame afterwards: copy first, write when the verdict is known.
        byte[] bytes = TransportChecksum.CompleteCopy(frame);
        EventId cause = frame.Cause;
        Instant now = log.Now;
        bool sent = inner.Transmit(frame);
        log.Write(cause, sent
            ? new LinkTransit(Name, log.Node, Wire, bytes, LinkVerdict.Delivered, DropReason.None, now)
            : new LinkTransit(Name, log.Node, Wire, bytes, LinkVerdict.Dropped, DropReason.QueueFull, Instant.Never));
        return sent;
    }

    public void Flush() => inner.Flush();

    public void Dispose() => inner.Dispose();
}
