using System.Buffers;
using System.Text;
using Wirepath.Url;

namespace Wirepath.Http;

/// <summary>RFC 9112 §3.2: how a request names what it wants.</summary>
public enum RequestTargetForm : byte
{
    /// <summary><c>/path?query</c></summary>
    Origin,

    /// <summary><c>http://host/path</c>, as to a proxy.</summary>
    Absolute,

    /// <summary><c>host:port</c>, for CONNECT.</summary>
    Authority,

    /// <summary><c>*</c>, for OPTIONS.</summary>
    Asterisk,
}

/// <summary>A request's first line and fields (RFC 9112 §3, §5).</summary>
public sealed record RequestHead(string Method, string Target, HttpVersion Version, HttpHeaders Headers)
{
    public RequestTargetForm TargetForm =>
        Method == "CONNECT" ? RequestTargetForm.Authority
        : Target == "*" ? RequestTargetForm.Asterisk
        : Target.StartsWith('/') ? RequestTargetForm.Origin
        : RequestTargetForm.Absolute;

    /// <summary>RFC 9110 §10.1.1: the client waits for 100 before it sends the body. From an HTTP/1.0 client it is ignored.</summary>
    public bool ExpectsContinue => Version.IsAtLeast11 && Headers.HasToken("Expect", "100-continue");

    /// <summary>RFC 9112 §9.3: whether the client lets the connection go on.</summary>
    public bool ConnectionPersists => HttpConnectionRules.Persists(Version, Headers);

    /// <summary>A request for <paramref name="url"/> with its <c>Host</c> first (RFC 9110 §7.2).</summary>
    /// <exception cref="ArgumentException">The URL has no host.</exception>
    public static RequestHead For(string method, UrlRecord url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (string.IsNullOrEmpty(url.Host))
        {
            throw new ArgumentException($"{url} has no host to ask.", nameof(url));
        }

        return new RequestHead(method, url.PathAndQuery, HttpVersion.Http11, new HttpHeaders().Add("Host", url.Authority));
    }

    /// <summary>The URL that is asked for (RFC 9110 §7.1), for a request that came in by <paramref name="scheme"/>; null when there is none.</summary>
    public UrlRecord? TargetUrl(string scheme)
    {
        string? text = TargetForm switch
        {
            RequestTargetForm.Origin => Headers.Get("Host") is { Length: > 0 } host ? $"{scheme}://{host}{Target}" : null,
            RequestTargetForm.Absolute => Target,
            RequestTargetForm.Authority => null,
            RequestTargetForm.Asterisk => Headers.Get("Host") is { Length: > 0 } host ? $"{scheme}://{host}" : null,
            _ => throw new InvalidOperationException($"No such form: {TargetForm}."),
        };
        return text is not null && UrlRecord.TryParse(text, null, out UrlRecord? url, out _) ? url : null;
    }

    /// <exception cref="InvalidOperationException">Method or target would break the request line.</exception>
    public void WriteTo(IBufferWriter<byte> to)
    {
        WriteLinesTo(to);
        to.Write("\r\n"u8);
    }

    /// <summary>All lines but the empty one, so that a connection can add its own fields.</summary>
    internal void WriteLinesTo(IBufferWriter<byte> to)
    {
        if (!HttpSyntax.IsToken(Method) || Target.Length == 0 || Target.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new InvalidOperationException($"\"{Method} {Target}\" cannot be a request line (RFC 9112 §3).");
        }

        Encoding.ASCII.GetBytes(Method, to);
        to.Write(" "u8);
        Encoding.ASCII.GetBytes(Target, to);
        to.Write(Version == HttpVersion.Http10 ? " HTTP/1.0\r\n"u8 : " HTTP/1.1\r\n"u8);
        Headers.WriteLinesTo(to);
    }

    public override string ToString() => $"{Method} {Target} {Version}";
}
