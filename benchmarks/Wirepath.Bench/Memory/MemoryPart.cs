namespace Wirepath.Bench;

/// <summary>Two hosts joined by a cable: what the stack itself costs, without the kernel.</summary>
internal sealed class MemoryPart : IPart
{
    public string Name => "memory";

    public string Title => "In memory: two hosts, one thread, one TCP connection, bulk";

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("gbitPerSecond", "Gbit/s", "0.00"),
        new("dataSegmentsPerSecond", "data segments/s", "#,0"),
        new("framesPerSecond", "frames/s", "#,0"),
        new("allocatedBytesPerSegment", "B allocated/segment", "0.###"),
        new("retransmissions", "repeated", "0"),
        new("cpus", "CPUs", "0.00"),
        new("gbitPerCpuSecond", "Gbit per CPU second", "0.00"),
    ];

    public IReadOnlyList<Reference> References { get; } = [new("frames", "÷ frames")];

    public string? Unavailable => null;

    public IBench Open() => new Bench();

    private sealed class Bench : IBench
    {
        public IReadOnlyList<Row> Rows { get; } =
        [
            new("frames", "1514-byte frames, checksums on", time => Measure(offload: false, time)),
            new("superSegments", "super-segments up to 64 KiB, no checksums", time => Measure(offload: true, time)),
        ];

        public void Dispose()
        {
        }

        private static double[] Measure(bool offload, SampleTime time)
        {
            using var transfer = new MemoryTransfer(offload);
            return transfer.Measure(time);
        }
    }
}
