using System.Collections.Frozen;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What happens to questions for names at and below a local zone.</summary>
public enum LocalZoneType
{
    /// <summary>Local data, else no answer at all.</summary>
    Deny,
    /// <summary>Local data, else REFUSED.</summary>
    Refuse,
    /// <summary>Local data, else NXDOMAIN or NODATA.</summary>
    Static,
    /// <summary>Local data of that name, else the search goes on.</summary>
    Transparent,
    /// <summary>Local data of that name and type, else the search goes on.</summary>
    TypeTransparent,
    /// <summary>The zone's own data for every name below it.</summary>
    Redirect,
    /// <summary>As <see cref="Transparent"/>, and told to the event log.</summary>
    Inform,
    /// <summary>As <see cref="Deny"/>, and told to the event log.</summary>
    InformDeny,
    /// <summary>As <see cref="Redirect"/>, and told to the event log.</summary>
    InformRedirect,
    /// <summary>The search goes on, whatever local data say.</summary>
    AlwaysTransparent,
    /// <summary>NODATA for A, the search goes on for other types.</summary>
    BlockA,
    AlwaysRefuse,
    AlwaysNxdomain,
    AlwaysNodata,
    AlwaysDeny,
    /// <summary>0.0.0.0 for A, :: for AAAA, NODATA for all else.</summary>
    AlwaysNull,
}

/// <summary>A part of the name space that is answered from the configuration.</summary>
public sealed record LocalZone(DomainName Name, LocalZoneType Type);

/// <summary>Names that a resolver answers by itself: configured ones, and those that no server of the Internet may be asked for. Immutable.</summary>
public sealed class LocalZones
{
    /// <summary>TTL of what is answered with <see cref="LocalZoneType.AlwaysNull"/>.</summary>
    private const uint NullTtl = 3600;

    private static readonly byte[] s_unspecified = new byte[16];

    private readonly FrozenDictionary<DomainName, LocalZone> _zones;
    private readonly FrozenDictionary<DomainName, Rrset[]> _names;

    internal LocalZones(IEnumerable<LocalZone> zones, IEnumerable<DnsRecord> records)
    {
        _zones = zones.ToFrozenDictionary(z => z.Name);
        var names = records.GroupBy(r => r.Name).ToDictionary(g => g.Key, g => Rrset.Group([.. g]).ToArray());
        foreach (DomainName owner in names.Keys.ToArray())
        {
            // Names without records of their own exist when names below them have some (RFC 4592 §2.2.2).
            for (DomainName above = owner; !above.IsRoot && !_zones.ContainsKey(above); above = above.Parent)
                names.TryAdd(above.Parent, []);
        }

        foreach (DomainName apex in _zones.Keys)
            names.TryAdd(apex, []);
        _names = names.ToFrozenDictionary();
    }

    /// <summary>localhost, private address space and special-use names (RFC 6303, 6761, 7686, 7793, 8375).</summary>
    public static LocalZones BuiltIn { get; } = new ConfigurationBuilder(null).BuildLocalZones();

    /// <summary>No name at all.</summary>
    public static LocalZones None { get; } = new([], []);

    public IReadOnlyCollection<LocalZone> Zones => _zones.Values;

    /// <summary>The zone with the longest name that the name lies in.</summary>
    public LocalZone? ZoneOf(DomainName name)
    {
        for (int labels = name.LabelCount; labels >= 0; labels--)
        {
            if (_zones.TryGetValue(name.Ancestor(labels), out LocalZone? zone))
                return zone;
        }

        return null;
    }

