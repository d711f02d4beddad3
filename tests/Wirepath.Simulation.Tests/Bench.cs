using System.Runtime.CompilerServices;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

/// <summary>A simulator with its log recorded, and nodes that only send and take frames.</summary>
internal sealed class Bench
{
    public static readonly Instant Start = Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public Bench(ulong seed = 1, SimulatorSettings? settings = null)
    {
        Log.Subscribe(Recorder);
        Simulator = new Simulator(seed, Start, Log, settings);
    }

    public EventLog Log { get; } = new();

    public EventRecorder Recorder { get; } = new();

    public Simulator Simulator { get; }

    public TimeSpan Elapsed => Simulator.Now - Start;

    public IEnumerable<LinkTransit> Transits => Recorder.Events.Select(e => e.What).OfType<LinkTransit>();

    public Link Wire(LinkSettings settings, string name = "wire") =>
        new(name, Simulator, "a", Mac(1), "b", Mac(2), settings);

    public static MacAddress Mac(int number) => new(0x0200_0000_0000UL | (uint)number);

    /// <summary>A frame of <paramref name="length"/> bytes whose first payload bytes are <paramref name="number"/>.</summary>
    public static Packet Frame(int number, int length = 1514, int from = 1, int to = 2) => Frame(number, length, Mac(from), Mac(to));

    public static Packet Frame(int number, int length, MacAddress from, MacAddress to)
    {
        Packet frame = Packet.Rent(length);
        Span<byte> bytes = frame.Append(length);
        bytes.Clear();
        new EthernetHeader(to, from, EtherType.IPv4).Write(bytes);
        Unsafe.WriteUnaligned(ref bytes[EthernetHeader.Size], number);
        return frame;
    }

    public static int NumberOf(ReadOnlySpan<byte> frame) => Unsafe.ReadUnaligned<int>(in frame[EthernetHeader.Size]);
}

/// <summary>Notes what comes out of a device, and when.</summary>
internal sealed class Listener
{
    public Listener(Bench bench, INetworkDevice device) => device.Readable = () =>
    {
        while (device.TryReceive(out Packet? frame))
        {
            Numbers.Add(Bench.NumberOf(frame.ToArray()));
            Times.Add(bench.Elapsed);
            Causes.Add(frame.Cause);
            Frames.Add(frame.ToArray());
            frame.Dispose();
        }
    };

    public List<int> Numbers { get; } = [];

    public List<TimeSpan> Times { get; } = [];

    public List<EventId> Causes { get; } = [];

    public List<byte[]> Frames { get; } = [];
}
