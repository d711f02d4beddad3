using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Explain;
using Wirepath.Stack;
using Wirepath.Url;
using Wirepath.Wire;

namespace Wirepath.Cli;

/// <summary>
/// What the commands themselves say to a person, one class for each language, as <see cref="Explain.Words"/> is for the
/// story. The command line and its help are English in every language.
/// </summary>
internal abstract class CommandWords
{
    private static readonly CommandWords s_english = new EnglishCommandWords();
    private static readonly CommandWords s_chinese = new ChineseCommandWords();

    public static CommandWords For(Language language) => language == Language.Chinese ? s_chinese : s_english;

    public abstract string EmbeddedInternet(ulong seed);

    public abstract string Saved(string file);

    public abstract string NotAHost(string text);

    public abstract string NoIpv4(string name);

    public abstract string NameFailed(NameAnswer answer);

    public abstract string AnsweredBy(NameLevel level, string milliseconds, string world);

    public abstract string PingHead(string target, string address, int bytes, string world);

    public abstract string PingReply(int bytes, string from, int sequence, int ttl, string milliseconds);

    public abstract string PingTimedOut(int sequence, string seconds);

    public abstract string PingFailed(int sequence, ProbeOutcome outcome, string from);

    public abstract string PingSummary(int sent, int received, string percentLost);

    public abstract string PingRoundTrips(string least, string mean, string most, string deviation);

    public abstract string PingUnanswered(int sent, string address, ProbeOutcome outcome);

    public abstract string Outcome(ProbeOutcome outcome);

    public abstract string TraceHead(string target, string address, int hops, string world);

    /// <param name="by">The router that said so.</param>
    public abstract string TraceUnreachable(string address, string by);

    public abstract string TraceNotReached(string address, int hops);

    public abstract string UrlLabel(UrlPart part);

    public abstract string UrlOrigin { get; }

    public abstract string UrlDefaultPort { get; }

    public abstract string UrlALabels(string raw);

    public abstract string UrlAddress { get; }

    public abstract string UrlStaysHere { get; }

    public abstract string UrlChanged { get; }

    public abstract string UrlChange(FixUpNote note);

    public abstract string UrlRemark { get; }

    public abstract string UrlAt(string name, int character);

    public abstract string UrlWrong(UrlFailure failure);

    public abstract string Listening(string addresses);

    public abstract string CannotListen(string why);

    public abstract string ReadAgain { get; }

    public abstract string CacheLoaded(int answers, string file);

    public abstract string CacheNotLoaded(string why);

    public abstract string CacheSaved(int answers, string file);

    public abstract string CacheNotSaved(string why);

    public abstract string NotReadAgain(string why);

    /// <param name="atOnce">Answered from the receive loop.</param>
    /// <param name="sent">Queries to servers.</param>
    public abstract string ResolverStopped(long queries, long atOnce, long sent);

    public abstract string NameserverStopped(long queries);

    public abstract string ZoneFetched(DomainName zone, uint serial);

    public abstract string ZoneExpired(DomainName zone);

    /// <summary>A sentence about something that the standard tolerates.</summary>
    public abstract string UrlTolerated(UrlValidationError error);
}
