using Wirepath.Wire;

namespace Wirepath.Events;

/// <summary>One entry of the log: what happened, where, when, and which earlier event it happened because of.</summary>
/// <param name="Id">Counts up from 1 in the order of writing.</param>
/// <param name="At">The writing node's clock.</param>
/// <param name="Node">The host, link or application it happened at: <c>pc</c>, <c>isp-core</c>, <c>pc–router</c>.</param>
/// <param name="Cause">The event that led to this one; <see cref="EventId.None"/> for a person's key stroke or a frame from outside.</param>
/// <param name="What">What happened.</param>
public sealed record Event(EventId Id, Instant At, string Node, EventId Cause, Happening What);

/// <summary>What an event says. One sealed record for each thing that can happen; folders group them by layer.</summary>
public abstract record Happening;

/// <summary>Somebody who is told of events, in order, on the thread that writes them. Must not call back into the log's writer.</summary>
public interface IEventSink
{
    void OnEvent(Event written);
}
