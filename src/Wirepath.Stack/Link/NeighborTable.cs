using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What is known about a neighbour (the states of RFC 4861 §7.3.2, as Linux uses them for ARP too).</summary>
public enum NeighborState
{
    /// <summary>Asked for, not yet answered.</summary>
    Incomplete,
    Reachable,
    /// <summary>Not confirmed lately; the next use starts a check.</summary>
    Stale,
    /// <summary>In use, and about to be asked directly.</summary>
    Delay,
    Probe,
    /// <summary>Written by hand: never asked for, never changed by what is heard.</summary>
    Permanent,
}

/// <summary>A row of <c>ip neigh</c>.</summary>
public readonly record struct Neighbor(IpAddress Address, MacAddress Mac, NeighborState State);

/// <summary>
/// Which link-layer address an IP address has on one interface, of both families, with unreachability detection (RFC 4861 §7.3). Who
/// asks and answers: <see cref="Arp"/> and <see cref="NeighborDiscovery"/>.
/// </summary>
public sealed class NeighborTable
{
    private readonly Host _host;
    private readonly Interface _interface;
    private readonly Dictionary<IpAddress, Entry> _entries = [];

    internal NeighborTable(Host host, Interface @interface) => (_host, _interface) = (host, @interface);

    private NeighborSettings Settings => _host.Settings.Neighbor;

    public int Count => _entries.Count;

    /// <summary>What a router asks the hosts of its link to use in place of the settings; zero: nothing.</summary>
    internal TimeSpan AdvertisedReachableTime { get; set; }

    /// <inheritdoc cref="AdvertisedReachableTime"/>
    internal TimeSpan AdvertisedRetransTime { get; set; }

    /// <summary>What the table holds now. Only from the loop's thread.</summary>
    public IReadOnlyList<Neighbor> List() => [.. _entries.Values.Select(e => new Neighbor(e.Address, e.Mac, e.StateAt(_host.Log.Now)))];

    /// <summary>Writes an entry by hand: <c>ip neigh add … nud permanent</c>. Before the loop runs, or on its thread.</summary>
    public void AddPermanent(IpAddress address, MacAddress mac)
    {
        if (!_entries.TryGetValue(address, out Entry? entry))
            _entries.Add(address, entry = new Entry(this, address));
        Learn(entry, mac, confirmed: true, _host.LoopTime);
        entry.State = NeighborState.Permanent;
    }

    /// <summary>Forgets everything that is not being asked for at this moment, and was not written by hand.</summary>
    public void Flush()
    {
        foreach (Entry entry in _entries.Values.Where(e => e.State is not (NeighborState.Incomplete or NeighborState.Permanent)).ToArray())
            Remove(entry);
    }

    internal bool TryGetMac(IpAddress address, out MacAddress mac)
    {
        bool known = _entries.TryGetValue(address, out Entry? entry) && entry.State != NeighborState.Incomplete;
        mac = known ? entry!.Mac : default;
        return known;
    }

    /// <summary>Sends the packet, which starts at its network header, now or when <paramref name="nextHop"/> has answered.</summary>
    internal void Send(Packet packet, IpAddress nextHop, EtherType type, Instant now)
    {
        if (_interface.IsLoopback)
        {
            _interface.Transmit(packet, MacAddress.Zero, type);
            return;
        }

        if (!_entries.TryGetValue(nextHop, out Entry? entry))
        {
            if (!TryAdd(nextHop, out entry))
            {
                _host.Drop(_interface, packet, DropReason.Budget);
                return;
            }

            entry.State = NeighborState.Incomplete;
            entry.AskedAt = now;
            EventId because = _host.Log.Because;
            if (_host.Log.IsEnabled)
            {
                if (!packet.Cause.IsNone)
                    _host.Log.Because = packet.Cause;
                _host.Log.WriteAndFollow(new NeighborLookup(_interface.Name, nextHop, Hit: false, default));
            }

            entry.Enqueue(packet, type);
            Ask(entry, now);
            _host.Log.Because = because;
            return;
        }

        if (entry.State == NeighborState.Incomplete)
        {
            entry.Enqueue(packet, type);
            return;
        }

        if (entry.State == NeighborState.Reachable && now >= entry.ReachableUntil)
            entry.State = NeighborState.Stale;
        if (entry.State == NeighborState.Stale)
        {
            // Give the upper layers' traffic a chance to bring the neighbour's own frames first.
            entry.State = NeighborState.Delay;
            _host.Wheel.Set(entry.Timer, now + Settings.DelayFirstProbeTime);
        }

        entry.UsedAt = now;
        _interface.Transmit(packet, entry.Mac, type);
    }