    /// <summary>What is answered without asking anybody.</summary>
    internal LocalAnswer Answer(DnsQuestion question)
    {
        if (_zones.Count == 0 || question.Class is not (DnsClass.IN or DnsClass.ANY))
            return LocalAnswer.GoOn;
        // DS belongs to the parent (RFC 4035 §2.6).
        DomainName name = question.Type == DnsType.DS && !question.Name.IsRoot ? question.Name.Parent : question.Name;
        if (ZoneOf(name) is not { } zone)
            return LocalAnswer.GoOn;
        return zone.Type switch
        {
            LocalZoneType.AlwaysTransparent => LocalAnswer.GoOn,
            LocalZoneType.BlockA => question.Type == DnsType.A ? NoData(question, zone) : LocalAnswer.GoOn,
            LocalZoneType.AlwaysRefuse => new LocalAnswer(new ResolvedMessage(question, DnsRcode.Refused), false),
            LocalZoneType.AlwaysNxdomain => Negative(question, zone, DnsRcode.NXDomain),
            LocalZoneType.AlwaysNodata => NoData(question, zone),
            LocalZoneType.AlwaysDeny => LocalAnswer.Dropped,
            LocalZoneType.AlwaysNull => Null(question, zone),
            LocalZoneType.Redirect or LocalZoneType.InformRedirect => FromData(question, zone, zone.Name, question.Name),
            LocalZoneType.Deny or LocalZoneType.Refuse or LocalZoneType.Static or LocalZoneType.Transparent or LocalZoneType.TypeTransparent
                or LocalZoneType.Inform or LocalZoneType.InformDeny => FromData(question, zone, question.Name, question.Name),
            _ => throw new InvalidOperationException($"No rule for {zone.Type}."),
        };
    }

    private LocalAnswer FromData(DnsQuestion question, LocalZone zone, DomainName owner, DomainName asked)
    {
        bool exists = _names.TryGetValue(owner, out Rrset[]? sets);
        Rrset[] found = exists ? Array.FindAll(sets!, s => s.Type == question.Type || question.Type == DnsType.ANY || s.Type == DnsType.CNAME) : [];
        if (found.Length > 0)
        {
            var answer = new ResolvedMessage(question, DnsRcode.NoError);
            foreach (Rrset set in found)
                answer.Answers.Add(set.WithName(asked));
            return new LocalAnswer(answer, false);
        }

        bool goesOn = zone.Type switch
        {
            LocalZoneType.TypeTransparent => true,
            // A name with data of another type is known here; an empty one above it is not.
            LocalZoneType.Transparent or LocalZoneType.Inform => !exists || sets!.Length == 0,
            _ => false,
        };
        if (goesOn)
            return LocalAnswer.GoOn;
        return zone.Type switch
        {
            LocalZoneType.Deny or LocalZoneType.InformDeny => LocalAnswer.Dropped,
            LocalZoneType.Refuse => new LocalAnswer(new ResolvedMessage(question, DnsRcode.Refused), false),
            _ => exists ? NoData(question, zone) : Negative(question, zone, DnsRcode.NXDomain),
        };
    }

    private LocalAnswer NoData(DnsQuestion question, LocalZone zone) => Negative(question, zone, DnsRcode.NoError);

    private LocalAnswer Negative(DnsQuestion question, LocalZone zone, DnsRcode rcode)
    {
        var answer = new ResolvedMessage(question, rcode);
        if (_names.TryGetValue(zone.Name, out Rrset[]? apex) && Array.Find(apex, s => s.Type == DnsType.SOA) is { } soa)
            answer.Authorities.Add(soa);
        return new LocalAnswer(answer, false);
    }

    private LocalAnswer Null(DnsQuestion question, LocalZone zone)
    {
        int size = question.Type switch { DnsType.A => 4, DnsType.AAAA => 16, _ => 0 };
        if (size == 0)
            return NoData(question, zone);
        var answer = new ResolvedMessage(question, DnsRcode.NoError);
        answer.Answers.Add(new Rrset([new DnsRecord(question.Name, question.Type, DnsClass.IN, NullTtl, s_unspecified.AsMemory(0, size))], [], NullTtl));
        return new LocalAnswer(answer, false);
    }
}

/// <summary>What local zones say to a question.</summary>
/// <param name="Message">The answer, given with AA; null: there is none.</param>
/// <param name="IsDropped">The client gets no answer at all.</param>
internal readonly record struct LocalAnswer(ResolvedMessage? Message, bool IsDropped)
{
    /// <summary>Nothing local: the search goes on.</summary>
    public static readonly LocalAnswer GoOn;

    public static readonly LocalAnswer Dropped = new(null, true);

    public bool GoesOn => Message is null && !IsDropped;
}
