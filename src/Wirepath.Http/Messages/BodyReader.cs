namespace Wirepath.Http;

/// <summary>What came of reading in a body.</summary>
public enum BodyReadStatus : byte
{
    /// <summary>Nothing more to be had from these bytes; what was not consumed comes again with more behind it.</summary>
    NeedMore,

    /// <summary>Some of the body; call again with what was not consumed.</summary>
    Data,

    /// <summary>The body is over; what was not consumed belongs to the next message.</summary>
    Done,

    Bad,
}

/// <summary>Takes a body out of its framing, in whatever pieces it comes (RFC 9112 §6, §7.1).</summary>
public sealed class BodyReader
{
    private readonly HttpLimits _limits;
    private State _state;
    private long _left;
    private long _position;
    private int _scanned;
    private int _extensionBytes;
    private int _trailerBytes;
    private HttpProblem? _problem;

    public BodyReader(BodyFraming framing, HttpLimits? limits = null)
    {
        Framing = framing;
        _limits = limits ?? HttpLimits.Default;
        _left = framing.Length;
        _state = framing.Kind switch
        {
            BodyFramingKind.None or BodyFramingKind.Tunnel => State.Done,
            BodyFramingKind.ContentLength => State.Counted,
            BodyFramingKind.Chunked => State.ChunkLine,
            BodyFramingKind.UntilClose => State.UntilClose,
            _ => throw new ArgumentOutOfRangeException(nameof(framing)),
        };
    }

    private enum State : byte
    {
        Counted,
        UntilClose,
        ChunkLine,
        ChunkData,
        ChunkEnd,
        Trailers,
        Done,
        Bad,
    }

    public BodyFraming Framing { get; }

    public bool IsDone => _state == State.Done;

    /// <summary>Fields after a chunked body; they are never mixed with the head's (RFC 9110 §6.5).</summary>
    public HttpHeaders Trailers { get; } = new();

    /// <summary>Bytes of body handed out.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>Bytes that are body and nothing else, as they come; 0 where framing is to be read first.</summary>
    internal long BytesToTakeUnframed => _state switch
    {
        State.Counted => _left,
        State.UntilClose => long.MaxValue,
        State.ChunkLine or State.ChunkData or State.ChunkEnd or State.Trailers or State.Done or State.Bad => 0,
        _ => throw new InvalidOperationException($"No such state: {_state}."),
    };

    /// <summary>Reads on; <paramref name="body"/> is a slice of <paramref name="source"/> and never copied.</summary>
    public BodyReadStatus Read(ReadOnlySpan<byte> source, out int consumed, out ReadOnlySpan<byte> body, out HttpProblem? problem) =>
        Read(source, int.MaxValue, out consumed, out body, out problem);

    /// <summary>As above, and hands out at most <paramref name="most"/> bytes of body at once.</summary>
    public BodyReadStatus Read(ReadOnlySpan<byte> source, int most, out int consumed, out ReadOnlySpan<byte> body, out HttpProblem? problem)
    {
        consumed = 0;
        body = default;
        problem = null;
        while (true)
        {
            ReadOnlySpan<byte> rest = source[consumed..];
            switch (_state)
            {
                case State.Counted or State.ChunkData or State.UntilClose:
                    if (rest.IsEmpty)
                    {
                        return BodyReadStatus.NeedMore;
                    }

                    body = Take(rest[..Math.Min(rest.Length, most)]);
                    Consume(body.Length, ref consumed);
                    return BodyReadStatus.Data;
                case State.ChunkLine or State.Trailers:
                    if (!TryLine(rest, out int length))
                    {
                        break;
                    }

                    if (length < 0)
                    {
                        return BodyReadStatus.NeedMore;
                    }

                    if (_state == State.ChunkLine ? ReadChunkLine(rest[..length]) : ReadTrailer(rest[..length]))
                    {
                        Consume(length, ref consumed);
                    }

                    break;
                case State.ChunkEnd:
                    if (rest.Length < 2 && rest.SequenceEqual("\r\n"u8[..rest.Length]))
                    {
                        return BodyReadStatus.NeedMore;
                    }

                    if (!rest.StartsWith("\r\n"u8))
                    {
                        Fail(HttpProblemKind.ChunkMalformed, 0, "A chunk is not followed by a line end; its size must be wrong.");
                        break;
                    }

                    Consume(2, ref consumed);
                    _state = State.ChunkLine;
                    break;
                case State.Done:
                    return BodyReadStatus.Done;
                case State.Bad:
                    problem = _problem;
                    return BodyReadStatus.Bad;
                default:
                    throw new InvalidOperationException($"No such state: {_state}.");
            }
        }
    }

