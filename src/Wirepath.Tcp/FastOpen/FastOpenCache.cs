using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// What a client remembers of servers (RFC 7413 §4.1.3.1): the cookie, the MSS that came with it, and whether the option in the
/// form of before the RFC should be tried. And whether Fast Open is left off for a while, because SYNs with data seem to be eaten.
/// </summary>
internal sealed class FastOpenCache
{
    /// <summary>Servers remembered; the oldest gives way.</summary>
    public const int MostServers = 1024;

    // Linux's bound of the doubling.
    private const int MostDoublings = 6;

    private readonly Dictionary<IpAddress, Entry> _servers = [];
    private readonly Queue<IpAddress> _order = new();
    private Instant _disabledAt = Instant.Never;
    private int _disabledTimes;

    private sealed class Entry
    {
        public byte[] Cookie = [];
        public int Mss;
        public bool Experimental;
        public bool TryExperimental;
        public bool HasTriedExperimental;
    }

    public int Count => _servers.Count;

    public bool TryGet(IpAddress server, out ReadOnlySpan<byte> cookie, out int mss, out bool experimental)
    {
        if (!_servers.TryGetValue(server, out Entry? entry))
        {
            cookie = default;
            (mss, experimental) = (0, false);
            return false;
        }

        cookie = entry.Cookie;
        mss = entry.Mss;
        experimental = entry.Cookie.Length > 0 ? entry.Experimental : entry.TryExperimental;
        return entry.Cookie.Length > 0;
    }

    /// <summary>A SYN,ACK told the MSS, and perhaps a cookie.</summary>
    /// <param name="server">Whose.</param>
    /// <param name="mss">Of its option.</param>
    /// <param name="cookie">Empty: none came; what is known stays.</param>
    /// <param name="experimental">The form in which it came.</param>
    public void Set(IpAddress server, int mss, ReadOnlySpan<byte> cookie, bool experimental)
    {
        Entry entry = Get(server);
        entry.Mss = mss;
        if (cookie.IsEmpty)
            return;
        if (!cookie.SequenceEqual(entry.Cookie))
            entry.Cookie = cookie.ToArray();
        entry.Experimental = experimental;
    }

    /// <summary>A cookie was asked for and none came: the next SYN asks in the form of before the RFC, once, and those after it in the RFC's.</summary>
    public void TryOtherForm(IpAddress server, int mss, bool askedExperimental)
    {
        Entry entry = Get(server);
        entry.HasTriedExperimental |= askedExperimental;
        (entry.Mss, entry.TryExperimental) = (mss, !entry.HasTriedExperimental);
    }

    /// <summary>A SYN with data went unanswered and one without did not: the cookie is given up.</summary>
    public void Forget(IpAddress server) => Get(server).Cookie = [];

    public void Clear()
    {
        _servers.Clear();
        _order.Clear();
    }

    public bool IsDisabled(TimeSpan timeout, Instant now)
    {
        if (_disabledTimes == 0 || timeout == TimeSpan.Zero)
            return false;
        return now - _disabledAt < timeout * (1 << Math.Min(_disabledTimes - 1, MostDoublings));
    }

    /// <summary>A connection with data in its SYN was broken as a middlebox would.</summary>
    public void Disable(Instant now)
    {
        _disabledAt = now;
        _disabledTimes++;
    }

    /// <summary>A connection with data in its SYN worked.</summary>
    public void Enable() => _disabledTimes = 0;

    private Entry Get(IpAddress server)
    {
        if (_servers.TryGetValue(server, out Entry? entry))
            return entry;
        if (_servers.Count >= MostServers)
            _servers.Remove(_order.Dequeue());
        _order.Enqueue(server);
        return _servers[server] = new Entry();
    }
}
