using System.Globalization;
using System.Text.Json;
using Wirepath.Events;

namespace Wirepath.Explain;

/// <summary>The fields of each happening, written by hand: no reflection, so that start-up stays short and trimming is safe.</summary>
internal static class HappeningJson
{
    public static void Write(Utf8JsonWriter json, Happening what)
    {
        var f = new JsonFields(json);
        switch (what)
        {
            case NavigationStarted or AddressFixedUp or UrlParsed or UrlRejected or ServiceFound or ConnectStarted or ConnectAbandoned or ConnectFinished or ConnectFailed or TlsStarted or TlsFinished or TlsFailed
                or RequestSent or ResponseHeadReceived or BodyReceived or ResponseCompleted or Redirected or HttpFailed or RequestServed or NavigationFinished or Remark:
                WriteApplication(f, what);
                break;
            case LookupStarted or LevelConsulted or QuerySent or ResponseReceived or QueryTimedOut or RecordDisbelieved or QuestionAnswered or LookupFinished
                or ZoneTrustFound or SetVerified or AnswerValidated or TrustAnchorChanged:
                WriteNames(f, what);
                break;
            case FrameSent or FrameReceived or PacketDropped or LinkTransit or NeighborLookup or NeighborRequested or NeighborResolved or NeighborFailed:
                WriteLink(f, what);
                break;
            case RouteChosen or RouteMissing or PacketForwarded or PacketFragmented or PacketReassembled or ReassemblyTimedOut or PathMtuChanged or NatTranslated or IcmpSent or IcmpReceived
                or Icmpv6Sent or Icmpv6Received or AddressTested or AddressRefused or RouterHeard or DatagramSent or DatagramReceived or ProbeAnswered or ProbeLost or DhcpExchange or AddressConfigured:
                WriteNetwork(f, what);
                break;
            default:
                WriteTcp(f, what);
                break;
        }
    }

    private static void WriteApplication(JsonFields f, Happening what)
    {
        switch (what)
        {
            case NavigationStarted e: f.Text("typed", e.Typed); break;
            case AddressFixedUp e: f.Text("typed", e.Typed).Text("url", e.Url).Texts("changes", e.Changes); break;
            case UrlParsed e:
                f.Text("href", e.Href).Text("scheme", e.Scheme).Text("host", e.Host).Number("port", e.Port).Flag("portIsDefault", e.PortIsDefault)
                    .Text("pathAndQuery", e.PathAndQuery).Text("fragment", e.Fragment);
                break;
            case UrlRejected e: f.Text("typed", e.Typed).Text("name", e.Name).Number("position", e.Position).Text("message", e.Message); break;
            case ServiceFound e: f.Text("host", e.Host).Text("target", e.Target.ToString()).Number("port", e.Port).Number("priority", e.Priority).Texts("protocols", e.Protocols); break;
            case ConnectStarted e: f.Text("host", e.Host).Endpoint("remote", e.Remote).Name("why", e.Why); break;
            case ConnectAbandoned e: f.Text("host", e.Host).Endpoint("remote", e.Remote); break;
            case ConnectFinished e: f.Connection(e.Connection).Flag("reused", e.Reused); break;
            case ConnectFailed e: f.Text("host", e.Host).Endpoint("remote", e.Remote).Name("how", e.How).Text("detail", e.Detail); break;
            case TlsStarted e: f.Connection(e.Connection).Text("serverName", e.ServerName); break;
            case TlsFinished e:
                f.Connection(e.Connection).Text("version", e.Version).Text("cipherSuite", e.CipherSuite).Text("applicationProtocol", e.ApplicationProtocol).Texts("chain", e.Chain);
                break;
            case TlsFailed e: f.Connection(e.Connection).Text("serverName", e.ServerName).Text("detail", e.Detail); break;
            case RequestSent e: f.Connection(e.Connection).Text("method", e.Method).Text("target", e.Target).Texts("headers", e.Headers); break;
            case ResponseHeadReceived e: f.Connection(e.Connection).Number("status", e.Status).Text("reason", e.Reason).Text("framing", e.Framing).Texts("headers", e.Headers); break;
            case BodyReceived e: f.Connection(e.Connection).Number("bytes", e.Bytes).Number("total", e.Total); break;
            case ResponseCompleted e: f.Connection(e.Connection).Number("status", e.Status).Number("bytes", e.Bytes).Flag("keptAlive", e.KeptAlive); break;
            case Redirected e: f.Number("status", e.Status).Text("from", e.From).Text("to", e.To); break;
            case HttpFailed e: f.Text("host", e.Host).Text("detail", e.Detail); break;
            case RequestServed e:
                f.Connection(e.Connection).Text("method", e.Method).Text("target", e.Target).Number("status", e.Status).Number("bytes", e.Bytes).Ticks("thought", e.Thought);
                break;
            case NavigationFinished e: f.Number("exitCode", e.ExitCode).Text("summary", e.Summary); break;
            case Remark e: f.Text("text", e.Text); break;
        }
    }

