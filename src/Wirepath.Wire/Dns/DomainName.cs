using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Wirepath.Wire;

/// <summary>
/// An absolute domain name in wire form (RFC 1035 §3.1): labels of 1 to 63 bytes, at most 255 bytes with their
/// lengths and the root's zero. Compared without regard to ASCII case, case preserved (RFC 4343). The default is the root.
/// </summary>
public readonly partial struct DomainName : IEquatable<DomainName>, IComparable<DomainName>
{
    /// <summary>Bytes of the longest name on the wire, length bytes and final zero included.</summary>
    public const int MaxSize = 255;

    public const int MaxLabelSize = 63;

    /// <summary>127 labels of one byte each.</summary>
    public const int MaxLabels = 127;

    public static readonly DomainName Root;

    private static readonly byte[] s_rootBytes = [0];

    // Parents share the array of the name that they were taken from.
    private readonly byte[]? _bytes;
    private readonly byte _offset;

    private DomainName(byte[] bytes, int offset = 0) => (_bytes, _offset) = (bytes, (byte)offset);

    /// <summary>The uncompressed wire form, the root's zero included.</summary>
    public ReadOnlySpan<byte> Wire => (_bytes ?? s_rootBytes).AsSpan(_offset);

    /// <summary>Bytes of the wire form: 1 for the root, 255 at most.</summary>
    public int Size => (_bytes?.Length ?? 1) - _offset;

    public bool IsRoot => Size == 1;

    /// <summary>Labels without the root: 3 for <c>www.example.com.</c></summary>
    public int LabelCount
    {
        get
        {
            int count = 0;
            for (ReadOnlySpan<byte> rest = Wire; rest[0] != 0; rest = rest[(rest[0] + 1)..])
                count++;
            return count;
        }
    }

    /// <summary>The name without its first label; the root's parent is the root.</summary>
    public DomainName Parent => IsRoot ? this : new DomainName(_bytes!, _offset + 1 + Wire[0]);

    /// <summary>The bytes of the first label; empty for the root.</summary>
    public ReadOnlySpan<byte> FirstLabel => Wire.Slice(1, Wire[0]);

    /// <summary>True when the first label is <c>*</c> (RFC 4592).</summary>
    public bool IsWildcard => Wire is [1, (byte)'*', ..];

    /// <summary>The last <paramref name="labels"/> labels: <c>www.example.com.</c> with 1 gives <c>com.</c></summary>
    public DomainName Ancestor(int labels)
    {
        int drop = LabelCount - labels;
        ArgumentOutOfRangeException.ThrowIfNegative(labels);
        ArgumentOutOfRangeException.ThrowIfNegative(drop);
        DomainName name = this;
        for (; drop > 0; drop--)
            name = name.Parent;
        return name;
    }

    /// <summary>True for the name itself and for everything below it: the bailiwick test.</summary>
    public bool IsSubdomainOf(DomainName other)
    {
        DomainName name = this;
        while (name.Size > other.Size)
            name = name.Parent;
        return name.Equals(other);
    }

    /// <summary>How many labels, counted from the root, both names have in common.</summary>
    public int CommonLabels(DomainName other)
    {
        int mine = LabelCount;
        int theirs = other.LabelCount;
        DomainName a = Ancestor(Math.Min(mine, theirs));
        DomainName b = other.Ancestor(Math.Min(mine, theirs));
        while (!a.Equals(b))
            (a, b) = (a.Parent, b.Parent);
        return a.LabelCount;
    }

    /// <summary>Puts a label in front.</summary>
    /// <exception cref="ArgumentException">The label is empty or too long, or the name would be.</exception>
    public DomainName Prepend(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return TryPrepend(Encoding.Latin1.GetBytes(label), out DomainName name)
            ? name
            : throw new ArgumentException($"'{label}' cannot be a label in front of '{this}'.", nameof(label));
    }

    /// <summary>Puts a label in front.</summary>
    /// <returns>False when the label is empty or longer than 63 bytes, or the name would be longer than 255.</returns>
    public bool TryPrepend(ReadOnlySpan<byte> label, out DomainName name)
    {
        name = default;
        if (label.Length is 0 or > MaxLabelSize || label.Length + 1 + Size > MaxSize)
            return false;
        byte[] bytes = new byte[label.Length + 1 + Size];
        bytes[0] = (byte)label.Length;
        label.CopyTo(bytes.AsSpan(1));
        Wire.CopyTo(bytes.AsSpan(1 + label.Length));
        name = new DomainName(bytes);
        return true;
    }

    /// <summary>Puts the labels of this name in front of <paramref name="suffix"/>: a relative name and its origin.</summary>
    /// <returns>False when the result would be longer than 255 bytes.</returns>
    public bool TryAppend(DomainName suffix, out DomainName name)
    {
        name = default;
        if (Size - 1 + suffix.Size > MaxSize)
            return false;
        byte[] bytes = new byte[Size - 1 + suffix.Size];
        Wire[..^1].CopyTo(bytes);
        suffix.Wire.CopyTo(bytes.AsSpan(Size - 1));
        name = new DomainName(bytes);
        return true;
    }

    /// <summary>Replaces the end of the name: what a DNAME does (RFC 6672 §2.2).</summary>
    /// <returns>False when the name does not lie below <paramref name="oldSuffix"/>, or the result would be longer than 255 bytes.</returns>
    public bool TryReplaceSuffix(DomainName oldSuffix, DomainName newSuffix, out DomainName name)
    {
        name = default;
        if (!IsSubdomainOf(oldSuffix))
            return false;
        int kept = Size - oldSuffix.Size;
        if (kept + newSuffix.Size > MaxSize)
            return false;
        byte[] bytes = new byte[kept + newSuffix.Size];
        Wire[..kept].CopyTo(bytes);
        newSuffix.Wire.CopyTo(bytes.AsSpan(kept));
        name = new DomainName(bytes);
        return true;
    }

    /// <summary>The name in lower case: the canonical form of RFC 4034 §6.2.</summary>
    public DomainName ToLower()
    {
        byte[] bytes = Wire.ToArray();
        LowerCase(bytes);
        return new DomainName(bytes);
    }

    /// <summary>The same name with the letters' case taken from <paramref name="source"/>, one bit per letter: 0x20 encoding.</summary>
    public DomainName WithRandomCase(RandomSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        byte[] bytes = Wire.ToArray();
        ulong bits = 0;
        int left = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            // Length bytes are at most 63 and so never look like letters.
            if (!char.IsAsciiLetter((char)bytes[i]))
                continue;
            if (left == 0)
                (bits, left) = (source.NextUInt64(), 64);
            bytes[i] = (byte)((bytes[i] & ~0x20) | ((bits & 1) != 0 ? 0x20 : 0));
            bits >>= 1;
            left--;
        }

        return new DomainName(bytes);
    }

    public bool Equals(DomainName other) => Ascii.EqualsIgnoreCase(Wire, other.Wire) || EqualsSlowly(other);

    /// <summary>True when the case is the same too: what a 0x20 resolver asks of the question that comes back.</summary>
    public bool EqualsExactly(DomainName other) => Wire.SequenceEqual(other.Wire);

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is DomainName other && Equals(other);

    public override int GetHashCode()
    {
        Span<byte> lower = stackalloc byte[MaxSize];
        lower = lower[..Size];
        Wire.CopyTo(lower);
        LowerCase(lower);
        var hash = default(HashCode);
        hash.AddBytes(lower);
        return hash.ToHashCode();
    }

    /// <summary>The canonical order of RFC 4034 §6.1: label by label from the root, as lower-case bytes.</summary>
    public int CompareTo(DomainName other)
    {
        int mine = LabelCount;
        int theirs = other.LabelCount;
        for (int i = 1; i <= mine && i <= theirs; i++)
        {
            int order = CompareLabels(Ancestor(i).FirstLabel, other.Ancestor(i).FirstLabel);
            if (order != 0)
                return order;
        }

        return mine.CompareTo(theirs);
    }

    public static bool operator ==(DomainName left, DomainName right) => left.Equals(right);

    public static bool operator !=(DomainName left, DomainName right) => !left.Equals(right);

    public static bool operator <(DomainName left, DomainName right) => left.CompareTo(right) < 0;

    public static bool operator >(DomainName left, DomainName right) => left.CompareTo(right) > 0;

    public static bool operator <=(DomainName left, DomainName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(DomainName left, DomainName right) => left.CompareTo(right) >= 0;

    // Ascii.EqualsIgnoreCase says no to bytes above 127, which labels may contain (RFC 2181 §11).
    private bool EqualsSlowly(DomainName other)
    {
        ReadOnlySpan<byte> a = Wire;
        ReadOnlySpan<byte> b = other.Wire;
        if (a.Length != b.Length || (Ascii.IsValid(a) && Ascii.IsValid(b)))
            return false;
        return CompareLabels(a, b) == 0;
    }

    private static int CompareLabels(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            int order = Lower(a[i]) - Lower(b[i]);
            if (order != 0)
                return order;
        }

        return a.Length - b.Length;
    }

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    private static void LowerCase(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = Lower(bytes[i]);
    }
}
