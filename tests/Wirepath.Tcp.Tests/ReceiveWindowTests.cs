using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>What is offered, in Linux's figures; how the buffer follows the path; and what is thrown away when memory is short.</summary>
public class ReceiveWindowTests
{
    private static IEnumerable<int> Windows(Pair.Side side) => side.Wire.Where(s => !s.Header.IsSyn).Select(s => s.Header.Window << 7);

    [Fact]
    public void The_first_windows_are_half_of_the_buffer_in_whole_segments()
    {
        using var pair = new Pair();
        pair.Establish();
        pair.ServerEnd.Write(new byte[10], pair.Now);
        pair.Flush();
        pair.Client.Wire[0].Header.Window.ShouldBe((ushort)64240, "44 × 1460");
        pair.Server.Wire[0].Header.Window.ShouldBe((ushort)65160, "45 × 1448: timestamps take 12");
        pair.Client.Wire[1].Header.Window.ShouldBe((ushort)502, "× 128: what was offered, rounded up and never down");
        pair.Server.Wire[1].Header.Window.ShouldBe((ushort)510);
    }

    [Fact]
    public void A_buffer_that_the_application_has_set_stays_and_the_shift_with_it()
    {
        TcpSettings settings = TcpSettings.Default with { ReceiveBuffer = TcpSettings.Default.ReceiveBuffer with { Default = 100_000 }, TuneReceiveBuffer = false };
        using var pair = new Pair(TcpSettings.Default, settings, copyOnWire: false);
        Pour(pair, 3_000_000);
        Windows(pair.Server).Max().ShouldBeLessThanOrEqualTo(100_000);
        pair.ServerEnd.Statistics.ReceiveShift.ShouldBe(7);
    }

    [Fact]
    public void A_reader_that_keeps_up_is_given_as_much_as_the_path_holds()
    {
        using var pair = new Pair(line: new Line { Delay = TimeSpan.FromMilliseconds(50) }, copyOnWire: false);
        Pour(pair, 60_000_000);
        Windows(pair.Server).Max().ShouldBeGreaterThan(2_000_000);
        pair.ServerEnd.MemoryCharged.ShouldBe(0);
    }