    private static void WriteNames(JsonFields f, Happening what)
    {
        switch (what)
        {
            case LookupStarted e: f.Question(e.Name, e.Type).Text("by", e.By); break;
            case LevelConsulted e: f.Question(e.Name, e.Type).Name("level", e.Level).Name("result", e.Result).Endpoint("server", e.Server).Number("ttlLeft", e.TtlLeft); break;
            case QuerySent e:
                f.Question(e.Name, e.Type).Endpoint("server", e.Server).Text("zone", e.Zone.ToString()).Text("serverName", e.ServerName.ToString()).Number("id", e.Id)
                    .Flag("recursionDesired", e.RecursionDesired).Flag("overTcp", e.OverTcp).Number("attempt", e.Attempt);
                break;
            case ResponseReceived e:
                f.Question(e.Name, e.Type).Endpoint("server", e.Server).Text("zone", e.Zone.ToString()).Number("id", e.Id).Name("rcode", e.Rcode).Flag("authoritative", e.Authoritative)
                    .Flag("recursionAvailable", e.RecursionAvailable).Flag("truncated", e.Truncated).Name("kind", e.Kind).Ticks("roundTrip", e.RoundTrip)
                    .Records("answers", e.Answers).Records("authorities", e.Authorities).Records("additionals", e.Additionals);
                break;
            case QueryTimedOut e: f.Question(e.Name, e.Type).Endpoint("server", e.Server).Ticks("waited", e.Waited).Number("attempt", e.Attempt); break;
            case RecordDisbelieved e: f.Record("record", e.Record).Text("zone", e.Zone.ToString()).Text("reason", e.Reason); break;
            case ZoneTrustFound e:
                f.Text("zone", e.Zone.ToString()).Name("verdict", e.Verdict).Texts("keys", e.Keys.Select(tag => tag.ToString(CultureInfo.InvariantCulture)))
                    .Number("keyTag", e.KeyTag).Number("algorithm", e.Algorithm).Text("explanation", e.Explanation);
                break;
            case SetVerified e:
                f.Question(e.Name, e.Type).Text("signer", e.Signer.ToString()).Name("verdict", e.Verdict).Number("keyTag", e.KeyTag).Number("algorithm", e.Algorithm)
                    .Text("explanation", e.Explanation);
                break;
            case TrustAnchorChanged e: f.Text("zone", e.Zone.ToString()).Number("keyTag", e.KeyTag).Number("algorithm", e.Algorithm).Text("what", e.What); break;
            case AnswerValidated e: f.Question(e.Name, e.Type).Name("verdict", e.Verdict).Text("explanation", e.Explanation); break;
            case QuestionAnswered e:
                f.Question(e.Name, e.Type).Endpoint("client", e.Client).Name("rcode", e.Rcode).Flag("authoritative", e.Authoritative).Number("answers", e.Answers).Flag("overTcp", e.OverTcp);
                break;
            case LookupFinished e:
                f.Question(e.Name, e.Type).Name("failure", e.Failure).Texts("addresses", e.Addresses.Select(a => a.ToString())).Number("ttl", e.Ttl).Text("explanation", e.Explanation);
                break;
        }
    }

