using Wirepath.Wire;

namespace Wirepath.Tcp;

// TCP_DEFER_ACCEPT: the application hears of a connection when the peer has said something.
public sealed partial class TcpConnection
{
    private bool _isAcceptDeferred;

    /// <summary>SYN,ACKs whose time-outs cover the wait: that is what Linux rounds it up to.</summary>
    private int DeferredTimeouts
    {
        get
        {
            int count = 0;
            TimeSpan timeout = _settings.InitialRto;
            for (TimeSpan covered = TimeSpan.Zero; covered < _settings.DeferAccept; covered += timeout, timeout = timeout * 2 < _settings.MaxRto ? timeout * 2 : _settings.MaxRto)
                count++;
            return count;
        }
    }

    /// <summary>The last ACK of the handshake is not taken: it carries nothing, and there is time left.</summary>
    private bool DefersAccept(in TcpSegment segment)
    {
        if (_listener is null || _settings.DeferAccept <= TimeSpan.Zero || segment.PayloadLength > 0 || segment.Header.IsFin || _timeouts >= DeferredTimeouts)
            return false;
        _isAcceptDeferred = true;
        return true;
    }

    /// <summary>The peer has answered the SYN,ACK: repeating it would only make it answer again.</summary>
    private bool HoldsSynAnswer => _isAcceptDeferred && State == Events.TcpState.SynReceived && _timeouts < DeferredTimeouts;
}
