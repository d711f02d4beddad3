using System.Buffers;
using System.Globalization;
using System.Text;

namespace Wirepath.Http;

/// <summary>A response's first line and fields (RFC 9112 §4, §5).</summary>
public sealed record ResponseHead(int Status, string Reason, HttpVersion Version, HttpHeaders Headers)
{
    /// <summary>With the usual reason phrase and no fields.</summary>
    public ResponseHead(int status)
        : this(status, ReasonPhrase.Of(status), HttpVersion.Http11, new HttpHeaders())
    {
    }

    /// <summary>RFC 9110 §15.2: 1xx, after which another response to the same request comes.</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>RFC 9110 §15.4: a redirect that names where to go.</summary>
    public bool IsRedirect => Status is 301 or 302 or 303 or 307 or 308 && Headers.Contains("Location");

    /// <summary>RFC 9112 §9.3: whether the server lets the connection go on; the framing has its say too.</summary>
    public bool ConnectionPersists => HttpConnectionRules.Persists(Version, Headers);

    /// <exception cref="InvalidOperationException">Status or reason would break the status line.</exception>
    public void WriteTo(IBufferWriter<byte> to)
    {
        WriteLinesTo(to);
        to.Write("\r\n"u8);
    }

    /// <summary>All lines but the empty one, so that a connection can add its own fields.</summary>
    internal void WriteLinesTo(IBufferWriter<byte> to)
    {
        if (Status is < 100 or > 999 || !HttpSyntax.IsFieldValue(Reason))
        {
            throw new InvalidOperationException($"\"{Status} {Reason}\" cannot be a status line (RFC 9112 §4).");
        }

        to.Write(Version == HttpVersion.Http10 ? "HTTP/1.0 "u8 : "HTTP/1.1 "u8);
        Span<byte> digits = stackalloc byte[3];
        Status.TryFormat(digits, out _, default, CultureInfo.InvariantCulture);
        to.Write(digits);
        to.Write(" "u8);
        Encoding.Latin1.GetBytes(Reason, to);
        to.Write("\r\n"u8);
        Headers.WriteLinesTo(to);
    }

    public override string ToString() => $"{Version} {Status} {Reason}";
}
