namespace Wirepath.Http;

/// <summary>
/// What request and response heads have in common: lines, one after the other (RFC 9112 §2.1, §2.2, §5). It remembers how
/// far it has read, so that a head that comes byte by byte costs no more than one that comes at once.
/// </summary>
public abstract class HeadParser
{
    private int _lineStart;
    private int _scanned;
    private int _sectionStart = -1;
    private int _emptyLines;

    private protected HeadParser(HttpLimits? limits) => Limits = limits ?? HttpLimits.Default;

    private protected HttpLimits Limits { get; }

    private protected HttpHeaders Headers { get; private set; } = new();

    private protected abstract int StartLineBytes { get; }

    private protected abstract HttpProblemKind StartLineTooLong { get; }

    /// <summary>Whether folded lines are mended (responses) or refused (requests): RFC 9112 §5.2.</summary>
    private protected abstract bool MendsFolding { get; }

    private protected abstract int EmptyLinesBefore { get; }

    private protected abstract HttpProblem? ReadStartLine(ReadOnlySpan<byte> line);

    /// <summary>Reads on in <paramref name="bytes"/>, which must begin where the head begins.</summary>
    private protected HttpParseStatus Read(ReadOnlySpan<byte> bytes, out int consumed, out HttpProblem? problem)
    {
        consumed = 0;
        while (true)
        {
            bool inStartLine = _sectionStart < 0;
            int lineCap = _lineStart + (inStartLine ? StartLineBytes : Limits.FieldLineBytes);
            int sectionCap = inStartLine ? int.MaxValue : _sectionStart + Limits.HeaderSectionBytes;
            int cap = Math.Min(lineCap, sectionCap);
            int upTo = Math.Min(bytes.Length, cap);
            int lineFeed = _scanned < upTo ? bytes[_scanned..upTo].IndexOf((byte)'\n') : -1;
            if (lineFeed < 0)
            {
                _scanned = Math.Max(upTo, _scanned);
                problem = bytes.Length >= cap ? TooLarge(inStartLine, sectionCap <= lineCap, cap) : null;
                return problem is null ? HttpParseStatus.NeedMore : HttpParseStatus.Bad;
            }

            // A bare LF ends a line too: RFC 9112 §2.2 allows it.
            int end = _scanned + lineFeed;
            ReadOnlySpan<byte> line = bytes[_lineStart..end];
            line = line.EndsWith("\r"u8) ? line[..^1] : line;
            if (!inStartLine && line.IsEmpty)
            {
                consumed = end + 1;
                problem = null;
                return HttpParseStatus.Done;
            }

            problem = inStartLine ? StartLine(line, end) : FieldLine(line);
            if (problem is not null)
            {
                return HttpParseStatus.Bad;
            }

            _lineStart = _scanned = end + 1;
        }
    }

    private protected void StartOver()
    {
        Headers = new HttpHeaders();
        _lineStart = _scanned = _emptyLines = 0;
        _sectionStart = -1;
    }

    private HttpProblem? StartLine(ReadOnlySpan<byte> line, int end)
    {
        if (line.IsEmpty && _emptyLines < EmptyLinesBefore)
        {
            _emptyLines++;
            return null;
        }

        if (line.IsEmpty && EmptyLinesBefore > 0)
        {
            return new HttpProblem(HttpProblemKind.TooManyEmptyLines, _lineStart, $"More than {EmptyLinesBefore} empty lines come before the request line.");
        }

        _sectionStart = end + 1;
        return ReadStartLine(line);
    }

    private HttpProblem? FieldLine(ReadOnlySpan<byte> line)
    {
        if (line[0] is (byte)' ' or (byte)'\t')
        {
            if (Headers.Count == 0)
            {
                return new HttpProblem(HttpProblemKind.FieldLineMalformed, _lineStart, "A blank stands before the first field name (RFC 9112 §2.2).");
            }

            if (!MendsFolding)
            {
                return new HttpProblem(HttpProblemKind.ObsoleteLineFolding, _lineStart, "A field goes on over a line end, which is obsolete and not taken in requests (RFC 9112 §5.2).");
            }

            if (FieldLines.InvalidIn(line, _lineStart) is { } invalid)
            {
                return invalid;
            }

            Headers.ContinueLast(HttpSyntax.Text(HttpSyntax.TrimOws(line)));
            return null;
        }

        if (Headers.Count == Limits.Fields)
        {
            return new HttpProblem(HttpProblemKind.TooManyFields, _lineStart, $"There are more than {Limits.Fields} fields.");
        }

        return FieldLines.Read(line, _lineStart, Headers);
    }

    private HttpProblem TooLarge(bool inStartLine, bool section, int cap) =>
        inStartLine ? new HttpProblem(StartLineTooLong, cap, $"The first line is longer than {StartLineBytes} bytes.")
        : section ? new HttpProblem(HttpProblemKind.HeaderSectionTooLarge, cap, $"The fields take more than {Limits.HeaderSectionBytes} bytes.")
        : new HttpProblem(HttpProblemKind.FieldLineTooLong, cap, $"A field is longer than {Limits.FieldLineBytes} bytes.");
}
