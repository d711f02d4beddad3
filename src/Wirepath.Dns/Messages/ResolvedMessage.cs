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

    /// <summary>Of the whole message; <see cref="Rrset.Security"/> is that of each set.</summary>
    public Security Security { get; set; }

    /// <summary>Why it failed or is bogus; null when there is nothing to say.</summary>
    public ExtendedError? Error { get; set; }

    /// <summary>True when it says that something is or is not; false for SERVFAIL, REFUSED and their like.</summary>
    public bool IsAnswer => Rcode is DnsRcode.NoError or DnsRcode.NXDomain or DnsRcode.YXDomain;

    public static ResolvedMessage Failed(DnsQuestion question, ExtendedErrorCode code, string text) =>
        new(question, DnsRcode.ServFail) { Error = new ExtendedError(code, text) };
}
