using System.Buffers;

namespace Wirepath.Http;

/// <summary>Reads response heads (RFC 9112 §4). After each one it is ready for the next.</summary>
public sealed class HttpResponseParser(HttpLimits? limits = null) : HeadParser(limits)
{
    private int _status;
    private string _reason = "";
    private HttpVersion _version;

    private protected override int StartLineBytes => Limits.StatusLineBytes;

    private protected override HttpProblemKind StartLineTooLong => HttpProblemKind.StatusLineTooLong;

    private protected override bool MendsFolding => true;

    private protected override int EmptyLinesBefore => 0;

    /// <inheritdoc cref="HttpRequestParser.TryReadHead(ReadOnlySpan{byte}, out int, out RequestHead?, out HttpProblem?)"/>
    public HttpParseStatus TryReadHead(ReadOnlySpan<byte> bytes, out int consumed, out ResponseHead? head, out HttpProblem? problem)
    {
        HttpParseStatus status = Read(bytes, out consumed, out problem);
        head = null;
        if (status == HttpParseStatus.Done)
        {
            head = new ResponseHead(_status, _reason, _version, Headers);
            StartOver();
        }

        return status;
    }

    /// <summary>As above, over a pipe's buffer; one that is in pieces is copied, at most the limits' worth.</summary>
    public HttpParseStatus TryReadHead(in ReadOnlySequence<byte> bytes, out SequencePosition consumed, out ResponseHead? head, out HttpProblem? problem)
    {
        long most = (long)Limits.StatusLineBytes + Limits.HeaderSectionBytes;
        ReadOnlySpan<byte> span = bytes.IsSingleSegment ? bytes.FirstSpan : bytes.Slice(0, Math.Min(bytes.Length, most)).ToArray();
        HttpParseStatus status = TryReadHead(span, out int count, out head, out problem);
        consumed = bytes.GetPosition(count);
        return status;
    }

    private protected override HttpProblem? ReadStartLine(ReadOnlySpan<byte> line)
    {
        // HTTP-version SP 3DIGIT SP [reason]; the last blank is missing where servers leave the reason out.
        if (line.Length < 12 || !HttpVersion.TryRead(line[..8], out _version) || line[8] != ' ' || (line.Length > 12 && line[12] != ' '))
        {
            return new HttpProblem(HttpProblemKind.StatusLineMalformed, 0, "The status line is not \"version status reason\"; is this an HTTP server?");
        }

        if (_version.Major != 1)
        {
            return new HttpProblem(HttpProblemKind.VersionUnsupported, 0, $"{_version} is not spoken here; HTTP/1.1 is.");
        }

        ReadOnlySpan<byte> digits = line.Slice(9, 3);
        if (digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') || digits[0] == '0')
        {
            return new HttpProblem(HttpProblemKind.StatusLineMalformed, 9, "The status is not a number of three digits from 100.");
        }

        _status = ((digits[0] - '0') * 100) + ((digits[1] - '0') * 10) + digits[2] - '0';
        ReadOnlySpan<byte> reason = line.Length > 13 ? line[13..] : default;
        int invalid = HttpSyntax.IndexOfInvalidInValue(reason);
        if (invalid >= 0)
        {
            return new HttpProblem(HttpProblemKind.StatusLineMalformed, 13 + invalid, $"The reason phrase contains {HttpSyntax.Describe(reason[invalid])}.");
        }

        string usual = ReasonPhrase.Of(_status);
        _reason = System.Text.Ascii.Equals(reason, usual) ? usual : HttpSyntax.Text(reason);
        return null;
    }
}
