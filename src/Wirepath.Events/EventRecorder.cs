namespace Wirepath.Events;

/// <summary>Keeps every event: what the journey, the JSON export and tests read afterwards.</summary>
/// <param name="most">How many events to keep at the most; later ones are counted in <see cref="Left"/> and dropped.</param>
/// <param name="frames">Whether to keep the bytes of frames, which are nearly all of a long run's memory; without, they are kept as empty.</param>
public sealed class EventRecorder(int most = 5_000_000, bool frames = true) : IEventSink
{
    private readonly Lock _lock = new();
    private readonly List<Event> _events = [];

    /// <summary>The list itself: to be read when nobody writes any more, or on the one thread that does.</summary>
    public IReadOnlyList<Event> Events => _events;

    /// <summary>What has been heard so far, while others go on writing.</summary>
    public IReadOnlyList<Event> Snapshot()
    {
        lock (_lock)
            return [.. _events];
    }

    /// <summary>Events that found no room.</summary>
    public long Left { get; private set; }

    public void OnEvent(Event written)
    {
        ArgumentNullException.ThrowIfNull(written);
        if (!frames)
            written = WithoutFrame(written);
        lock (_lock)
        {
            if (_events.Count < most)
                _events.Add(written);
            else
                Left++;
        }
    }

    /// <summary>The event with this number; null when it was written before this recorder listened.</summary>
    public Event? Find(Wire.EventId id)
    {
        // Numbers count up without gaps from the first one heard.
        if (_events.Count == 0)
            return null;
        long index = id.Value - _events[0].Id.Value;
        return index >= 0 && index < _events.Count ? _events[(int)index] : null;
    }

    private static Event WithoutFrame(Event written) => written.What switch
    {
        LinkTransit transit => written with { What = transit with { Frame = default } },
        FrameSent sent => written with { What = sent with { Frame = default } },
        FrameReceived received => written with { What = received with { Frame = default } },
        PacketDropped dropped => written with { What = dropped with { Frame = default } },
        _ => written,
    };
}
