using System.Text;
using System.Text.Json;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain.Tests;

public class ExportTests
{
    [Fact]
    public void Each_line_is_JSON_of_this_version_and_the_summary_is_made_of_integers_that_sum()
    {
        LogBuilder log = Runs.Cold();
        using var stream = new MemoryStream();
        JourneyJson.Write(log.Journey(), stream);
        string[] lines = Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(1 + log.Events.Count + 1);
        JsonElement[] parsed = [.. lines.Select(l => JsonDocument.Parse(l).RootElement)];
        parsed.ShouldAllBe(l => l.GetProperty("wirepath").GetInt32() == 1);
        parsed[0].GetProperty("begins").GetString().ShouldBe("2026-01-01T00:00:00.0000000Z");
        for (int i = 0; i < log.Events.Count; i++)
        {
            parsed[i + 1].GetProperty("id").GetInt64().ShouldBe(log.Events[i].Id.Value);
            parsed[i + 1].GetProperty("kind").GetString().ShouldBe(log.Events[i].What.GetType().Name);
        }

        JsonElement summary = parsed[^1];
        summary.GetProperty("type").GetString().ShouldBe("navigation");
        summary.GetProperty("phases").EnumerateArray().Sum(p => p.GetProperty("duration").GetInt64()).ShouldBe(summary.GetProperty("elapsed").GetInt64());
        JsonElement tcp = summary.GetProperty("hops")[0].GetProperty("tcp");
        tcp.GetProperty("peer").GetString().ShouldBe("web");
        tcp.GetProperty("losses")[0].GetProperty("where").GetString().ShouldBe("isp-core");
        tcp.GetProperty("transfers")[1].GetProperty("congestion")[0].GetProperty("ssthresh").ValueKind.ShouldBe(JsonValueKind.Null);
        summary.GetProperty("verdict").GetProperty("text").GetProperty("zh").GetString()!.ShouldStartWith("总共");
        summary.GetProperty("findings").GetArrayLength().ShouldBeGreaterThan(0);

        using var failed = new MemoryStream();
        JourneyJson.Write(Runs.Refused().Journey(), failed, events: false);
        JsonDocument.Parse(Encoding.UTF8.GetString(failed.ToArray()).Split('\n')[1]).RootElement.GetProperty("failure").GetProperty("class").GetString().ShouldBe("ConnectRefused");
    }

    [Fact]
    public void A_capture_has_an_interface_for_each_link_causes_as_comments_and_the_same_bytes_each_time()
    {
        LogBuilder log = Runs.Cold();
        byte[] bytes = Capture(log, Language.English);
        Capture(Runs.Cold(), Language.English).ShouldBe(bytes);
        List<CapturedPacket> packets = Read(bytes, out CaptureReader reader);
        reader.Interfaces.Select(i => i.Name).ShouldBe(["home-lan", "isp-core"]);
        Event[] transits = [.. log.Events.Where(e => e.What is LinkTransit)];
        packets.Count.ShouldBe(transits.Length);
        packets.Select(p => p.Time).ShouldBe(transits.Select(e => e.At));

        CapturedPacket dropped = packets.Single(p => p.Comments.Any(c => c.StartsWith("DROPPED", StringComparison.Ordinal)));
        dropped.Comments[0].ShouldContain("queue full");
        Event again = log.Events.Single(e => e.What is Retransmitted);
        CapturedPacket repeated = packets[Array.FindIndex(transits, e => log.Events[(int)log.Events[(int)e.Cause.Value - 1].Cause.Value - 1].Cause == again.Id)];
        repeated.Comments[0].ShouldContain("retransmission.");
        repeated.Comments[0].ShouldContain($"← {again.Id} 1,460 B from byte 4381 sent again (attempt 1): three duplicate ACKs.");
        // One packet keeps its number over both links.
        packets[0].PacketId.ShouldNotBeNull();
        packets[1].PacketId.ShouldBe(packets[0].PacketId);

        string chinese = string.Join("\n", Read(Capture(log, Language.Chinese), out _).SelectMany(p => p.Comments));
        chinese.ShouldContain("重传从第 4381 字节起的 1,460 B（第 1 次）：收到三个重复 ACK。");
    }

    [Fact]
    public void A_long_run_is_captured_as_it_goes_in_bounded_memory_and_damage_is_marked()
    {
        using var stream = new MemoryStream();
        var events = new EventLog();
        using (var sink = new CaptureSink(stream, leaveOpen: true))
        using (events.Subscribe(sink))
        {
            EventId cause = events.Write(LogBuilder.Start, "pc", EventId.None, new NavigationStarted("x"));
            for (int i = 0; i < CauseTrail.DefaultLength + 10; i++)
                events.Write(LogBuilder.Start, "pc", EventId.None, new Remark("far away"));
            byte[] frame = Frames.Tcp(Runs.Pc, Runs.Web, LogBuilder.Facts(TcpFlags.Syn, 0, 0), 0);
            events.Write(LogBuilder.Start, "l", cause, new LinkTransit("l", "a", "b", frame, LinkVerdict.Corrupted, DropReason.None, LogBuilder.Start));
            sink.Packets.ShouldBe(1);
        }

        List<CapturedPacket> packets = Read(stream.ToArray(), out _);
        // Its cause is long forgotten: the comment says what is known.
        packets.ShouldHaveSingleItem().Comments.ShouldBe(["CORRUPTED: l damaged 54 B from a to b on the way."]);
    }

    private static byte[] Capture(LogBuilder log, Language language)
    {
        using var stream = new MemoryStream();
        CaptureExport.Write(log.Events, stream, language);
        return stream.ToArray();
    }

    private static List<CapturedPacket> Read(byte[] bytes, out CaptureReader reader)
    {
        reader = new CaptureReader(new MemoryStream(bytes));
        var packets = new List<CapturedPacket>();
        while (reader.TryReadNext(out CapturedPacket packet))
            packets.Add(packet);
        reader.Problem.ShouldBeNull();
        return packets;
    }
}
