using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

public sealed partial class TcpConnection
{
    /// <summary>The connection gives its place to a record. To the application it is CLOSED; the log hears so when the record goes.</summary>
    internal TimeWaitRecord Retire(Instant now)
    {
        if (State != TcpState.TimeWait)
            throw new InvalidOperationException($"A connection in {State} does not wait for 2 MSL.");
        TimeSpan span = 2 * _settings.MaximumSegmentLifetime;
        var record = new TimeWaitRecord(new FourTuple(Id))
        {
            Due = _timers.TimeWait.IsNever ? now + span : _timers.TimeWait,
            Duration = (ushort)Math.Clamp(span / TimeSpan.FromMilliseconds(100), 0, ushort.MaxValue),
            Iss = _iss,
            Irs = _irs,
            SndNxt = _sndNxt,
            RcvNxt = _rcvNxt,
            Window = (ushort)Math.Min(Math.Max(RcvWnd, 0) >> _rcvShift, ushort.MaxValue),
            PeerShift = (byte)_sndShift,
            Timestamps = _timestamps,
            TsRecent = _tsRecent,
            TimestampOffset = _timestampOffset,
            IsProtected = _settings.ProtectTimeWait,
        };
        State = TcpState.Closed;
        Release();
        _signals &= ~TcpSignals.Released;
        return record;
    }
}
