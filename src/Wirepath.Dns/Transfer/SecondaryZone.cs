using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Carries a transfer: one query on a stream, and the messages that come back.</summary>
public interface IZoneTransferTransport
{
    /// <param name="server">Address and port.</param>
    /// <param name="query">The message, without the length that TCP puts before it.</param>
    /// <param name="timeout">The longest wait for one message, connecting included.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The messages in their order. It ends when the connection does, whatever ended it; who has enough stops taking.</returns>
    IAsyncEnumerable<ReadOnlyMemory<byte>> TransferAsync(IpEndpoint server, ReadOnlyMemory<byte> query, TimeSpan timeout, CancellationToken ct);
}

/// <summary>Limits of a <see cref="SecondaryZone"/>.</summary>
public sealed record SecondarySettings
{
    public static readonly SecondarySettings Default = new();

    /// <summary>Wait for an answer to the SOA question. 5 s.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Wait for one message of a transfer. 30 s.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Shortest refresh and retry, whatever the SOA record says. 10 s: a zone with zeros must not make a flood.</summary>
    public TimeSpan LeastInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Until a first transfer has worked, there is no SOA record to say when to try again. 60 s.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>
/// Keeps a copy of a zone whose primary is elsewhere: asks for the SOA record by its refresh and retry times or when notified,
/// fetches the zone when the serial number is greater, and gives it up when it expires (RFC 1034 §4.3.5, RFC 1996).
/// </summary>
public sealed class SecondaryZone(
    DomainName origin, IReadOnlyList<IpEndpoint> primaries, IDnsTransport transport, IZoneTransferTransport transfers, TimeProvider time, RandomSource random)
{
    private volatile TaskCompletionSource _wake = new();
    private Instant _confirmed;

    public SecondarySettings Settings { get; init; } = SecondarySettings.Default;

    public DomainName Origin { get; } = origin;

    /// <summary>What is served; null before the first transfer and after expiry.</summary>
    public Zone? Current { get; private set; }

    /// <summary>Called with each new zone, and with null at expiry.</summary>
    public Action<Zone?>? Changed { get; set; }

    /// <summary>Why the last try failed; empty when it did not.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>A server that may say so says that there is something new. Any thread.</summary>
    public void Notify() => _wake.TrySetResult();

    /// <summary>Keeps the zone until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            bool confirmed = await RefreshAsync(ct).ConfigureAwait(false);
            TimeSpan wait = Settings.FirstRetry;
            if (Current is { } zone && zone.Soa.TryGetSoa(out SoaData soa))
            {
                wait = TimeSpan.FromSeconds(confirmed ? soa.Refresh : soa.Retry);
                if (wait < Settings.LeastInterval)
                    wait = Settings.LeastInterval;
                TimeSpan left = _confirmed + TimeSpan.FromSeconds(soa.Expire) - Now;
                if (left <= TimeSpan.Zero)
                {
                    Current = null;
                    Changed?.Invoke(null);
                    wait = Settings.FirstRetry;
                }
                else if (left < wait)
                {
                    wait = left;
                }
            }

            await WaitAsync(wait, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Looks once, at one primary after the other.</summary>
    /// <returns>True when one of them confirmed what is there, or gave something newer.</returns>
    public async Task<bool> RefreshAsync(CancellationToken ct)
    {
        foreach (IpEndpoint primary in primaries)
        {
            if (await SerialAsync(primary, ct).ConfigureAwait(false) is not { } serial)
                continue;
            // RFC 1982: greater in serial-number arithmetic.
            if ((Current is null || (int)(serial - Current.Serial) > 0) && !await FetchAsync(primary, ct).ConfigureAwait(false))
                continue;
            _confirmed = Now;
            Problem = "";
            return true;
        }

        return false;
    }

    private Instant Now => Instant.FromDateTimeOffset(time.GetUtcNow());

    private async Task<uint?> SerialAsync(IpEndpoint primary, CancellationToken ct)
    {
        byte[] query = DnsMessage.Query(random.NextUInt16(), new DnsQuestion(Origin, DnsType.SOA), recursionDesired: false).ToArray();
        foreach (bool overTcp in (bool[])[false, true])
        {
            DnsReply reply = await transport.ExchangeAsync(primary, query, overTcp, Settings.QueryTimeout, ct).ConfigureAwait(false);
            if (reply.Status != DnsReplyStatus.Answered || !DnsMessage.TryRead(reply.Message.Span, out DnsMessage message))
            {
                Problem = $"{primary}: no answer to SOA ({reply.Status})";
                continue;
            }

            if (message.IsTruncated)
                continue;
            if (message.Rcode == DnsRcode.NoError && message.IsAuthoritative
                && message.Answers.Find(r => r.Type == DnsType.SOA && r.Name == Origin) is { } found && found.TryGetSoa(out SoaData soa))
                return soa.Serial;
            Problem = $"{primary}: no authoritative answer to SOA ({RcodeWords.Of(message.Rcode)})";
            return null;
        }

        return null;
    }

    private async Task<bool> FetchAsync(IpEndpoint primary, CancellationToken ct)
    {
        var incoming = new ZoneTransferIn(Origin, random.NextUInt16());
        await foreach (ReadOnlyMemory<byte> message in transfers.TransferAsync(primary, incoming.Query().ToArray(), Settings.TransferTimeout, ct).ConfigureAwait(false))
        {
            if (incoming.Take(message.Span) != TransferState.Incomplete)
                break;
        }

        incoming.End("the connection ended in the middle");
        if (incoming.Zone is null)
        {
            Problem = $"{primary}: {incoming.Problem}";
            return false;
        }

        Current = incoming.Zone;
        Changed?.Invoke(Current);
        return true;
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken ct)
    {
        TaskCompletionSource wake = _wake;
        using (time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), wake, wait, Timeout.InfiniteTimeSpan))
            await wake.Task.WaitAsync(ct).ConfigureAwait(false);
        _wake = new TaskCompletionSource();
    }
}
