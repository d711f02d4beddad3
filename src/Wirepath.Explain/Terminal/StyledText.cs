namespace Wirepath.Explain;

/// <summary>What a piece of text is, so that a terminal, a page or a plain file can each show it in its own way.</summary>
public enum TextRole
{
    Plain,
    /// <summary>A section's name at the left edge.</summary>
    Label,
    Time,
    Good,
    Bad,
    /// <summary>Less important than what is around it.</summary>
    Dim,
    Emphasis,
    /// <summary>From the client.</summary>
    Sent,
    /// <summary>To the client.</summary>
    Received,
    /// <summary>A connection's state.</summary>
    State,
    PhaseDns,
    PhaseArp,
    PhaseConnect,
    PhaseTls,
    PhaseWait,
    PhaseTransfer,
    PhaseRedirect,
    PhaseOther,
}

/// <param name="Text">Without line breaks or control characters, whatever the network sent.</param>
public readonly record struct StyledSpan(string Text, TextRole Role);

public sealed record StyledLine(IReadOnlyList<StyledSpan> Spans)
{
    public static readonly StyledLine Empty = new([]);

    public int Width => Spans.Sum(s => Columns.Of(s.Text));

    public override string ToString() => string.Concat(Spans.Select(s => s.Text));
}

/// <summary>How much is told: <c>-q</c>, default, <c>-v</c>, <c>-vv</c>.</summary>
public enum Detail
{
    /// <summary>The verdict alone.</summary>
    Verdict,
    Story,
    /// <summary>Every segment, query and header.</summary>
    Engineer,
    /// <summary>Every byte.</summary>
    Bytes,
}

/// <param name="Width">Columns of the terminal, at least <see cref="LeastWidth"/>.</param>
/// <param name="Ascii">No box-drawing, arrows or other signs outside ASCII; letters of any language stay.</param>
/// <param name="RelativeNumbers">Sequence numbers count from the ISN; false shows them as on the wire.</param>
/// <param name="MostFrames">Frames that are peeled at the most: a person reads hundreds, and a download has millions. The first and the last are shown.</param>
public sealed record TextOptions(
    int Width = 80, bool Ascii = false, Detail Detail = Detail.Story, Language Language = Language.English, bool RelativeNumbers = true, int MostFrames = 600)
{
    /// <summary>Narrower than this nothing useful fits side by side.</summary>
    public const int LeastWidth = 40;
}