    private static void WriteLink(JsonFields f, Happening what)
    {
        switch (what)
        {
            case FrameSent e: f.Text("interface", e.Interface).Bytes("frame", e.Frame); break;
            case FrameReceived e: f.Text("interface", e.Interface).Bytes("frame", e.Frame); break;
            case PacketDropped e: f.Text("interface", e.Interface).Name("reason", e.Reason).Bytes("frame", e.Frame); break;
            case LinkTransit e:
                f.Text("link", e.Link).Text("from", e.From).Text("to", e.To).Bytes("frame", e.Frame).Name("verdict", e.Verdict).Name("reason", e.Reason).Moment("arrivesAt", e.ArrivesAt);
                break;
            case NeighborLookup e: f.Text("interface", e.Interface).Address("address", e.Address).Flag("hit", e.Hit).Text("mac", e.Mac.ToString()); break;
            case NeighborRequested e: f.Text("interface", e.Interface).Address("address", e.Address).Number("attempt", e.Attempt); break;
            case NeighborResolved e: f.Text("interface", e.Interface).Address("address", e.Address).Text("mac", e.Mac.ToString()).Ticks("elapsed", e.Elapsed); break;
            case NeighborFailed e: f.Text("interface", e.Interface).Address("address", e.Address).Number("attempts", e.Attempts); break;
        }
    }

    private static void WriteNetwork(JsonFields f, Happening what)
    {
        switch (what)
        {
            case RouteChosen e:
                f.Address("destination", e.Destination).Address("source", e.Source).Text("prefix", e.Prefix.ToString()).Address("nextHop", e.NextHop).Text("interface", e.Interface).Flag("onLink", e.OnLink);
                break;
            case RouteMissing e: f.Address("destination", e.Destination); break;
            case PacketForwarded e:
                f.Address("source", e.Source).Address("destination", e.Destination).Text("in", e.In).Text("out", e.Out).Address("nextHop", e.NextHop).Number("timeToLive", e.TimeToLive);
                break;
            case PacketFragmented e: f.Address("source", e.Source).Address("destination", e.Destination).Number("length", e.Length).Number("mtu", e.Mtu).Number("fragments", e.Fragments); break;
            case PacketReassembled e: f.Address("source", e.Source).Address("destination", e.Destination).Number("length", e.Length).Number("fragments", e.Fragments); break;
            case ReassemblyTimedOut e: f.Address("source", e.Source).Address("destination", e.Destination).Number("fragments", e.Fragments); break;
            case PathMtuChanged e: f.Address("destination", e.Destination).Number("mtu", e.Mtu); break;
            case NatTranslated e: f.Name("protocol", e.Protocol).Endpoint("before", e.Before).Endpoint("after", e.After).Flag("outward", e.Outward).Flag("newMapping", e.NewMapping); break;
            case IcmpSent e: f.Address("to", e.To).Name("type", e.Type).Number("code", e.Code).Address("quoted", e.Quoted); break;
            case IcmpReceived e: f.Address("from", e.From).Name("type", e.Type).Number("code", e.Code).Address("quoted", e.Quoted); break;
            case Icmpv6Sent e: f.Address("to", e.To).Name("type", e.Type).Number("code", e.Code).Address("quoted", e.Quoted); break;
            case Icmpv6Received e: f.Address("from", e.From).Name("type", e.Type).Number("code", e.Code).Address("quoted", e.Quoted); break;
            case AddressTested e: f.Text("interface", e.Interface).Address("address", e.Address).Number("attempt", e.Attempt); break;
            case AddressRefused e: f.Text("interface", e.Interface).Address("address", e.Address).Text("by", e.By.ToString()); break;
            case RouterHeard e: f.Text("interface", e.Interface).Address("router", e.Router).Ticks("lifetime", e.Lifetime).Number("mtu", e.Mtu).Number("prefixes", e.Prefixes); break;
            case DatagramSent e: f.Endpoint("from", e.From).Endpoint("to", e.To).Number("length", e.Length); break;
            case DatagramReceived e: f.Endpoint("from", e.From).Endpoint("to", e.To).Number("length", e.Length); break;
            case ProbeAnswered e: f.Number("timeToLive", e.TimeToLive).Address("from", e.From).Ticks("roundTrip", e.RoundTrip).Flag("reached", e.Reached); break;
            case ProbeLost e: f.Number("timeToLive", e.TimeToLive); break;
            case DhcpExchange e: f.Text("interface", e.Interface).Flag("sent", e.Sent).Text("messageType", e.MessageType).Address("offered", e.Offered).Address("server", e.Server); break;
            case AddressConfigured e: f.Text("interface", e.Interface).Text("address", e.Address.ToString()).Address("gateway", e.Gateway).Text("origin", e.Origin).Ticks("lease", e.Lease); break;
        }
    }