    /// <summary>The connection has ended: right where the body runs until then, else the body is cut short.</summary>
    public BodyReadStatus EndOfInput(out HttpProblem? problem)
    {
        if (_state == State.UntilClose)
        {
            _state = State.Done;
        }

        if (_state is not (State.Done or State.Bad))
        {
            Fail(HttpProblemKind.BodyTruncated, 0, Framing.Kind == BodyFramingKind.ContentLength
                ? $"The connection ended after {BodyBytes} of {Framing.Length} bytes of the body."
                : $"The connection ended within a chunked body, after {BodyBytes} bytes.");
        }

        problem = _problem;
        return _state == State.Done ? BodyReadStatus.Done : BodyReadStatus.Bad;
    }

    private ReadOnlySpan<byte> Take(ReadOnlySpan<byte> rest)
    {
        if (_state != State.UntilClose)
        {
            rest = rest[..(int)Math.Min(_left, rest.Length)];
            _left -= rest.Length;
            if (_left == 0)
            {
                _state = _state == State.Counted ? State.Done : State.ChunkEnd;
            }
        }

        BodyBytes += rest.Length;
        return rest;
    }

    /// <summary>Finds a line with its CR LF; a length of -1 wants more. A bare LF is no line end here: RFC 9112 §2.2 allows it in heads alone.</summary>
    private bool TryLine(ReadOnlySpan<byte> rest, out int length)
    {
        int cap = _state == State.ChunkLine ? _limits.ChunkLineBytes : _limits.TrailerSectionBytes - _trailerBytes;
        int upTo = Math.Min(rest.Length, cap);
        int lineFeed = _scanned < upTo ? rest[_scanned..upTo].IndexOf((byte)'\n') : -1;
        length = lineFeed < 0 ? -1 : _scanned + lineFeed + 1;
        if (length < 0)
        {
            _scanned = Math.Max(upTo, _scanned);
            return rest.Length < cap || (_state == State.ChunkLine
                ? Fail(HttpProblemKind.ChunkLineTooLong, cap, $"A chunk's first line is longer than {_limits.ChunkLineBytes} bytes.")
                : Fail(HttpProblemKind.TrailersTooLarge, cap, $"The trailer fields take more than {_limits.TrailerSectionBytes} bytes."));
        }

        return (length >= 2 && rest[length - 2] == '\r') || Fail(HttpProblemKind.ChunkMalformed, length - 1, "A line in a chunked body ends in LF without CR.");
    }

    private bool ReadChunkLine(ReadOnlySpan<byte> line)
    {
        line = line[..^2];
        long size = 0;
        int digits = 0;
        for (; digits < line.Length && char.IsAsciiHexDigit((char)line[digits]); digits++)
        {
            if (size >> 59 != 0)
            {
                return Fail(HttpProblemKind.ChunkSizeInvalid, digits, "A chunk's size does not fit into 63 bits.");
            }

            size = (size << 4) | (uint)(line[digits] <= '9' ? line[digits] - '0' : (line[digits] | 0x20) - 'a' + 10);
        }

        ReadOnlySpan<byte> extensions = line[digits..];
        ReadOnlySpan<byte> afterBlanks = extensions.TrimStart(" \t"u8);
        if (digits == 0 || (!afterBlanks.IsEmpty && afterBlanks[0] != ';'))
        {
            string what = line.IsEmpty ? "an empty line" : HttpSyntax.Describe(digits == 0 ? line[0] : afterBlanks[0]);
            return Fail(HttpProblemKind.ChunkSizeInvalid, digits, $"Where a chunk's size in hexadecimal digits was expected stands {what}.");
        }

        int invalid = HttpSyntax.IndexOfInvalidInValue(extensions);
        if (invalid >= 0)
        {
            return Fail(HttpProblemKind.ChunkMalformed, digits + invalid, $"A chunk extension contains {HttpSyntax.Describe(extensions[invalid])}.");
        }

        _extensionBytes += extensions.Length;
        if (_extensionBytes > _limits.ChunkExtensionBytes)
        {
            return Fail(HttpProblemKind.ChunkExtensionsTooLarge, digits, $"The chunk extensions take more than {_limits.ChunkExtensionBytes} bytes.");
        }

        _left = size;
        _state = size == 0 ? State.Trailers : State.ChunkData;
        return true;
    }

    private bool ReadTrailer(ReadOnlySpan<byte> line)
    {
        _trailerBytes += line.Length;
        line = line[..^2];
        if (line.IsEmpty)
        {
            _state = State.Done;
            return true;
        }

        if (Trailers.Count == _limits.Fields)
        {
            return Fail(HttpProblemKind.TooManyFields, 0, $"There are more than {_limits.Fields} trailer fields.");
        }

        _problem = FieldLines.Read(line, _position, Trailers);
        _state = _problem is null ? _state : State.Bad;
        return _problem is null;
    }

    private void Consume(int count, ref int consumed)
    {
        consumed += count;
        _position += count;
        _scanned = 0;
    }

    private bool Fail(HttpProblemKind kind, int offset, string message)
    {
        _problem = new HttpProblem(kind, _position + offset, message);
        _state = State.Bad;
        return false;
    }
}
