using System.Diagnostics;
using Wirepath.Devices;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>A bulk transfer between two hosts in this process, both polled by the calling thread in turn, in real time.</summary>
internal sealed class MemoryTransfer : IDisposable
{
    private const int Port = 7000;

    // The clock is read and the stop flag looked at once in so many rounds of both hosts.
    private const int RoundsBetweenLooks = 16;

    private static readonly IpAddress s_senderAddress = IpAddress.V4(192, 0, 2, 1);
    private static readonly IpAddress s_receiverAddress = IpAddress.V4(192, 0, 2, 2);

    private readonly Host _sender;
    private readonly Host _receiver;
    private readonly CableEnd _senderEnd;
    private readonly CableEnd _receiverEnd;
    private readonly BulkSink _sink;
    private readonly BulkSource _source;
    private readonly LoadedThread _load = new();

    public MemoryTransfer(bool offload)
    {
        (_senderEnd, _receiverEnd) = Cable.Create("cable", new CableSettings { Offload = offload });
        _sender = BenchHost.Create("sender", _senderEnd, s_senderAddress, TimeProvider.System, BenchHost.BuffersInMemory);
        _receiver = BenchHost.Create("receiver", _receiverEnd, s_receiverAddress, TimeProvider.System, BenchHost.BuffersInMemory);
        _sink = new BulkSink(_receiver, Port);
        _source = new BulkSource(_sender, new IpEndpoint(s_receiverAddress, Port));
        _load.IsCallingThread();
        _sink.Start();
        _source.Start();
    }

    /// <summary>Gbit/s of payload, data segments/s, frames/s both ways, bytes allocated per data segment, segments repeated, share of a CPU that the thread had, Gbit for each second of it.</summary>
    public double[] Measure(SampleTime time)
    {
        RunFor(time.WarmUp, time.Stop);
        long bytes = _sink.Received;
        long segments = _sender.Statistics.TcpOutSegs;
        long frames = Frames;
        long repeated = _source.Retransmissions;
        double processor = ProcessorTime;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long started = Stopwatch.GetTimestamp();
        RunFor(time.Measured, time.Stop);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        processor = ProcessorTime - processor;
        bytes = _sink.Received - bytes;
        segments = _sender.Statistics.TcpOutSegs - segments;
        if (segments == 0)
            throw new InvalidOperationException("No segment was sent in the time of the sample.");
        return [bytes * 8e-9 / seconds, segments / seconds, (Frames - frames) / seconds, (double)allocated / segments,
            _source.Retransmissions - repeated, processor / seconds, bytes * 8e-9 / processor];
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    private long Frames => _senderEnd.Counters.SentFrames + _receiverEnd.Counters.SentFrames;

    private double ProcessorTime => _load.Read() is var (user, kernel) ? user + kernel : double.NaN;

    private static Instant Now => Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    private void RunFor(TimeSpan time, CancellationToken stop)
    {
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        do
        {
            for (int i = 0; i < RoundsBetweenLooks; i++)
            {
                _sender.Poll(Now);
                _receiver.Poll(Now);
            }

            _sink.ThrowIfFailed();
            _source.ThrowIfFailed();
            stop.ThrowIfCancellationRequested();
        }
        while (Stopwatch.GetTimestamp() < end);
    }
}
