using System.Diagnostics.CodeAnalysis;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>One end of a link: the network device of the node that it is plugged into.</summary>
public sealed class LinkEnd : INetworkDevice
{
    private readonly Queue<Packet> _arrived = new();
    private bool _told;

    internal LinkEnd(string link, string node, MacAddress address) => (Name, Node, Address) = (link, node, address);

    /// <summary>The link's name.</summary>
    public string Name { get; }

    /// <summary>The node it is plugged into.</summary>
    public string Node { get; }

    public MacAddress Address { get; }

    public int Mtu => Outward.Settings.Mtu;

    public DeviceOffloads Offloads => DeviceOffloads.None;

    public Action? Readable { get; set; }

    /// <summary>The direction that leaves from here. May be changed during a run.</summary>
    public LinkSettings Settings
    {
        get => Outward.Settings;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Outward.Settings = value;
        }
    }

    /// <summary>Of the direction that leaves from here.</summary>
    public LinkStatistics Statistics => Outward.Statistics;

    /// <summary>Frames that wait here for the line.</summary>
    public int QueuedFrames => Outward.WaitingFrames;

    internal LinkDirection Outward { get; set; } = null!;

    public bool TryReceive([NotNullWhen(true)] out Packet? frame)
    {
        if (_arrived.TryDequeue(out frame))
            return true;
        _told = false;
        return false;
    }

    public bool Transmit(Packet frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return Outward.Send(frame);
    }

    public void Flush()
    {
        // Frames leave one by one as they are handed over.
    }

    public void Dispose()
    {
        Outward.Clear();
        while (_arrived.TryDequeue(out Packet? frame))
            frame.Dispose();
    }

    internal void Arrive(Packet frame)
    {
        _arrived.Enqueue(frame);
        if (_told)
            return;
        _told = true;
        Readable?.Invoke();
    }
}
