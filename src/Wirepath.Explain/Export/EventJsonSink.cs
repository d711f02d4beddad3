using System.Buffers;
using System.Text.Json;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>
/// Writes each event as it happens: the <c>log</c> line and the <c>event</c> lines of docs/json.md, for what runs without end.
/// A file that cannot be written is given up, never the run.
/// </summary>
public sealed class EventJsonSink : IEventSink, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stream _stream;
    private readonly Instant _begins;
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly Utf8JsonWriter _json;
    private bool _isClosed;

    /// <param name="stream">Closed with the sink.</param>
    /// <param name="node">Who writes.</param>
    /// <param name="begins">From which times are counted.</param>
    public EventJsonSink(Stream stream, string node, Instant begins)
    {
        (_stream, _begins) = (stream, begins);
        _json = new Utf8JsonWriter(_buffer, JourneyJson.s_options);
        Write(() => JourneyJson.WriteLog(_json, node, begins));
    }

    /// <summary>Why writing was given up; null while it works.</summary>
    public string? Problem { get; private set; }

    public void OnEvent(Event written) => Write(() => JourneyJson.WriteEvent(_json, written, _begins));

    public void Dispose()
    {
        lock (_lock)
        {
            if (!_isClosed)
                Try(_stream.Dispose);
            _isClosed = true;
            _json.Dispose();
        }
    }

    private void Write(Action content)
    {
        lock (_lock)
        {
            if (!_isClosed)
                Try(() => JourneyJson.Line(_stream, _buffer, _json, content));
        }
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            (_isClosed, Problem) = (true, failure.Message);
        }
    }
}
