using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Type byte of an IPv4 option: copied flag, class and number (RFC 791 §3.1).</summary>
public enum Ipv4OptionType : byte
{
    EndOfOptions = 0,
    NoOperation = 1,
    RecordRoute = 7,
    Timestamp = 68,
    LooseSourceRoute = 131,
    StrictSourceRoute = 137,
    RouterAlert = 148,
}

/// <summary>One IPv4 option, its bytes in place.</summary>
public readonly ref struct Ipv4Option(Ipv4OptionType type, int offset, ReadOnlySpan<byte> bytes)
{
    public Ipv4OptionType Type { get; } = type;

    /// <summary>Bytes from the start of the options.</summary>
    public int Offset { get; } = offset;

    /// <summary>The whole option: type, length (where there is one), and what follows.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>True when a router has to copy the option into every fragment.</summary>
    public bool IsCopied => ((byte)Type & 0x80) != 0;

    /// <summary>Record route and source routes: position of the next free slot, counted from 1 at the type byte; 0 when there is none.</summary>
    public byte Pointer => IsRoute || Type == Ipv4OptionType.Timestamp ? (Bytes.Length > 2 ? Bytes[2] : (byte)0) : (byte)0;

    public bool IsRoute => Type is Ipv4OptionType.RecordRoute or Ipv4OptionType.LooseSourceRoute or Ipv4OptionType.StrictSourceRoute;

    /// <summary>How many addresses have room in a route option.</summary>
    public int AddressCount => IsRoute ? Math.Max(0, Bytes.Length - 3) / 4 : 0;

    /// <summary>An address of a route option; those at or behind <see cref="Pointer"/> are not recorded yet.</summary>
    public IpAddress GetAddress(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)AddressCount);
        return IpAddress.Read(Bytes.Slice(3 + index * 4, 4));
    }

    /// <summary>Timestamp option: how many stations found no room (upper half), and which form is used (lower half, 0, 1 or 3).</summary>
    public byte OverflowAndFlag => Type == Ipv4OptionType.Timestamp && Bytes.Length > 3 ? Bytes[3] : (byte)0;

    /// <summary>Router alert (RFC 2113): 0 means "examine this packet".</summary>
    public ushort RouterAlertValue => Type == Ipv4OptionType.RouterAlert && Bytes.Length == 4 ? BinaryPrimitives.ReadUInt16BigEndian(Bytes[2..]) : (ushort)0;
}

/// <summary>The options of an IPv4 header, checked once and then enumerated without copies.</summary>
public readonly ref struct Ipv4Options
{
    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv4Options(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Checks the bytes between the fixed header and the payload.</summary>
    /// <returns>
    /// False when a length is below its minimum or runs past the end, or the pointer of a route or timestamp option
    /// points before its first slot.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv4Options options)
    {
        options = default;
        for (int at = 0; at < bytes.Length;)
        {
            if (!TryReadOne(bytes, at, out Ipv4Option option))
                return false;
            at += option.Bytes.Length;
            if (option.Type == Ipv4OptionType.EndOfOptions)
                break;
        }

        options = new Ipv4Options(bytes);
        return true;
    }

    public Enumerator GetEnumerator() => new(_bytes);

    private static bool TryReadOne(ReadOnlySpan<byte> bytes, int at, out Ipv4Option option)
    {
        option = default;
        var type = (Ipv4OptionType)bytes[at];
        if (type is Ipv4OptionType.EndOfOptions or Ipv4OptionType.NoOperation)
        {
            option = new Ipv4Option(type, at, bytes.Slice(at, 1));
            return true;
        }

        if (at + 1 >= bytes.Length)
            return false;
        int length = bytes[at + 1];
        if (length < 2 || length > bytes.Length - at)
            return false;
        ReadOnlySpan<byte> whole = bytes.Slice(at, length);
        bool wellFormed = type switch
        {
            Ipv4OptionType.RecordRoute or Ipv4OptionType.LooseSourceRoute or Ipv4OptionType.StrictSourceRoute =>
                length >= 3 && (length - 3) % 4 == 0 && whole[2] >= 4 && whole[2] % 4 == 0,
            Ipv4OptionType.Timestamp => length >= 4 && whole[2] >= 5,
            Ipv4OptionType.RouterAlert => length == 4,
            _ => true,
        };
        if (!wellFormed)
            return false;
        option = new Ipv4Option(type, at, whole);
        return true;
    }

    /// <summary>Goes through the options up to and including end-of-options.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private int _at;

        internal Enumerator(ReadOnlySpan<byte> bytes) => _bytes = bytes;

        public Ipv4Option Current { get; private set; }

        public bool MoveNext()
        {
            if (_at >= _bytes.Length || !TryReadOne(_bytes, _at, out Ipv4Option option))
                return false;
            Current = option;
            _at = option.Type == Ipv4OptionType.EndOfOptions ? _bytes.Length : _at + option.Bytes.Length;
            return true;
        }
    }
}
