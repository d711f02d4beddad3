using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Router solicitation (RFC 4861 §4.1): routers, tell about yourselves. The message begins with its ICMPv6 header.</summary>
/// <param name="SourceMac">Who asks; null when the asker has no address yet.</param>
public readonly record struct RouterSolicitation(MacAddress? SourceMac)
{
    /// <summary>Bytes on the wire.</summary>
    public int Length => Icmpv6Header.Size + (SourceMac is null ? 0 : DiscoveryOptions.LinkAddressSize);

    /// <summary>Reads a message of this type.</summary>
    /// <returns>False when it is cut short or its options are broken.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out RouterSolicitation solicitation)
    {
        solicitation = default;
        if (message.Length < Icmpv6Header.Size || message[1] != 0 || !DiscoveryOptions.TryRead(message[Icmpv6Header.Size..], out DiscoveryOptions options))
            return false;
        solicitation = new RouterSolicitation(options.LinkAddress(DiscoveryOptionType.SourceLinkAddress));
        return true;
    }

    /// <summary>Writes <see cref="Length"/> bytes; the checksum is left 0.</summary>
    public void Write(Span<byte> destination)
    {
        new Icmpv6Header(Icmpv6Type.RouterSolicitation, 0, 0, 0).Write(destination);
        if (SourceMac is { } mac)
            DiscoveryOptions.WriteLinkAddress(destination[Icmpv6Header.Size..], DiscoveryOptionType.SourceLinkAddress, mac);
    }
}

/// <summary>Router advertisement (RFC 4861 §4.2, RFC 8106). The message begins with its ICMPv6 header.</summary>
public sealed record RouterAdvertisement
{
    /// <summary>Name servers that one option has room for.</summary>
    public const int MostDnsServers = 127;

    private const int FixedSize = 16;
    private const byte ManagedBit = 0x80, OtherBit = 0x40;

    /// <summary>For packets that hosts send; 0: not told.</summary>
    public byte HopLimit { get; init; }

    /// <summary>Addresses are to be had by DHCPv6.</summary>
    public bool IsManaged { get; init; }

    /// <summary>Other settings are to be had by DHCPv6.</summary>
    public bool HasOtherConfiguration { get; init; }

    /// <summary>For how long the router is a default router; 0: not at all.</summary>
    public ushort LifetimeSeconds { get; init; }

    /// <summary>How long a neighbour counts as reachable after a confirmation; 0: not told.</summary>
    public uint ReachableMilliseconds { get; init; }

    /// <summary>Between two solicitations; 0: not told.</summary>
    public uint RetransMilliseconds { get; init; }

    public MacAddress? SourceMac { get; init; }

    /// <summary>Of the link; 0: not told.</summary>
    public int Mtu { get; init; }

    public IReadOnlyList<PrefixInformation> Prefixes { get; init; } = [];

    public IReadOnlyList<IpAddress> DnsServers { get; init; } = [];

    /// <summary>For how long the name servers may be used.</summary>
    public uint DnsSeconds { get; init; }

    /// <summary>Bytes on the wire.</summary>
    public int Length => FixedSize + (SourceMac is null ? 0 : DiscoveryOptions.LinkAddressSize) + (Mtu == 0 ? 0 : 8)
        + Prefixes.Count * PrefixInformation.Size + (DnsServers.Count == 0 ? 0 : 8 + DnsServers.Count * 16);

    /// <summary>Reads a message of this type; an option that does not make sense is left out.</summary>
    /// <returns>False when it is cut short or its options are broken.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RouterAdvertisement? advertisement)
    {
        advertisement = null;
        if (message.Length < FixedSize || message[1] != 0 || !DiscoveryOptions.TryRead(message[FixedSize..], out DiscoveryOptions options))
            return false;
        var prefixes = new List<PrefixInformation>();
        var servers = new List<IpAddress>();
        uint mtu = 0, dnsSeconds = 0;
        foreach (DiscoveryOption option in options)
        {
            switch (option.Type)
            {
                case DiscoveryOptionType.PrefixInformation when PrefixInformation.TryRead(option.Bytes, out PrefixInformation prefix):
                    prefixes.Add(prefix);
                    break;
                case DiscoveryOptionType.Mtu when option.Bytes.Length == 8:
                    mtu = BinaryPrimitives.ReadUInt32BigEndian(option.Bytes[4..]);
                    break;
                case DiscoveryOptionType.RecursiveDnsServers when option.Bytes.Length % 16 == 8 && option.Bytes.Length > 8:
                    dnsSeconds = BinaryPrimitives.ReadUInt32BigEndian(option.Bytes[4..]);
                    for (int at = 8; at < option.Bytes.Length && servers.Count < MostDnsServers; at += 16)
                        servers.Add(IpAddress.Read(option.Bytes.Slice(at, 16)));
                    break;
                default: // RFC 4861 §4.6: what is not known is skipped.
                    break;
            }
        }

        advertisement = new RouterAdvertisement
        {
            HopLimit = message[4], IsManaged = (message[5] & ManagedBit) != 0, HasOtherConfiguration = (message[5] & OtherBit) != 0,
            LifetimeSeconds = BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
            ReachableMilliseconds = BinaryPrimitives.ReadUInt32BigEndian(message[8..]), RetransMilliseconds = BinaryPrimitives.ReadUInt32BigEndian(message[12..]),
            SourceMac = options.LinkAddress(DiscoveryOptionType.SourceLinkAddress), Mtu = (int)Math.Min(mtu, int.MaxValue),
            Prefixes = prefixes, DnsServers = servers, DnsSeconds = dnsSeconds,
        };
        return true;
    }

    /// <summary>Writes <see cref="Length"/> bytes; the checksum is left 0.</summary>
    public void Write(Span<byte> destination)
    {
        destination[..Length].Clear();
        destination[0] = (byte)Icmpv6Type.RouterAdvertisement;
        destination[4] = HopLimit;
        destination[5] = (byte)((IsManaged ? ManagedBit : 0) | (HasOtherConfiguration ? OtherBit : 0));
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], LifetimeSeconds);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ReachableMilliseconds);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], RetransMilliseconds);
        Span<byte> rest = destination[FixedSize..];
        if (SourceMac is { } mac)
        {
            DiscoveryOptions.WriteLinkAddress(rest, DiscoveryOptionType.SourceLinkAddress, mac);
            rest = rest[DiscoveryOptions.LinkAddressSize..];
        }

        if (Mtu != 0)
        {
            (rest[0], rest[1]) = ((byte)DiscoveryOptionType.Mtu, 1);
            BinaryPrimitives.WriteUInt32BigEndian(rest[4..], (uint)Mtu);
            rest = rest[8..];
        }

        foreach (PrefixInformation prefix in Prefixes)
        {
            prefix.Write(rest);
            rest = rest[PrefixInformation.Size..];
        }

        if (DnsServers.Count == 0)
            return;
        (rest[0], rest[1]) = ((byte)DiscoveryOptionType.RecursiveDnsServers, (byte)(1 + DnsServers.Count * 2));
        BinaryPrimitives.WriteUInt32BigEndian(rest[4..], DnsSeconds);
        for (int i = 0; i < DnsServers.Count; i++)
            DnsServers[i].Write(rest.Slice(8 + i * 16, 16));
    }
}
