using Wirepath.Events;

namespace Wirepath.Explain;

internal sealed partial class EnglishWords : Words
{
    public override string Phase(PhaseKind phase) => phase switch
    {
        PhaseKind.Other => "other",
        PhaseKind.Dns => "DNS",
        PhaseKind.Arp => "ARP",
        PhaseKind.Connect => "TCP",
        PhaseKind.Tls => "TLS",
        PhaseKind.Wait => "wait",
        PhaseKind.Transfer => "transfer",
        PhaseKind.Redirect => "redirect",
        _ => throw new ArgumentOutOfRangeException(nameof(phase)),
    };

    public override string Level(NameLevel level) => level switch
    {
        NameLevel.Literal => "literal address",
        NameLevel.BrowserCache => "browser cache",
        NameLevel.HostsFile => "hosts file",
        NameLevel.Stub => "name server",
        NameLevel.RouterCache => "router",
        NameLevel.ResolverCache => "ISP resolver",
        NameLevel.Iteration => "iteration",
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };

    public override string Result(LookupResult result) => result switch
    {
        LookupResult.Hit => "hit",
        LookupResult.Miss => "miss",
        LookupResult.NegativeHit => "known not to exist",
        LookupResult.Asked => "asked",
        LookupResult.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    public override string Drop(DropReason reason) => reason switch
    {
        DropReason.None => "no reason given",
        DropReason.Lost => "lost at random",
        DropReason.QueueFull => "queue full",
        DropReason.CoDel => "CoDel: stood in the queue for too long",
        DropReason.Partitioned => "link cut",
        DropReason.TooBig => "bigger than the MTU",
        DropReason.Malformed => "malformed header",
        DropReason.BadChecksum => "wrong checksum",
        DropReason.NotForUs => "not for this host",
        DropReason.NoRoute => "no route",
        DropReason.TimeToLiveExpired => "TTL ran out",
        DropReason.NeighborUnreachable => "neighbour did not answer",
        DropReason.NoListener => "nobody listens on that port",
        DropReason.UnknownProtocol => "unknown protocol",
        DropReason.Budget => "memory budget used up",
        DropReason.NoMapping => "the NAT knows no such flow",
        DropReason.Fragment => "overlapping or late fragment",
        DropReason.SocketQueueFull => "socket queue full",
        DropReason.Martian => "address that cannot be there",
        DropReason.Firewalled => "dropped by a firewall",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public override string Retransmit(RetransmitCause cause) => cause switch
    {
        RetransmitCause.Timeout => "retransmission time-out",
        RetransmitCause.DuplicateAcks => "three duplicate ACKs",
        RetransmitCause.PartialAck => "partial ACK in fast recovery",
        RetransmitCause.Sack => "SACK shows a hole",
        RetransmitCause.Rack => "RACK: later segments arrived first",
        RetransmitCause.TailLossProbe => "tail-loss probe",
        RetransmitCause.PathMtu => "the path takes only smaller packets",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };

    public override string Send(SendCause cause) => cause switch
    {
        SendCause.Open => "opening",
        SendCause.SynAnswer => "answer to SYN",
        SendCause.Data => "data",
        SendCause.Ack => "acknowledgment",
        SendCause.DelayedAck => "delayed ACK",
        SendCause.DuplicateAck => "duplicate ACK",
        SendCause.WindowUpdate => "window update",
        SendCause.Close => "closing",
        SendCause.Retransmission => "retransmission",
        SendCause.WindowProbe => "zero-window probe",
        SendCause.KeepAlive => "keepalive probe",
        SendCause.Challenge => "challenge ACK",
        SendCause.Reset => "reset",
        SendCause.TimeWaitAck => "ACK from TIME-WAIT",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };

    public override string Congestion(CongestionPhase phase) => phase switch
    {
        CongestionPhase.SlowStart => "slow start",
        CongestionPhase.CongestionAvoidance => "congestion avoidance",
        CongestionPhase.FastRecovery => "fast recovery",
        CongestionPhase.LossRecovery => "recovery after time-out",
        _ => throw new ArgumentOutOfRangeException(nameof(phase)),
    };

    public override string End(ConnectionEnd end) => end switch
    {
        ConnectionEnd.Closed => "closed in order",
        ConnectionEnd.Refused => "refused",
        ConnectionEnd.ResetByPeer => "reset by the peer",
        ConnectionEnd.Aborted => "aborted by us",
        ConnectionEnd.TimedOut => "timed out",
        ConnectionEnd.Unreachable => "unreachable",
        ConnectionEnd.KeepAliveFailed => "keepalive unanswered",
        ConnectionEnd.NotSent => "nothing could be sent",
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };

    public override string Name(NameFailure failure) => failure switch
    {
        NameFailure.None => "found",
        NameFailure.NoSuchName => "no such name (NXDOMAIN)",
        NameFailure.NoSuchType => "the name exists, but not with this type (NODATA)",
        NameFailure.TimedOut => "servers stayed silent",
        NameFailure.Lame => "servers do not serve the zone they were named for (lame)",
        NameFailure.Loop => "aliases or referrals go in a circle",
        NameFailure.ServerFailure => "server failure",
        NameFailure.BadName => "not a valid name",
        NameFailure.NoServer => "no name server",
        NameFailure.Budget => "work budget used up",
        NameFailure.Bogus => "signatures do not fit",
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };

    public override string Response(ResponseKind kind) => kind switch
    {
        ResponseKind.Answer => "answer",
        ResponseKind.Alias => "alias (CNAME)",
        ResponseKind.Referral => "referral",
        ResponseKind.NoSuchName => "no such name",
        ResponseKind.NoSuchType => "no such type",
        ResponseKind.Truncated => "truncated",
        ResponseKind.Lame => "lame",
        ResponseKind.Failure => "failure",
        ResponseKind.Mismatched => "does not match, ignored",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public override string Queue(ListenQueue queue) => queue == ListenQueue.Syn ? "SYN queue" : "accept queue";
}
