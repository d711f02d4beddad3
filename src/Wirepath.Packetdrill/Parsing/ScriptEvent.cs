namespace Wirepath.Packetdrill;

/// <summary>How an event's time is given.</summary>
internal enum TimeKind : byte
{
    /// <summary><c>0.100</c>: since the script began.</summary>
    Absolute,

    /// <summary><c>+0.100</c>: since the event before.</summary>
    Relative,

    /// <summary><c>*</c></summary>
    Any,
}

/// <param name="Kind">What Start and End count from.</param>
/// <param name="Start">The moment, or the first of a range.</param>
/// <param name="Last">The last moment of a range (<c>+0~+0.1</c>); equal to Start otherwise.</param>
/// <param name="CallEnd">For a call that blocks (<c>0.1...0.2</c>): when it returns.</param>
internal readonly record struct EventTime(TimeKind Kind, TimeSpan Start, TimeSpan Last, TimeSpan? CallEnd)
{
    public bool IsRange => Last != Start;
}

/// <param name="Time">When.</param>
/// <param name="Line">Where it begins in the script, from 1.</param>
/// <param name="Source">As it stands in the script, without its time.</param>
internal abstract record ScriptEvent(EventTime Time, int Line, string Source);

/// <summary>What the wire delivers to the host.</summary>
internal sealed record InboundSegment(EventTime Time, int Line, string Source, SegmentPattern Segment) : ScriptEvent(Time, Line, Source);

/// <summary>What must leave the host.</summary>
internal sealed record OutboundSegment(EventTime Time, int Line, string Source, SegmentPattern Segment) : ScriptEvent(Time, Line, Source);

internal sealed record InboundIcmp(EventTime Time, int Line, string Source, IcmpPattern Message) : ScriptEvent(Time, Line, Source);

/// <param name="Name">As in <c>man 2</c>.</param>
/// <param name="Arguments">In order.</param>
/// <param name="Result">What must be returned; null when the script does not say.</param>
/// <param name="Errno">With a result of -1: which error.</param>
internal sealed record SystemCall(EventTime Time, int Line, string Source, string Name, IReadOnlyList<Expression> Arguments, Expression? Result, string? Errno)
    : ScriptEvent(Time, Line, Source);

/// <summary>A shell command between back-ticks.</summary>
internal sealed record SetupCommand(EventTime Time, int Line, string Source, string Text) : ScriptEvent(Time, Line, Source);

/// <summary>Python between <c>%{</c> and <c>}%</c>: assertions over tcp_info.</summary>
/// <param name="CodeLine">Of its first brace, which may be below its time.</param>
internal sealed record CodeBlock(EventTime Time, int Line, string Source, string Text, int CodeLine) : ScriptEvent(Time, Line, Source);

/// <summary>Part of the language, but not of what is interpreted here.</summary>
internal sealed record Unoffered(EventTime Time, int Line, string Source, string What) : ScriptEvent(Time, Line, Source);
