using System.Globalization;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Url;
using Wirepath.Wire;

namespace Wirepath.Cli;

internal sealed class EnglishCommandWords : CommandWords
{
    public override string EmbeddedInternet(ulong seed) => $"embedded internet · seed {seed}";

    public override string Saved(string file) => $"saved {file}";

    public override string NotAHost(string text) => $"'{text}' is neither an address nor a domain name: labels of 1 to 63 bytes between dots, 255 bytes in all.";

    public override string NoIpv4(string name) => $"{name} exists, but has no IPv4 address.";

    public override string NameFailed(NameAnswer answer) => answer.Explanation;

    public override string AnsweredBy(NameLevel level, string milliseconds, string world) => level switch
    {
        NameLevel.Literal => $"nobody was asked: it is an address · {world}",
        NameLevel.BrowserCache => $"answered by the browser's cache in {milliseconds} ms · {world}",
        NameLevel.HostsFile => $"answered by the hosts file in {milliseconds} ms · {world}",
        NameLevel.Stub => $"answered by the name server in {milliseconds} ms · {world}",
        NameLevel.RouterCache => $"answered by the router's cache in {milliseconds} ms · {world}",
        NameLevel.ResolverCache => $"answered by the resolver's cache in {milliseconds} ms · {world}",
        NameLevel.Iteration => $"answered by iteration from the root in {milliseconds} ms · {world}",
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };

    public override string PingHead(string target, string address, int bytes, string world) => $"PING {target} ({address}): {bytes} data bytes · {world}";

    public override string PingReply(int bytes, string from, int sequence, int ttl, string milliseconds) =>
        $"{bytes} bytes from {from}: seq={sequence} ttl={ttl} time={milliseconds} ms";

    public override string PingTimedOut(int sequence, string seconds) => $"no answer to seq={sequence} within {seconds} s";

    public override string PingFailed(int sequence, ProbeOutcome outcome, string from) => $"seq={sequence}: {Outcome(outcome)}{(from.Length == 0 ? "" : $" (says {from})")}";

    public override string PingSummary(int sent, int received, string percentLost) => $"{sent} sent, {received} received, {percentLost} % lost";

    public override string PingRoundTrips(string least, string mean, string most, string deviation) => $"round trip min/avg/max/stddev = {least}/{mean}/{most}/{deviation} ms";

    public override string PingUnanswered(int sent, string address, ProbeOutcome outcome) => sent == 1
        ? $"the echo request to {address} was not answered: {Outcome(outcome)}."
        : $"none of {sent} echo requests to {address} was answered; the last one: {Outcome(outcome)}.";

    public override string Outcome(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.TimedOut => "nobody answered in time",
        ProbeOutcome.TimeExceeded => "the time to live ran out on the way",
        ProbeOutcome.PortUnreachable => "the host is there, but nobody listens on that port",
        ProbeOutcome.Unreachable => "the destination is unreachable",
        ProbeOutcome.TooBig => "the packet is too big for a link on the way and must not be fragmented",
        ProbeOutcome.EchoReply => "it answered",
        ProbeOutcome.NoRoute => "this host has no route to it",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    public override string TraceHead(string target, string address, int hops, string world) => $"traceroute to {target} ({address}), {hops} hops at the most · {world}";

    public override string TraceUnreachable(string address, string by) => $"{address} was not reached: {by} says that it is unreachable.";

    public override string TraceNotReached(string address, int hops) =>
        $"{address} was not reached within {hops} hops: the last line that has an address is the last router that answered.";

    public override string UrlLabel(UrlPart part) => part switch
    {
        UrlPart.Scheme => "scheme",
        UrlPart.Username => "user",
        UrlPart.Password => "password",
        UrlPart.Host => "host",
        UrlPart.Port => "port",
        UrlPart.PathSegment => "path",
        UrlPart.OpaquePath => "path",
        UrlPart.QueryPair => "query",
        UrlPart.Fragment => "fragment",
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };

    public override string UrlOrigin => "origin";

    public override string UrlDefaultPort => "the scheme's default, not sent";

    public override string UrlALabels(string raw) => $"→ {raw} (A-labels, what DNS is asked)";

    public override string UrlAddress => "an address: nothing to look up";

    public override string UrlStaysHere => "stays here, is never sent";

    public override string UrlChanged => "changed";

    public override string UrlChange(FixUpNote note) => note.Words;

    public override string UrlRemark => "remark";

    public override string UrlAt(string name, int character) => $"{name}, at character {character}";

    public override string UrlWrong(UrlFailure failure) => failure.Message;

    public override string Listening(string addresses) => $"listening on {addresses}";

    public override string CannotListen(string why) => $"cannot listen: {why}.";

    public override string CacheLoaded(int answers, string file) =>
        string.Create(CultureInfo.InvariantCulture, $"{answers} {(answers == 1 ? "answer" : "answers")} taken over from {file}");

    public override string CacheNotLoaded(string why) => $"starting with an empty cache: {why}";

    public override string CacheSaved(int answers, string file) =>
        string.Create(CultureInfo.InvariantCulture, $"{answers} {(answers == 1 ? "answer" : "answers")} left in {file}");

    public override string CacheNotSaved(string why) => $"the cache was not saved: {why}";

    public override string ReadAgain => "the files were read again and hold from now on";

    public override string NotReadAgain(string why) => $"the files were not read again, what held before still holds: {why}";

    public override string ResolverStopped(long queries, long atOnce, long sent) => string.Create(CultureInfo.InvariantCulture,
        $"{queries:N0} queries, {atOnce:N0} of them answered at once from the cache; {sent:N0} queries sent to servers");

    public override string NameserverStopped(long queries) => string.Create(CultureInfo.InvariantCulture, $"{queries:N0} queries");

    public override string ZoneFetched(DomainName zone, uint serial) => string.Create(CultureInfo.InvariantCulture, $"{zone} was fetched, serial number {serial}");

    public override string ZoneExpired(DomainName zone) => $"{zone} has expired: its primary servers do not answer";

    public override string UrlTolerated(UrlValidationError error) => error.Message;
}
