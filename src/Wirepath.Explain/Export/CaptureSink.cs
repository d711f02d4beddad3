using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>The order of a capture's packets.</summary>
public enum CaptureOrder
{
    /// <summary>As they happen: for one interface, and for runs too long to be kept.</summary>
    Time,

    /// <summary>
    /// Link by link, each in the order of time. Wireshark follows a conversation by its addresses alone: a segment that crosses ten links
    /// looks to it like nine repetitions, and where the links' packets alternate, its reassembly of HTTP overlaps and is reported as
    /// malformed. Link by link it is not. Packets are kept in memory until the end.
    /// </summary>
    Links,
}

/// <summary>
/// Writes a pcapng file while the run goes on: each link one interface, each packet with a comment that names its
/// cause, dropped packets marked. The same events give the same bytes. Where no link writes <see cref="LinkTransit"/>
/// (a real device that nothing taps), nothing is captured.
/// </summary>
public sealed class CaptureSink : IEventSink, IDisposable
{
    private readonly PcapngWriter _writer;
    private readonly Words _words;
    private readonly CauseTrail _trail = new();
    private readonly Dictionary<string, (int Id, string Near)> _interfaces = new(StringComparer.Ordinal);
    private readonly List<List<CapturedPacket>> _links = [];
    private readonly CaptureOrder _order;
    private readonly Lock _lock = new();
    private bool _disposed;

    /// <param name="stream">Written to packet by packet.</param>
    /// <param name="language">Of the comments.</param>
    /// <param name="leaveOpen">Whether the stream stays open afterwards.</param>
    /// <param name="order">Of the packets in the file.</param>
    public CaptureSink(Stream stream, Language language = Language.English, bool leaveOpen = false, CaptureOrder order = CaptureOrder.Time)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _writer = new PcapngWriter(stream, leaveOpen);
        _words = Words.For(language);
        _order = order;
    }

    /// <summary>Packets written so far.</summary>
    public long Packets { get; private set; }

    /// <summary>TLS secrets in the format of SSLKEYLOGFILE.</summary>
    public void WriteTlsKeys(string keyLog)
    {
        lock (_lock)
            _writer.WriteTlsKeys(keyLog);
    }

    public void OnEvent(Event written)
    {
        ArgumentNullException.ThrowIfNull(written);
        lock (_lock)
        {
            if (_disposed)
                return;
            _trail.Remember(written);
            if (written.What is LinkTransit transit)
                Write(written, transit);
        }
    }

    private void Write(Event e, LinkTransit transit)
    {
        if (!_interfaces.TryGetValue(transit.Link, out (int Id, string Near) on))
            _interfaces[transit.Link] = on = (_writer.AddInterface(transit.Link, $"{transit.From} – {transit.To}"), transit.From);
        string? why = _trail.Explain(e, _words);
        string? mark = transit.Verdict switch
        {
            LinkVerdict.Corrupted => $"CORRUPTED: {_words.Describe(transit)}",
            LinkVerdict.Duplicated => $"DUPLICATED: {_words.Describe(transit)}",
            LinkVerdict.Delivered or LinkVerdict.Dropped => null,
            _ => throw new ArgumentOutOfRangeException(nameof(e)),
        };
        EventId origin = _trail.Origin(e);
        var packet = new CapturedPacket(
            on.Id, e.At, transit.Frame,
            mark is null ? why : why is null ? mark : $"{mark} {why}",
            transit.From == on.Near ? PacketDirection.Outbound : PacketDirection.Inbound,
            transit.Verdict == LinkVerdict.Dropped ? _words.Drop(transit.Reason) : null,
            origin);
        Packets++;
        if (_order == CaptureOrder.Time)
            Write(packet);
        else
            Keep(packet);
    }

    private void Keep(in CapturedPacket packet)
    {
        // Interfaces are numbered from 0 as they appear.
        if (packet.Interface == _links.Count)
            _links.Add([]);
        _links[packet.Interface].Add(packet);
    }

    private void Write(in CapturedPacket packet) => _writer.WritePacket(
        packet.Interface, packet.At, packet.Frame.Span, packet.Comment, packet.Direction, packet.DropReason,
        packet.Origin.IsNone ? null : (ulong)packet.Origin.Value);

    public void Flush()
    {
        lock (_lock)
            _writer.Flush();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            foreach (List<CapturedPacket> link in _links)
            {
                foreach (CapturedPacket packet in link)
                    Write(packet);
            }

            _writer.Dispose();
        }
    }

    private readonly record struct CapturedPacket(
        int Interface, Instant At, ReadOnlyMemory<byte> Frame, string? Comment, PacketDirection Direction, string? DropReason, EventId Origin);
}

/// <summary>A capture out of a log that is already there.</summary>
public static class CaptureExport
{
    /// <returns>Packets written.</returns>
    public static long Write(IReadOnlyList<Event> events, Stream stream, Language language = Language.English, CaptureOrder order = CaptureOrder.Time)
    {
        ArgumentNullException.ThrowIfNull(events);
        using var sink = new CaptureSink(stream, language, leaveOpen: true, order);
        foreach (Event e in events)
            sink.OnEvent(e);
        return sink.Packets;
    }
}
