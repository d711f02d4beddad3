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
}
