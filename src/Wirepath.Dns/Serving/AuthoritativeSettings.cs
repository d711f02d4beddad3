using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Limits and habits of an <see cref="AuthoritativeServer"/>.</summary>
public sealed record AuthoritativeSettings
{
    public static readonly AuthoritativeSettings Default = new();

    /// <summary>Aliases followed within one zone before the rest is left to the one who asks. 11.</summary>
    public int MostAliases { get; init; } = 11;

    /// <summary>Clients that may fetch whole zones (AXFR). None: a zone's list of names is nobody's business unless its owner says so.</summary>
    public IReadOnlyList<IpPrefix> Transfers { get; init; } = [];

    /// <summary>Addresses and ports that may say that a zone has changed (RFC 1996 §3.10); their port is not looked at.</summary>
    public IReadOnlyList<IpPrefix> Notifiers { get; init; } = [];

    /// <summary>Bytes of one message of a transfer. 16,384: names far into a message cannot be pointed to, so that more does not compress better.</summary>
    public int TransferMessageSize { get; init; } = 16_384;

    /// <summary>The server's name for itself, told to who asks with NSID (RFC 5001); null: not told.</summary>
    public string? Nsid { get; init; }

    /// <summary>Server cookies (RFC 7873); null: none.</summary>
    public ServerCookies? Cookies { get; init; }

    /// <summary>Over UDP, who has a client cookie and no good server cookie gets BADCOOKIE and a fresh one (RFC 7873 §5.2.3). Off: for times of attack.</summary>
    public bool RequireCookies { get; init; }

    /// <summary>
    /// Only addresses without which an answer leads nowhere: a referral's. Off: those of MX, SRV and NS targets too, which saves a
    /// resolver a question.
    /// </summary>
    public bool MinimalResponses { get; init; }
}
