using System.Globalization;

namespace Wirepath.Http;

public enum BodyFramingKind : byte
{
    None,
    ContentLength,
    Chunked,

    /// <summary>To the end of the connection; responses only.</summary>
    UntilClose,

    /// <summary>What follows is no HTTP any more: a 2xx to CONNECT, a 101.</summary>
    Tunnel,
}

/// <summary>How long a message's body is (RFC 9112 §6.3).</summary>
/// <param name="Kind">By what its end is known.</param>
/// <param name="Length">Bytes; for <see cref="BodyFramingKind.ContentLength"/>, else 0.</param>
/// <param name="ClosesConnection">The framing was doubtful: take the message, then close (RFC 9112 §6.1).</param>
public readonly record struct BodyFraming(BodyFramingKind Kind, long Length = 0, bool ClosesConnection = false)
{
    public static readonly BodyFraming None = new(BodyFramingKind.None);
    public static readonly BodyFraming Chunked = new(BodyFramingKind.Chunked);
    public static readonly BodyFraming UntilClose = new(BodyFramingKind.UntilClose);
    public static readonly BodyFraming Tunnel = new(BodyFramingKind.Tunnel);

    public static BodyFraming Of(long length) => length == 0 ? None : new(BodyFramingKind.ContentLength, length);

    /// <summary>Null, with the problem, when no two readers would agree on where the request ends: that is how requests are smuggled.</summary>
    public static BodyFraming? OfRequest(RequestHead head, out HttpProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(head);
        string? coding = head.Headers.Combined("Transfer-Encoding");
        string? length = head.Headers.Combined("Content-Length");
        if (coding is null)
        {
            return OfLength(length, out problem) is { } framing ? framing : problem is null ? None : null;
        }

        if (length is not null)
        {
            problem = new HttpProblem(HttpProblemKind.TransferEncodingWithContentLength, 0, "The request has both Transfer-Encoding and Content-Length, and nobody can say which was meant (RFC 9112 §6.3).");
            return null;
        }

        if (!head.Version.IsAtLeast11)
        {
            problem = new HttpProblem(HttpProblemKind.TransferEncodingInvalid, 0, "An HTTP/1.0 request has a Transfer-Encoding, which that version does not know (RFC 9112 §6.1).");
            return null;
        }

        problem = CodingProblem(coding, mustBeChunked: true, out _);
        return problem is null ? Chunked : null;
    }

    /// <summary>Of a response to <paramref name="requestMethod"/>; null, with the problem, when its end cannot be known.</summary>
    public static BodyFraming? OfResponse(ResponseHead head, string requestMethod, out HttpProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(head);
        problem = null;
        if (head.Status == 101 || (requestMethod == "CONNECT" && head.Status is >= 200 and < 300))
        {
            return Tunnel;
        }

        if (requestMethod == "HEAD" || head.Status is < 200 or 204 or 304)
        {
            return None;
        }

        string? coding = head.Headers.Combined("Transfer-Encoding");
        string? length = head.Headers.Combined("Content-Length");
        if (coding is null)
        {
            return OfLength(length, out problem) is { } framing ? framing : problem is null ? UntilClose : null;
        }

        problem = CodingProblem(coding, mustBeChunked: false, out bool chunked);
        if (problem is not null)
        {
            return null;
        }

        // RFC 9112 §6.1 and §6.3, rule 3: Transfer-Encoding wins, and the connection is not used again.
        return chunked ? Chunked with { ClosesConnection = length is not null || !head.Version.IsAtLeast11 } : UntilClose;
    }

    /// <summary>RFC 9112 §6.3, rule 5: one number, or the same one several times.</summary>
    private static BodyFraming? OfLength(string? value, out HttpProblem? problem)
    {
        problem = null;
        if (value is null)
        {
            return null;
        }

        long length = -1;
        foreach (Range range in value.AsSpan().Split(','))
        {
            ReadOnlySpan<char> element = value.AsSpan()[range].Trim(" \t");
            if (!long.TryParse(element, NumberStyles.None, CultureInfo.InvariantCulture, out long one) || (length >= 0 && one != length))
            {
                problem = new HttpProblem(HttpProblemKind.ContentLengthInvalid, 0, $"Content-Length is \"{value}\"; one number of bytes is right.");
                return null;
            }

            length = one;
        }

        return Of(length);
    }

    private static HttpProblem? CodingProblem(string coding, bool mustBeChunked, out bool chunked)
    {
        chunked = false;
        bool other = false;
        foreach (Range range in coding.AsSpan().Split(','))
        {
            ReadOnlySpan<char> element = coding.AsSpan()[range].Trim(" \t");
            if (element.IsEmpty)
            {
                continue;
            }

            if (chunked)
            {
                return new HttpProblem(HttpProblemKind.TransferEncodingInvalid, 0, $"Transfer-Encoding is \"{coding}\"; chunked can only come last and once (RFC 9112 §6.1).");
            }

            chunked = element.Equals("chunked", StringComparison.OrdinalIgnoreCase);
            other |= !chunked;
        }

        if (other && (chunked || !mustBeChunked))
        {
            return new HttpProblem(HttpProblemKind.TransferEncodingUnsupported, 0, $"Transfer-Encoding is \"{coding}\"; only chunked is known here.");
        }

        return !chunked && mustBeChunked ? new HttpProblem(HttpProblemKind.TransferEncodingInvalid, 0, $"Transfer-Encoding is \"{coding}\"; a request's must end in chunked (RFC 9112 §6.3).") : null;
    }
}
