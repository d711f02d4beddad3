using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// Fast Open from the server's side, RFC 7413 §4.2.2: a SYN with a good cookie makes a connection at once, its data included.
public sealed partial class TcpListener
{
    // A pending connection that a RST took away keeps its place for so long: an attacker with one good cookie would otherwise have as
    // many connections as he has SYNs and RSTs (RFC 7413 §5.1).
    private static readonly TimeSpan s_resetPenalty = TimeSpan.FromSeconds(60);

    private readonly HashSet<TcpConnection> _fastOpenPending = [];
    private readonly Queue<Instant> _fastOpenResets = new();

    /// <summary>
    /// Connections that Fast Open may have made and the last ACK has not confirmed (<c>TCP_FASTOPEN</c>); 0 leaves Fast Open to
    /// listeners that <see cref="TcpSettings.FastOpen"/> names.
    /// </summary>
    public int FastOpenQueueLimit { get; set; }

    /// <summary>What this listener's cookies are made with; null for the host's.</summary>
    public FastOpenKeys? FastOpenKeys { get; set; }

    private FastOpenKeys CookieKeys => FastOpenKeys ?? (_settings.FastOpenKeys.IsUnset ? _shared!.FastOpenKeys : _settings.FastOpenKeys);

    private int FastOpenLimit
    {
        get
        {
            const int Every = FastOpenBits.Server | FastOpenBits.EveryListener;
            int limit = FastOpenQueueLimit > 0 ? FastOpenQueueLimit : (_settings.FastOpen & Every) == Every ? Math.Max(Backlog, 1) : 0;
            return Math.Min(limit, Math.Max(_settings.SoMaxConn, 1));
        }
    }

    private enum FastOpenVerdict
    {
        /// <summary>The SYN is one like any other.</summary>
        Ordinary,
        /// <summary>So it is, but the SYN,ACK carries a cookie.</summary>
        GrantCookie,
        Accept,
        /// <summary>Its cookie is of the key before: it is accepted, and gets a new one.</summary>
        AcceptAndGrant,
    }

    private FastOpenVerdict JudgeFastOpen(in TcpSegment syn, in ConnectionId id, Instant now)
    {
        TcpOptions options = syn.Options;
        int cookie = options.HasFastOpen ? options.FastOpenCookie.Length : -1;
        if (cookie > 0 && (cookie < 4 || (cookie & 1) != 0))
            cookie = -1; // §4.1.1: 4 to 16 bytes, even
        if (_shared is null || (syn.PayloadLength == 0 && cookie < 0))
            return FastOpenVerdict.Ordinary;
        if (cookie == 0)
            _shared.Counters.TCPFastOpenCookieReqd++;
        if ((_settings.FastOpen & FastOpenBits.Server) == 0 || FastOpenLimit == 0)
            return FastOpenVerdict.Ordinary;
        if (!HasFastOpenRoom(now))
            return FastOpenVerdict.Ordinary;
        if ((_settings.FastOpen & FastOpenBits.ServerWithoutCookie) != 0)
            return FastOpenVerdict.Accept;
        if (cookie < 0)
            return FastOpenVerdict.Ordinary;
        if (cookie == 0)
            return FastOpenVerdict.GrantCookie;
        switch (CookieKeys.Check(options.FastOpenCookie, id.Remote.Address, id.Local.Address))
        {
            case 1:
                return FastOpenVerdict.Accept;
            case 2:
                return FastOpenVerdict.AcceptAndGrant;
            default:
                _shared.Counters.TCPFastOpenPassiveFail++;
                return FastOpenVerdict.GrantCookie;
        }
    }

    private bool HasFastOpenRoom(Instant now)
    {
        while (_fastOpenResets.TryPeek(out Instant reset) && now - reset >= s_resetPenalty)
            _fastOpenResets.Dequeue();
        int limit = FastOpenLimit;
        if (_fastOpenPending.Count + _fastOpenResets.Count < limit)
            return true;
        _shared!.Counters.TCPFastOpenListenOverflow++;
        return false;
    }

    private void Grant(ref TcpOptions options, in ConnectionId id, bool experimental)
    {
        Span<byte> cookie = stackalloc byte[Tcp.FastOpenKeys.CookieSize];
        CookieKeys.Write(cookie, id.Remote.Address, id.Local.Address);
        options.SetFastOpen(cookie, experimental);
    }

    private TcpConnection OpenFast(in TcpSegment syn, in ConnectionId id, in SynFacts facts, bool grant, Instant now)
    {
        _shared!.Counters.TCPFastOpenPassive++;
        TcpConnection connection = TcpConnection.OpenFast(this, facts, syn, id, _settings, _log, now);
        if (grant)
        {
            TcpOptions cookie = default;
            Grant(ref cookie, id, syn.Options.IsFastOpenExperimental);
            connection.GrantCookie(cookie);
        }

        _fastOpenPending.Add(connection);
        _accept.Enqueue(connection);
        return connection;
    }
}
