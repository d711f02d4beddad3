using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain.Tests;

/// <summary>Writes a log by hand: times in milliseconds since Enter, each event with its cause.</summary>
internal sealed class LogBuilder
{
    public static readonly Instant Start = Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private readonly List<Event> _events = [];
    private readonly Dictionary<(string, ConnectionId), (uint Mine, uint Theirs)> _isn = [];

    public IReadOnlyList<Event> Events => _events;

    public Event Last => _events[^1];

    public static Instant At(double ms) => Start + Ms(ms);

    public static TimeSpan Ms(double ms) => new((long)Math.Round(ms * TimeSpan.TicksPerMillisecond));

    public EventId Add(double ms, string node, EventId cause, Happening what)
    {
        var e = new Event(new EventId(_events.Count + 1), At(ms), node, cause, what);
        _events.Add(e);
        return e.Id;
    }

    public Journey Journey() => Explain.Journey.From(_events, "pc");

    public Navigation Navigation() => Journey().Navigations[^1];

    /// <summary>A segment over a link: sent, in transit, received (or dropped); answers the number of the reception, or of the transit when it was lost.</summary>
    public EventId Segment(
        double sentAt, double receivedAt, string from, ConnectionId fromId, string to, ConnectionId toId, EventId cause, TcpFlags flags, uint seq, uint ack, int length = 0, SendCause why = SendCause.Ack,
        string link = "wire", DropReason drop = DropReason.None, LinkVerdict? verdict = null, long window = 65535, Func<EventId, EventId>? after = null)
    {
        SegmentFacts facts = Facts(flags, seq, ack, length, window, from);
        EventId sent = Add(sentAt, from, cause, new SegmentSent(fromId, facts, why));
        after?.Invoke(sent);
        byte[] frame = Frames.Tcp(fromId.Local, fromId.Remote, facts, (byte)'x');
        EventId out1 = Add(sentAt, from, sent, new FrameSent("eth0", frame));
        LinkVerdict fate = verdict ?? (drop == DropReason.None ? LinkVerdict.Delivered : LinkVerdict.Dropped);
        EventId transit = Add(sentAt, link, out1, new LinkTransit(link, from, to, frame, fate, drop, fate == LinkVerdict.Dropped ? Instant.Never : At(receivedAt)));
        if (fate is LinkVerdict.Dropped or LinkVerdict.Corrupted)
            return transit;
        EventId arrived = Add(receivedAt, to, transit, new FrameReceived("eth0", frame));
        return Add(receivedAt, to, arrived, new SegmentReceived(toId, facts));
    }

    public static SegmentFacts Facts(TcpFlags flags, uint seq, uint ack, int length = 0, long window = 65535, string from = "pc")
    {
        (uint mine, uint theirs) = from == "pc" ? (1_000_000u, 2_000_000u) : (2_000_000u, 1_000_000u);
        return new SegmentFacts(new SequenceNumber(mine + seq), seq, (flags & TcpFlags.Ack) == 0 ? default : new SequenceNumber(theirs + ack), ack, flags, length, window, default);
    }
}

/// <summary>Frames that a dissector and tshark accept.</summary>
internal static class Frames
{
    public static byte[] Tcp(IpEndpoint from, IpEndpoint to, SegmentFacts s, byte fill)
    {
        byte[] frame = new byte[EthernetHeader.Size + Ipv4Header.Size + TcpHeader.Size + s.Length];
        new EthernetHeader(new MacAddress(0x020000000001), new MacAddress(0x020000000002), EtherType.IPv4).Write(frame);
        new Ipv4Header(0, (ushort)(frame.Length - EthernetHeader.Size), 7, true, false, 0, 64, IpProtocol.Tcp, 0, from.Address, to.Address, Ipv4Header.Size).Write(frame.AsSpan(EthernetHeader.Size));
        new TcpHeader(from.Port, to.Port, s.Sequence, s.Acknowledgment, TcpHeader.Size, s.Flags, (ushort)Math.Min(s.Window, ushort.MaxValue), 0, 0).Write(frame.AsSpan(34));
        frame.AsSpan(54).Fill(fill);
        return frame;
    }
}
