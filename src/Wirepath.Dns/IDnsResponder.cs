using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Answers DNS messages: an authoritative server, a forwarder, a recursive resolver. Sockets are somebody else's.</summary>
public interface IDnsResponder
{
    /// <summary>Answers one message. Whatever the bytes are, it does not throw.</summary>
    /// <param name="query">The message as it came.</param>
    /// <param name="response">Room for the response, at least 512 bytes; over TCP 65,535 are of use.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="overTcp">False: the client's EDNS size, or 512 bytes, is a limit too.</param>
    /// <param name="ct">The server is closing.</param>
    ValueTask<DnsResponse> RespondAsync(ReadOnlyMemory<byte> query, Memory<byte> response, IpEndpoint client, bool overTcp, CancellationToken ct);
}

/// <param name="Length">Bytes written; 0: nothing is to be sent.</param>
/// <param name="Because">
/// The event that packets of the response should name as their cause. It is handed back because an async method's own
/// <see cref="Events.NodeLog.ApplicationCause"/> does not reach its caller.
/// </param>
public readonly record struct DnsResponse(int Length, EventId Because);
