using System.Globalization;

namespace Wirepath.Wire;

/// <summary>Puts the fields of one layer side by side; it never looks behind the layer's own bytes.</summary>
internal sealed class LayerBuilder(string name, int offset, ReadOnlyMemory<byte> bytes)
{
    private readonly List<DissectedField> _fields = [];
    private int _covered; // bits

    public ReadOnlySpan<byte> Bytes => bytes.Span;

    /// <summary>Bytes that have fields already.</summary>
    public int Position => _covered / 8;

    public int Remaining => bytes.Length - Position;

    /// <summary>Adds all fields of a figure that are wholly there.</summary>
    /// <param name="fields">The figure.</param>
    /// <param name="words">Says a value in words where it can: by field name and number; null leaves the number.</param>
    public void AddFigure(IReadOnlyList<FieldDescription> fields, Func<string, ulong, string?>? words = null)
    {
        int start = _covered;
        foreach (FieldDescription field in fields)
        {
            int at = start + field.BitOffset;
            if (at + field.BitWidth > bytes.Length * 8)
                return;
            ulong number = field.BitWidth <= 64 ? Bits(at, field.BitWidth) : 0;
            string value = words?.Invoke(field.Name, number) ?? Write(field, at, number);
            Put(field.Name, field.BitWidth, value, field.Meaning);
        }
    }

    /// <summary>Adds a field of whole bytes; less when fewer are there.</summary>
    public void Add(string fieldName, int count, string value, string meaning)
    {
        count = Math.Min(count, Remaining);
        if (count > 0)
            Put(fieldName, count * 8, value, meaning);
    }

    /// <summary>Adds a field of at most 8 whole bytes as a number, or nothing when they are not all there.</summary>
    public void AddNumber(string fieldName, int count, string meaning, Func<ulong, string>? words = null)
    {
        if (count > Remaining)
            return;
        ulong number = Bits(_covered, count * 8);
        Put(fieldName, count * 8, words?.Invoke(number) ?? number.ToString(CultureInfo.InvariantCulture), meaning);
    }

    /// <summary>The layer; bytes without a field get one.</summary>
    public DissectedLayer Build(string meaningOfRest = "Not part of any field")
    {
        if (_covered < bytes.Length * 8)
        {
            int rest = bytes.Length * 8 - _covered;
            Put("Bytes", rest, Hex(Bytes[Position..]), meaningOfRest);
        }

        return new DissectedLayer(name, offset, bytes.Length, _fields);
    }

    /// <summary>At most 16 bytes in hexadecimal, then how many more.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => bytes.Length <= 16
        ? Convert.ToHexStringLower(bytes)
        : string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(bytes[..16])}… ({bytes.Length} bytes)");

    private void Put(string fieldName, int width, string value, string meaning)
    {
        _fields.Add(new DissectedField(fieldName, _covered, width, value, meaning));
        _covered += width;
    }

    private ulong Bits(int bitOffset, int width)
    {
        ulong value = 0;
        for (int bit = bitOffset; bit < bitOffset + width;)
        {
            int take = Math.Min(8 - (bit & 7), bitOffset + width - bit);
            int part = (Bytes[bit >> 3] >> (8 - (bit & 7) - take)) & ((1 << take) - 1);
            value = (value << take) | (uint)part;
            bit += take;
        }

        return value;
    }

    private string Write(FieldDescription field, int bitOffset, ulong number)
    {
        ReadOnlySpan<byte> raw = bytes.Span.Slice(bitOffset / 8, (field.BitWidth + 7) / 8);
        return field.Notation switch
        {
            FieldNotation.Decimal => number.ToString(CultureInfo.InvariantCulture),
            FieldNotation.Hexadecimal => "0x" + number.ToString("x" + (field.BitWidth + 3) / 4, CultureInfo.InvariantCulture),
            FieldNotation.Mac => MacAddress.Read(raw).ToString(),
            FieldNotation.Address => IpAddress.Read(raw).ToString(),
            FieldNotation.Bytes => raw.ContainsAnyExcept((byte)0) ? Hex(raw) : "zeros",
            _ => throw new InvalidOperationException($"No notation {field.Notation}."),
        };
    }
}
