using Wirepath.Events;
using Wirepath.Explain;

namespace Wirepath.Cli;

/// <summary>One line on the terminal that says how far a long run is: phase, bytes, time since Enter. It is gone before the story is told.</summary>
internal sealed class Progress : IEventSink, IDisposable
{
    // A run that is over sooner needs no consolation.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(100);
    private const string EraseLine = "\r\u001b[K";

    private readonly TextWriter _terminal;
    private readonly Words _words;
    private readonly IDisposable _listening;
    private readonly TimeProvider _time;
    private readonly long _began;
    private PhaseKind _phase = PhaseKind.Other;
    private long _bytes;
    private TimeSpan _next = s_patience;
    private bool _shown;

    public Progress(EventLog log, Shell shell, Language language)
    {
        (_terminal, _words, _time, _began) = (shell.Error, Explain.Words.For(language), shell.Time, shell.Time.GetTimestamp());
        _listening = log.Subscribe(this);
    }

    public void OnEvent(Event written)
    {
        _phase = written.What switch
        {
            LookupStarted => PhaseKind.Dns,
            ConnectStarted => PhaseKind.Connect,
            TlsStarted => PhaseKind.Tls,
            RequestSent => PhaseKind.Wait,
            ResponseHeadReceived => PhaseKind.Transfer,
            _ => _phase,
        };
        if (written.What is BodyReceived body)
            _bytes = body.Total;
        TimeSpan elapsed = _time.GetElapsedTime(_began);
        if (elapsed < _next)
            return;
        _next = elapsed + s_pace;
        _shown = true;
        _terminal.Write($"{EraseLine}{_words.Phase(_phase)}  {(_bytes > 0 ? Figures.Bytes(_bytes) + "  " : "")}{Figures.Duration(elapsed)}");
    }

    public void Dispose()
    {
        _listening.Dispose();
        if (_shown)
            _terminal.Write(EraseLine);
    }
}
