using System.Diagnostics.Metrics;
using Wirepath.Wire;

namespace Wirepath.Resolver;

/// <summary>How a question came.</summary>
public enum Carrier
{
    Udp,
    Tcp,
    Tls,
    Https,
}

/// <summary>
/// What a server counts, as instruments of the meter <c>Wirepath.Resolver</c> (OpenTelemetry's naming). A receive loop has
/// counters of its own, so that counting costs it no bus lock.
/// </summary>
public sealed class ServerCounters : IDisposable
{
    /// <summary>Upper ends of the histogram's buckets, in seconds: from a hit's microseconds to a resolver's patience.</summary>
    public static readonly double[] Buckets = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private const int Rcodes = 16;

    private readonly Meter _meter = new("Wirepath.Resolver", "1");
    private readonly Histogram<double> _seconds;
    private readonly long[] _queries = new long[4];
    private readonly long[] _answers = new long[Rcodes];
    private readonly Lock _lock = new();
    private LoopCounters[] _loops = [];
    private long _dropped;
    private int _inFlight;
    private int _streams;

    public ServerCounters()
    {
        _meter.CreateObservableCounter("dns.server.queries", () => Enum.GetValues<Carrier>().Select(c =>
            new Measurement<long>(Queries(c), new KeyValuePair<string, object?>("transport", c.ToString().ToLowerInvariant()))), description: "Queries received.");
        _meter.CreateObservableCounter("dns.server.answers", () => Enumerable.Range(0, Rcodes).Where(r => Answers((DnsRcode)r) > 0).Select(r =>
            new Measurement<long>(Answers((DnsRcode)r), new KeyValuePair<string, object?>("rcode", ((DnsRcode)r).ToString().ToUpperInvariant()))), description: "Answers sent, by the lower four bits of the response code.");
        _meter.CreateObservableCounter("dns.server.answers_at_once", () => AtOnce, description: "Answers sent from the receive loop, without waiting for anything.");
        _meter.CreateObservableCounter("dns.server.dropped", () => Dropped, description: "Queries not answered because a limit was reached or they made no sense.");
        _meter.CreateObservableGauge("dns.server.in_flight", () => _inFlight, description: "Questions being worked on.");
        _meter.CreateObservableGauge("dns.server.streams", () => _streams, description: "TCP and TLS connections.");
        _seconds = _meter.CreateHistogram("dns.server.duration", "s", "From query to answer, for what was not answered at once.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
    }

    public long AtOnce => Volatile.Read(ref _loops).Sum(l => l.AtOnce);

    public long Dropped => Interlocked.Read(ref _dropped) + Volatile.Read(ref _loops).Sum(l => l.Dropped);

    public int InFlight => _inFlight;

    internal Meter Meter => _meter;

    public long Queries(Carrier carrier) => Interlocked.Read(ref _queries[(int)carrier]) + (carrier == Carrier.Udp ? Volatile.Read(ref _loops).Sum(l => l.Queries) : 0);

    public long Answers(DnsRcode rcode) => Interlocked.Read(ref _answers[(int)rcode & (Rcodes - 1)]) + Volatile.Read(ref _loops).Sum(l => l.Answers[(int)rcode & (Rcodes - 1)]);

    public void Dispose() => _meter.Dispose();

    internal LoopCounters AddLoop()
    {
        var loop = new LoopCounters();
        lock (_lock)
            _loops = [.. _loops, loop];
        return loop;
    }

    internal void Received(Carrier carrier) => Interlocked.Increment(ref _queries[(int)carrier]);

    internal void Answered(ReadOnlySpan<byte> response, TimeSpan took)
    {
        if (response.Length < DnsHeader.Size)
            Drop();
        else
            Interlocked.Increment(ref _answers[response[3] & (Rcodes - 1)]);
        _seconds.Record(took.TotalSeconds);
    }

    internal void Drop() => Interlocked.Increment(ref _dropped);

    internal bool TryBegin(int most)
    {
        if (Interlocked.Increment(ref _inFlight) <= most)
            return true;
        Interlocked.Decrement(ref _inFlight);
        Drop();
        return false;
    }

    internal void End() => Interlocked.Decrement(ref _inFlight);

    internal bool TryBeginStream(int most)
    {
        if (Interlocked.Increment(ref _streams) <= most)
            return true;
        EndStream();
        Drop();
        return false;
    }

    internal void EndStream() => Interlocked.Decrement(ref _streams);

    /// <summary>Written by one thread, read by those who ask.</summary>
    internal sealed class LoopCounters
    {
        public long Queries;
        public long AtOnce;
        public long Dropped;
        public readonly long[] Answers = new long[Rcodes];
    }
}
