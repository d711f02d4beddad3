using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// Congestion window validation of RFC 7661: cwnd may stay while an application pauses or sends less, for five minutes, but it does not grow
/// and a loss takes it back to what was really used. pipeACK is the most that was acknowledged in a round trip of late. Counts in segments.
/// </summary>
internal sealed class CwndValidation
{
    /// <summary>§4.4.3: a cwnd that nobody used for so long says nothing of the path any more.</summary>
    public static readonly TimeSpan NonValidatedPeriod = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_leastSamplingPeriod = TimeSpan.FromSeconds(1);

    private WindowedMax _samples;
    private bool _isKnown;          // §4.2: until the first sample, and after a loss, pipeACK is undefined
    private Instant _sampleStart = Instant.Never;
    private long _deliveredAtStart;
    private Instant _nonValidatedSince = Instant.Never;
    private int _reducedFrom;       // §4.4.1: max(pipeACK, LossFlightSize) of the loss that is being repaired; 0: none
    private long _lostBefore;

    /// <summary>Null while undefined.</summary>
    public int? PipeAck => _isKnown ? (int)_samples.Max : null;

    /// <summary>§4.3: at least half of cwnd is in use.</summary>
    public bool IsValidated(int cwnd) => !_isKnown || 2 * _samples.Max >= cwnd;

    /// <summary>An ACK.</summary>
    /// <param name="delivered">Segments delivered in the connection's life.</param>
    /// <param name="rtt">Smoothed; zero before the first sample.</param>
    /// <param name="cwnd">As it is.</param>
    /// <param name="now">The time of the ACK.</param>
    public void OnAck(long delivered, TimeSpan rtt, int cwnd, Instant now)
    {
        if (rtt <= TimeSpan.Zero)
            return;
        if (_sampleStart.IsNever)
        {
            (_sampleStart, _deliveredAtStart) = (now, delivered);
            return;
        }

        TimeSpan passed = now - _sampleStart;
        if (passed >= rtt)
        {
            // A pause is not one long round trip: what was acknowledged in it counts for one.
            TimeSpan period = 3 * rtt > s_leastSamplingPeriod ? 3 * rtt : s_leastSamplingPeriod;
            if (_isKnown)
                _samples.Update(delivered - _deliveredAtStart, now.Ticks / TimeSpan.TicksPerMillisecond, (int)Math.Min(period.TotalMilliseconds, int.MaxValue));
            else
                _samples.Reset(delivered - _deliveredAtStart, now.Ticks / TimeSpan.TicksPerMillisecond);
            _isKnown = true;
            (_sampleStart, _deliveredAtStart) = (now, delivered);
        }

        FollowPhase(cwnd, now);
    }

    /// <summary>§4.4.3: the non-validated period has passed; to be asked before something is sent after a pause, and with each ACK.</summary>
    /// <returns>True when cwnd and ssthresh are to be reduced.</returns>
    public bool HasExpired(int cwnd, Instant now)
    {
        FollowPhase(cwnd, now);
        if (_nonValidatedSince.IsNever || now - _nonValidatedSince < NonValidatedPeriod)
            return false;
        _nonValidatedSince = now; // and another period for what is left
        return true;
    }

    /// <summary>§4.4.1: a loss or a mark while cwnd was not in use.</summary>
    /// <returns>What cwnd is reduced from instead of itself; null in the validated phase.</returns>
    public int? OnCongestion(int cwnd, int lossFlight, long lost)
    {
        int? from = IsValidated(cwnd) ? null : Math.Max((int)_samples.Max, lossFlight);
        (_reducedFrom, _lostBefore) = (from ?? 0, lost);
        return from;
    }

    /// <summary>§4.4.1: the loss is repaired.</summary>
    /// <returns>cwnd: half of what was in use and was not lost; null when nothing is to be changed.</returns>
    public int? OnRecovered(long lost)
    {
        int? cwnd = _reducedFrom == 0 ? null : Math.Max((int)((_reducedFrom - (lost - _lostBefore)) / 2), 1);
        _reducedFrom = 0;
        Forget();
        return cwnd;
    }

    /// <summary>After a congestion event pipeACK is undefined again (§4.4.1).</summary>
    public void Forget()
    {
        _isKnown = false;
        (_sampleStart, _nonValidatedSince) = (Instant.Never, Instant.Never);
    }

    private void FollowPhase(int cwnd, Instant now)
    {
        if (IsValidated(cwnd))
            _nonValidatedSince = Instant.Never;
        else if (_nonValidatedSince.IsNever)
            _nonValidatedSince = now;
    }
}

public sealed partial class TcpConnection
{
    private CwndValidation? _validation; // null: cwnd decays with idleness instead (RFC 2861)

    private bool MayRaiseValidated => _validation?.IsValidated(_congestion.Cwnd) ?? true;

    private void Validate(Instant now)
    {
        if (_validation is null)
            return;
        _validation.OnAck(_rate.Delivered, _rtt.Smoothed, _congestion.Cwnd, now);
        EndNonValidated(now);
    }

    private void EndNonValidated(Instant now)
    {
        if (_validation is null || !_validation.HasExpired(_congestion.Cwnd, now))
            return;
        // §4.4.3: ssthresh keeps the memory of what the path once took.
        if (_congestion.Ssthresh < int.MaxValue)
            _congestion.Ssthresh = Math.Max(_congestion.Ssthresh, (int)(3L * _congestion.Cwnd / 4));
        else
            _congestion.Ssthresh = Math.Max((int)(3L * _congestion.Cwnd / 4), 2);
        _congestion.Cwnd = Math.Max(_congestion.Cwnd / 2, _settings.InitialCwnd);
        NoteCongestion("cwnd was not in use for five minutes");
    }
}
