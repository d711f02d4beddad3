using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Where iteration starts when nothing closer is known: names and addresses of the root's servers. Immutable.</summary>
public sealed class RootHints
{
    // https://www.iana.org/domains/root/servers, as of 2025; b.root-servers.net. moved in November 2023.
    private const string InternetText = """
        $TTL 3600000
        a.root-servers.net. A 198.41.0.4
        a.root-servers.net. AAAA 2001:503:ba3e::2:30
        b.root-servers.net. A 170.247.170.2
        b.root-servers.net. AAAA 2801:1b8:10::b
        c.root-servers.net. A 192.33.4.12
        c.root-servers.net. AAAA 2001:500:2::c
        d.root-servers.net. A 199.7.91.13
        d.root-servers.net. AAAA 2001:500:2d::d
        e.root-servers.net. A 192.203.230.10
        e.root-servers.net. AAAA 2001:500:a8::e
        f.root-servers.net. A 192.5.5.241
        f.root-servers.net. AAAA 2001:500:2f::f
        g.root-servers.net. A 192.112.36.4
        g.root-servers.net. AAAA 2001:500:12::d0d
        h.root-servers.net. A 198.97.190.53
        h.root-servers.net. AAAA 2001:500:1::53
        i.root-servers.net. A 192.36.148.17
        i.root-servers.net. AAAA 2001:7fe::53
        j.root-servers.net. A 192.58.128.30
        j.root-servers.net. AAAA 2001:503:c27::2:30
        k.root-servers.net. A 193.0.14.129
        k.root-servers.net. AAAA 2001:7fd::1
        l.root-servers.net. A 199.7.83.42
        l.root-servers.net. AAAA 2001:500:9f::42
        m.root-servers.net. A 202.12.27.33
        m.root-servers.net. AAAA 2001:dc3::35
        """;

    private RootHints(List<(DomainName Name, IpAddress Address)> servers) => Servers = servers;

    /// <summary>The Internet's thirteen.</summary>
    public static RootHints Internet { get; } = TryParse(InternetText, "root hints", out RootHints? hints, out TextError error)
        ? hints
        : throw new FormatException(error.ToString());

    public IReadOnlyList<(DomainName Name, IpAddress Address)> Servers { get; }

    /// <exception cref="ArgumentException">There is none.</exception>
    public static RootHints Of(params IEnumerable<(DomainName Name, IpAddress Address)> servers)
    {
        List<(DomainName, IpAddress)> list = [.. servers];
        return list.Count > 0 ? new RootHints(list) : throw new ArgumentException("Without a root server nothing can be resolved.", nameof(servers));
    }

    /// <summary>Reads the format of <c>named.root</c>: a master file with the A and AAAA records of the servers.</summary>
    public static bool TryParse(string text, string fileName, [NotNullWhen(true)] out RootHints? hints, out TextError error)
    {
        hints = null;
        if (!ZoneFile.TryReadRecords(text, fileName, DomainName.Root, out List<PlacedRecord> records, out error))
            return false;
        var servers = new List<(DomainName, IpAddress)>();
        foreach (PlacedRecord placed in records)
        {
            if (placed.Record.TryGetAddress(out IpAddress address))
                servers.Add((placed.Record.Name, address));
        }

        if (servers.Count == 0)
        {
            error = new TextError(fileName, 1, 1, "no A or AAAA record of a root server is here.");
            return false;
        }

        hints = new RootHints(servers);
        return true;
    }
}
