using Wirepath.Events;

namespace Wirepath.Explain;

/// <summary>Why a phase took the largest part of the time.</summary>
public enum Reason
{
    /// <summary>Nothing stands out.</summary>
    Plain,
    ColdNames,
    NameTimeouts,
    NeighborRetried,
    RoundTrip,
    SynRepeated,
    /// <summary>An address that was tried before gave no connection.</summary>
    OtherAddressFailed,
    ServerThought,
    Losses,
    SlowStart,
    SmallWindow,
    /// <summary>The congestion window let out a burst each round trip; losses had made it small.</summary>
    Rounds,
    /// <summary>The segments came back to back: the line carried no more.</summary>
    Bulk,
    /// <summary>The server's program had nothing to send although the window was open.</summary>
    ServerPaced,
}

/// <param name="Share">Part of the whole, 0 to 1.</param>
/// <param name="RoundTrip">Of the connection; zero when not known.</param>
/// <param name="Cost">Time that the reason itself accounts for.</param>
/// <param name="Count">Of time-outs, losses, redirects, round trips: what the reason counts.</param>
public sealed record DominantFacts(PhaseKind Phase, Reason Reason, double Share, TimeSpan Time, TimeSpan Total, TimeSpan RoundTrip, TimeSpan Cost, int Count);

public abstract partial class Words
{
    public abstract string Dominant(DominantFacts facts);

    public abstract string Warm(TimeSpan total, bool reused, TimeSpan roundTrip);

    public abstract string AnsweredLocally(NameLevel level);

    /// <param name="verdict">The sentence that follows.</param>
    public abstract string AnsweredWithError(int status, string reason, string verdict);

    public abstract string Interrupted(TimeSpan after, PhaseKind during);

    public abstract string ColdNames(int zones, TimeSpan cost);

    public abstract string NameTimeouts(int count, string server, TimeSpan cost);

    public abstract string NameOverTcp(string server);

    public abstract string NameDisbelieved(int count, string first, string reason);

    public abstract string NeighborRetried(string address, int attempts, TimeSpan cost);

    public abstract string SynRepeated(int syns, TimeSpan cost);

    public abstract string LossRepairedFast(int count, string where, TimeSpan cost, TimeSpan roundTrip);

    public abstract string LossRepairedByTimeout(int count, string where, TimeSpan cost, TimeSpan roundTrip);

    public abstract string NeedlessRepetition(int count);

    public abstract string LossUnrepaired(int count, string where);

    public abstract string Corruption(int count, string where);

    public abstract string Bufferbloat(TimeSpan least, TimeSpan most, bool queueFull);

    public abstract string SlowServer(TimeSpan thought, TimeSpan roundTrip, bool measuredAtServer);

    public abstract string Redirects(int count, TimeSpan cost);

    public abstract string ZeroWindow(bool byClient, int count, TimeSpan cost);

    public abstract string SmallWindow(long window, TimeSpan roundTrip);

    public abstract string PathMtu(int mtu, int segments, TimeSpan cost);

    public abstract string QueueOverflow(string listener, int count);

    public abstract string NeverClosed(string node, string connection, TimeSpan age, string owner);
}
