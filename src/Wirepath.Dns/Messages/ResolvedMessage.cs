using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// What a resolver knows in answer to one question: a reply's content as sets, without header bits that belong to one
/// exchange. The iterator makes it from replies, the validator marks it, the cache keeps it, the server writes it.
/// </summary>
internal sealed class ResolvedMessage(DnsQuestion question, DnsRcode rcode)
{
    public DnsQuestion Question { get; } = question;

    public DnsRcode Rcode { get; set; } = rcode;

    /// <summary>Aliases in the order in which they were followed, then the answer.</summary>
    public List<Rrset> Answers { get; init; } = [];

    public List<Rrset> Authorities { get; init; } = [];

    public List<Rrset> Additionals { get; init; } = [];

    /// <summary>Its aliases lead to a name of which it says nothing: only a part of an answer.</summary>
    public bool LeadsOn { get; set; }

    /// <summary>Of the whole message; <see cref="Rrset.Security"/> is that of each set.</summary>
    public Security Security { get; set; }

    /// <summary>It names servers to ask, and is no answer.</summary>
    public bool IsReferral { get; init; }

    /// <summary>It has run out, and is given because nothing newer can be had (RFC 8767).</summary>
    public bool IsStale { get; init; }

    /// <summary>Why it failed or is bogus; null when there is nothing to say.</summary>
    public ExtendedError? Error { get; set; }

    /// <summary>The kind of failure; None for every message that says something.</summary>
    public NameFailure Failure { get; init; }

    /// <summary>The chain of trust, as the validator left it; null before and without.</summary>
    public object? Chain { get; set; }

    /// <summary>Servers whose replies it was made of; empty when it came from the cache.</summary>
    public List<IpAddress> Sources { get; init; } = [];

    /// <summary>Who wants to hear of errors in it (RFC 9567); null: nobody.</summary>
    public DomainName? ReportAgent { get; set; }

    /// <summary>The last event on the way to it.</summary>
    public EventId Because { get; set; }

    /// <summary>True when it says that something is or is not; false for SERVFAIL, REFUSED and their like.</summary>
    public bool IsAnswer => Rcode is DnsRcode.NoError or DnsRcode.NXDomain or DnsRcode.YXDomain;

    public static ResolvedMessage Failed(DnsQuestion question, NameFailure failure, ExtendedErrorCode code, string text, EventId because = default) =>
        new(question, DnsRcode.ServFail) { Failure = failure, Error = new ExtendedError(code, text), Because = because };

    /// <summary>The same for a question in other letters' case, its sets shared.</summary>
    public ResolvedMessage For(DnsQuestion asked) => new(asked, Rcode)
    {
        Answers = [.. Answers],
        Authorities = [.. Authorities],
        Additionals = [.. Additionals],
        LeadsOn = LeadsOn,
        IsStale = IsStale,
        Security = Security,
        Error = Error,
        Failure = Failure,
        Chain = Chain,
        Sources = Sources,
        Because = Because,
    };

    /// <summary>Where the aliases in the answer lead: the question's name without any.</summary>
    /// <param name="reachesType">True when a set of the question's type is at the end.</param>
    public DomainName EndOfAliases(out bool reachesType)
    {
        DomainName name = Question.Name;
        reachesType = false;
        foreach (Rrset set in Answers)
        {
            if (set.Type == Question.Type && set.Name == name || Question.Type == DnsType.ANY)
            {
                reachesType = true;
                return name;
            }

            if (set.Type == DnsType.CNAME && set.Name == name && set.Records[0].TryGetName(out DomainName target))
                name = target;
        }

        return name;
    }
}
