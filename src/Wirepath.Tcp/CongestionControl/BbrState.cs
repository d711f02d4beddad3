namespace Wirepath.Tcp;

/// <summary>Where BBR stands in its walk (draft-ietf-ccwg-bbr §5.1).</summary>
internal enum BbrState : byte
{
    /// <summary>Doubles the rate with each round trip, until more brings no more.</summary>
    Startup,
    /// <summary>Lets the queue that Startup built run empty.</summary>
    Drain,
    /// <summary>ProbeBW: a little below the bandwidth, so that the queue drains and others find room.</summary>
    Down,
    /// <summary>ProbeBW: at the bandwidth.</summary>
    Cruise,
    /// <summary>ProbeBW: fills the pipe for one round trip before the bandwidth is probed.</summary>
    Refill,
    /// <summary>ProbeBW: more than the bandwidth, to find more.</summary>
    Up,
    /// <summary>Almost nothing in flight, so that the bare round trip shows.</summary>
    ProbeRtt,
}

/// <summary>What the ACKs that arrive now tell about: the draft's ack_phase.</summary>
internal enum BbrAckPhase : byte
{
    Init,
    /// <summary>Of data sent before the probe.</summary>
    Refilling,
    /// <summary>The probe has begun, its ACKs are still to come.</summary>
    ProbeStarting,
    /// <summary>Of the probe.</summary>
    ProbeFeedback,
    /// <summary>The probe is over, the last of its ACKs still come.</summary>
    ProbeStopping,
}
