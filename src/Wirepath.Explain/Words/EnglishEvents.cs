using Wirepath.Events;
using Wirepath.Wire;
using static Wirepath.Explain.Figures;

namespace Wirepath.Explain;

internal sealed partial class EnglishWords
{
    public override string Describe(Happening what) => what switch
    {
        // Application
        NavigationStarted e => $"Enter was pressed on \"{e.Typed}\".",
        AddressFixedUp e => $"The address bar made \"{e.Typed}\" into {e.Url}: {string.Join(", ", e.Changes)}.",
        UrlParsed e => $"The URL is {e.Href}: scheme {e.Scheme}, host {e.Host}, port {e.Port}{(e.PortIsDefault ? " (the scheme's default)" : "")}.",
        UrlRejected e => $"\"{e.Typed}\" is not a URL: {e.Message} ({e.Name}, at position {e.Position}).",
        ServiceFound e => $"{e.Host} is also served by {e.Target} on port {e.Port} (priority {e.Priority}, {string.Join(", ", e.Protocols)}), says its HTTPS record.",
        ConnectStarted e => e.Why switch
        {
            ConnectReason.First => $"A connection to {e.Host} at {e.Remote} is wanted.",
            ConnectReason.PreviousIsSlow => $"{e.Host} is tried at {e.Remote} as well: the address before has not answered yet.",
            ConnectReason.PreviousFailed => $"{e.Host} is tried at {e.Remote}: the address before failed.",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        },
        ConnectAbandoned e => $"The attempt at {e.Remote} is given up: another address of {e.Host} was faster.",
        ConnectFinished e => e.Reused ? $"A kept-alive connection to {e.Connection.Remote} is used again." : $"The connection to {e.Connection.Remote} stands.",
        ConnectFailed e => $"No connection to {e.Host} at {e.Remote}: {End(e.How)}{Because(e.Detail)}.",
        TlsStarted e => $"TLS begins with {e.ServerName}.",
        TlsFinished e => $"TLS is up: {e.Version}, {e.CipherSuite}{(e.ApplicationProtocol.Length > 0 ? $", {e.ApplicationProtocol}" : "")}, {Count(e.Chain.Count, "certificate")}.",
        TlsFailed e => $"TLS with {e.ServerName} failed{Because(e.Detail)}.",
        RequestSent e => $"The request went out: {e.Method} {e.Target}.",
        ResponseHeadReceived e => $"The answer's head is here: {e.Status} {e.Reason}, body framed by {e.Framing}.",
        BodyReceived e => $"{Bytes(e.Bytes)} of the body arrived, {Bytes(e.Total)} in all.",
        ResponseCompleted e => $"The answer is complete: {e.Status}, {Bytes(e.Bytes)}; the connection {(e.KeptAlive ? "is kept alive" : "will be closed")}.",
        Redirected e => $"{e.Status} sends us from {e.From} to {e.To}.",
        HttpFailed e => $"The exchange with {e.Host} failed{Because(e.Detail)}.",
        RequestServed e => $"The server answered {e.Method} {e.Target} with {e.Status} and {Bytes(e.Bytes)} after {Duration(e.Thought)} of thought.",
        NavigationFinished e => e.ExitCode == 0 ? $"Done: {e.Summary}" : $"Failed with exit code {e.ExitCode}: {e.Summary}",
        Remark e => e.Text,

        // Names
        LookupStarted e => $"{e.By} looks up {e.Name} {DnsMnemonic.Of(e.Type)}.",
        LevelConsulted e => $"{Level(e.Level)}: {Result(e.Result)} for {e.Name} {DnsMnemonic.Of(e.Type)}{(e.TtlLeft >= 0 ? $", {e.TtlLeft} s left" : "")}{At(e.Server)}.",
        QuerySent e => $"Asked {Server(e)} for {e.Name} {DnsMnemonic.Of(e.Type)}{(e.RecursionDesired ? ", recursion desired" : $", zone {e.Zone}")}{(e.OverTcp ? ", over TCP" : "")}{(e.Attempt > 1 ? $", attempt {e.Attempt}" : "")}.",
        ResponseReceived e => $"{e.Server} answered for {e.Name} {DnsMnemonic.Of(e.Type)} after {Duration(e.RoundTrip)}: {Response(e.Kind)}{(e.Authoritative ? ", authoritative" : "")}.",
        QueryTimedOut e => $"{e.Server} did not answer for {e.Name} {DnsMnemonic.Of(e.Type)} within {Duration(e.Waited)} (attempt {e.Attempt}).",
        RecordDisbelieved e => $"The record {e.Record} from zone {e.Zone} was not believed: {e.Reason}.",
        ZoneTrustFound e => e.Verdict switch
        {
            TrustVerdict.Secure => $"The keys of {e.Zone} are trusted: {e.Explanation}.",
            TrustVerdict.Insecure => $"{e.Zone} needs no signatures: it {e.Explanation}.",
            TrustVerdict.Indeterminate => $"Nothing is known of the keys of {e.Zone}{Because(e.Explanation)}.",
            TrustVerdict.Bogus => $"The keys of {e.Zone} cannot be trusted{Because(e.Explanation)}.",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        },
        SetVerified e => e.Verdict == TrustVerdict.Secure
            ? $"{e.Name} {DnsMnemonic.Of(e.Type)} is signed by key {e.KeyTag} of {e.Signer}."
            : $"{e.Name} {DnsMnemonic.Of(e.Type)} is not signed by {e.Signer} as it should be{Because(e.Explanation)}.",
        TrustAnchorChanged e => $"Trust anchor: key {e.KeyTag} of {e.Zone} {e.What}.",
        AnswerValidated e => e.Verdict switch
        {
            TrustVerdict.Secure => $"The answer for {e.Name} {DnsMnemonic.Of(e.Type)} is secure{Because(e.Explanation)}.",
            TrustVerdict.Insecure => $"The answer for {e.Name} {DnsMnemonic.Of(e.Type)} is not signed, and need not be{Because(e.Explanation)}.",
            TrustVerdict.Indeterminate => $"The answer for {e.Name} {DnsMnemonic.Of(e.Type)} cannot be validated: no trust anchor lies above it.",
            TrustVerdict.Bogus => $"The answer for {e.Name} {DnsMnemonic.Of(e.Type)} is bogus{Because(e.Explanation)}.",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        },
        QuestionAnswered e => $"Answered {e.Client} about {e.Name} {DnsMnemonic.Of(e.Type)}: {e.Rcode}, {Count(e.Answers, "record")}{(e.Authoritative ? ", authoritative" : "")}.",
        LookupFinished e => e.Failure == NameFailure.None
            ? $"{e.Name} is {string.Join(", ", e.Addresses)} for {e.Ttl} s."
            : $"{e.Name} {DnsMnemonic.Of(e.Type)} was not resolved: {Name(e.Failure)}{Because(e.Explanation)}.",

        // Link
        FrameSent e => $"A frame of {Bytes(e.Frame.Length)} left on {e.Interface}.",
        FrameReceived e => $"A frame of {Bytes(e.Frame.Length)} came in on {e.Interface}.",
        PacketDropped e => $"A packet of {Bytes(e.Frame.Length)} was dropped{(e.Interface.Length > 0 ? $" at {e.Interface}" : "")}: {Drop(e.Reason)}.",
        LinkTransit e => e.Verdict switch
        {
            LinkVerdict.Delivered => $"{e.Link} carries {Bytes(e.Frame.Length)} from {e.From} to {e.To}.",
            LinkVerdict.Dropped => $"{e.Link} dropped {Bytes(e.Frame.Length)} from {e.From} to {e.To}: {Drop(e.Reason)}.",
            LinkVerdict.Duplicated => $"{e.Link} delivered {Bytes(e.Frame.Length)} from {e.From} to {e.To} a second time.",
            LinkVerdict.Corrupted => $"{e.Link} damaged {Bytes(e.Frame.Length)} from {e.From} to {e.To} on the way.",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        },
        NeighborLookup e => e.Hit ? $"The MAC address of {e.Address} is known: {e.Mac}." : $"The MAC address of {e.Address} is not known yet.",
        NeighborRequested e => $"Who has {e.Address}? Asked on {e.Interface}, attempt {e.Attempt}.",
        NeighborResolved e => e.Elapsed > TimeSpan.Zero ? $"{e.Address} is at {e.Mac}, after {Duration(e.Elapsed)}." : $"{e.Address} is at {e.Mac}, learned in passing.",
        NeighborFailed e => $"Nobody on {e.Interface} claimed {e.Address} after {Count(e.Attempts, "request")}.",

        // Network
        RouteChosen e => e.OnLink
            ? $"{e.Destination} is on the same network ({e.Prefix}): sent to it directly on {e.Interface}."
            : $"{e.Destination} is on another network: by {e.Prefix} to {e.NextHop} on {e.Interface}.",
        RouteMissing e => $"No route leads to {e.Destination}.",
        PacketForwarded e => $"A packet from {e.Source} to {e.Destination} was passed on from {e.In} to {e.Out} by {e.NextHop}, TTL {e.TimeToLive}.",
        PacketFragmented e => $"A packet of {Bytes(e.Length)} to {e.Destination} was cut into {Count(e.Fragments, "fragment")} for an MTU of {e.Mtu}.",
        PacketReassembled e => $"{Count(e.Fragments, "fragment")} from {e.Source} became one packet of {Bytes(e.Length)}.",
        ReassemblyTimedOut e => $"{Count(e.Fragments, "fragment")} from {e.Source} waited in vain for the rest.",
        PathMtuChanged e => $"The path to {e.Destination} carries packets of {e.Mtu} B at the most.",
        NatTranslated e => $"The NAT made {e.Before} into {e.After} ({(e.Outward ? "outward" : "inward")}{(e.NewMapping ? ", a new mapping" : "")}).",
        IcmpSent e => $"ICMP {e.Type} (code {e.Code}) sent to {e.To}{Quoting(e.Quoted)}.",
        IcmpReceived e => $"ICMP {e.Type} (code {e.Code}) came from {e.From}{Quoting(e.Quoted)}.",
        Icmpv6Sent e => $"ICMPv6 {e.Type} (code {e.Code}) sent to {e.To}{Quoting(e.Quoted)}.",
        Icmpv6Received e => $"ICMPv6 {e.Type} (code {e.Code}) came from {e.From}{Quoting(e.Quoted)}.",
        AddressTested e => $"Does anybody on {e.Interface} use {e.Address}? Asked, attempt {e.Attempt}.",
        AddressRefused e => $"{e.Address} is in use already by {e.By}: {e.Interface} does without it.",
        RouterHeard e => $"The router {e.Router} on {e.Interface} advertises {Count(e.Prefixes, "network")}{(e.Lifetime > TimeSpan.Zero ? $", and itself for {Duration(e.Lifetime)}" : ", but not itself as a way out")}{(e.Mtu > 0 ? $", MTU {e.Mtu}" : "")}.",
        DatagramSent e => $"A datagram of {Bytes(e.Length)} went from {e.From} to {e.To}.",
        DatagramReceived e => $"A datagram of {Bytes(e.Length)} came from {e.From} to {e.To}.",
        ProbeAnswered e => $"With TTL {e.TimeToLive}, {e.From} answered after {Duration(e.RoundTrip)}{(e.Reached ? ": the destination" : "")}.",
        ProbeLost e => $"With TTL {e.TimeToLive}, nobody answered.",
        DhcpExchange e => $"DHCP {e.MessageType} {(e.Sent ? "sent" : "received")} on {e.Interface}{(e.Offered.IsNone ? "" : $", address {e.Offered}")}{(e.Server.IsNone ? "" : $", server {e.Server}")}.",
        AddressConfigured e => $"{e.Interface} has {e.Address} ({e.Origin}){(e.Gateway.IsNone ? "" : $", gateway {e.Gateway}")}{(e.Lease > TimeSpan.Zero ? $", for {Duration(e.Lease)}" : "")}.",

        // TCP
        StateChanged e => $"{State(e.From)} → {State(e.To)} ({e.Trigger}).",
        SegmentSent e => $"Sent {Segment(e.Segment)}: {Send(e.Why)}.",
        SegmentReceived e => $"Received {Segment(e.Segment)}.",
        SegmentRejected e => $"Turned away {Segment(e.Segment)}: {e.Reason}.",
        Retransmitted e => $"{(e.Length > 0 ? $"{Bytes(e.Length)} from byte {e.RelativeSequence}" : $"The segment at {e.RelativeSequence}")} sent again (attempt {e.Attempt}): {Retransmit(e.Why)}.",
        RetransmissionTimedOut e => $"No ACK within {Duration(e.Rto)}: the retransmission timer ran out (attempt {e.Attempt}), the next one is {Duration(e.Next)}.",
        ReorderingSeen e => $"Something arrived behind what was sent after it: the path reorders by {e.Segments} segments.",
        LossProbeDue e => $"No ACK for two round trips: {(e.IsNew ? "new bytes" : "the last segment again")} as a tail-loss probe.",
        ReorderingTimedOut => "RACK's reordering window has passed: what is still missing is held for lost.",
        PathSizeChanged e => $"Segments are of {e.Mss} bytes from now on: {e.Why}.",
        DuplicateAckCounted e => $"Duplicate ACK number {e.Count}.",
        RttSampled e => $"Round trip {Duration(e.Sample)}; smoothed {Duration(e.SmoothedRtt)} ± {Duration(e.RttVariance)}, RTO {Duration(e.Rto)}.",
        CongestionChanged e => $"cwnd {Segments(e.Cwnd, e.Mss)} MSS, ssthresh {Threshold(e.Ssthresh, "∞")}, {Congestion(e.Phase)}: {e.Why}.",
        PeerWindowChanged e => e.Window == 0 ? "The peer's window is zero: we must wait." : $"The peer's window is {Bytes(e.Window)}.",
        WindowsMoved e => $"SND.UNA {e.RelativeSndUna}, SND.NXT {e.RelativeSndNxt}, SND.WND {e.SndWnd}; RCV.NXT {e.RelativeRcvNxt}, RCV.WND {e.RcvWnd}.",
        OptionsNegotiated e => $"Agreed: MSS {e.SendMss} out and {e.ReceiveMss} in{(e.WindowScaling ? $", windows shifted by {e.SendShift} and {e.ReceiveShift}" : ", no window scaling")}{(e.Timestamps ? ", timestamps" : "")}{(e.Sack ? ", SACK" : "")}.",
        KeepAliveSent e => $"Keepalive probe {e.Attempt} of {e.Most}.",
        TimeWaitStarted e => $"TIME-WAIT for {Duration(e.Duration)} (2 × MSL){(e.Restarted ? ", begun anew because the FIN came again" : "")}.",
        ListenQueueOverflowed e => $"The {Queue(e.Queue)} of {e.Listener} is full ({e.Limit}): {e.Peer} was turned away.",
        ConnectionEnded e => $"The connection to {e.Connection.Remote} ended: {End(e.How)}{Because(e.Detail)}.",
        SocketCalled e => $"The application called {e.Call}{(e.Bytes > 0 ? $" with {Bytes(e.Bytes)}" : "")}.",
        _ => what.GetType().Name,
    };

    private static string Server(QuerySent e) => e.ServerName.IsRoot ? e.Server.ToString() : $"{e.ServerName} ({e.Server})";

    private static string At(IpEndpoint server) => server.Address.IsNone ? "" : $", at {server}";

    private static string Because(string detail) => detail.Length == 0 ? "" : $": {detail.TrimEnd('.')}";

    private static string Quoting(IpAddress quoted) => quoted.IsNone ? "" : $", about a packet to {quoted}";

    private static string Count(int count, string what) => count == 1 ? $"one {what}" : $"{Number(count)} {what}s";
}
