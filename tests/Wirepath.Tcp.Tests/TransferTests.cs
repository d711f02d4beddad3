using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

public class TransferTests
{
    [Fact]
    public void Open_send_both_ways_close_in_order()
    {
        using var pair = new Pair();
        pair.Establish();
        pair.ClientEnd.Write("hello"u8, pair.Now).ShouldBe(5);
        pair.RunUntil(() => pair.ServerEnd.Readable == 5).ShouldBeTrue();
        byte[] got = new byte[10];
        pair.ServerEnd.Read(got, pair.Now).ShouldBe(5);
        got[..5].ShouldBe("hello"u8.ToArray());
        pair.ServerEnd.Write("world!"u8, pair.Now).ShouldBe(6);
        pair.ServerEnd.Close(pair.Now);
        pair.RunUntil(() => pair.ClientEnd.IsReadClosed).ShouldBeTrue();
        pair.ClientEnd.Read(got, pair.Now).ShouldBe(6);
        pair.ClientEnd.Close(pair.Now);
        pair.RunUntil(() => pair.Client.IsReleased && pair.Server.IsReleased).ShouldBeTrue();
        pair.ClientEnd.End.ShouldBe(Events.ConnectionEnd.Closed);
        pair.ServerEnd.End.ShouldBe(Events.ConnectionEnd.Closed);
        pair.Client.Wire.Count(s => s.Lost).ShouldBe(0);
    }

    [Fact]
    public void After_exactly_4_GiB_SND_UNA_is_ISS_again_and_nothing_takes_it_for_an_unacknowledged_SYN()
    {
        var settings = TcpSettings.Default with { MaxSuperSegmentBytes = 65535, Pacing = false, SendBuffer = new BufferSizes(1 << 20, 1 << 23, 1 << 24) };
        using var pair = new Pair(settings, copyOnWire: false);
        pair.Establish();
        SequenceNumber iss = pair.Client.Wire[0].Header.Sequence;

        // A period that no block, segment or window has: bytes in a wrong place never compare equal.
        const int Period = 65521;
        byte[] stream = new byte[Period * 2];
        new RandomSource(3).Fill(stream.AsSpan(0, Period));
        stream.AsSpan(0, Period).CopyTo(stream.AsSpan(Period));
        long written = 0;
        long read = 0;
        Carry(uint.MaxValue);
        pair.RunUntil(() => pair.ClientEnd.Statistics is { FlightSize: 0, Unsent: 0 }).ShouldBeTrue();
        (pair.Client.Wire[^1].Header.Sequence + (pair.Client.Wire[^1].Length)).ShouldBe(iss);
        Carry(uint.MaxValue + 300_000L);
        pair.ClientEnd.Shutdown(pair.Now);
        pair.RunUntil(() => pair.ServerEnd.IsReadClosed).ShouldBeTrue();
        pair.ClientEnd.Statistics.BytesAcknowledged.ShouldBe(uint.MaxValue + 300_000L);

        void Carry(long upTo)
        {
            while (read < upTo)
            {
                while (written < upTo)
                {
                    int from = (int)(written % Period);
                    int count = pair.ClientEnd.Write(stream.AsSpan(from, (int)Math.Min(Period, upTo - written)), pair.Now);
                    written += count;
                    if (count == 0)
                        break;
                }

                pair.Step(pair.Now + TimeSpan.FromSeconds(10)).ShouldBeTrue($"stalled at {read} of {upTo}");
                foreach (ReadOnlyMemory<byte> piece in pair.ServerEnd.Peek())
                {
                    for (int at = 0; at < piece.Length;)
                    {
                        int count = Math.Min(piece.Length - at, Period);
                        if (!piece.Span.Slice(at, count).SequenceEqual(stream.AsSpan((int)(read % Period), count)))
                            Assert.Fail($"the bytes at {read} are others");
                        (at, read) = (at + count, read + count);
                    }
                }

                pair.ServerEnd.Consume(pair.ServerEnd.Readable, pair.Now);
            }
        }
    }
}
