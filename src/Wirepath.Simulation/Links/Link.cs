using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// A full-duplex wire between two nodes. Each direction has settings, a queue and a source of randomness of its own.
/// Every frame is written to the log as a <see cref="LinkTransit"/>, whose cause is the packet's.
/// </summary>
public sealed class Link
{
    public Link(string name, Simulator simulator, string nodeA, MacAddress addressA, string nodeB, MacAddress addressB, LinkSettings settings)
    {
        ArgumentNullException.ThrowIfNull(simulator);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        Name = name;
        A = new LinkEnd(name, nodeA, addressA);
        B = new LinkEnd(name, nodeB, addressB);
        NodeLog log = simulator.Log.For(name, simulator.Time);
        A.Outward = new LinkDirection(simulator, log, A, B, settings);
        B.Outward = new LinkDirection(simulator, log, B, A, settings);
        simulator.Own(A);
        simulator.Own(B);
    }

    public string Name { get; }

    public LinkEnd A { get; }

    public LinkEnd B { get; }

    /// <summary>Changes both directions, now.</summary>
    public void Configure(Func<LinkSettings, LinkSettings> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        A.Settings = change(A.Settings);
        B.Settings = change(B.Settings);
    }
}
