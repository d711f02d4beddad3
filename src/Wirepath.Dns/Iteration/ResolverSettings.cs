namespace Wirepath.Dns;

/// <summary>Limits and habits of a <see cref="RecursiveResolver"/>. All work limits are for one client question, sub-look-ups included.</summary>
public sealed partial record ResolverSettings
{
    /// <summary>Queries sent, retries included. 200: a cold deep signed name with silent servers takes some 60; NXNSAttack wants thousands.</summary>
    public int MostQueries { get; init; } = 200;

    /// <summary>Names of servers looked up because their glue was missing. 64: a zone has 2 to 4, and theirs may need others; more is an amplifier.</summary>
    public int MostServerNames { get; init; } = 64;

    /// <summary>Bytes of replies. 1 MiB: sixteen of the largest that TCP can carry, or 850 of UDP's.</summary>
    public int MostReplyBytes { get; init; } = 1 << 20;

    /// <summary>Negative answers about names of one zone's servers, after which no further ones are looked up. 5: NXNSAttack lives from such names.</summary>
    public int MostUnknownServers { get; init; } = 5;

    /// <summary>Look-ups within look-ups. 6: servers of servers' servers happen, deeper is a maze.</summary>
    public int MostDepth { get; init; } = 6;

    /// <summary>Aliases (CNAME, DNAME) followed. 11: what the large public resolvers follow.</summary>
    public int MostAliases { get; init; } = 11;

    /// <summary>Referrals on the way from the root to one name. 20: names have 127 labels at most, real chains 5 referrals.</summary>
    public int MostReferrals { get; init; } = 20;

    /// <summary>Tries with one silent server. 3: with 1 % loss each way one question in 100,000 fails.</summary>
    public int MostTriesPerServer { get; init; } = 3;

    /// <summary>Servers' addresses kept of one referral. 26: the root's 13 with both families; the rest is not looked at.</summary>
    public int MostServersPerZone { get; init; } = 26;

    /// <summary>Signatures checked. 64: a deep signed name with aliases takes some 20; KeyTrap wants millions.</summary>
    public int MostSignatures { get; init; } = 64;

    /// <summary>NSEC3 hashes computed, one SHA-1 each. 6,000: three names' worth of proofs at <see cref="MostNsec3Iterations"/>.</summary>
    public int MostHashes { get; init; } = 6000;

    /// <summary>Iterations of an NSEC3 chain above which a zone counts as unsigned (RFC 9276 §3.2). 150.</summary>
    public int MostNsec3Iterations { get; init; } = 150;

    /// <summary>Ask the root's servers who they are before anything else (RFC 9609). Off where the hints are known to be right.</summary>
    public bool PrimeRoot { get; init; } = true;

    /// <summary>Longest work on one question. 9 s: a stub gives up after 10 (2 × 5 s) and should hear why, not nothing.</summary>
    public TimeSpan MostTime { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>Questions worked on at the same time; more are refused with SERVFAIL. 1,000.</summary>
    public int MostQuestionsInFlight { get; init; } = 1000;

    /// <summary>How long a failure is given again without trying again. 5 s: RFC 9520 §3.2 wants 1 s to 5 minutes.</summary>
    public TimeSpan FailureMemory { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Wait for a server never asked before. 500 ms: once around the earth and a busy server.</summary>
    public TimeSpan FirstTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Shortest wait, however fast the server was. 100 ms: a scheduler's hiccup must not cost a query.</summary>
    public TimeSpan LeastTimeout { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait after doubling. 5 s: what stubs wait for one server.</summary>
    public TimeSpan MostTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Share of questions that go to another than the fastest server, to learn whether it became faster. 0 to 1; 5 %.</summary>
    public double Exploration { get; init; } = 0.05;

    /// <summary>How long it is remembered that a server is slow, dead, lame or without EDNS. 15 minutes.</summary>
    public TimeSpan ServerMemory { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Servers remembered; the least recently used is forgotten. 10,000: some 2 MB.</summary>
    public int MostServersRemembered { get; init; } = 10_000;

    /// <summary>Ask servers with EDNS (RFC 6891) and 1232 bytes; those that answer FORMERR or NOTIMP are asked without.</summary>
    public bool UseEdns { get; init; } = true;

    /// <summary>Send DNS cookies (RFC 7873): a reply without the right one is not believed over UDP, where its server is known to have them.</summary>
    public bool UseCookies { get; init; } = true;

    /// <summary>0x20: random letters' case in questions. Off: a few servers do not copy it, which costs a TCP connection each time.</summary>
    public bool UseRandomCase { get; init; }

    /// <summary>Ask servers over IPv6 too. Off until the host has it.</summary>
    public bool UseIpv6 { get; init; }

    /// <summary>Port at which servers are asked: 53.</summary>
    public ushort ServerPort { get; init; } = 53;
}
