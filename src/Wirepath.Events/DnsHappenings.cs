using Wirepath.Wire;

namespace Wirepath.Events;

/// <summary>The rungs of the ladder between a name and its address.</summary>
public enum NameLevel
{
    /// <summary>The name was an address already.</summary>
    Literal,
    BrowserCache,
    HostsFile,
    /// <summary>The stub's own step: asking the configured server.</summary>
    Stub,
    /// <summary>The home router's forwarder and its cache.</summary>
    RouterCache,
    /// <summary>The ISP's (or any) recursive resolver's cache.</summary>
    ResolverCache,
    /// <summary>Iteration from the root (or the closest known zone) down.</summary>
    Iteration,
}

public enum LookupResult
{
    Hit,
    Miss,
    /// <summary>A cached "no such name" or "no such type" (RFC 2308).</summary>
    NegativeHit,
    /// <summary>The level answered by asking on.</summary>
    Asked,
    Failed,
}

/// <summary>How a look-up went wrong; each has its own words.</summary>
public enum NameFailure
{
    None,
    NoSuchName,
    NoSuchType,
    /// <summary>Servers stayed silent.</summary>
    TimedOut,
    /// <summary>Servers answered, but none of them for that zone.</summary>
    Lame,
    /// <summary>Aliases or referrals lead in a circle or past the limit.</summary>
    Loop,
    /// <summary>SERVFAIL, REFUSED or unreadable answers.</summary>
    ServerFailure,
    /// <summary>The text is no name.</summary>
    BadName,
    /// <summary>No server is configured or reachable.</summary>
    NoServer,
    /// <summary>The query's work budget was used up.</summary>
    Budget,
    /// <summary>DNSSEC: the records are not what the zone's owner signed.</summary>
    Bogus,
}

public enum ResponseKind
{
    Answer,
    /// <summary>Answer section holds a CNAME whose target must be asked for.</summary>
    Alias,
    Referral,
    NoSuchName,
    NoSuchType,
    Truncated,
    Lame,
    Failure,
    /// <summary>Wrong ID, port, question: ignored.</summary>
    Mismatched,
}

public sealed record LookupStarted(DomainName Name, DnsType Type, string By) : Happening;

/// <summary>A level was asked. <paramref name="TtlLeft"/> in seconds on a hit, −1 otherwise; <paramref name="Server"/> is none when the level is local.</summary>
public sealed record LevelConsulted(DomainName Name, DnsType Type, NameLevel Level, LookupResult Result, IpEndpoint Server, int TtlLeft) : Happening;

/// <param name="Zone">The zone whose servers are asked; the root for a recursive question.</param>
/// <param name="ServerName">The NS name in iteration; the root name when the server is known by address alone.</param>
public sealed record QuerySent(
    DomainName Name, DnsType Type, IpEndpoint Server, DomainName Zone, DomainName ServerName, ushort Id, bool RecursionDesired, bool OverTcp, int Attempt) : Happening;

public sealed record ResponseReceived(
    DomainName Name, DnsType Type, IpEndpoint Server, DomainName Zone, ushort Id, DnsRcode Rcode, bool Authoritative, bool RecursionAvailable, bool Truncated,
    ResponseKind Kind, TimeSpan RoundTrip, IReadOnlyList<DnsRecord> Answers, IReadOnlyList<DnsRecord> Authorities, IReadOnlyList<DnsRecord> Additionals) : Happening;

public sealed record QueryTimedOut(DomainName Name, DnsType Type, IpEndpoint Server, TimeSpan Waited, int Attempt) : Happening;

/// <summary>A record was not believed: out of bailiwick, wrong section. In a few words.</summary>
public sealed record RecordDisbelieved(DnsRecord Record, DomainName Zone, string Reason) : Happening;

/// <summary>A server (authoritative, forwarder or resolver) took a question from a client and answered it.</summary>
public sealed record QuestionAnswered(DomainName Name, DnsType Type, IpEndpoint Client, DnsRcode Rcode, bool Authoritative, int Answers, bool OverTcp) : Happening;

public sealed record LookupFinished(
    DomainName Name, DnsType Type, NameFailure Failure, IReadOnlyList<IpAddress> Addresses, int Ttl, string Explanation) : Happening;

/// <summary>Where data stand with DNSSEC (RFC 4035 §4.3).</summary>
public enum TrustVerdict
{
    Bogus,
    Indeterminate,
    Insecure,
    Secure,
}

/// <summary>A step of the chain of trust: a zone's keys are good, not needed, or bad.</summary>
/// <param name="Keys">Tags of the keys that may sign the zone's data.</param>
/// <param name="KeyTag">The key that signed the keys, which a DS record or an anchor names; 0 where there is none.</param>
/// <param name="Algorithm">That key's algorithm.</param>
public sealed record ZoneTrustFound(DomainName Zone, TrustVerdict Verdict, IReadOnlyList<ushort> Keys, ushort KeyTag, byte Algorithm, string Explanation) : Happening;

/// <summary>The signatures of one set were checked with a zone's keys. <paramref name="KeyTag"/> is 0 when none was good.</summary>
public sealed record SetVerified(DomainName Name, DnsType Type, DomainName Signer, TrustVerdict Verdict, ushort KeyTag, byte Algorithm, string Explanation) : Happening;

/// <summary>What became of a whole answer, and in one sentence why.</summary>
public sealed record AnswerValidated(DomainName Name, DnsType Type, TrustVerdict Verdict, string Explanation) : Happening;

/// <summary>A trust anchor that looks after itself (RFC 5011) came, went or was revoked.</summary>
/// <param name="What">Goes on after "key 20326 of .": <c>is missing</c>.</param>
public sealed record TrustAnchorChanged(DomainName Zone, ushort KeyTag, byte Algorithm, string What) : Happening;
