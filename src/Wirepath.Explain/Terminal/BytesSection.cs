using System.Globalization;
using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Explain.TextRole;

namespace Wirepath.Explain;

/// <summary>The peel view: each frame layer by layer, its bytes beside its fields.</summary>
internal static class BytesSection
{
    public static void Write(StoryContext c)
    {
        var trail = new CauseTrail();
        int next = 0;
        IReadOnlyList<Event> frames = c.Navigation.Frames;
        // The end, where it closes or fails, is a sixth of what is shown.
        int leftOut = Math.Max(0, frames.Count - c.Options.MostFrames);
        int firstLeftOut = c.Options.MostFrames - c.Options.MostFrames / 6;
        for (int i = 0; i < frames.Count; i++)
        {
            if (leftOut > 0 && i == firstLeftOut)
            {
                c.Page.Blank();
                c.Page.Paragraph(new StyledSpan(c.Words.FramesLeftOut(leftOut), Bad));
                i += leftOut;
            }

            Event frame = frames[i];
            // The trail follows the log, so that the ring holds what came just before this frame.
            for (; next < c.Journey.Events.Count && c.Journey.Events[next].Id.Value <= frame.Id.Value; next++)
                trail.Remember(c.Journey.Events[next]);
            WriteFrame(c, frame, trail.Explain(frame, c.Words));
        }
    }

    private static void WriteFrame(StoryContext c, Event e, string? why)
    {
        (string place, ReadOnlyMemory<byte> bytes, bool lost) = e.What switch
        {
            LinkTransit t => ($"{t.Link}: {t.From} → {t.To}", t.Frame, t.Verdict is LinkVerdict.Dropped or LinkVerdict.Corrupted),
            FrameSent s => ($"{e.Node} {s.Interface} →", s.Frame, false),
            FrameReceived r => ($"{e.Node} {r.Interface} ←", r.Frame, false),
            _ => throw new ArgumentOutOfRangeException(nameof(e)),
        };
        c.Page.Blank();
        c.Page.Paragraph(new StyledSpan($"{e.Id} {place}  {Figures.Bytes(bytes.Length)}", Emphasis), new StyledSpan($"  {c.Moment(e.At)} {c.Figures.Scale.Symbol}", Time));
        if (lost)
            c.Page.Paragraph(new StyledSpan($"  ✕ {c.Words.Describe(e.What)}", Bad));
        if (why is not null)
            c.Page.Paragraph(new StyledSpan($"  {why}", Dim));
        IReadOnlyList<DissectedLayer> layers = Dissector.Dissect(bytes);
        for (int depth = 0; depth < layers.Count; depth++)
            WriteLayer(c, layers[depth], bytes.Span, depth);
    }

    private static void WriteLayer(StoryContext c, DissectedLayer layer, ReadOnlySpan<byte> frame, int depth)
    {
        string indent = new(' ', Math.Min(2 + depth * 2, 12));
        c.Page.Paragraph(new StyledSpan($"{indent}┌ ", Dim), new StyledSpan(layer.Name, Label), new StyledSpan($"  {layer.Offset}–{layer.Offset + layer.Length - 1}  {Figures.Bytes(layer.Length)}", Dim));
        foreach (DissectedField field in layer.Fields)
            c.Page.Exact(new StyledSpan($"{indent}│ ", Dim), new StyledSpan($"{field.Name} ", Plain), new StyledSpan(field.Value, Emphasis), new StyledSpan($"  {field.Meaning}", Dim));
        // Sixteen bytes to a line where there is room, eight otherwise.
        int perLine = c.Page.Width - indent.Length - 2 >= 8 + 16 * 4 ? 16 : 8;
        for (int at = layer.Offset; at < layer.Offset + layer.Length && at < frame.Length; at += perLine)
        {
            ReadOnlySpan<byte> line = frame[at..Math.Min(Math.Min(at + perLine, layer.Offset + layer.Length), frame.Length)];
            c.Page.Exact(new StyledSpan($"{indent}│ {at.ToString("x4", CultureInfo.InvariantCulture)}  ", Dim), new StyledSpan(Hex(line).PadRight(perLine * 3), Plain), new StyledSpan(Printable(line), Dim));
        }
    }

    private static string Hex(ReadOnlySpan<byte> bytes)
    {
        var text = new System.Text.StringBuilder(bytes.Length * 3);
        foreach (byte b in bytes)
            text.Append(b.ToString("x2", CultureInfo.InvariantCulture)).Append(' ');
        return text.ToString();
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
            text[i] = bytes[i] is >= 0x20 and < 0x7F ? (char)bytes[i] : '.';
        return new string(text);
    }
}
