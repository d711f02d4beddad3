namespace Wirepath.Wire;

// Wire form with and without compression: RFC 1035 §3.1 and §4.1.4.
public readonly partial struct DomainName
{
    private const int PointerBits = 0xC0;

    /// <summary>Reads an uncompressed name at the start of <paramref name="bytes"/>; <see cref="Size"/> says how many it took.</summary>
    /// <returns>False when it runs past the end, contains a pointer, or is too long.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DomainName name)
    {
        name = default;
        int at = 0;
        while (true)
        {
            if (at >= bytes.Length || at >= MaxSize)
                return false;
            int length = bytes[at];
            if (length > MaxLabelSize)
                return false;
            at += 1 + length;
            if (length == 0)
                break;
        }

        if (at > MaxSize)
            return false;
        name = at == 1 ? Root : new DomainName(bytes[..at].ToArray());
        return true;
    }

    /// <summary>Reads a name inside a message, where it may end with a pointer to an earlier one.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="offset">Where the name starts; afterwards, where the bytes behind it start.</param>
    /// <param name="name">The name, decompressed.</param>
    /// <returns>
    /// False when it runs past the end, is longer than 255 bytes, uses a reserved label type, or a pointer does not
    /// point strictly before everything read for this name so far, which rules out loops.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, out DomainName name)
    {
        name = default;
        Span<byte> bytes = stackalloc byte[MaxSize];
        int size = 0;
        int at = offset;
        int earliest = offset;
        bool jumped = false;
        while (true)
        {
            if ((uint)at >= (uint)message.Length)
                return false;
            int length = message[at];
            if ((length & PointerBits) == PointerBits)
            {
                if (at + 1 >= message.Length)
                    return false;
                int target = ((length & ~PointerBits) << 8) | message[at + 1];
                if (target >= earliest || target < DnsHeader.Size)
                    return false;
                if (!jumped)
                    offset = at + 2;
                jumped = true;
                at = earliest = target;
                continue;
            }

            if (length > MaxLabelSize || at + 1 + length > message.Length || size + 1 + length > MaxSize)
                return false;
            message.Slice(at, 1 + length).CopyTo(bytes[size..]);
            size += 1 + length;
            at += 1 + length;
            if (length == 0)
                break;
        }

        if (!jumped)
            offset = at;
        name = size == 1 ? Root : new DomainName(bytes[..size].ToArray());
        return true;
    }
}
