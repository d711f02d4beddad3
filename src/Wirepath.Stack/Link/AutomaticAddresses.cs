using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Addresses that an interface has made itself in advertised networks, and how long they last (RFC 4862 §5.5.3–5.5.4).</summary>
internal sealed class AutomaticAddresses(Host host, Interface on, Ipv6Link link)
{
    // RFC 4862 §5.5.3 (e): nobody shortens an address's life to less than that, or one forged message would end conversations.
    private static readonly TimeSpan s_leastLifetime = TimeSpan.FromHours(2);

    private readonly List<Entry> _entries = [];

    private sealed record Entry(InterfaceAddress Address)
    {
        public Instant PreferredUntil { get; set; }

        public Instant ValidUntil { get; set; }
    }

    /// <summary>One of them is not in use yet, because somebody else might have it.</summary>
    public bool AreBeingChecked => _entries.Exists(e => !on.Has(e.Address.Address));

    public Instant NextExpiry
    {
        get
        {
            Instant next = Instant.Never;
            foreach (Entry entry in _entries)
                next = Instant.Min(next, entry.ValidUntil);
            return next;
        }
    }

    public IReadOnlyList<InterfaceAddress> List() => [.. _entries.Where(e => on.Has(e.Address.Address)).Select(e => e.Address)];

    public bool IsDeprecated(IpAddress address, Instant now)
    {
        foreach (Entry entry in _entries)
        {
            if (entry.Address.Address == address)
                return now >= entry.PreferredUntil;
        }

        return false;
    }

    public static Instant After(Instant now, uint seconds) => seconds == PrefixInformation.Forever ? Instant.Never : now + TimeSpan.FromSeconds(seconds);

    /// <summary>A router has told of a network in which hosts may make themselves addresses.</summary>
    public void Take(in PrefixInformation told, IpAddress router, Instant now)
    {
        // The other half is the interface identifier's.
        if (told.Prefix.Length != 64 || told.PreferredSeconds > told.ValidSeconds)
            return;
        IpAddress address = IpAddress.V6(told.Prefix.Address.High, on.Mac.InterfaceIdentifier);
        Instant valid = After(now, told.ValidSeconds), preferred = After(now, told.PreferredSeconds);
        if (_entries.Find(e => e.Address.Address == address) is { } known)
        {
            known.PreferredUntil = preferred;
            if (told.ValidSeconds > s_leastLifetime.TotalSeconds || valid > known.ValidUntil)
                known.ValidUntil = valid;
            else
                known.ValidUntil = Instant.Min(known.ValidUntil, now + s_leastLifetime);
            return;
        }

        if (told.ValidSeconds == 0 || _entries.Count >= host.Settings.Ipv6.MaxAddresses || on.Has(address) || link.Detection.IsChecking(address))
            return;
        // A network that is not on the link gives an address, but no neighbours.
        var added = new InterfaceAddress(address, told.OnLink ? 64 : 128);
        _entries.Add(new Entry(added) { PreferredUntil = preferred, ValidUntil = valid });
        link.Add(added, router, "router", valid.IsNever ? TimeSpan.Zero : valid - now);
    }

    public void Expire(Instant now)
    {
        foreach (Entry entry in _entries.Where(e => e.ValidUntil <= now).ToArray())
        {
            _entries.Remove(entry);
            on.RemoveAddress(entry.Address.Address);
        }
    }

    /// <summary>Those that turned out to be somebody else's.</summary>
    public void ForgetRefused() => _entries.RemoveAll(e => !on.Has(e.Address.Address) && !link.Detection.IsChecking(e.Address.Address));
}
