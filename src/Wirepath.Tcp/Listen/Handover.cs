using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// From a row of the SYN queue, or a cookie, to a connection in SYN-RECEIVED whose SYN,ACK is out.
public sealed partial class TcpConnection
{
    /// <param name="listener">Where it will wait to be accepted.</param>
    /// <param name="syn">What the SYN said.</param>
    /// <param name="id">Own end first.</param>
    /// <param name="settings">Limits and timers.</param>
    /// <param name="log">The node's pen.</param>
    /// <param name="sentAt">When the SYN,ACK went out; never when its round trip cannot be told.</param>
    /// <param name="attempts">Time-outs of the SYN,ACK.</param>
    /// <param name="window">What it offered.</param>
    /// <param name="now">The time of the call.</param>
    internal static TcpConnection Open(TcpListener listener, in SynFacts syn, in ConnectionId id, TcpSettings settings, NodeLog log, Instant sentAt, int attempts, int window, Instant now)
    {
        var connection = new TcpConnection(id, settings, syn.Iss, syn.MtuMss, log, now, listener, syn.TimestampOffset)
        {
            State = TcpState.SynReceived,
        };
        var options = new TcpOptions
        {
            HasMss = true, Mss = syn.PeerMss, HasWindowScale = syn.Scaling, WindowScale = syn.SendShift, SackPermitted = syn.Sack,
            HasTimestamps = syn.Timestamps, TimestampValue = syn.TsRecent,
        };
        connection.TakeOptions(syn.Irs, syn.PeerWindow, options, now);
        connection._rcvAdv = connection._rcvNxt + window;
        connection._rcvSsthresh = window;
        connection.Shared = listener.Shared;
        connection._ecn = syn.Ecn;
        connection.SynWasSent(sentAt, attempts, now);
        return connection;
    }

    private void SynWasSent(Instant sentAt, int attempts, Instant now)
    {
        (_synWanted, _timeouts) = (false, attempts);
        NoteSent(_iss, 1, segments: 1, FullPayload, sentAt.IsNever ? now : sentAt);
        if (sentAt.IsNever)
            _sent.Mark(0, SegmentMarks.Repeated | SegmentMarks.EverRepeated); // Karn: its round trip cannot be told
    }
}
