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

    /// <summary>
    /// Answers at once what can be answered without waiting: a cached answer, copied and patched, with nothing allocated. Who
    /// serves calls this first, in its receive loop, and <see cref="RespondAsync"/> only on false. Any thread.
    /// </summary>
    /// <param name="query">The message, where it was received.</param>
    /// <param name="response">Room for the response, at least 512 bytes, apart from <paramref name="query"/>'s.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="overTcp">False: the client's EDNS size, or 512 bytes, is a limit too.</param>
    /// <param name="length">Bytes written; 0 with true: nothing is to be sent.</param>
    bool TryRespond(ReadOnlySpan<byte> query, Span<byte> response, in IpEndpoint client, bool overTcp, out int length)
    {
        length = 0;
        return false;
    }
}

/// <param name="Length">Bytes written; 0: nothing is to be sent.</param>
/// <param name="Because">
/// The event that packets of the response should name as their cause. It is handed back because an async method's own
/// <see cref="Events.NodeLog.ApplicationCause"/> does not reach its caller.
/// </param>
public readonly record struct DnsResponse(int Length, EventId Because);
