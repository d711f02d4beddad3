using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Options of neighbour discovery (RFC 4861 §4.6, RFC 8106).</summary>
public enum DiscoveryOptionType : byte
{
    SourceLinkAddress = 1,
    TargetLinkAddress = 2,
    PrefixInformation = 3,
    Mtu = 5,
    RecursiveDnsServers = 25,
}

/// <summary>One option: its type and all its bytes, the two of type and length included.</summary>
public readonly ref struct DiscoveryOption(DiscoveryOptionType type, ReadOnlySpan<byte> bytes)
{
    public DiscoveryOptionType Type { get; } = type;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}

/// <summary>The options behind a discovery message, whose lengths have been checked once for all.</summary>
public readonly ref struct DiscoveryOptions
{
    /// <summary>Options of one message; a router with many prefixes needs a dozen.</summary>
    public const int MostOptions = 64;

    /// <summary>Bytes of an option with an Ethernet address.</summary>
    public const int LinkAddressSize = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private DiscoveryOptions(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Checks the options.</summary>
    /// <returns>False when one of them has no length or is longer than what is there: the message is not valid (RFC 4861 §6.1, §7.1).</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DiscoveryOptions options)
    {
        options = default;
        ReadOnlySpan<byte> rest = bytes;
        for (int count = 0; rest.Length > 0; count++)
        {
            if (rest.Length < 8 || rest[1] == 0 || rest[1] * 8 > rest.Length || count == MostOptions)
                return false;
            rest = rest[(rest[1] * 8)..];
        }

        options = new DiscoveryOptions(bytes);
        return true;
    }

    /// <summary>The first link-layer address of that kind.</summary>
    public MacAddress? LinkAddress(DiscoveryOptionType type)
    {
        foreach (DiscoveryOption option in this)
        {
            if (option.Type == type)
                return MacAddress.Read(option.Bytes[2..]);
        }

        return null;
    }

    /// <summary>Writes an option with an Ethernet address: 8 bytes.</summary>
    public static void WriteLinkAddress(Span<byte> destination, DiscoveryOptionType type, MacAddress address)
    {
        address.Write(destination[2..]);
        destination[0] = (byte)type;
        destination[1] = 1;
    }

    public Enumerator GetEnumerator() => new(_bytes);

    public ref struct Enumerator(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public DiscoveryOption Current { get; private set; }

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
                return false;
            int size = _rest[1] * 8;
            Current = new DiscoveryOption((DiscoveryOptionType)_rest[0], _rest[..size]);
            _rest = _rest[size..];
            return true;
        }
    }
}

/// <summary>A network that a router knows to be on the link (RFC 4861 §4.6.2): 32 bytes.</summary>
/// <param name="Prefix">The network.</param>
/// <param name="OnLink">Its addresses are reached without a router.</param>
/// <param name="Autonomous">Hosts may make themselves addresses in it.</param>
/// <param name="ValidSeconds">How long that holds; <see cref="Forever"/> is for ever.</param>
/// <param name="PreferredSeconds">How long its addresses are for new conversations.</param>
public readonly record struct PrefixInformation(IpPrefix Prefix, bool OnLink, bool Autonomous, uint ValidSeconds, uint PreferredSeconds)
{
    public const int Size = 32;

    public const uint Forever = uint.MaxValue;

    private const byte OnLinkBit = 0x80, AutonomousBit = 0x40;

    /// <summary>Reads the option.</summary>
    /// <returns>False when it has another size, or a prefix of more than 128 bits.</returns>
    public static bool TryRead(ReadOnlySpan<byte> option, out PrefixInformation information)
    {
        information = default;
        if (option.Length != Size || option[2] > 128)
            return false;
        information = new PrefixInformation(new IpPrefix(IpAddress.Read(option.Slice(16, 16)), option[2]), (option[3] & OnLinkBit) != 0,
            (option[3] & AutonomousBit) != 0, BinaryPrimitives.ReadUInt32BigEndian(option[4..]), BinaryPrimitives.ReadUInt32BigEndian(option[8..]));
        return true;
    }

    /// <summary>Writes 32 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        destination[0] = (byte)DiscoveryOptionType.PrefixInformation;
        destination[1] = Size / 8;
        destination[2] = (byte)Prefix.Length;
        destination[3] = (byte)((OnLink ? OnLinkBit : 0) | (Autonomous ? AutonomousBit : 0));
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], ValidSeconds);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], PreferredSeconds);
        Prefix.Address.Write(destination.Slice(16, 16));
    }
}
