namespace Wirepath.Tcp;

// TCP_DEFER_ACCEPT: the application hears of a connection when the peer has said something.
public sealed partial class TcpListener
{
    /// <summary>The SYN,ACKs whose time-outs cover the wait: that is what Linux rounds it up to.</summary>
    private int _deferredTimeouts;

    private static int CountDeferred(TcpSettings settings)
    {
        int count = 0;
        TimeSpan timeout = settings.InitialRto;
        for (TimeSpan covered = TimeSpan.Zero; covered < settings.DeferAccept; covered += timeout, timeout = timeout * 2 < settings.MaxRto ? timeout * 2 : settings.MaxRto)
            count++;
        return count;
    }

    /// <summary>The last ACK of the handshake is not taken: it carries nothing, and there is time left.</summary>
    private bool Defers(SynRequest request, in TcpSegment segment)
    {
        if (request.Attempts >= _deferredTimeouts || segment.PayloadLength > 0 || segment.Header.IsFin)
            return false;
        request.IsDeferred = true;
        return true;
    }

    /// <summary>The peer has answered the SYN,ACK, so repeating it would only make it answer again; the last one asks it to.</summary>
    private bool HoldsAnswer(SynRequest request) => request.IsDeferred && request.Attempts + 1 < _deferredTimeouts;
}
