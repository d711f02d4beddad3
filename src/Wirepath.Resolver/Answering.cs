using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>What all listeners of a server share: who answers, who counts, who writes it down.</summary>
internal sealed class Answering(IDnsResponder responder, ServerCounters counters, QueryLog? log, TimeProvider time)
{
    private volatile IDnsResponder _responder = responder;

    /// <summary>Another one takes over with the next question: how a configuration is read again.</summary>
    public IDnsResponder Responder
    {
        get => _responder;
        set => _responder = value;
    }

    public ServerCounters Counters { get; } = counters;

    public QueryLog? Log { get; } = log;

    public TimeProvider Time { get; } = time;

    /// <returns>Bytes of the response; 0: none is to be sent.</returns>
    public async ValueTask<int> RespondAsync(ReadOnlyMemory<byte> query, Memory<byte> response, IpEndpoint client, Carrier carrier, CancellationToken ct)
    {
        long started = Time.GetTimestamp();
        DnsResponse answer = await _responder.RespondAsync(query, response, client, carrier != Carrier.Udp, ct).ConfigureAwait(false);
        TimeSpan took = Time.GetElapsedTime(started);
        Counters.Answered(response.Span[..answer.Length], took);
        Log?.Write(response.Span[..answer.Length], client, carrier, took);
        return answer.Length;
    }

    /// <summary>The way without waiting, for streams; the receive loop of UDP counts by itself.</summary>
    public bool TryRespond(ReadOnlySpan<byte> query, Span<byte> response, IpEndpoint client, Carrier carrier, out int length)
    {
        if (!_responder.TryRespond(query, response, client, overTcp: true, out length))
            return false;
        Counters.Answered(response[..length], TimeSpan.Zero);
        Log?.Write(response[..length], client, carrier, TimeSpan.Zero);
        return true;
    }
}
