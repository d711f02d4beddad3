using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>A packet of a scenario: what one must look like, and, of a server, what is said then.</summary>
internal sealed class Entry
{
    public int Line { get; init; }

    public MatchRules Match { get; set; } = new();

    public Adjustment Adjust { get; set; }

    /// <summary>Some query must have been answered with it by the end.</summary>
    public bool IsMandatory { get; set; }

    /// <summary>Header, sections and EDNS as the entry has them.</summary>
    public DnsMessage Packet { get; } = new();

    /// <summary>The bytes of the whole packet, instead of <see cref="Packet"/>.</summary>
    public byte[]? Raw { get; set; }

    /// <summary>The options of EDNS were given as bytes.</summary>
    public byte[]? EdnsOptions { get; set; }
}

/// <summary>What of a server's reply is taken over from the query.</summary>
/// <param name="CopyQuery">The whole question.</param>
/// <param name="IsSilence">Nothing is replied: the query runs out.</param>
internal readonly record struct Adjustment(bool CopyQuery, bool IsSilence);

/// <summary>What has to be alike for an entry to fit a packet; without any, all packets fit.</summary>
internal sealed record MatchRules
{
    public bool Opcode { get; init; }

    public bool QType { get; init; }

    public bool QName { get; init; }

    /// <summary>Letters' case too.</summary>
    public bool QNameCase { get; init; }

    public bool QClass { get; init; }

    /// <summary>The packet's name lies at or below the entry's.</summary>
    public bool Subdomain { get; init; }

    public bool Flags { get; init; }

    public bool Rcode { get; init; }

    public bool Question { get; init; }

    public bool Answer { get; init; }

    public bool Authority { get; init; }

    public bool Additional { get; init; }

    /// <summary>TTLs of records that are compared.</summary>
    public bool Ttl { get; init; }

    public bool Do { get; init; }

    public bool Edns { get; init; }

    public bool NoEdns { get; init; }

    public bool EdnsOptions { get; init; }

    public bool? OverTcp { get; init; }

    public uint? Serial { get; init; }

    /// <summary>A cookie (RFC 7873) of the client alone; of the server too.</summary>
    public bool ClientCookie { get; init; }

    public bool ServerCookie { get; init; }

    /// <summary>An extended error of this code; −1 for any.</summary>
    public int? ExtendedError { get; init; }
}

/// <summary>What servers at some addresses say while the steps are within the range.</summary>
/// <param name="First">Number of the first step.</param>
/// <param name="Last">And of the last.</param>
/// <param name="Addresses">None: all.</param>
internal sealed record ServerRange(int Line, int First, int Last, List<IpAddress> Addresses, List<Entry> Entries)
{
    public bool Covers(int step, IpAddress address) => step >= First && step <= Last && (Addresses.Count == 0 || Addresses.Contains(address));
}
