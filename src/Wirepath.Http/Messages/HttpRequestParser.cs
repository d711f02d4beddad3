using System.Buffers;
using Wirepath.Url;

namespace Wirepath.Http;

/// <summary>Reads request heads (RFC 9112 §3). After each one it is ready for the next.</summary>
public sealed class HttpRequestParser(HttpLimits? limits = null) : HeadParser(limits)
{
    private string _method = "";
    private string _target = "";
    private HttpVersion _version;
    private string? _lastHost; // of the connection's last right request: the next one's is the same

    private protected override int StartLineBytes => Limits.RequestLineBytes;

    private protected override HttpProblemKind StartLineTooLong => HttpProblemKind.RequestLineTooLong;

    private protected override bool MendsFolding => false;

    private protected override int EmptyLinesBefore => Limits.EmptyLinesBeforeRequest;

    /// <summary>
    /// Reads on. <paramref name="bytes"/> begins where the head begins, also when an earlier call wanted more; only
    /// <see cref="HttpParseStatus.Done"/> consumes anything.
    /// </summary>
    public HttpParseStatus TryReadHead(ReadOnlySpan<byte> bytes, out int consumed, out RequestHead? head, out HttpProblem? problem)
    {
        head = null;
        HttpParseStatus status = Read(bytes, out consumed, out problem);
        if (status != HttpParseStatus.Done)
        {
            return status;
        }

        head = new RequestHead(_method, _target, _version, Headers);
        StartOver();
        problem = HostProblem(head);
        return problem is null ? HttpParseStatus.Done : HttpParseStatus.Bad;
    }

    /// <summary>As above, over a pipe's buffer; one that is in pieces is copied, at most the limits' worth.</summary>
    public HttpParseStatus TryReadHead(in ReadOnlySequence<byte> bytes, out SequencePosition consumed, out RequestHead? head, out HttpProblem? problem)
    {
        HttpParseStatus status = TryReadHead(bytes.IsSingleSegment ? bytes.FirstSpan : SequenceHead(bytes), out int count, out head, out problem);
        consumed = bytes.GetPosition(count);
        return status;
    }

    private protected override HttpProblem? ReadStartLine(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOf((byte)' ');
        int last = line.LastIndexOf((byte)' ');
        if (first < 0 || first == last)
        {
            return new HttpProblem(HttpProblemKind.RequestLineMalformed, 0, "The request line is not \"method target version\" with one blank between them.");
        }

        ReadOnlySpan<byte> method = line[..first], target = line[(first + 1)..last];
        if (!HttpSyntax.IsToken(method))
        {
            return new HttpProblem(HttpProblemKind.MethodInvalid, 0, "The method is no token (RFC 9110 §9.1).");
        }

        if (!HttpVersion.TryRead(line[(last + 1)..], out _version))
        {
            return new HttpProblem(HttpProblemKind.VersionMalformed, last + 1, "The request line does not end in a version such as HTTP/1.1.");
        }

        if (_version.Major != 1)
        {
            return new HttpProblem(HttpProblemKind.VersionUnsupported, last + 1, $"{_version} is not spoken here; HTTP/1.1 is.");
        }

        int invalid = target.IndexOfAnyExceptInRange((byte)'!', (byte)'~');
        if (target.IsEmpty || invalid >= 0)
        {
            string what = target.IsEmpty ? "is empty" : $"contains {HttpSyntax.Describe(target[invalid])}";
            return new HttpProblem(HttpProblemKind.TargetInvalid, first + 1 + Math.Max(invalid, 0), $"The request target {what}; what a URL cannot carry is percent-encoded.");
        }

        _method = HttpSyntax.Text(method);
        _target = HttpSyntax.Text(target);
        return TargetProblem(first + 1);
    }

    /// <summary>RFC 9112 §3.2: the four forms, each with its methods.</summary>
    private HttpProblem? TargetProblem(int position)
    {
        bool right = _method == "CONNECT" ? UrlRecord.CanParse($"http://{_target}") && !_target.AsSpan().ContainsAny("/?#@\\")
            : _target == "*" ? _method == "OPTIONS"
            : _target[0] == '/' || UrlRecord.CanParse(_target);
        return right ? null : new HttpProblem(HttpProblemKind.TargetInvalid, position, $"\"{_target}\" is no target for {_method}; a path that begins with \"/\" is what is usually meant.");
    }

    /// <summary>RFC 9112 §3.2: exactly one Host in HTTP/1.1, and a right one.</summary>
    private HttpProblem? HostProblem(RequestHead head)
    {
        string? host = null;
        foreach (KeyValuePair<string, string> field in head.Headers)
        {
            if (!field.Key.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (host is not null)
            {
                return new HttpProblem(HttpProblemKind.HostRepeated, 0, "There is more than one Host field (RFC 9112 §3.2).");
            }

            host = field.Value;
        }

        if (host is null)
        {
            return head.Version.IsAtLeast11 ? new HttpProblem(HttpProblemKind.HostMissing, 0, "An HTTP/1.1 request must have a Host field (RFC 9112 §3.2).") : null;
        }

        if (host == _lastHost)
        {
            return null;
        }

        _lastHost = null;
        // An empty Host is right where the target has no authority.
        bool right = host.Length == 0 || (!host.AsSpan().ContainsAny("/?#@\\ \t") && UrlRecord.CanParse($"http://{host}"));
        _lastHost = right ? host : null;
        return right
            ? null
            : new HttpProblem(HttpProblemKind.HostInvalid, 0, $"\"{host}\" in the Host field is no host with an optional port.");
    }

    private ReadOnlySpan<byte> SequenceHead(in ReadOnlySequence<byte> bytes)
    {
        long most = (long)Limits.RequestLineBytes + Limits.HeaderSectionBytes + (2 * Limits.EmptyLinesBeforeRequest);
        return bytes.Slice(0, Math.Min(bytes.Length, most)).ToArray();
    }
}
