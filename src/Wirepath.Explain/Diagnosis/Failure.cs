using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>Ways in which a navigation fails that need different words and different next steps.</summary>
public enum FailureClass
{
    None,
    UrlInvalid,
    NameNotFound,
    NameWithoutType,
    NameSilent,
    NameLame,
    NameLoop,
    NameServerFailure,
    NameInvalid,
    NameNoServer,
    NameBudget,
    NameBogus,
    NeighborSilent,
    NoRoute,
    ConnectSilent,
    ConnectRefused,
    ConnectUnreachable,
    ConnectNotSent,
    ConnectionReset,
    ConnectionTimedOut,
    ConnectionAborted,
    /// <summary>The limit that a person set for the whole navigation was reached.</summary>
    TimeLimit,
    Tls,
    Http,
    HttpStatus,
    /// <summary>It failed in a way that the log does not name.</summary>
    Unknown,
}

/// <summary>What the sentences about a failure are made from. Fields that do not belong to the class are empty.</summary>
/// <param name="Subject">URL, name, address or host that it is about.</param>
/// <param name="With">Who was asked: a server, a neighbour, an endpoint.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Waited">Over what time.</param>
/// <param name="Detail">What the part that failed said itself; may be empty.</param>
/// <param name="Status">Of HTTP.</param>
/// <param name="Evidence">The packet or event to which the failure is pinned.</param>
public sealed record Failure(FailureClass Class, string Subject, string With, int Attempts, TimeSpan Waited, string Detail, int Status, EventId Evidence)
{
    public FailureText In(Language language) => Words.For(language).Explain(this);
}

/// <summary>The four things that a person needs to hear after a failure, and the one sentence that sums them up.</summary>
public sealed record FailureText(string Verdict, string Tried, string With, string CameBack, string Next);

public abstract partial class Words
{
    public abstract FailureText Explain(Failure failure);
}