    /// <summary>A layer above doubts that the neighbour is there (RFC 9293 §3.8.3): asks it directly.</summary>
    internal void Check(IpAddress address, Instant now)
    {
        if (!_entries.TryGetValue(address, out Entry? entry) || entry.State is NeighborState.Incomplete or NeighborState.Probe or NeighborState.Permanent)
            return;
        entry.State = NeighborState.Probe;
        entry.Attempts = 0;
        Ask(entry, now);
    }

    /// <summary>A neighbour has spoken, and told its MAC address with it.</summary>
    /// <param name="address">Its IP address.</param>
    /// <param name="mac">Its MAC address.</param>
    /// <param name="confirmed">It answered a question of ours.</param>
    /// <param name="mayCreate">Worth an entry, because it will be spoken to.</param>
    /// <param name="now">When.</param>
    internal void Heard(IpAddress address, MacAddress mac, bool confirmed, bool mayCreate, Instant now)
    {
        if (_entries.TryGetValue(address, out Entry? entry) || (mayCreate && TryAdd(address, out entry)))
            Learn(entry, mac, confirmed, now);
    }

    /// <summary>A neighbour advertisement (RFC 4861 §7.2.5): makes no entry, and does not take one over unless it says so.</summary>
    internal void Advertised(in NeighborAdvertisement advertisement, Instant now)
    {
        if (!_entries.TryGetValue(advertisement.Target, out Entry? entry) || entry.State == NeighborState.Permanent)
            return;
        bool isIncomplete = entry.State == NeighborState.Incomplete;
        if (isIncomplete && advertisement.TargetMac is null)
            return;
        MacAddress mac = advertisement.TargetMac ?? entry.Mac;
        if (!isIncomplete && mac != entry.Mac && !advertisement.Overrides)
        {
            if (entry.State == NeighborState.Reachable)
                entry.State = NeighborState.Stale;
            return;
        }

        if (entry.IsRouter && !advertisement.IsRouter)
            _interface.Ipv6?.Routers.Forget(advertisement.Target, now);
        entry.IsRouter = advertisement.IsRouter;
        Learn(entry, mac, advertisement.IsSolicited, now);
    }

    /// <summary>A router's advertisement has named its address.</summary>
    internal void IsRouter(IpAddress address)
    {
        if (_entries.TryGetValue(address, out Entry? entry))
            entry.IsRouter = true;
    }

    private void Learn(Entry entry, MacAddress mac, bool confirmed, Instant now)
    {
        if (entry.State == NeighborState.Permanent)
            return;
        bool wasIncomplete = entry.State == NeighborState.Incomplete;
        bool isNews = wasIncomplete || entry.Mac != mac;
        bool answered = wasIncomplete && entry.Attempts > 0;
        entry.Mac = mac;
        entry.UsedAt = now;
        // What a neighbour says unasked proves only that its frames come this way (RFC 4861 §7.2.3); ARP has no better proof.
        if (confirmed || (wasIncomplete && entry.Address.IsV4))
        {
            entry.State = NeighborState.Reachable;
            // RFC 4861 §6.3.2: 0.5 to 1.5 times the base, so that hosts do not all ask at once.
            entry.ReachableUntil = now + (entry.Address.IsV6 && AdvertisedReachableTime > TimeSpan.Zero ? AdvertisedReachableTime : Settings.BaseReachableTime) * (0.5 + _host.Random.NextDouble());
            entry.Attempts = 0;
            _host.Wheel.Cancel(entry.Timer);
        }
        else if (isNews)
        {
            entry.State = NeighborState.Stale;
            _host.Wheel.Cancel(entry.Timer);
        }

        if (isNews && _host.Log.IsEnabled)
            _host.Log.WriteAndFollow(new NeighborResolved(_interface.Name, entry.Address, mac, answered ? now - entry.AskedAt : TimeSpan.Zero));
        while (entry.Queue.TryDequeue(out (Packet Packet, EtherType Type, int Charge) waiting))
        {
            _host.Budget.Release(waiting.Charge);
            entry.QueuedBytes -= waiting.Packet.Length;
            _interface.Transmit(waiting.Packet, mac, waiting.Type);
        }
    }

