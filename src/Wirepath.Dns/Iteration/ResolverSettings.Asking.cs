using Wirepath.Wire;

namespace Wirepath.Dns;

// How servers are asked, and what of their replies is believed.
public sealed partial record ResolverSettings
{
    /// <summary>Ask servers over IPv4.</summary>
    public bool UseIpv4 { get; init; } = true;

    /// <summary>Ask over UDP, and answer over it.</summary>
    public bool UseUdp { get; init; } = true;

    /// <summary>Ask over TCP what UDP cut short, and answer over it. Without it a truncated reply is a failure.</summary>
    public bool UseTcp { get; init; } = true;

    /// <summary>Ask over TCP from the start: for paths on which UDP does not get through.</summary>
    public bool AskOverTcp { get; init; }

    /// <summary>Bytes of the largest UDP reply that servers are told to send. 1232: fits an unfragmented packet on every path (DNS flag day 2020).</summary>
    public ushort EdnsSize { get; init; } = Edns.DefaultUdpPayloadSize;

    /// <summary>Show a server no more labels of the name than it needs to see (RFC 9156).</summary>
    public bool UseMinimisation { get; init; } = true;

    /// <summary>Keep to the short name even when a server answers it wrongly. Off: some servers say NXDOMAIN for an empty non-terminal; then the whole name is asked.</summary>
    public bool MinimisationIsStrict { get; init; }

    /// <summary>Queries that minimisation may add on the way to one name. 10: MAX_MINIMISE_COUNT of RFC 9156 §2.3.</summary>
    public int MostMinimisationSteps { get; init; } = 10;

    /// <summary>Queries sent for one name of the search, without those for names of servers. 32: a zone cut takes one to three.</summary>
    public int MostQueriesPerName { get; init; } = 32;

    /// <summary>Addresses that are never asked, whoever names them.</summary>
    public IReadOnlyList<IpPrefix> NeverAsk { get; init; } = [];

    /// <summary>Ask 127.0.0.0/8 and ::1. Off: a zone that names them as its servers makes a resolver ask itself.</summary>
    public bool AskLoopback { get; init; }

    /// <summary>Names below which letters' case is left alone although <see cref="UseRandomCase"/> is on.</summary>
    public IReadOnlyList<DomainName> FixedCase { get; init; } = [];

    /// <summary>Reach servers that have IPv4 addresses only through a NAT64 (RFC 6146): for hosts without IPv4.</summary>
    public bool UseNat64 { get; init; }

    /// <summary>Where IPv4 addresses lie behind the NAT64; length 32, 40, 48, 56, 64 or 96 (RFC 6052 §2.2). 64:ff9b::/96 is the well-known one.</summary>
    public IpPrefix Nat64Prefix { get; init; } = IpPrefix.Parse("64:ff9b::/96");

    /// <summary>Report failed validation to the agent that a zone names (RFC 9567). Off: it is one more query for each broken name.</summary>
    public bool ReportErrors { get; init; }

    /// <summary>Look up and validate the NS sets and server addresses on the way. Off: it doubles the queries.</summary>
    public bool HardenReferralPath { get; init; }

    /// <summary>Drop NS sets and addresses that come beside an answer and that it does not need: they are what poisoners send.</summary>
    public bool ScrubPromiscuous { get; init; } = true;

    /// <summary>NS records read of one set. 20: the largest zones have 13.</summary>
    public int MostNameservers { get; init; } = 20;

    /// <summary>CNAME records read of one reply; later ones are asked for. 11, as <see cref="MostAliases"/>.</summary>
    public int MostAliasesPerReply { get; init; } = 11;

    /// <summary>RRSIG records read of one set. 8: two keys and two algorithms while they roll over.</summary>
    public int MostSignaturesPerSet { get; init; } = 8;

    /// <summary>Addresses that names of the Internet must not have (DNS rebinding); only <see cref="PrivateDomains"/> may.</summary>
    public IReadOnlyList<IpPrefix> PrivateAddresses { get; init; } = [];

    /// <summary>Names at and below which <see cref="PrivateAddresses"/> are let through.</summary>
    public IReadOnlyList<DomainName> PrivateDomains { get; init; } = [];
}
