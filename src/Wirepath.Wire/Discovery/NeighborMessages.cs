namespace Wirepath.Wire;

/// <summary>Neighbour solicitation (RFC 4861 §4.3): who has this address? The message begins with its ICMPv6 header.</summary>
/// <param name="Target">Whose link-layer address is asked for.</param>
/// <param name="SourceMac">Who asks; null when the asker has no address yet.</param>
public readonly record struct NeighborSolicitation(IpAddress Target, MacAddress? SourceMac)
{
    private const int FixedSize = 24;

    /// <summary>Bytes on the wire.</summary>
    public int Length => FixedSize + (SourceMac is null ? 0 : DiscoveryOptions.LinkAddressSize);

    /// <summary>Reads a message of this type.</summary>
    /// <returns>False when it is cut short, its target is a group, or its options are broken.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out NeighborSolicitation solicitation)
    {
        solicitation = default;
        if (!NeighborAdvertisement.TryReadTarget(message, out IpAddress target, out DiscoveryOptions options))
            return false;
        solicitation = new NeighborSolicitation(target, options.LinkAddress(DiscoveryOptionType.SourceLinkAddress));
        return true;
    }

    /// <summary>Writes <see cref="Length"/> bytes; the checksum is left 0.</summary>
    public void Write(Span<byte> destination)
    {
        new Icmpv6Header(Icmpv6Type.NeighborSolicitation, 0, 0, 0).Write(destination);
        Target.Write(destination.Slice(Icmpv6Header.Size, 16));
        if (SourceMac is { } mac)
            DiscoveryOptions.WriteLinkAddress(destination[FixedSize..], DiscoveryOptionType.SourceLinkAddress, mac);
    }
}

/// <summary>Neighbour advertisement (RFC 4861 §4.4): this address is here. The message begins with its ICMPv6 header.</summary>
/// <param name="Target">Whose link-layer address is told.</param>
/// <param name="IsRouter">The owner passes packets on.</param>
/// <param name="IsSolicited">An answer to a solicitation: proof that both directions work.</param>
/// <param name="Overrides">Shall replace what is remembered.</param>
/// <param name="TargetMac">Null when the asker knows it.</param>
public readonly record struct NeighborAdvertisement(IpAddress Target, bool IsRouter, bool IsSolicited, bool Overrides, MacAddress? TargetMac)
{
    private const int FixedSize = 24;
    private const uint RouterBit = 0x8000_0000, SolicitedBit = 0x4000_0000, OverrideBit = 0x2000_0000;

    /// <summary>Bytes on the wire.</summary>
    public int Length => FixedSize + (TargetMac is null ? 0 : DiscoveryOptions.LinkAddressSize);

    /// <inheritdoc cref="NeighborSolicitation.TryRead"/>
    public static bool TryRead(ReadOnlySpan<byte> message, out NeighborAdvertisement advertisement)
    {
        advertisement = default;
        if (!TryReadTarget(message, out IpAddress target, out DiscoveryOptions options) || !Icmpv6Header.TryRead(message, out Icmpv6Header header))
            return false;
        advertisement = new NeighborAdvertisement(target, (header.Rest & RouterBit) != 0, (header.Rest & SolicitedBit) != 0,
            (header.Rest & OverrideBit) != 0, options.LinkAddress(DiscoveryOptionType.TargetLinkAddress));
        return true;
    }

    /// <inheritdoc cref="NeighborSolicitation.Write"/>
    public void Write(Span<byte> destination)
    {
        uint flags = (IsRouter ? RouterBit : 0) | (IsSolicited ? SolicitedBit : 0) | (Overrides ? OverrideBit : 0);
        new Icmpv6Header(Icmpv6Type.NeighborAdvertisement, 0, 0, flags).Write(destination);
        Target.Write(destination.Slice(Icmpv6Header.Size, 16));
        if (TargetMac is { } mac)
            DiscoveryOptions.WriteLinkAddress(destination[FixedSize..], DiscoveryOptionType.TargetLinkAddress, mac);
    }

    internal static bool TryReadTarget(ReadOnlySpan<byte> message, out IpAddress target, out DiscoveryOptions options)
    {
        target = default;
        options = default;
        if (message.Length < FixedSize || message[1] != 0)
            return false;
        target = IpAddress.Read(message.Slice(Icmpv6Header.Size, 16));
        return !target.IsMulticast && DiscoveryOptions.TryRead(message[FixedSize..], out options);
    }
}
