using System.Buffers.Binary;
using System.Security.Cryptography;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>What a client's COOKIE option says about it.</summary>
public enum CookieState
{
    /// <summary>The query has none.</summary>
    Absent,
    /// <summary>Its length is not one that RFC 7873 §4 knows: FORMERR.</summary>
    Malformed,
    /// <summary>No server cookie, or one that is not ours or too old: the address may be forged.</summary>
    Unproven,
    /// <summary>We gave it this cookie within the hour: the address is its own.</summary>
    Proven,
}

/// <summary>Server cookies that several servers with one secret understand (RFC 9018 §4). Any thread.</summary>
/// <param name="secret">16 bytes.</param>
/// <param name="time">Of the time stamp.</param>
public sealed class ServerCookies(ReadOnlyMemory<byte> secret, TimeProvider time)
{
    public const int ClientSize = 8;
    public const int ServerSize = 16;

    /// <summary>RFC 9018 §4.3: an hour, and five minutes into the future.</summary>
    private const int MostAge = 3600;
    private const int MostAhead = 300;

    private readonly byte[] _secret = secret.Length == 16 ? secret.ToArray() : throw new ArgumentException("The secret has 16 bytes.", nameof(secret));

    /// <summary>Looks at a query's option, and makes the one that the response carries.</summary>
    /// <param name="edns">Of the query.</param>
    /// <param name="client">Where the query came from.</param>
    /// <param name="reply">Client cookie and a fresh server cookie; only if the state is unproven or proven.</param>
    public CookieState Check(Edns? edns, IpAddress client, out EdnsOption reply)
    {
        reply = default;
        if (edns is null || !edns.TryGetOption(EdnsOptionCode.Cookie, out EdnsOption option))
            return CookieState.Absent;
        ReadOnlySpan<byte> cookie = option.Data.Span;
        if (cookie.Length != ClientSize && cookie.Length is < 2 * ClientSize or > 5 * ClientSize)
            return CookieState.Malformed;
        uint now = (uint)(time.GetUtcNow().ToUnixTimeSeconds());
        byte[] fresh = new byte[ClientSize + ServerSize];
        cookie[..ClientSize].CopyTo(fresh);
        Write(fresh, now, client);
        reply = new EdnsOption(EdnsOptionCode.Cookie, fresh);
        if (cookie.Length != ClientSize + ServerSize || cookie[ClientSize] != 1)
            return CookieState.Unproven;
        uint stamp = BinaryPrimitives.ReadUInt32BigEndian(cookie[(ClientSize + 4)..]);
        // Serial-number arithmetic (RFC 1982).
        if ((int)(now - stamp) is > MostAge or < -MostAhead)
            return CookieState.Unproven;
        Span<byte> expected = stackalloc byte[ClientSize + ServerSize];
        cookie[..ClientSize].CopyTo(expected);
        Write(expected, stamp, client);
        return CryptographicOperations.FixedTimeEquals(expected, cookie) ? CookieState.Proven : CookieState.Unproven;
    }

    // Version 1, three reserved bytes, the time stamp, and the hash over all of that and the address.
    private void Write(Span<byte> cookie, uint stamp, IpAddress client)
    {
        cookie[ClientSize..(ClientSize + 8)].Clear();
        cookie[ClientSize] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(cookie[(ClientSize + 4)..], stamp);
        Span<byte> hashed = stackalloc byte[16 + 16];
        cookie[..16].CopyTo(hashed);
        client.Write(hashed[16..]);
        BinaryPrimitives.WriteUInt64LittleEndian(cookie[16..], SipHash.Hash(_secret, hashed[..(16 + client.Size)]));
    }
}
