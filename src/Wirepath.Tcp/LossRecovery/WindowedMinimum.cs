using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>Smallest round trip of the last two to five minutes, kept as the minima of two halves of that time.</summary>
internal struct WindowedMinimum
{
    private static readonly TimeSpan s_half = TimeSpan.FromSeconds(150);

    private Instant _since;
    private uint _before; // ticks
    private uint _current;

    /// <summary>Zero before the first sample.</summary>
    public readonly TimeSpan Value => new(_before > 0 && _before < _current ? _before : _current);

    public void Add(TimeSpan rtt, Instant now)
    {
        uint sample = (uint)Math.Clamp(rtt.Ticks, 1, uint.MaxValue);
        if (_current == 0)
            (_current, _since) = (sample, now);
        else if (now - _since >= s_half)
            (_before, _current, _since) = (now - _since < 2 * s_half ? _current : 0, sample, now);
        else if (sample < _current)
            _current = sample;
    }
}
