using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>The device <c>lo</c>: what is sent is received again by the same host, unharmed, so checksums need not be computed.</summary>
internal sealed class LoopbackDevice : INetworkDevice
{
    /// <summary>Frames on their way; more are dropped (Linux: <c>netdev_max_backlog</c> 1,000).</summary>
    private const int MostQueued = 1000;

    private readonly Queue<Packet> _queue = new(MostQueued);

    public string Name => "lo";

    public MacAddress Address => MacAddress.Zero;

    /// <summary>Linux's 65,536, less the byte that no IPv4 packet can have.</summary>
    public int Mtu => Ipv4Header.MaxTotalLength;

    public DeviceOffloads Offloads => DeviceOffloads.TransmitChecksum | DeviceOffloads.Tso4 | DeviceOffloads.Tso6 | DeviceOffloads.ReceiveLarge;

    public Action? Readable { get; set; }

    public bool TryReceive([NotNullWhen(true)] out Packet? frame) => _queue.TryDequeue(out frame);

    public bool Transmit(Packet frame)
    {
        if (_queue.Count >= MostQueued)
        {
            frame.Dispose();
            return false;
        }

        _queue.Enqueue(frame);
        if (_queue.Count == 1)
            Readable?.Invoke();
        return true;
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
        while (_queue.TryDequeue(out Packet? frame))
            frame.Dispose();
    }
}
