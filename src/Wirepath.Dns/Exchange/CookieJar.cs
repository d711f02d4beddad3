using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// DNS cookies of the one who asks (RFC 7873 §4.1): eight bytes that only this server was told, by which its replies are
/// known, and what it gave us to be known by. Any thread.
/// </summary>
internal sealed class CookieJar
{
    public const int ClientCookieSize = 8;

    private const int LeastServerCookie = 8;
    private const int MostServerCookie = 32;

    // RFC 7873 §4.1: a cookie is worth little; forgetting all of them costs one reply each.
    private const int MostServers = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<IpAddress, byte[]> _cookies = [];
    private readonly byte[] _secret = new byte[16];

    public CookieJar(RandomSource random) => random.Fill(_secret);

    /// <summary>The option for a query: our cookie for the server, and its own if it has given one.</summary>
    public EdnsOption For(IpAddress server)
    {
        lock (_lock)
        {
            return new EdnsOption(EdnsOptionCode.Cookie, _cookies.TryGetValue(server, out byte[]? cookie) ? cookie : ClientCookie(server));
        }
    }

    /// <summary>Looks at the cookie of a reply, and keeps the server's part.</summary>
    /// <returns>False when the reply carries another cookie than the query, or none from a server that has them: somebody else sent it (§5.3).</returns>
    public bool Accepts(IpAddress server, DnsMessage reply)
    {
        if (reply.Edns is null || !reply.Edns.TryGetOption(EdnsOptionCode.Cookie, out EdnsOption option))
        {
            // Who has given a cookie before has them; who never did does not know of them.
            lock (_lock)
                return !_cookies.ContainsKey(server);
        }

        ReadOnlySpan<byte> cookie = option.Data.Span;
        if (cookie.Length < ClientCookieSize || !cookie[..ClientCookieSize].SequenceEqual(ClientCookie(server)))
            return false;
        if (cookie.Length - ClientCookieSize is < LeastServerCookie or > MostServerCookie)
            return true;
        lock (_lock)
        {
            if (_cookies.Count >= MostServers)
                _cookies.Clear();
            _cookies[server] = cookie.ToArray();
        }

        return true;
    }

    private byte[] ClientCookie(IpAddress server)
    {
        Span<byte> address = stackalloc byte[16];
        server.Write(address);
        byte[] cookie = new byte[ClientCookieSize];
        BinaryPrimitives.WriteUInt64LittleEndian(cookie, SipHash.Hash(_secret, address[..server.Size]));
        return cookie;
    }
}
