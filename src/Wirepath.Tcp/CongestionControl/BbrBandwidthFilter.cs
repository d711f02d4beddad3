namespace Wirepath.Tcp;

/// <summary>The largest delivery rate of this ProbeBW cycle and the one before (MaxBwFilterLen = 2 of draft-ietf-ccwg-bbr §2.10), segments per second.</summary>
internal struct BbrBandwidthFilter
{
    private double _previous;
    private double _current;

    public readonly double Max => Math.Max(_previous, _current);

    public void Take(double rate) => _current = Math.Max(_current, rate);

    /// <summary>A cycle is over. One without a sample does not forget the one before.</summary>
    public void Advance()
    {
        if (_current == 0)
            return;
        (_previous, _current) = (_current, 0);
    }
}