    private static void WriteTcp(JsonFields f, Happening what)
    {
        switch (what)
        {
            case StateChanged e: f.Connection(e.Connection).Text("from", Words.State(e.From)).Text("to", Words.State(e.To)).Text("trigger", e.Trigger); break;
            case SegmentSent e: f.Connection(e.Connection).Segment(e.Segment).Name("why", e.Why); break;
            case SegmentReceived e: f.Connection(e.Connection).Segment(e.Segment); break;
            case SegmentRejected e: f.Connection(e.Connection).Segment(e.Segment).Text("reason", e.Reason); break;
            case Retransmitted e: f.Connection(e.Connection).Number("relativeSequence", e.RelativeSequence).Number("length", e.Length).Name("why", e.Why).Number("attempt", e.Attempt); break;
            case RetransmissionTimedOut e: f.Connection(e.Connection).Ticks("rto", e.Rto).Ticks("next", e.Next).Number("attempt", e.Attempt); break;
            case ReorderingSeen e: f.Connection(e.Connection).Number("segments", e.Segments); break;
            case LossProbeDue e: f.Connection(e.Connection).Flag("isNew", e.IsNew); break;
            case ReorderingTimedOut e: f.Connection(e.Connection); break;
            case PathSizeChanged e: f.Connection(e.Connection).Number("mss", e.Mss).Text("why", e.Why); break;
            case DuplicateAckCounted e: f.Connection(e.Connection).Number("count", e.Count); break;
            case RttSampled e: f.Connection(e.Connection).Ticks("sample", e.Sample).Ticks("smoothedRtt", e.SmoothedRtt).Ticks("rttVariance", e.RttVariance).Ticks("rto", e.Rto); break;
            case CongestionChanged e:
                f.Connection(e.Connection).Name("phase", e.Phase).Number("cwnd", e.Cwnd).Threshold("ssthresh", e.Ssthresh).Number("mss", e.Mss).Text("why", e.Why);
                break;
            case PeerWindowChanged e: f.Connection(e.Connection).Number("window", e.Window); break;
            case WindowsMoved e:
                f.Connection(e.Connection).Number("relativeSndUna", e.RelativeSndUna).Number("relativeSndNxt", e.RelativeSndNxt).Number("sndWnd", e.SndWnd)
                    .Number("relativeRcvNxt", e.RelativeRcvNxt).Number("rcvWnd", e.RcvWnd);
                break;
            case OptionsNegotiated e:
                f.Connection(e.Connection).Number("sendMss", e.SendMss).Number("receiveMss", e.ReceiveMss).Flag("windowScaling", e.WindowScaling).Number("sendShift", e.SendShift)
                    .Number("receiveShift", e.ReceiveShift).Flag("timestamps", e.Timestamps).Flag("sack", e.Sack);
                break;
            case KeepAliveSent e: f.Connection(e.Connection).Number("attempt", e.Attempt).Number("most", e.Most); break;
            case TimeWaitStarted e: f.Connection(e.Connection).Ticks("duration", e.Duration).Flag("restarted", e.Restarted); break;
            case ListenQueueOverflowed e: f.Endpoint("listener", e.Listener).Endpoint("peer", e.Peer).Name("queue", e.Queue).Number("limit", e.Limit); break;
            case ConnectionEnded e: f.Connection(e.Connection).Name("how", e.How).Text("detail", e.Detail); break;
            case SocketCalled e: f.Connection(e.Connection).Text("call", e.Call).Number("bytes", e.Bytes); break;
        }
    }
}
