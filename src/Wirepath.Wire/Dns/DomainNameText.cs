using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Wirepath.Wire;

// Presentation format: RFC 1035 §5.1 with \DDD and \X escapes, always absolute when written.
public readonly partial struct DomainName
{
    /// <summary>Reads <c>www.example.com</c>, with or without the final dot; <c>.</c> is the root.</summary>
    /// <exception cref="FormatException">Not a name: an empty or too long label, a character that is not ASCII, a bad escape.</exception>
    public static DomainName Parse(string text) =>
        TryParse(text, out DomainName name) ? name : throw new FormatException($"'{text}' is not a domain name.");

    /// <inheritdoc cref="Parse"/>
    /// <returns>False when it is not a name.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out DomainName name) => TryParse(text, Root, out name);

    /// <summary>Reads a name as zone files have them: relative to <paramref name="origin"/> unless it ends with a dot; <c>@</c> is the origin.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, DomainName origin, out DomainName name)
    {
        name = default;
        if (string.IsNullOrEmpty(text))
            return false;
        if (text == ".")
            return true;
        if (text == "@")
        {
            name = origin;
            return true;
        }

        Span<byte> bytes = stackalloc byte[MaxSize];
        int labelStart = 0;
        int at = 1;
        bool absolute = false;
        for (int i = 0; i < text.Length;)
        {
            absolute = false;
            char c = text[i++];
            byte value;
            if (c == '.')
            {
                if (at - labelStart - 1 is 0 or > MaxLabelSize || at >= MaxSize)
                    return false;
                bytes[labelStart] = (byte)(at - labelStart - 1);
                labelStart = at++;
                absolute = true;
                continue;
            }

            if (c == '\\')
            {
                if (!TryReadEscape(text, ref i, out value))
                    return false;
            }
            else if (c > 126)
            {
                return false;
            }
            else
            {
                value = (byte)c;
            }

            if (at >= MaxSize)
                return false;
            bytes[at++] = value;
        }

        if (absolute)
        {
            bytes[labelStart] = 0;
            name = new DomainName(bytes[..at].ToArray());
            return true;
        }

        if (at - labelStart - 1 is 0 or > MaxLabelSize)
            return false;
        bytes[labelStart] = (byte)(at - labelStart - 1);
        if (at + origin.Size > MaxSize)
            return false;
        origin.Wire.CopyTo(bytes[at..]);
        name = new DomainName(bytes[..(at + origin.Size)].ToArray());
        return true;
    }

    /// <summary>The absolute name with its final dot, special characters escaped.</summary>
    public override string ToString()
    {
        if (IsRoot)
            return ".";
        var text = new StringBuilder(Size);
        for (ReadOnlySpan<byte> rest = Wire; rest[0] != 0; rest = rest[(rest[0] + 1)..])
        {
            AppendLabel(text, rest.Slice(1, rest[0]));
            text.Append('.');
        }

        return text.ToString();
    }

    /// <summary>The name as people type it: without the final dot, except for the root.</summary>
    public string ToStringWithoutFinalDot() => IsRoot ? "." : ToString()[..^1];

    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        foreach (byte b in label)
        {
            if (b is (byte)'.' or (byte)'\\' or (byte)'"' or (byte)'(' or (byte)')' or (byte)';' or (byte)'@' or (byte)'$')
                text.Append('\\').Append((char)b);
            else if (b is > 32 and < 127)
                text.Append((char)b);
            else
                text.Append('\\').Append((char)('0' + b / 100)).Append((char)('0' + b / 10 % 10)).Append((char)('0' + b % 10));
        }
    }

    // \DDD is a byte in decimal, \X is X itself.
    private static bool TryReadEscape(string text, ref int at, out byte value)
    {
        value = 0;
        if (at >= text.Length)
            return false;
        if (!char.IsAsciiDigit(text[at]))
        {
            if (text[at] > 126)
                return false;
            value = (byte)text[at++];
            return true;
        }

        if (at + 3 > text.Length || !char.IsAsciiDigit(text[at + 1]) || !char.IsAsciiDigit(text[at + 2]))
            return false;
        int number = (text[at] - '0') * 100 + (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
        at += 3;
        value = (byte)number;
        return number <= 255;
    }
}
