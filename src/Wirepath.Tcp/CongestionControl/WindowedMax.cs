namespace Wirepath.Tcp;

/// <summary>
/// The largest of the samples of the last <c>length</c> counts (rounds, cycles), kept in three candidates (Nichols' algorithm):
/// the best, the best since it, and the best since that. Constant space, and never more than a window behind.
/// </summary>
internal struct WindowedMax
{
    private Sample _first;
    private Sample _second;
    private Sample _third;

    public readonly double Max => _first.Value;

    public void Reset(double value, long at) => _first = _second = _third = new Sample(value, at);

    /// <param name="value">The sample.</param>
    /// <param name="at">Its count; never less than the last one's.</param>
    /// <param name="length">The best may be this old.</param>
    public void Update(double value, long at, int length)
    {
        var sample = new Sample(value, at);
        if (value >= _first.Value || at - _third.At > length)
        {
            Reset(value, at);
            return;
        }

        if (value >= _second.Value)
            _second = _third = sample;
        else if (value >= _third.Value)
            _third = sample;
        Age(sample, length);
    }

    private void Age(Sample sample, int length)
    {
        if (sample.At - _first.At > length)
        {
            // The best is too old: the runners-up move up.
            (_first, _second, _third) = (_second, _third, sample);
            if (sample.At - _first.At > length)
                (_first, _second, _third) = (_second, _third, sample);
        }
        else if (_second.At == _first.At && sample.At - _first.At > length / 4)
        {
            _second = _third = sample; // a quarter of the window passed without a runner-up
        }
        else if (_third.At == _second.At && sample.At - _second.At > length / 2)
        {
            _third = sample;
        }
    }

    private readonly record struct Sample(double Value, long At);
}
