using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>Smallest round trip of the last two to five minutes, kept as the minima of two halves of that time.</summary>
internal struct WindowedMinimum
{
    private static readonly TimeSpan s_half = TimeSpan.FromSeconds(150);

    private TimeSpan _before;
    private TimeSpan _current;
    private Instant _since;

    /// <summary>Zero before the first sample.</summary>
    public readonly TimeSpan Value => _before > TimeSpan.Zero && _before < _current ? _before : _current;

    public void Add(TimeSpan sample, Instant now)
    {
        if (sample <= TimeSpan.Zero)
            sample = new TimeSpan(1);
        if (_current == TimeSpan.Zero)
            (_current, _since) = (sample, now);
        else if (now - _since >= s_half)
            (_before, _current, _since) = (now - _since < 2 * s_half ? _current : TimeSpan.Zero, sample, now);
        else if (sample < _current)
            _current = sample;
    }
}
