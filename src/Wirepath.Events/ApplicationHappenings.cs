using Wirepath.Wire;

namespace Wirepath.Events;

/// <summary>Enter was pressed. Everything of a navigation has this as its first cause.</summary>
public sealed record NavigationStarted(string Typed) : Happening;

/// <summary>The address bar changed what was typed into a URL.</summary>
public sealed record AddressFixedUp(string Typed, string Url, IReadOnlyList<string> Changes) : Happening;

public sealed record UrlParsed(string Href, string Scheme, string Host, int Port, bool PortIsDefault, string PathAndQuery, string Fragment) : Happening;

/// <param name="Name">The URL standard's own name of the failure.</param>
public sealed record UrlRejected(string Typed, string Name, int Position, string Message) : Happening;

/// <summary>Why an address is tried now (RFC 8305 §5).</summary>
public enum ConnectReason
{
    /// <summary>It is the best that is known.</summary>
    First,
    /// <summary>The one before has not answered within the Connection Attempt Delay; both are under way now.</summary>
    PreviousIsSlow,
    /// <summary>The one before has failed.</summary>
    PreviousFailed,
}

/// <summary>An HTTPS record names an endpoint for the host (RFC 9460).</summary>
/// <param name="Protocols">ALPN identifiers that it speaks.</param>
public sealed record ServiceFound(string Host, DomainName Target, int Port, int Priority, IReadOnlyList<string> Protocols) : Happening;

/// <summary>A connection is being opened or taken from those kept alive.</summary>
public sealed record ConnectStarted(string Host, IpEndpoint Remote, ConnectReason Why = ConnectReason.First) : Happening;

/// <summary>An attempt is given up, because another one was faster.</summary>
public sealed record ConnectAbandoned(string Host, IpEndpoint Remote) : Happening;

public sealed record ConnectFinished(ConnectionId Connection, bool Reused) : Happening;

public sealed record ConnectFailed(string Host, IpEndpoint Remote, ConnectionEnd How, string Detail) : Happening;

public sealed record TlsStarted(ConnectionId Connection, string ServerName) : Happening;

/// <param name="Chain">Subjects from the server's certificate up to its root.</param>
public sealed record TlsFinished(ConnectionId Connection, string Version, string CipherSuite, string ApplicationProtocol, IReadOnlyList<string> Chain) : Happening;

public sealed record TlsFailed(ConnectionId Connection, string ServerName, string Detail) : Happening;

/// <param name="Headers">As sent, one <c>Name: value</c> each.</param>
public sealed record RequestSent(ConnectionId Connection, string Method, string Target, IReadOnlyList<string> Headers) : Happening;

public sealed record ResponseHeadReceived(ConnectionId Connection, int Status, string Reason, string Framing, IReadOnlyList<string> Headers) : Happening;

public sealed record BodyReceived(ConnectionId Connection, int Bytes, long Total) : Happening;

/// <param name="Bytes">Of the body.</param>
public sealed record ResponseCompleted(ConnectionId Connection, int Status, long Bytes, bool KeptAlive) : Happening;

public sealed record Redirected(int Status, string From, string To) : Happening;

public sealed record HttpFailed(string Host, string Detail) : Happening;

/// <summary>An origin server took a request and answered it.</summary>
public sealed record RequestServed(ConnectionId Connection, string Method, string Target, int Status, long Bytes, TimeSpan Thought) : Happening;

/// <summary>The last byte is there, or the failure is final. <paramref name="ExitCode"/> as in the command's documentation; 0 is success.</summary>
public sealed record NavigationFinished(int ExitCode, string Summary) : Happening;

/// <summary>Something a person should know that has no record of its own. Not for what other parts must read.</summary>
public sealed record Remark(string Text) : Happening;
