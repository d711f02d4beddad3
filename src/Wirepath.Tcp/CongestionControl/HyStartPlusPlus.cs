using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// HyStart++ (RFC 9406): when the smallest round trip of a round is clearly above that of the round before, slow start goes on
/// at a quarter of its pace (Conservative Slow Start). If the delay falls again it was jitter, and slow start resumes; after
/// five rounds the pipe is full. For the first slow start of a connection only (§4.3).
/// </summary>
internal sealed class HyStartPlusPlus(int ackLimit)
{
    private const int SamplesWanted = 8;      // N_RTT_SAMPLE
    private const int RttDivisor = 8;         // MIN_RTT_DIVISOR
    private const int GrowthDivisor = 4;      // CSS_GROWTH_DIVISOR
    private const int ConservativeRounds = 5; // CSS_ROUNDS
    private static readonly TimeSpan LeastIncrease = TimeSpan.FromMilliseconds(4); // MIN_RTT_THRESH
    private static readonly TimeSpan MostIncrease = TimeSpan.FromMilliseconds(16); // MAX_RTT_THRESH

    private readonly int _ackLimit = ackLimit;
    private SequenceNumber _windowEnd;
    // Ticks: 32 bits reach to 429 s.
    private uint _lastRoundMin = uint.MaxValue;
    private uint _roundMin = uint.MaxValue;
    private uint _baseline = uint.MaxValue;
    private byte _samples;
    private byte _rounds; // of Conservative Slow Start
    private byte _remainder;
    private bool _ended;

    public bool IsConservative { get; private set; }

    public void StartRound(in CongestionContext context)
    {
        _windowEnd = context.SndNxt;
        _lastRoundMin = _roundMin;
        (_roundMin, _samples) = (uint.MaxValue, 0);
    }

    /// <summary>The first congestion: from here on slow start is the plain one.</summary>
    public void End() => (_ended, IsConservative) = (true, false);

    /// <summary>Segments by which cwnd grows for <paramref name="acked"/> segments (§4.2).</summary>
    public int Growth(int acked)
    {
        if (_ended)
            return acked;
        int growth = Math.Min(acked, _ackLimit);
        if (!IsConservative)
            return growth;
        growth += _remainder;
        _remainder = (byte)(growth % GrowthDivisor);
        return growth / GrowthDivisor;
    }

    /// <summary>Takes a round trip of slow start.</summary>
    /// <returns>True when Conservative Slow Start has lasted its rounds: ssthresh becomes cwnd.</returns>
    public bool IsPipeFull(TimeSpan rtt, in CongestionContext context)
    {
        if (_ended)
            return false;
        if (context.SndUna > _windowEnd)
        {
            if (IsConservative && ++_rounds >= ConservativeRounds)
            {
                End();
                return true;
            }

            StartRound(context);
        }

        _roundMin = Math.Min(_roundMin, (uint)Math.Min(rtt.Ticks, uint.MaxValue));
        if (_samples < SamplesWanted)
            _samples++;
        if (_samples < SamplesWanted)
            return false;
        if (IsConservative)
            ResumeWhenFaster();
        else
            SlowDownWhenDelayed();
        return false;
    }

    private void SlowDownWhenDelayed()
    {
        if (_lastRoundMin == uint.MaxValue)
            return;
        long increase = Math.Clamp(_lastRoundMin / RttDivisor, LeastIncrease.Ticks, MostIncrease.Ticks);
        if (_roundMin < _lastRoundMin + increase)
            return;
        _baseline = _roundMin;
        IsConservative = true;
        (_rounds, _remainder) = (0, 0); // the rest of this round counts as the first (§4.2)
    }

    private void ResumeWhenFaster()
    {
        if (_roundMin >= _baseline)
            return;
        _baseline = uint.MaxValue;
        IsConservative = false;
    }
}