    private void OnTimer(Entry entry, Instant now)
    {
        _host.Log.Because = entry.Asked;
        if (entry.State == NeighborState.Delay)
        {
            entry.State = NeighborState.Probe;
            entry.Attempts = 0;
        }

        int most = entry.State == NeighborState.Probe ? Settings.UnicastSolicit : Settings.MulticastSolicit;
        if (entry.Attempts < most)
        {
            Ask(entry, now);
            return;
        }

        if (_host.Log.IsEnabled)
            _host.Log.WriteAndFollow(new NeighborFailed(_interface.Name, entry.Address, entry.Attempts));
        _entries.Remove(entry.Address);
        if (entry.IsRouter)
            _interface.Ipv6?.Routers.Doubt(entry.Address);
        while (entry.Queue.TryDequeue(out (Packet Packet, EtherType Type, int Charge) waiting))
        {
            _host.Budget.Release(waiting.Charge);
            _host.IpOut.SendHostUnreachable(waiting.Packet, _interface, now);
            _host.Drop(_interface, waiting.Packet, DropReason.NeighborUnreachable);
        }
    }

    private void Ask(Entry entry, Instant now)
    {
        entry.Attempts++;
        if (_host.Log.IsEnabled)
            entry.Asked = _host.Log.WriteAndFollow(new NeighborRequested(_interface.Name, entry.Address, entry.Attempts));
        bool direct = entry.State == NeighborState.Probe;
        if (entry.Address.IsV4)
            _interface.Arp.Ask(entry.Address, direct ? entry.Mac : MacAddress.Broadcast);
        else
            _interface.Ipv6?.Discovery.Solicit(entry.Address, direct, now);
        _host.Wheel.Set(entry.Timer, now + (entry.Address.IsV6 && AdvertisedRetransTime > TimeSpan.Zero ? AdvertisedRetransTime : Settings.RetransTime));
    }

    private bool TryAdd(IpAddress address, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Entry? entry)
    {
        entry = null;
        if (_entries.Count >= Settings.GcThresh3 && !TryEvict())
            return false;
        entry = new Entry(this, address);
        _entries.Add(address, entry);
        return true;
    }

    // The one unused for longest; never one that packets wait for, or a scan would push out what is being resolved.
    private bool TryEvict()
    {
        Entry? oldest = null;
        foreach (Entry entry in _entries.Values)
        {
            if (entry.State is not (NeighborState.Incomplete or NeighborState.Permanent) && (oldest is null || entry.UsedAt < oldest.UsedAt))
                oldest = entry;
        }

        if (oldest is not null)
            Remove(oldest);
        return oldest is not null;
    }

    private void Remove(Entry entry)
    {
        _host.Wheel.Cancel(entry.Timer);
        _entries.Remove(entry.Address);
    }

    internal void Dispose()
    {
        foreach (Entry entry in _entries.Values)
        {
            _host.Wheel.Cancel(entry.Timer);
            while (entry.Queue.TryDequeue(out (Packet Packet, EtherType Type, int Charge) waiting))
                waiting.Packet.Dispose();
        }

        _entries.Clear();
    }

    private sealed class Entry : ITimerTarget
    {
        private readonly NeighborTable _table;

        public Entry(NeighborTable table, IpAddress address)
        {
            _table = table;
            Address = address;
            Timer = new WheelTimer(this);
        }

        public readonly IpAddress Address;
        public readonly WheelTimer Timer;
        public readonly Queue<(Packet Packet, EtherType Type, int Charge)> Queue = new();
        public MacAddress Mac;
        public NeighborState State = NeighborState.Incomplete;
        public Instant ReachableUntil;
        public Instant AskedAt;
        public Instant UsedAt;
        public EventId Asked;
        public int Attempts;
        public int QueuedBytes;
        public bool IsRouter;

        public NeighborState StateAt(Instant now) => State == NeighborState.Reachable && now >= ReachableUntil ? NeighborState.Stale : State;

        public void OnTimer(WheelTimer timer, Instant now) => _table.OnTimer(this, now);

        public void Enqueue(Packet packet, EtherType type)
        {
            Host host = _table._host;
            int charge = MemoryBudget.ChargeFor(packet);
            // Like Linux: the newest packet is the likeliest to matter still.
            while (Queue.Count > 0 && QueuedBytes + packet.Length > _table.Settings.UnresolvedQueueBytes)
            {
                (Packet oldest, _, int oldCharge) = Queue.Dequeue();
                QueuedBytes -= oldest.Length;
                host.Budget.Release(oldCharge);
                host.Drop(_table._interface, oldest, DropReason.QueueFull);
            }

            if (!host.Budget.TryCharge(charge))
            {
                host.Drop(_table._interface, packet, DropReason.Budget);
                return;
            }

            QueuedBytes += packet.Length;
            Queue.Enqueue((packet, type, charge));
        }
    }
}
