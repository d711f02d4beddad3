using Wirepath.Wire;

namespace Wirepath.Simulation;

public sealed record SwitchSettings
{
    /// <summary>How long an address is remembered after its last frame. Default 300 s (IEEE 802.1Q §8.8.3).</summary>
    public TimeSpan AgeingTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Addresses remembered at the most. Default 1,024: a small switch. Beyond it new ones are not learned, and flooded to.</summary>
    public int MostAddresses { get; init; } = 1024;
}

/// <summary>
/// A learning bridge (IEEE 802.1D §7): it remembers behind which port an address was last seen, sends frames for known addresses
/// there alone, and all others to every port but their own. It has no address itself and changes no byte.
/// </summary>
public sealed class Switch
{
    private readonly Simulator _simulator;
    private readonly SwitchSettings _settings;
    private readonly List<LinkEnd> _ports = [];
    private readonly Dictionary<MacAddress, Station> _stations = [];

    public Switch(string name, Simulator simulator, SwitchSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(simulator);
        (Name, _simulator, _settings) = (name, simulator, settings ?? new SwitchSettings());
    }

    private readonly record struct Station(int Port, Instant LastSeen);

    public string Name { get; }

    public IReadOnlyList<LinkEnd> Ports => _ports;

    /// <summary>Frames sent to all ports because nobody knew the address, or because it was a group's.</summary>
    public long Flooded { get; private set; }

    /// <summary>Frames sent to one port.</summary>
    public long Forwarded { get; private set; }

    /// <summary>Frames that stayed where they were: the address lies behind the port they came from, or they were no frames.</summary>
    public long Filtered { get; private set; }

    /// <summary>Plugs the near end of a link in.</summary>
    public void Plug(LinkEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        int port = _ports.Count;
        _ports.Add(end);
        end.Readable = () => Drain(port);
    }

    /// <summary>The port behind which the address was last seen, or null when it was never seen or not for the ageing time.</summary>
    public int? PortOf(MacAddress address) =>
        _stations.TryGetValue(address, out Station station) && _simulator.Now - station.LastSeen < _settings.AgeingTime ? station.Port : null;

    private void Drain(int port)
    {
        while (_ports[port].TryReceive(out Packet? frame))
            Bridge(frame, port);
    }

    private void Bridge(Packet frame, int from)
    {
        if (!EthernetHeader.TryRead(frame.Head, out EthernetHeader header))
        {
            Filtered++;
            frame.Dispose();
            return;
        }

        Learn(header.Source, from);
        int? to = header.Destination.IsMulticast ? null : PortOf(header.Destination);
        if (to is null)
        {
            Flood(frame, from);
        }
        else if (to == from)
        {
            Filtered++;
            frame.Dispose();
        }
        else
        {
            Forwarded++;
            _ports[to.Value].Transmit(frame);
        }
    }

    private void Learn(MacAddress source, int port)
    {
        if (source.IsMulticast)
            return;
        if (_stations.Count >= _settings.MostAddresses && !_stations.ContainsKey(source))
        {
            Forget();
            if (_stations.Count >= _settings.MostAddresses)
                return;
        }

        _stations[source] = new Station(port, _simulator.Now);
    }

    private void Forget()
    {
        foreach ((MacAddress address, Station station) in _stations)
        {
            if (_simulator.Now - station.LastSeen >= _settings.AgeingTime)
                _stations.Remove(address);
        }
    }

    private void Flood(Packet frame, int from)
    {
        Flooded++;
        for (int port = 0; port < _ports.Count; port++)
        {
            if (port != from)
                _ports[port].Transmit(frame.Clone());
        }

        frame.Dispose();
    }
}
