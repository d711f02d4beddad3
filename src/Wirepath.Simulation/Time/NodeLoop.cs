using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>Calls a node (a host) when it has work and when it asked to be called; several wishes at one instant become one call.</summary>
internal sealed class NodeLoop
{
    private readonly Simulator _simulator;
    private readonly Func<Instant, Instant> _poll;
    private readonly Appointment _next;
    private readonly Action _wake;

    /// <param name="simulator">Whose events drive the node.</param>
    /// <param name="name">The node's name.</param>
    /// <param name="poll">Does all work that is due and answers when it wants to be called next.</param>
    public NodeLoop(Simulator simulator, string name, Func<Instant, Instant> poll)
    {
        (_simulator, _poll) = (simulator, poll);
        _next = simulator.CreateAppointment(name, Poll);
        _wake = Wake;
    }

    /// <summary>The node has work. From any thread.</summary>
    public void OnWorkArrived()
    {
        if (_simulator.IsOwnThread)
            Wake();
        else
            _simulator.Post(_wake);
    }

    private void Wake()
    {
        if (_next.At > _simulator.Now)
            _simulator.Schedule(_next, _simulator.Now);
    }

    private void Poll()
    {
        Instant next = _poll(_simulator.Now);
        // Work that arrived meanwhile may have asked for an earlier call already.
        if (next < _next.At)
            _simulator.Schedule(_next, next);
    }
}
