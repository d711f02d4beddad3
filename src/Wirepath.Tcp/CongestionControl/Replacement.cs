namespace Wirepath.Tcp;

// Which congestion control a connection has, from the beginning and after TCP_CONGESTION.
public sealed partial class TcpConnection
{
    private CongestionControl CreateCongestionControl() =>
        CongestionControls.Create(_settings.CongestionControl, _settings.Cubic, _settings.Pacing || _settings.MaxPacingRate > 0, seed: _iss.Value);

    private CwndValidation? CreateValidation() => _settings.CwndValidation && !_congestion.ControlsRate ? new CwndValidation() : null;

    // What was learnt of the path stays: cwnd and ssthresh. What the old one alone understood goes.
    private void ReplaceCongestionControl()
    {
        (int cwnd, int ssthresh) = (_congestion.Cwnd, _congestion.Ssthresh);
        _congestion = CreateCongestionControl();
        (_congestion.Cwnd, _congestion.Ssthresh) = (cwnd, ssthresh);
        _validation = CreateValidation();
        if (_isSynAcknowledged)
            _congestion.OnEstablished(Congestion(_lastReceivedAt));
    }
}
