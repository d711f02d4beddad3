using System.Diagnostics.CodeAnalysis;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What a set of records must fulfil to be a zone that can be served.</summary>
internal static class ZoneChecks
{
    public static bool TryBuild(List<PlacedRecord> records, string fileName, DomainName? origin, [NotNullWhen(true)] out Zone? zone, out TextError error)
    {
        zone = null;
        TextError? wrong = null;
        List<PlacedRecord> soas = records.FindAll(p => p.Record.Type == DnsType.SOA);
        if (soas.Count == 0)
            error = new TextError(fileName, 1, 1, "the zone has no SOA record.");
        else if (soas.Count > 1)
            error = At(soas[1], $"a second SOA record; the first is on line {soas[0].Line}.");
        else if (origin is { } expected && soas[0].Record.Name != expected)
            error = At(soas[0], $"the SOA record belongs to {soas[0].Record.Name}, but the zone is {expected}");
        else if ((wrong = Find(records, soas[0])) is { } found)
            error = found;
        else
        {
            error = default;
            zone = new Zone(soas[0].Record, [.. records.Select(p => p.Record)]);
            return true;
        }

        return false;

        static TextError At(PlacedRecord placed, string message) => new(placed.File, placed.Line, placed.Column, message);

        TextError? Find(List<PlacedRecord> all, PlacedRecord soa)
        {
            DomainName top = soa.Record.Name;
            ILookup<DomainName, PlacedRecord> byOwner = all.ToLookup(p => p.Record.Name);
            foreach (PlacedRecord placed in all)
            {
                if (!placed.Record.Name.IsSubdomainOf(top))
                    return At(placed, $"{placed.Record.Name} lies outside the zone {top}");
            }

            foreach (PlacedRecord placed in all)
            {
                if (placed.Record.Type == DnsType.CNAME && FindBesideCname(placed, byOwner[placed.Record.Name]) is { } beside)
                    return beside;
            }

            if (!byOwner[top].Any(p => p.Record.Type == DnsType.NS))
                return At(soa, $"the zone {top} has no NS record at its top.");
            foreach (PlacedRecord placed in all)
            {
                if (placed.Record.Type == DnsType.NS && FindInServer(placed, top, byOwner) is { } server)
                    return server;
            }

            return null;
        }

        // RFC 1034 §3.6.2; RRSIG and NSEC may stand beside it (RFC 4035 §2.5).
        TextError? FindBesideCname(PlacedRecord cname, IEnumerable<PlacedRecord> owned)
        {
            foreach (PlacedRecord other in owned)
            {
                if (other.Record.Type is DnsType.RRSIG or DnsType.NSEC || other.Record.Equals(cname.Record))
                    continue;
                PlacedRecord later = (other.Line, other.Column).CompareTo((cname.Line, cname.Column)) > 0 ? other : cname;
                return At(later, other.Record.Type == DnsType.CNAME
                    ? $"{cname.Record.Name} has two CNAME records."
                    : $"{cname.Record.Name} has a CNAME record and so may have nothing else, such as {DnsMnemonic.Of(other.Record.Type)}.");
            }

            return null;
        }

        TextError? FindInServer(PlacedRecord ns, DomainName top, ILookup<DomainName, PlacedRecord> byOwner)
        {
            if (!ns.Record.TryGetName(out DomainName server) || !server.IsSubdomainOf(top))
                return null;
            if (byOwner[server].Any(p => p.Record.Type == DnsType.CNAME))
                return At(ns, $"the name server {server} is an alias, which RFC 2181 §10.3 forbids.");
            // In this zone's own part, or inside the child that it serves: nobody else can say where it is.
            if ((!IsDelegated(server, top, byOwner) || server.IsSubdomainOf(ns.Record.Name)) && !HasAddress(server, top, byOwner))
                return At(ns, $"the name server {server} needs an A or AAAA record in this file{(ns.Record.Name == top ? "." : " (glue).")}");
            return null;
        }

        static bool HasAddress(DomainName name, DomainName top, ILookup<DomainName, PlacedRecord> byOwner)
        {
            if (byOwner[name].Any(p => p.Record.Type is DnsType.A or DnsType.AAAA))
                return true;
            // A wildcard may give it one.
            for (DomainName at = name; at != top && !byOwner[at].Any(); at = at.Parent)
            {
                if (at.Parent.TryPrepend("*"u8, out DomainName wildcard) && byOwner[wildcard].Any(p => p.Record.Type is DnsType.A or DnsType.AAAA))
                    return true;
            }

            return false;
        }

        static bool IsDelegated(DomainName name, DomainName top, ILookup<DomainName, PlacedRecord> byOwner)
        {
            for (DomainName at = name; at != top; at = at.Parent)
            {
                if (byOwner[at].Any(p => p.Record.Type == DnsType.NS))
                    return true;
            }

            return false;
        }
    }
}
