using Wirepath.Wire;

namespace Wirepath.Dns;

// What clients are told, and when.
public sealed partial record ResolverSettings
{
    /// <summary>Leave out authority and additional records that the client can do without.</summary>
    public bool MinimalResponses { get; init; } = true;

    /// <summary>Begin a set with another record for each answer, so that clients spread over the addresses.</summary>
    public bool RotateRecords { get; init; } = true;

    /// <summary>Say in extended errors why an answer is as it is (RFC 8914).</summary>
    public bool UseExtendedErrors { get; init; } = true;

    /// <summary>Mark stale answers with an extended error (RFC 8914 §4.4), where <see cref="UseExtendedErrors"/> is on.</summary>
    public bool MarkStaleAnswers { get; init; } = true;

    /// <summary>Give nothing to ANY (RFC 8482 §4): what asks so is a debugger at best, and an amplifier at worst.</summary>
    public bool DenyAny { get; init; }

    /// <summary>What <c>id.server. CH TXT</c> is answered with (RFC 4892); null: it is refused.</summary>
    public string? Identity { get; init; }

    /// <summary>What <c>version.server. CH TXT</c> and <c>version.bind.</c> are answered with; null: they are refused.</summary>
    public string? Version { get; init; }

    /// <summary>What the NSID option (RFC 5001) is answered with; empty: nothing.</summary>
    public ReadOnlyMemory<byte> Nsid { get; init; }

    /// <summary>Give clients cookies (RFC 7873, RFC 9018), by which they show that their address is their own.</summary>
    public bool AnswerCookies { get; init; }

    /// <summary>16 bytes that cookies are made with, the same on all servers of one address; empty: there are no cookies.</summary>
    public ReadOnlyMemory<byte> CookieSecret { get; init; }

    /// <summary>Bytes of the largest answer over UDP, whatever a client takes. 1232, as <see cref="EdnsSize"/>.</summary>
    public ushort MostUdpAnswer { get; init; } = Edns.DefaultUdpPayloadSize;

    /// <summary>Take no notice of the CD bit: bogus data are for nobody.</summary>
    public bool IgnoreCheckingDisabled { get; init; }

    /// <summary>Look an answer up again shortly before it runs out, when somebody still asks for it.</summary>
    public bool Prefetch { get; init; }

    /// <summary>Fetch DNSKEY as soon as a DS is seen, not only when the keys are needed.</summary>
    public bool PrefetchKeys { get; init; }

    /// <summary>The last part of the TTL in which <see cref="Prefetch"/> works. 0 to 1; 10 %.</summary>
    public double PrefetchShare { get; init; } = 0.1;

    /// <summary>A question of this age may be given up for a new one when <see cref="MostQuestionsInFlight"/> are in work. 200 ms.</summary>
    public TimeSpan JostleTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A client is not answered after this long: it has asked again. 1.9 s; zero: always.</summary>
    public TimeSpan DiscardTimeout { get; init; } = TimeSpan.FromMilliseconds(1900);

    /// <summary>Make AAAA records out of A records for names without them (RFC 6147).</summary>
    public bool UseDns64 { get; init; }

    /// <summary>The prefix for <see cref="UseDns64"/>.</summary>
    public IpPrefix Dns64Prefix { get; init; } = IpPrefix.Parse("64:ff9b::/96");

    /// <summary>Make them for names with AAAA records too.</summary>
    public bool Dns64ForAll { get; init; }

    /// <summary>Names at and below which AAAA records are passed over for <see cref="UseDns64"/>.</summary>
    public IReadOnlyList<DomainName> Dns64WithoutAaaa { get; init; } = [];

    /// <summary>Answer with what has run out when nothing newer can be had (RFC 8767).</summary>
    public bool ServeStale { get; init; }

    /// <summary>How long after it ran out an answer may be given. 1 day: RFC 8767 §5 suggests 1 to 3; zero: without end.</summary>
    public TimeSpan StaleTtl { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Start <see cref="StaleTtl"/> over when a look-up fails.</summary>
    public bool StaleTtlStartsOver { get; init; }

    /// <summary>TTL of a stale answer, unless its own was less. 30 s: RFC 8767 §4.</summary>
    public TimeSpan StaleReplyTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a look-up may take before the stale answer is given. 1.8 s: RFC 8767 §5; zero: stale at once, and looked up behind it.</summary>
    public TimeSpan StaleClientTimeout { get; init; } = TimeSpan.FromMilliseconds(1800);
}
