using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// What a server makes Fast Open cookies with (RFC 7413 §4.1.2): a key, and perhaps the one before it, whose cookies still count.
/// A cookie is eight bytes: SipHash of both addresses, so that servers behind one address with one key grant the same, as Linux.
/// </summary>
public sealed record FastOpenKeys
{
    /// <summary>Bytes of a cookie that is granted.</summary>
    public const int CookieSize = 8;

    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 16;

    /// <summary>No key was given: the host draws one.</summary>
    public static readonly FastOpenKeys Unset = new((0UL, 0UL), null);

    private readonly (ulong Low, ulong High) _current;
    private readonly (ulong Low, ulong High)? _previous;

    private FastOpenKeys((ulong, ulong) current, (ulong, ulong)? previous) => (_current, _previous) = (current, previous);

    /// <param name="key">16 bytes.</param>
    /// <param name="previous">16 bytes, or none.</param>
    /// <exception cref="ArgumentException">A key has another length.</exception>
    public FastOpenKeys(ReadOnlySpan<byte> key, ReadOnlySpan<byte> previous = default)
        : this(Read(key), previous.IsEmpty ? null : Read(previous))
    {
    }

    public bool IsUnset => ReferenceEquals(this, Unset);

    internal static FastOpenKeys Draw(RandomSource random) => new((random.NextUInt64(), random.NextUInt64()), null);

    /// <summary>Reads <c>xxxxxxxx-xxxxxxxx-xxxxxxxx-xxxxxxxx</c>, or two of them with a comma between.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FastOpenKeys? keys)
    {
        ArgumentNullException.ThrowIfNull(text);
        keys = null;
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > 2 || !TryParseKey(parts[0], out (ulong, ulong) current))
            return false;
        (ulong, ulong) previous = default;
        if (parts.Length == 2 && !TryParseKey(parts[1], out previous))
            return false;
        keys = new FastOpenKeys(current, parts.Length == 2 ? previous : null);
        return true;
    }

    /// <summary>The form of <see cref="TryParse"/>; zeros when unset.</summary>
    public override string ToString() => _previous is { } previous ? $"{Text(_current)},{Text(previous)}" : Text(_current);

    internal void Write(Span<byte> cookie, IpAddress client, IpAddress server) => Write(cookie, client, server, _current);

    /// <returns>0: not a cookie of ours. 1: of the current key. 2: of the one before, so that a new one is worth sending.</returns>
    internal int Check(ReadOnlySpan<byte> cookie, IpAddress client, IpAddress server)
    {
        Span<byte> expected = stackalloc byte[CookieSize];
        Write(expected, client, server, _current);
        if (cookie.SequenceEqual(expected))
            return 1;
        if (_previous is not { } previous)
            return 0;
        Write(expected, client, server, previous);
        return cookie.SequenceEqual(expected) ? 2 : 0;
    }

    private static void Write(Span<byte> cookie, IpAddress client, IpAddress server, (ulong Low, ulong High) key)
    {
        Span<byte> addresses = stackalloc byte[32];
        client.Write(addresses);
        server.Write(addresses[client.Size..]);
        BinaryPrimitives.WriteUInt64LittleEndian(cookie, SipHash.Hash(key.Low, key.High, addresses[..(client.Size + server.Size)]));
    }

    private static (ulong, ulong) Read(ReadOnlySpan<byte> key) => key.Length == KeySize
        ? (BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]))
        : throw new ArgumentException($"A Fast Open key has {KeySize} bytes.", nameof(key));

    private static bool TryParseKey(string text, out (ulong, ulong) key)
    {
        key = default;
        string[] words = text.Split('-');
        Span<uint> values = stackalloc uint[4];
        if (words.Length != 4)
            return false;
        for (int i = 0; i < 4; i++)
        {
            if (words[i].Length is 0 or > 8 || !uint.TryParse(words[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out values[i]))
                return false;
        }

        key = (values[0] | ((ulong)values[1] << 32), values[2] | ((ulong)values[3] << 32));
        return true;
    }

    private static string Text((ulong Low, ulong High) key) =>
        string.Create(CultureInfo.InvariantCulture, $"{(uint)key.Low:x8}-{(uint)(key.Low >> 32):x8}-{(uint)key.High:x8}-{(uint)(key.High >> 32):x8}");
}
