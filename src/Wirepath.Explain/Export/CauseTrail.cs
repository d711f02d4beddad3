using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>
/// Remembers as much of the recent log as is needed to say why a frame exists. Bounded, so that a capture of a long
/// run does not keep the run in memory: bytes of frames are not kept.
/// </summary>
internal sealed class CauseTrail
{
    /// <summary>Events. A frame's cause lies a few dozen events back, a navigation's some thousands.</summary>
    public const int DefaultLength = 1 << 16;

    /// <summary>Steps back along the causes: a packet over some thirty routers, four events at each.</summary>
    private const int MostSteps = 128;

    private readonly (EventId Id, EventId Cause, Happening? What)[] _ring;

    /// <param name="length">Events remembered, a power of two.</param>
    public CauseTrail(int length = DefaultLength) => _ring = new (EventId, EventId, Happening?)[length];

    public void Remember(Event e) => _ring[e.Id.Value & (_ring.Length - 1)] = (e.Id, e.Cause, Speaks(e.What) ? e.What : null);

    /// <summary>The nearest event that says why, and why that was: <c>#18 Sent … ← #17 …</c>; null when nothing is known.</summary>
    public string? Explain(Event frame, Words words)
    {
        if (Nearest(frame.Cause) is not { What: { } what } near)
            return null;
        string text = $"{near.Id} {words.Describe(what)}";
        return Nearest(near.Cause) is { What: { } before } far ? $"{text} ← {far.Id} {words.Describe(before)}" : text;
    }

    /// <summary>The event that the frame's packet began with: the same for the same packet on every link.</summary>
    public EventId Origin(Event frame) => Nearest(frame.Cause)?.Id ?? EventId.None;

    private (EventId Id, EventId Cause, Happening? What)? Nearest(EventId from)
    {
        for (int step = 0; step < MostSteps && !from.IsNone; step++)
        {
            (EventId id, EventId cause, Happening? what) = _ring[from.Value & (_ring.Length - 1)];
            if (id != from)
                return null;
            if (what is not null)
                return (id, cause, what);
            from = cause;
        }

        return null;
    }

    /// <summary>What only carries a packet along, or only measures, says nothing about why it exists.</summary>
    private static bool Speaks(Happening what) => what is not (FrameSent or FrameReceived or LinkTransit or PacketForwarded or NatTranslated or DatagramSent or DatagramReceived
        or RouteChosen or NeighborLookup or RttSampled or WindowsMoved or CongestionChanged or PeerWindowChanged);
}
