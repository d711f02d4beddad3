using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Http;

/// <summary>What a race wants done next.</summary>
internal enum RaceMove
{
    /// <summary>Connect to <see cref="RaceStep.Remote"/>, beside what is under way.</summary>
    Attempt,
    /// <summary>Wait until <see cref="RaceStep.Until"/>, or for news before that.</summary>
    Wait,
    /// <summary>Nothing is under way, and nothing is left to try.</summary>
    GiveUp,
}

internal readonly record struct RaceStep(RaceMove Move, IpEndpoint Remote, ConnectReason Why, Instant Until);

/// <summary>
/// Which address is tried when (RFC 8305 §4 to §6): sorted, families in turn, the next one after the Connection
/// Attempt Delay or at once after a failure. No I/O and no clock: it is told the time and the news, and says what to do.
/// </summary>
internal sealed class ConnectionRace(ConnectSettings settings, Func<IpAddress, IpAddress> sourceOf)
{
    private readonly List<RaceGroup> _groups = [];
    private readonly HashSet<IpEndpoint> _tried = [];
    private readonly HashSet<IpEndpoint> _running = [];
    private IpEndpoint _latest;
    private bool _lastFailed;
    private bool? _lastWasV6;
    private Instant _nextAttempt = Instant.Epoch;
    private Instant? _firstAddress;

    /// <summary>The answer about HTTPS records is not there yet.</summary>
    public bool AwaitsServices { get; set; }

    /// <summary>Adds an endpoint after those that are there; its addresses follow.</summary>
    public RaceGroup Add(ushort port, bool expectsV4, bool expectsV6)
    {
        var group = new RaceGroup(port) { ExpectsV4 = expectsV4, ExpectsV6 = expectsV6 };
        _groups.Add(group);
        return group;
    }

    /// <summary>Adds an endpoint to be tried before another.</summary>
    public RaceGroup AddBefore(RaceGroup other, ushort port, bool expectsV4, bool expectsV6, IReadOnlyList<IpAddress> hints)
    {
        var group = new RaceGroup(port) { ExpectsV4 = expectsV4, ExpectsV6 = expectsV6, Hints = hints };
        _groups.Insert(_groups.IndexOf(other), group);
        return group;
    }

    /// <summary>The answer about one family is there, with addresses or without.</summary>
    public void Found(RaceGroup group, bool isV6, IReadOnlyList<IpAddress> addresses, Instant now)
    {
        if (isV6)
            group.ExpectsV6 = false;
        else
            group.ExpectsV4 = false;
        foreach (IpAddress address in addresses)
        {
            if (!group.Addresses.Contains(address))
                group.Addresses.Add(address);
        }

        if (addresses.Count == 0)
            return;
        group.FirstAddress ??= now;
        _firstAddress ??= now;
    }

    public void Failed(IpEndpoint remote, Instant now)
    {
        _running.Remove(remote);
        // §5: who waited for this one need not wait any longer.
        if (remote == _latest || _running.Count == 0)
            (_nextAttempt, _lastFailed) = (now, true);
    }

    public RaceStep Next(Instant now)
    {
        if (_tried.Count >= settings.MostAttempts)
            return _running.Count > 0 ? Wait(Instant.Never) : GiveUp();
        if (_running.Count > 0 && now < _nextAttempt)
            return Wait(_nextAttempt);
        Instant until = Instant.Never;
        if (AwaitsServices && _tried.Count == 0)
        {
            // Without an address there is nothing that the record could hold up.
            Instant patience = _firstAddress is { } first ? first + settings.ServicePatience : Instant.Never;
            if (now < patience)
                return Wait(patience);
        }

        bool isExpecting = AwaitsServices;
        foreach (RaceGroup group in _groups)
        {
            isExpecting |= group.IsExpecting;
            Instant ready = ReadyAt(group, now);
            if (ready > now)
            {
                until = Instant.Min(until, ready);
                // A better endpoint is waited for a little, as long as nothing has been tried.
                if (ready < Instant.Never && _tried.Count == 0)
                    return Wait(ready);
                continue;
            }

            if (Pick(group) is { } remote)
                return Attempt(remote, now);
        }

        return _running.Count > 0 || isExpecting ? Wait(until) : GiveUp();
    }

    // When the group may be drawn from: never, while it has nothing and nobody knows when it will.
    private Instant ReadyAt(RaceGroup group, Instant now)
    {
        if (group.Addresses.Count > 0)
        {
            bool hasV6 = group.Addresses.Exists(address => address.IsV6);
            return group.ExpectsV6 && !hasV6 ? group.FirstAddress!.Value + settings.ResolutionDelay : now;
        }

        if (!group.IsExpecting)
            return group.Hints.Count > 0 ? now : Instant.Epoch;
        if (_firstAddress is null && group.Hints.Count == 0)
            return Instant.Never;
        group.AskedAt ??= now;
        Instant patience = group.AskedAt.Value + (group.Hints.Count > 0 ? settings.ResolutionDelay : settings.ServicePatience);
        return patience > now || group.Hints.Count > 0 ? patience : Instant.Never;
    }

    private IpEndpoint? Pick(RaceGroup group)
    {
        IReadOnlyList<IpAddress> sorted = AddressSelection.Sort(group.Addresses.Count > 0 ? group.Addresses : group.Hints, sourceOf);
        IpEndpoint? best = null;
        foreach (IpAddress address in sorted)
        {
            var remote = new IpEndpoint(address, group.Port);
            if (_tried.Contains(remote))
                continue;
            // §4: families in turn.
            if (address.IsV6 != _lastWasV6)
                return remote;
            best ??= remote;
        }

        return best;
    }

    private RaceStep Attempt(IpEndpoint remote, Instant now)
    {
        ConnectReason why = _tried.Count == 0 ? ConnectReason.First : _lastFailed ? ConnectReason.PreviousFailed : ConnectReason.PreviousIsSlow;
        _tried.Add(remote);
        _running.Add(remote);
        (_latest, _lastFailed, _lastWasV6) = (remote, false, remote.Address.IsV6);
        _nextAttempt = now + settings.ConnectionAttemptDelay;
        return new RaceStep(RaceMove.Attempt, remote, why, now);
    }

    private static RaceStep Wait(Instant until) => new(RaceMove.Wait, default, default, until);

    private static RaceStep GiveUp() => new(RaceMove.GiveUp, default, default, Instant.Never);
}

/// <summary>One endpoint of a race: a port, and the addresses of one name as they become known.</summary>
internal sealed class RaceGroup(ushort port)
{
    public ushort Port { get; } = port;

    public bool ExpectsV4 { get; set; }

    public bool ExpectsV6 { get; set; }

    public bool IsExpecting => ExpectsV4 || ExpectsV6;

    public List<IpAddress> Addresses { get; } = [];

    /// <summary>Used while the name's own addresses are not known (RFC 9460 §7.3).</summary>
    public IReadOnlyList<IpAddress> Hints { get; init; } = [];

    public Instant? FirstAddress { get; set; }

    /// <summary>When it was first asked for an address and had none.</summary>
    public Instant? AskedAt { get; set; }
}
