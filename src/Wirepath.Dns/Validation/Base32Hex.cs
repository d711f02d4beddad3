namespace Wirepath.Dns;

/// <summary>Base 32 with the extended hex alphabet (RFC 4648 §7), without padding: NSEC3's owner names.</summary>
internal static class Base32Hex
{
    /// <summary>Reads a label of 20 to 32 characters, in any case.</summary>
    /// <param name="text">ASCII.</param>
    /// <param name="bytes">Room for five eighths as many bytes.</param>
    /// <param name="written">How many bytes there were.</param>
    /// <returns>False when another character is in it, or bits are left over that are not zero.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes, out int written)
    {
        written = 0;
        int bits = 0;
        uint value = 0;
        foreach (byte c in text)
        {
            int digit = c switch
            {
                >= (byte)'0' and <= (byte)'9' => c - '0',
                >= (byte)'A' and <= (byte)'V' => c - 'A' + 10,
                >= (byte)'a' and <= (byte)'v' => c - 'a' + 10,
                _ => -1,
            };
            if (digit < 0)
                return false;
            value = (value << 5) | (uint)digit;
            bits += 5;
            if (bits < 8)
                continue;
            if (written == bytes.Length)
                return false;
            bits -= 8;
            bytes[written++] = (byte)(value >> bits);
            value &= (1u << bits) - 1;
        }

        return bits < 5 && value == 0;
    }

    /// <exception cref="FormatException">It is none.</exception>
    public static byte[] Decode(string text)
    {
        byte[] bytes = new byte[text.Length * 5 / 8];
        return TryDecode(System.Text.Encoding.Latin1.GetBytes(text), bytes, out int written) && written == bytes.Length
            ? bytes
            : throw new FormatException($"'{text}' is not base 32 with the extended hex alphabet.");
    }

    /// <summary>In lower case, as signers write it, without padding.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> bytes)
    {
        byte[] text = new byte[(bytes.Length * 8 + 4) / 5];
        int at = 0;
        int bits = 0;
        int value = 0;
        foreach (byte b in bytes)
        {
            value = (value << 8) | b;
            for (bits += 8; bits >= 5; bits -= 5)
                text[at++] = "0123456789abcdefghijklmnopqrstuv"u8[(value >> (bits - 5)) & 31];
            value &= (1 << bits) - 1;
        }

        if (bits > 0)
            text[at] = "0123456789abcdefghijklmnopqrstuv"u8[(value << (5 - bits)) & 31];
        return text;
    }
}
