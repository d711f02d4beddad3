using Wirepath.Events;

namespace Wirepath.Tcp;

/// <summary>The labels on the edges of RFC 9293 figure 5, and the ways out that the figure leaves to the text.</summary>
public enum TcpTransition : byte
{
    PassiveOpen,
    ActiveOpen,
    ReceivedSyn,
    /// <summary>A SYN that acknowledges ours.</summary>
    ReceivedSynAck,
    /// <summary>The ACK of our SYN.</summary>
    ReceivedAckOfSyn,
    /// <summary>The application's CLOSE.</summary>
    Close,
    ReceivedFin,
    ReceivedAckOfFin,
    /// <summary>The peer's FIN together with the ACK of ours (note 2 of the figure).</summary>
    ReceivedFinAndAckOfFin,
    TimeWaitPassed,
    ReceivedRst,
    /// <summary>ABORT, a time-out of the user or of the retries, an unreachable peer.</summary>
    GaveUp,
}

/// <summary>RFC 9293 figure 5 as a table.</summary>
public static class TcpStateMachine
{
    /// <returns>The state behind the edge; null when the figure and §3.10 have no such edge.</returns>
    public static TcpState? Next(TcpState state, TcpTransition transition) => (state, transition) switch
    {
        (TcpState.Closed, TcpTransition.PassiveOpen) => TcpState.Listen,
        (TcpState.Closed, TcpTransition.ActiveOpen) => TcpState.SynSent,

        (TcpState.Listen, TcpTransition.ActiveOpen) => TcpState.SynSent,                // SEND
        (TcpState.Listen, TcpTransition.ReceivedSyn) => TcpState.SynReceived,
        (TcpState.Listen, TcpTransition.Close) => TcpState.Closed,

        (TcpState.SynSent, TcpTransition.ReceivedSyn) => TcpState.SynReceived,          // simultaneous open
        (TcpState.SynSent, TcpTransition.ReceivedSynAck) => TcpState.Established,
        (TcpState.SynSent, TcpTransition.Close) => TcpState.Closed,

        (TcpState.SynReceived, TcpTransition.ReceivedAckOfSyn) => TcpState.Established,
        (TcpState.SynReceived, TcpTransition.Close) => TcpState.FinWait1,

        (TcpState.Established, TcpTransition.Close) => TcpState.FinWait1,
        (TcpState.Established, TcpTransition.ReceivedFin) => TcpState.CloseWait,

        (TcpState.FinWait1, TcpTransition.ReceivedAckOfFin) => TcpState.FinWait2,
        (TcpState.FinWait1, TcpTransition.ReceivedFin) => TcpState.Closing,             // simultaneous close
        (TcpState.FinWait1, TcpTransition.ReceivedFinAndAckOfFin) => TcpState.TimeWait,

        (TcpState.FinWait2, TcpTransition.ReceivedFin) => TcpState.TimeWait,

        (TcpState.CloseWait, TcpTransition.Close) => TcpState.LastAck,
        (TcpState.Closing, TcpTransition.ReceivedAckOfFin) => TcpState.TimeWait,
        (TcpState.LastAck, TcpTransition.ReceivedAckOfFin) => TcpState.Closed,
        (TcpState.TimeWait, TcpTransition.TimeWaitPassed) => TcpState.Closed,

        // §3.10.7: a valid RST and ABORT end every state in which there is a connection. A passive opener's
        // SYN-RECEIVED goes back to LISTEN: its listener never left it, the half-open connection alone is CLOSED.
        (TcpState.SynSent or TcpState.SynReceived or TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2
            or TcpState.CloseWait or TcpState.Closing or TcpState.LastAck or TcpState.TimeWait,
            TcpTransition.ReceivedRst or TcpTransition.GaveUp) => TcpState.Closed,

        // What cannot happen, state by state.
        (TcpState.Closed, _) or (TcpState.Listen, _) or (TcpState.SynSent, _) or (TcpState.SynReceived, _) or (TcpState.Established, _)
            or (TcpState.FinWait1, _) or (TcpState.FinWait2, _) or (TcpState.CloseWait, _) or (TcpState.Closing, _)
            or (TcpState.LastAck, _) or (TcpState.TimeWait, _) => null,

        (> TcpState.TimeWait, _) => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>The edge's label as events show it.</summary>
    internal static string Label(TcpTransition transition) => transition switch
    {
        TcpTransition.PassiveOpen => "passive OPEN",
        TcpTransition.ActiveOpen => "active OPEN",
        TcpTransition.ReceivedSyn => "received SYN",
        TcpTransition.ReceivedSynAck => "received SYN,ACK",
        TcpTransition.ReceivedAckOfSyn => "received ACK of SYN",
        TcpTransition.Close => "CLOSE",
        TcpTransition.ReceivedFin => "received FIN",
        TcpTransition.ReceivedAckOfFin => "received ACK of FIN",
        TcpTransition.ReceivedFinAndAckOfFin => "received FIN and ACK of FIN",
        TcpTransition.TimeWaitPassed => "2 MSL passed",
        TcpTransition.ReceivedRst => "received RST",
        TcpTransition.GaveUp => "gave up",
        _ => throw new ArgumentOutOfRangeException(nameof(transition)),
    };
}
