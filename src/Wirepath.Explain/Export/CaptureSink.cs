using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

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
    private readonly Lock _lock = new();
    private bool _disposed;

    /// <param name="stream">Written to packet by packet.</param>
    /// <param name="language">Of the comments.</param>
    /// <param name="leaveOpen">Whether the stream stays open afterwards.</param>
    public CaptureSink(Stream stream, Language language = Language.English, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _writer = new PcapngWriter(stream, leaveOpen);
        _words = Words.For(language);
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
        _writer.WritePacket(
            on.Id, e.At, transit.Frame.Span,
            mark is null ? why : why is null ? mark : $"{mark} {why}",
            transit.From == on.Near ? PacketDirection.Outbound : PacketDirection.Inbound,
            transit.Verdict == LinkVerdict.Dropped ? _words.Drop(transit.Reason) : null,
            origin.IsNone ? null : (ulong)origin.Value);
        Packets++;
    }

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
            _writer.Dispose();
        }
    }
}

/// <summary>A capture out of a log that is already there.</summary>
public static class CaptureExport
{
    /// <returns>Packets written.</returns>
    public static long Write(IReadOnlyList<Event> events, Stream stream, Language language = Language.English)
    {
        ArgumentNullException.ThrowIfNull(events);
        using var sink = new CaptureSink(stream, language, leaveOpen: true);
        foreach (Event e in events)
            sink.OnEvent(e);
        return sink.Packets;
    }
}
