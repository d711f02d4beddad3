using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What is configured of the tree: hints, stub and forward zones, and which zones are known to be signed.</summary>
internal sealed class ResolverZones(
    RootHints hints, IReadOnlyList<StubZone> stubs, IReadOnlyList<ForwardZone> forwards, Validator? validator)
{
    public RootHints Hints { get; } = hints;

    /// <summary>The servers configured for the deepest part of the tree that the name lies in; null when it is to be found from the root.</summary>
    /// <param name="name">What is looked for.</param>
    /// <param name="settings">How servers are asked.</param>
    /// <param name="failed">Configured servers that have failed: what comes next is asked.</param>
    public Delegation? Configured(DomainName name, ResolverSettings settings, List<Delegation> failed)
    {
        for (DomainName at = name; ; at = at.Parent)
        {
            if (Find(forwards, f => f.Name == at) is { } forward && !HasFailed(at, DelegationKind.Forward))
                return forward.Servers.Count + forward.Hosts.Count == 0 ? null : ForwardTo(forward, settings);
            if (Find(stubs, s => s.Name == at) is { } stub && !HasFailed(at, DelegationKind.Stub))
                return StubOf(stub, settings);
            if (at.IsRoot)
                return null;
        }

        bool HasFailed(DomainName zone, DelegationKind kind) => failed.Exists(d => d.Zone == zone && d.Kind == kind);
    }

    /// <summary>True when answers about the name are validated.</summary>
    public bool IsBelowAnchor(DomainName name) => validator?.IsBelowAnchor(name) == true;

    /// <summary>True when a trust anchor, or a DS set below one, says that the zone signs its answers.</summary>
    public bool ExpectsSignatures(DomainName zone, ResolverCache cache, Instant now) => validator is not null
        && (validator.IsAnchor(zone)
            || (validator.IsBelowAnchor(zone) && cache.TryGetSet(zone, DnsType.DS, now, out Rrset? ds) && ds.Security is Security.Secure or Security.Unchecked));

    /// <summary>Hands a referral's proof that its child is unsigned to the validator.</summary>
    public void NoteReferral(Judgement referral) => validator?.NoteReferral(referral.Nameservers!.Name, referral.Content.Authorities);

    private static Delegation ForwardTo(ForwardZone forward, ResolverSettings settings)
    {
        var delegation = new Delegation(forward.Name, DelegationKind.Forward)
        {
            FallsBack = forward.FallBack,
            NoCache = forward.NoCache,
            OverTcp = forward.OverTcp,
        };
        Delegation.AddConfigured(delegation, forward.Servers, forward.Hosts, settings);
        return delegation;
    }

    private static Delegation StubOf(StubZone stub, ResolverSettings settings)
    {
        var delegation = new Delegation(stub.Name, DelegationKind.Stub)
        {
            FallsBack = stub.FallBack,
            NoCache = stub.NoCache,
            OverTcp = stub.OverTcp,
            // Servers configured for the root are hints: they are asked who the root's servers are.
            NeedsPriming = stub.Prime || stub.Name.IsRoot && settings.PrimeRoot,
        };
        Delegation.AddConfigured(delegation, stub.Servers, stub.Hosts, settings);
        return delegation;
    }

    private static T? Find<T>(IReadOnlyList<T> list, Func<T, bool> wanted)
        where T : class
    {
        foreach (T item in list)
        {
            if (wanted(item))
                return item;
        }

        return null;
    }
}
