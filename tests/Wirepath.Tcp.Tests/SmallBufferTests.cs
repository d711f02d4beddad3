namespace Wirepath.Tcp.Tests;

/// <summary>Buffers and windows below the sizes that rules usually count in: segments, units of the window scale, thirds of a buffer.</summary>
public class SmallBufferTests
{
    [Theory]
    [InlineData(700, true)]  // below the MSS: silly-window avoidance must not wait for room for a full segment
    [InlineData(211, true)]  // below a unit of the window scale that the receive buffer would call for
    [InlineData(211, false)]
    public void A_window_clamp_of_a_few_bytes_slows_a_transfer_down_and_does_not_stop_it(int clamp, bool scaling)
    {
        TcpSettings clamped = TcpSettings.Default with { WindowClamp = clamp, WindowScaling = scaling, ReceiveBuffer = new BufferSizes(4096, 2_000_000, 16_000_000) };
        using var pair = new Pair(TcpSettings.Default, clamped);
        pair.Establish();
        Transfer(pair, 5000);
    }

    [Fact]
    public void A_window_clamp_set_after_the_handshake_below_a_unit_of_the_window_scale_leaves_a_window_of_one_unit()
    {
        using var pair = new Pair(TcpSettings.Default, TcpSettings.Default with { ReceiveBuffer = new BufferSizes(4096, 2_000_000, 16_000_000) });
        pair.Establish();
        pair.ServerEnd.Settings = pair.ServerEnd.Settings with { WindowClamp = 100 };
        Transfer(pair, 300_000);
    }

    [Fact]
    public void A_writer_who_is_told_of_room_finds_it()
    {
        // 1454 is no multiple of three: a third rounded down is not yet a third.
        for (int size = 1450; size < 1456; size++)
        {
            using var pair = new Pair(TcpSettings.Default with { SendBuffer = new BufferSizes(1, size, 1) }, TcpSettings.Default with { ReceiveBuffer = new BufferSizes(310, 310, 310) });
            pair.Establish();
            var chunk = new byte[9000];
            pair.ClientEnd.Write(chunk, pair.Now);
            pair.Client.Signals = TcpSignals.None;
            byte[] got = new byte[1000];
            for (int i = 0; i < 200 && pair.Step(pair.Now + TimeSpan.FromHours(1)); i++)
            {
                pair.ServerEnd.Read(got, pair.Now);
                if (!pair.Client.Signals.HasFlag(TcpSignals.Writable))
                    continue;
                pair.Client.Signals &= ~TcpSignals.Writable;
                pair.ClientEnd.IsWritable.ShouldBeTrue($"a buffer of {size} bytes, {pair.ClientEnd.Writable} of them free");
                pair.ClientEnd.Write(chunk, pair.Now);
            }
        }
    }

    [Fact]
    public void Small_segments_that_are_joined_when_they_are_repeated_take_their_duplicate_acknowledgments_with_them()
    {
        TcpSettings bare = TcpSettings.Default with { Sack = false, Timestamps = false };
        using var pair = new Pair(bare, bare, new Line { Drop = (client, number, _, length) => client && length > 0 && number == 2 });
        pair.Establish();
        pair.ClientEnd.NoDelay = true;
        for (int i = 0; i < 6; i++)
        {
            pair.ClientEnd.Write("abc"u8, pair.Now);
            pair.Flush();
        }

        while (pair.ServerEnd.Readable < 18)
        {
            pair.Step(pair.Now + TimeSpan.FromSeconds(10)).ShouldBeTrue();
            TcpStatistics seen = pair.ClientEnd.Statistics;
            (seen.Sacked + seen.Lost).ShouldBeLessThanOrEqualTo(seen.Unacked);
        }

        pair.ClientEnd.Statistics.Retransmissions.ShouldBe(1);
    }

    private static void Transfer(Pair pair, int bytes)
    {
        byte[] chunk = new byte[9000];
        int written = 0;
        int read = 0;
        while (read < bytes)
        {
            written += pair.ClientEnd.Write(chunk.AsSpan(0, Math.Min(chunk.Length, bytes - written)), pair.Now);
            bool goesOn = pair.Step(pair.Now + TimeSpan.FromSeconds(3));
            read += pair.ServerEnd.Read(new byte[100_000], pair.Now);
            goesOn.ShouldBeTrue($"{read} of {bytes} bytes after {pair.Elapsed}");
        }

        pair.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(20));
    }
}
