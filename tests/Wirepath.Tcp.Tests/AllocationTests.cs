using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

public class AllocationTests
{
    private static readonly ConnectionId s_id = new(new IpEndpoint(IpAddress.V4(10, 0, 0, 1), 1000), new IpEndpoint(IpAddress.V4(10, 0, 0, 2), 80));

    [Theory]
    [InlineData(0, 1460)]     // single segments, as slices
    [InlineData(0, 200)]      // small ones, copied
    [InlineData(60000, 1460)] // super-segments
    public void Nothing_is_allocated_per_segment_in_the_steady_state(int superSegment, int mss)
    {
        var settings = new TcpSettings { MaxSuperSegmentBytes = superSegment };
        Instant now = Pair.Start;
        var listener = new TcpListener(s_id.Remote, 1, settings, NodeLog.Silent);
        TcpConnection client = TcpConnection.Connect(s_id, settings, new SequenceNumber(1), mss, NodeLog.Silent, now);
        TcpConnection? server = null;
        byte[] chunk = new byte[32768];

        long Carry(TcpConnection from, TcpConnection? to)
        {
            long count = 0;
            while (true)
            {
                Packet packet = Packet.Rent(600);
                if (!from.TryTransmit(packet, now))
                {
                    packet.Dispose();
                    return count;
                }

                count++;
                TcpSegment.TryRead(packet, false, out TcpSegment segment);
                if (to is null)
                    server = to = listener.OnSyn(segment, new ConnectionId(s_id.Remote, s_id.Local), new SequenceNumber(9), mss, now);
                else
                    to.Receive(segment, now);
                packet.Dispose();
            }
        }

        long Round()
        {
            now += TimeSpan.FromMilliseconds(5);
            if (client.NextTimer <= now)
                client.OnTimer(now);
            if (server?.NextTimer <= now)
                server.OnTimer(now);
            client.Write(chunk, now);
            long count = Carry(client, server);
            now += TimeSpan.FromMilliseconds(5);
            while (server!.Read(chunk, now) > 0)
            {
            }

            return count + Carry(server, client);
        }

        for (int i = 0; i < 500; i++)
            Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        long segments = 0;
        for (int i = 0; i < 2000; i++)
            segments += Round();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        segments.ShouldBeGreaterThan(superSegment > 0 ? 4000 : 30_000);
        allocated.ShouldBe(0, $"{segments} segments");
        client.Abort(now);
        server!.Abort(now);
    }
}
