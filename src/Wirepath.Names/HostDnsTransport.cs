using System.Buffers;
using System.Buffers.Binary;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Names;

/// <summary>DNS exchanges over a host's own UDP and TCP. Any thread.</summary>
public sealed class HostDnsTransport(Host host) : IDnsTransport
{
    /// <summary>Bytes of the longest reply that is taken over UDP; nobody asks for more than 1232, and IP could carry 65,507.</summary>
    private const int MostUdpReply = 4096;

    private long _mismatched;

    /// <summary>Datagrams and messages that came to a waiting query's port and were no reply to it: strays, or forgeries.</summary>
    public long Mismatched => Interlocked.Read(ref _mismatched);

    public async ValueTask<DnsReply> ExchangeAsync(IpEndpoint server, ReadOnlyMemory<byte> query, bool overTcp, TimeSpan timeout, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(timeout, host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            return overTcp
                ? await ExchangeOverTcpAsync(server, query, either.Token).ConfigureAwait(false)
                : await ExchangeOverUdpAsync(server, query, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return DnsReply.TimedOut;
        }
        catch (NetworkException failure)
        {
            return new DnsReply(StatusOf(failure.End), default);
        }
    }

    private static DnsReplyStatus StatusOf(ConnectionEnd end) => end switch
    {
        ConnectionEnd.Unreachable or ConnectionEnd.NotSent => DnsReplyStatus.Unreachable,
        ConnectionEnd.TimedOut or ConnectionEnd.KeepAliveFailed => DnsReplyStatus.TimedOut,
        // Also a server that closes instead of answering.
        ConnectionEnd.Closed or ConnectionEnd.Refused or ConnectionEnd.ResetByPeer or ConnectionEnd.Aborted => DnsReplyStatus.Refused,
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    // A socket of its own for each query: its random port is half of what a forger must guess (RFC 5452 §9.2).
    private async ValueTask<DnsReply> ExchangeOverUdpAsync(IpEndpoint server, ReadOnlyMemory<byte> query, CancellationToken ct)
    {
        using UdpSocket socket = host.OpenUdp(new IpEndpoint(server.Address.IsV4 ? IpAddress.AnyV4 : IpAddress.AnyV6, 0));
        byte[] room = ArrayPool<byte>.Shared.Rent(MostUdpReply);
        try
        {
            await socket.SendToAsync(query, server, ct).ConfigureAwait(false);
            while (true)
            {
                UdpReceiveResult received = await socket.ReceiveFromAsync(room, ct).ConfigureAwait(false);
                if (received.From == server && ReplyMatch.Accepts(query.Span, room.AsSpan(0, received.Length)))
                    return DnsReply.Answered(room.AsSpan(0, received.Length).ToArray());
                Ignore(received.From, room.AsSpan(0, received.Length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private async ValueTask<DnsReply> ExchangeOverTcpAsync(IpEndpoint server, ReadOnlyMemory<byte> query, CancellationToken ct)
    {
        TcpStream stream = await host.ConnectAsync(server, ct).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            stream.NoDelay = true;
            await DnsFraming.WriteAsync(stream, query, ct).ConfigureAwait(false);
            while (await DnsFraming.ReadAsync(stream, ct).ConfigureAwait(false) is { } message)
            {
                if (ReplyMatch.Accepts(query.Span, message))
                    return DnsReply.Answered(message);
                Ignore(server, message);
            }

            return DnsReply.Refused; // it closed without answering
        }
    }

    private void Ignore(IpEndpoint from, ReadOnlySpan<byte> message)
    {
        Interlocked.Increment(ref _mismatched);
        if (!host.Log.IsEnabled)
            return;
        if (!DnsMessage.TryRead(message, out DnsMessage stray))
            stray = new DnsMessage { Id = message.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(message) : (ushort)0 };
        DnsQuestion question = stray.Questions.Count > 0 ? stray.Questions[0] : default;
        host.Log.Write(NodeLog.ApplicationCause, new ResponseReceived(
            question.Name, question.Type, from, DomainName.Root, stray.Id, stray.Rcode, stray.IsAuthoritative, stray.RecursionAvailable, stray.IsTruncated,
            ResponseKind.Mismatched, TimeSpan.Zero, [.. stray.Answers], [.. stray.Authorities], [.. stray.Additionals]));
    }
}
