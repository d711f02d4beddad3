using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What is remembered of servers: how fast, how dead, lame for what, without EDNS. Feeds choice and timeouts. Any thread.</summary>
internal sealed class ServerTable(ResolverSettings settings, RandomSource random)
{
    // Timeouts double with each silence; beyond this the cap has long been reached.
    private const int MostDoublings = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<IpEndpoint, LinkedListNode<Memory>> _servers = [];
    private readonly LinkedList<Memory> _byUse = new();

    public int Count
    {
        get
        {
            lock (_lock)
                return _servers.Count;
        }
    }

    /// <summary>How long to wait for the server now: RFC 6298's estimate, doubled for each silence in a row.</summary>
    public TimeSpan TimeoutFor(IpEndpoint server, Instant now)
    {
        lock (_lock)
        {
            TimeSpan expected = Expected(Find(server, now));
            return expected < settings.LeastTimeout ? settings.LeastTimeout : expected > settings.MostTimeout ? settings.MostTimeout : expected;
        }
    }

    public void Answered(IpEndpoint server, TimeSpan roundTrip, Instant now)
    {
        lock (_lock)
        {
            Memory memory = FindOrAdd(server, now);
            if (memory.Srtt == TimeSpan.Zero)
            {
                memory.Srtt = roundTrip;
                memory.RttVar = roundTrip / 2;
            }
            else
            {
                memory.RttVar = memory.RttVar * 0.75 + (memory.Srtt - roundTrip).Duration() * 0.25;
                memory.Srtt = memory.Srtt * 0.875 + roundTrip * 0.125;
            }

            memory.Silences = 0;
        }
    }

    /// <summary>It stayed silent, or its host said that nobody is there.</summary>
    public void Silent(IpEndpoint server, Instant now)
    {
        lock (_lock)
        {
            Memory memory = FindOrAdd(server, now);
            memory.Silences = Math.Min(memory.Silences + 1, MostDoublings);
        }
    }

    public bool HasEdns(IpEndpoint server, Instant now)
    {
        lock (_lock)
            return Find(server, now)?.HasEdns ?? true;
    }

    public void HasNoEdns(IpEndpoint server, Instant now)
    {
        lock (_lock)
            FindOrAdd(server, now).HasEdns = false;
    }

    public bool IsLame(IpEndpoint server, DomainName zone, DnsType type, Instant now)
    {
        lock (_lock)
            return Find(server, now)?.LameFor.Contains((zone, type == DnsType.A)) ?? false;
    }

    public void Lame(IpEndpoint server, DomainName zone, DnsType type, Instant now)
    {
        lock (_lock)
        {
            HashSet<(DomainName, bool)> lameFor = FindOrAdd(server, now).LameFor;
            if (lameFor.Count < settings.MostServersPerZone)
                lameFor.Add((zone, type == DnsType.A));
        }
    }

    /// <summary>The server expected to answer first, any of several equals; now and then another one, to learn.</summary>
    public int Choose(IReadOnlyList<IpEndpoint> candidates, Instant now)
    {
        lock (_lock)
        {
            if (candidates.Count > 1 && random.Chance(settings.Exploration))
                return random.Next(candidates.Count);
            TimeSpan best = TimeSpan.MaxValue;
            int equals = 0;
            int chosen = 0;
            for (int i = 0; i < candidates.Count; i++)
            {
                TimeSpan expected = Expected(Find(candidates[i], now));
                if (expected > best)
                    continue;
                equals = expected == best ? equals + 1 : 1;
                best = expected;
                if (equals == 1 || random.Next(equals) == 0)
                    chosen = i;
            }

            return chosen;
        }
    }

    private TimeSpan Expected(Memory? memory)
    {
        TimeSpan once = memory is null || memory.Srtt == TimeSpan.Zero ? settings.FirstTimeout : memory.Srtt + memory.RttVar * 4;
        return once * (1 << (memory?.Silences ?? 0));
    }

    private Memory? Find(IpEndpoint server, Instant now)
    {
        if (!_servers.TryGetValue(server, out LinkedListNode<Memory>? node))
            return null;
        if (now - node.Value.Since < settings.ServerMemory)
            return node.Value;
        _servers.Remove(server);
        _byUse.Remove(node);
        return null;
    }

    private Memory FindOrAdd(IpEndpoint server, Instant now)
    {
        if (Find(server, now) is not null)
        {
            LinkedListNode<Memory> known = _servers[server];
            _byUse.Remove(known);
            _byUse.AddFirst(known);
            return known.Value;
        }

        if (_servers.Count >= settings.MostServersRemembered && _byUse.Last is { } last)
        {
            _servers.Remove(last.Value.Server);
            _byUse.RemoveLast();
        }

        var memory = new Memory(server, now);
        _servers[server] = _byUse.AddFirst(memory);
        return memory;
    }

    private sealed class Memory(IpEndpoint server, Instant since)
    {
        public IpEndpoint Server { get; } = server;

        /// <summary>From when on it is remembered; after <see cref="ResolverSettings.ServerMemory"/> everything is learnt anew.</summary>
        public Instant Since { get; } = since;

        /// <summary>Zero: never measured.</summary>
        public TimeSpan Srtt { get; set; }

        public TimeSpan RttVar { get; set; }

        public int Silences { get; set; }

        public bool HasEdns { get; set; } = true;

        // Servers in front of address balancers know nothing but A.
        public HashSet<(DomainName Zone, bool ForAddress)> LameFor { get; } = [];
    }
}