    [Fact]
    public void A_window_is_never_taken_back_whatever_happens()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using var pair = new Pair(line: new Line { Loss = 0.03, Reorder = 0.1, Duplicate = 0.02 }, seed: seed);
            Pour(pair, 400_000, readEach: (int)seed * 700);
            SequenceNumber edge = default;
            foreach ((_, TcpHeader header, _, _) in pair.Server.Wire.Where(s => s.Header.IsAck && !s.Header.IsSyn))
            {
                SequenceNumber next = header.Acknowledgment + (header.Window << 7);
                if (edge != default)
                    (next - edge).ShouldBeGreaterThan(-128, "less than a unit of the scale is rounding (RFC 7323 §2.4)");
                edge = next;
            }
        }
    }

    [Fact]
    public void When_memory_is_used_up_what_is_out_of_order_goes_first_and_the_stream_goes_on()
    {
        var counters = new TcpCounters();
        var shared = new TcpShared(new RandomSource(1), counters);
        using var pair = new Pair(line: new Line { Drop = (client, number, _, length) => client && number == 6 && length > 0 }, mss: 1000);
        pair.Establish();
        pair.ServerEnd.Shared = shared;
        byte[] bytes = [.. Enumerable.Range(0, 12_000).Select(i => (byte)(i * 7))];
        pair.ClientEnd.Write(bytes, pair.Now).ShouldBe(bytes.Length);
        pair.RunUntil(() => pair.ServerEnd.Statistics.OutOfOrder > 3000).ShouldBeTrue();
        shared.Memory = MemoryState.Exhausted;
        pair.Run(0.5);
        counters.OfoPruned.ShouldBeGreaterThan(0);
        (counters.PruneCalled, counters.RcvPruned).ShouldSatisfyAllConditions(c => c.PruneCalled.ShouldBeGreaterThan(0), c => c.RcvPruned.ShouldBeGreaterThan(0));
        pair.ServerEnd.Statistics.OutOfOrder.ShouldBe(0);
        pair.ServerEnd.MemoryCharged.ShouldBeLessThanOrEqualTo(5 * BlockPool.SmallSize);
        shared.Memory = MemoryState.Plenty;
        byte[] got = new byte[bytes.Length];
        int read = 0;
        for (int i = 0; i < 2000 && read < got.Length; i++)
        {
            read += pair.ServerEnd.Read(got.AsSpan(read), pair.Now);
            pair.Flush();
            pair.Run(0.1);
        }

        got.ShouldBe(bytes, "the sender had kept what was reneged on");
    }

    [Fact]
    public void Under_pressure_the_offer_goes_down_to_four_segments()
    {
        var shared = new TcpShared(new RandomSource(1), new TcpCounters()) { Memory = MemoryState.Pressure };
        using var pair = new Pair(mss: 1000);
        pair.Establish();
        pair.ServerEnd.Shared = shared;
        for (int i = 0; i < 40; i++)
        {
            pair.ClientEnd.Write(new byte[8000], pair.Now);
            pair.Run(0.2);
        }

        pair.ServerEnd.Statistics.ReceiveWindow.ShouldBe(0, "nobody reads");
        pair.ServerEnd.Read(new byte[1 << 20], pair.Now);
        pair.Flush();
        pair.Run(0.1);
        pair.ServerEnd.Statistics.ReceiveWindow.ShouldBeLessThanOrEqualTo(4 * 988 + 128);
    }

    [Fact]
    public void SACKs_of_a_long_train_behind_a_hole_are_sent_together()
    {
        (int alone, _) = AcksAfterLoss(TcpSettings.Default with { CompressedSacks = 0 });
        (int together, long left) = AcksAfterLoss(TcpSettings.Default);
        alone.ShouldBeGreaterThan(30);
        together.ShouldBeLessThan(alone / 2, "all of them arrive within a millisecond");
        left.ShouldBeGreaterThan(20);
    }

    private static (int Acks, long Compressed) AcksAfterLoss(TcpSettings settings)
    {
        var counters = new TcpCounters();
        bool armed = false, dropped = false;
        using var pair = new Pair(settings with { InitialCwnd = 100, SendBuffer = new(4096, 400_000, 400_000), QuickAcks = 0 }, line: new Line { Drop = (client, _, _, length) => client && length > 0 && armed && !dropped && (dropped = true) });
        pair.Establish();
        pair.ServerEnd.Shared = new TcpShared(new RandomSource(1), counters);
        byte[] sink = new byte[100_000];
        for (int i = 0; i < 5; i++)
        {
            pair.ClientEnd.Write(new byte[14_480], pair.Now);
            pair.Run(0.1);
            pair.ServerEnd.Read(sink, pair.Now);
        }

        int before = pair.Server.Wire.Count;
        armed = true;
        pair.ClientEnd.Write(new byte[40 * 1448], pair.Now);
        pair.Run(0.0195);
        return (pair.Server.Wire.Count - before, counters.TCPAckCompressed);
    }

    private static void Pour(Pair pair, int bytes, int readEach = int.MaxValue)
    {
        pair.Establish();
        byte[] chunk = new byte[65536], sink = new byte[Math.Min(readEach, 1 << 20)];
        long written = 0, read = 0;
        for (int i = 0; i < 4_000_000 && read < bytes; i++)
        {
            if (written < bytes)
                written += pair.ClientEnd.Write(chunk.AsSpan(0, (int)Math.Min(chunk.Length, bytes - written)), pair.Now);
            if (!pair.Step(pair.Now + TimeSpan.FromSeconds(1)))
                pair.Run(0.01);
            read += pair.ServerEnd.Read(sink, pair.Now);
            pair.Flush();
        }

        read.ShouldBe(bytes);
    }
}
