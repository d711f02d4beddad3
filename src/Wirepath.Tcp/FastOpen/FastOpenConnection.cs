using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// Fast Open (RFC 7413) from the connection's side.
public sealed partial class TcpConnection
{
    /// <summary>A SYN with data made this connection: it sends and receives in SYN-RECEIVED already (RFC 7413 §4.2.2).</summary>
    private bool _isFastOpened;

    // What only the first SYN or SYN,ACK carries: a cookie, or the wish for one.
    private FirstSyn? _firstSyn;

    /// <summary>Data was in the SYN and was taken: that of ours by the peer, or that of the peer by us.</summary>
    public bool SynDataWasTaken { get; private set; }

    /// <summary>May text flow? In SYN-RECEIVED only when a cookie has vouched for the peer's address.</summary>
    private bool IsSynchronized => State != TcpState.SynReceived || _isFastOpened;

    internal static TcpConnection OpenFast(TcpListener listener, in SynFacts facts, in TcpSegment syn, in ConnectionId id, TcpSettings settings, NodeLog log, Instant now)
    {
        var connection = new TcpConnection(id, settings, facts.Iss, facts.MtuMss, log, now, listener, facts.TimestampOffset)
        {
            State = TcpState.Listen, Shared = listener.Shared,
        };
        connection.NoteReceived(syn, follow: true);
        connection.SendBecause = log.Because;
        connection.TakeSyn(syn, now);
        connection.Transit(TcpTransition.ReceivedSyn);
        connection._isFastOpened = true;
        connection._rcvSsthresh = InitialWindow(settings, connection.AnnouncedPayload);
        connection._rcvAdv = connection._rcvNxt + connection._rcvSsthresh;
        connection.StartReceiving(now);
        connection._signals |= TcpSignals.Established | TcpSignals.Writable;
        if (syn.PayloadLength > 0)
        {
            connection.SynDataWasTaken = true;
            connection.TakeText(syn, syn.Header.Sequence + 1, now);
            connection._ackNow = false; // the SYN,ACK says it
            connection._ato = TimeSpan.Zero;
        }

        return connection;
    }

    internal void GrantCookie(in TcpOptions cookie) => _firstSyn = new FirstSyn { Options = cookie };

    private sealed class FirstSyn
    {
        public TcpOptions Options;
    }
}
