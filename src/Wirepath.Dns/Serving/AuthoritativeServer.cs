using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>The zones that a server is authoritative for. Immutable.</summary>
public sealed class ZoneSet
{
    private readonly Dictionary<DomainName, Zone> _zones = [];

    /// <exception cref="ArgumentException">Two zones have one origin.</exception>
    public ZoneSet(params IEnumerable<Zone> zones)
    {
        ArgumentNullException.ThrowIfNull(zones);
        foreach (Zone zone in zones)
        {
            if (!_zones.TryAdd(zone.Origin, zone))
                throw new ArgumentException($"The zone {zone.Origin} is there twice.", nameof(zones));
        }
    }

    public IReadOnlyCollection<Zone> Zones => _zones.Values;

    /// <summary>The closest enclosing zone; for DS at a zone's top the parent, if it is here (RFC 4035 §3.1.4.1).</summary>
    public Zone? Find(DomainName name, DnsType type)
    {
        Zone? child = null;
        for (DomainName at = name; ; at = at.Parent)
        {
            if (_zones.TryGetValue(at, out Zone? zone))
            {
                if (type != DnsType.DS || at != name)
                    return zone;
                child = zone;
            }

            if (at.IsRoot)
                return child;
        }
    }
}

/// <summary>Answers from its zones by the algorithm of RFC 1034 §4.3.2 and nothing else: no recursion, no cache.</summary>
public sealed class AuthoritativeServer(ZoneSet zones, NodeLog log) : IDnsResponder
{
    /// <summary>Aliases followed within one zone before the rest is left to the one who asks. 11.</summary>
    public int MostAliases { get; init; } = 11;

    public ZoneSet Zones { get; } = zones;

    public ValueTask<DnsResponse> RespondAsync(
        ReadOnlyMemory<byte> query, Memory<byte> response, IpEndpoint client, bool overTcp, CancellationToken ct)
    {
        EventId because = NodeLog.ApplicationCause;
        if (!MessageIntake.TryRead(query.Span, out DnsMessage message, out DnsMessage? reply) && reply is null)
            return ValueTask.FromResult(new DnsResponse(0, because));
        reply ??= Answer(message);
        return ValueTask.FromResult(ReplyBuilder.Send(message, reply, response, client, overTcp, log, because));
    }

    /// <summary>Answers a query that has one question of class IN.</summary>
    public DnsMessage Answer(DnsMessage query)
    {
        ArgumentNullException.ThrowIfNull(query);
        (DomainName name, DnsType type, _) = query.Questions[0];
        Zone? zone = Zones.Find(name, type);
        if (zone is null || type is DnsType.AXFR or DnsType.IXFR)
            return query.CreateResponse(DnsRcode.Refused);

        DnsMessage reply = query.CreateResponse();
        for (int aliases = 0; ; aliases++)
        {
            ZoneLookup found = zone.Lookup(name, type);
            reply.Answers.AddRange(found.Records);
            switch (found.Kind)
            {
                case ZoneLookupKind.Answer:
                    reply.IsAuthoritative = true;
                    AddTargets(zone, found.Records, reply);
                    return reply;
                case ZoneLookupKind.Alias:
                    // AA speaks of the first owner name in the answer (RFC 1035 §4.1.1).
                    reply.IsAuthoritative = true;
                    if (!found.Target.IsSubdomainOf(zone.Origin) || aliases + 1 >= MostAliases
                        || reply.Answers.Exists(r => r.Type == DnsType.CNAME && r.Name == found.Target))
                        return reply;
                    name = found.Target;
                    break;
                case ZoneLookupKind.TargetTooLong:
                    reply.IsAuthoritative = true;
                    reply.Rcode = DnsRcode.YXDomain; // RFC 6672 §2.2
                    return reply;
                case ZoneLookupKind.Referral:
                    // AA stays when aliases led here: it is theirs.
                    reply.Authorities.AddRange(found.Authority);
                    AddTargets(zone, found.Authority, reply);
                    return reply;
                case ZoneLookupKind.NoSuchType:
                    reply.IsAuthoritative = true;
                    reply.Authorities.AddRange(found.Authority);
                    return reply;
                case ZoneLookupKind.NoSuchName:
                    reply.IsAuthoritative = true;
                    reply.Rcode = DnsRcode.NXDomain; // of the last name of the chain: RFC 6604 §2.1
                    reply.Authorities.AddRange(found.Authority);
                    return reply;
                default:
                    throw new InvalidOperationException($"A zone does not answer {found.Kind}.");
            }
        }
    }

    // Addresses of the names that NS, MX and SRV records point to, as far as the zone has them: glue (RFC 1034 §4.3.2 step 6).
    private static void AddTargets(Zone zone, IReadOnlyList<DnsRecord> records, DnsMessage reply)
    {
        foreach (DnsRecord record in records)
        {
            DomainName target;
            if (record.Type == DnsType.NS && record.TryGetName(out DomainName server))
                target = server;
            else if (record.TryGetMx(out MxData mx))
                target = mx.Exchange;
            else if (record.TryGetSrv(out SrvData srv))
                target = srv.Target;
            else
                continue;
            foreach (DnsRecord address in zone.AddressesOf(target))
            {
                if (!reply.Additionals.Contains(address))
                    reply.Additionals.Add(address);
            }
        }
    }
}
