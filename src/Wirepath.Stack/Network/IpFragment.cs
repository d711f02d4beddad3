using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Where a fragment belongs in its datagram.</summary>
/// <param name="Source">Sender.</param>
/// <param name="Destination">Receiver.</param>
/// <param name="Identification">Says which fragments belong together.</param>
/// <param name="Protocol">The same for all fragments in IPv4; none in IPv6, where only the first one's counts.</param>
/// <param name="HeaderLength">Bytes in front that the whole datagram keeps.</param>
/// <param name="PayloadAt">Where the fragment's payload begins.</param>
/// <param name="Offset">Where the payload belongs.</param>
/// <param name="Size">Bytes of payload.</param>
/// <param name="MoreFragments">Not the last one.</param>
internal readonly record struct IpFragment(
    IpAddress Source, IpAddress Destination, uint Identification, IpProtocol Protocol, int HeaderLength, int PayloadAt, int Offset, int Size, bool MoreFragments)
{
    /// <summary>IPv6: where the whole datagram names what follows, and what that is.</summary>
    public int NextHeaderAt { get; init; }

    public IpProtocol NextHeader { get; init; }

    public int End => Offset + Size;

    /// <summary>The ping of death, a piece of nothing, and a middle piece that is not a multiple of 8 bytes.</summary>
    public bool IsImpossible => IsTooLong || Size == 0 || (MoreFragments && Size % 8 != 0);

    public bool IsTooLong => End + HeaderLength > (Source.IsV6 ? Ipv6Header.Size + Ipv6Header.MaxPayloadLength : Ipv4Header.MaxTotalLength);

    public static IpFragment Of(in Ipv4Header header) =>
        new(header.Source, header.Destination, header.Identification, header.Protocol, header.HeaderLength, header.HeaderLength,
            header.FragmentOffset, header.PayloadLength, header.MoreFragments);
}

/// <summary>Counters of RFC 4293's ipSystemStatsReasm*.</summary>
internal sealed class ReassemblyCounters
{
    public long Requests, Successes, Failures, Timeouts;
}

/// <summary>In what reassembly differs between the versions of IP.</summary>
internal interface IReassemblyFamily
{
    ReassemblyCounters Counters { get; }

    /// <summary>Bytes that incomplete datagrams may hold.</summary>
    long MemoryLimit { get; }

    /// <summary>How long the missing fragments are waited for.</summary>
    TimeSpan Patience { get; }

    /// <summary>Makes the first fragment's header that of the whole datagram, which is all there behind it.</summary>
    void MendHeader(Span<byte> datagram, in IpFragment first);

    void ReportTimeout(Packet first, Interface on, Instant now);
}

internal sealed class Ipv4Reassembly(Host host) : IReassemblyFamily
{
    public ReassemblyCounters Counters => host.Statistics.IpReassembly;

    public long MemoryLimit => host.Settings.Ip.ReassemblyMemory;

    public TimeSpan Patience => host.Settings.Ip.ReassemblyTime;

    public void MendHeader(Span<byte> datagram, in IpFragment first)
    {
        _ = Ipv4Header.TryReadQuoted(datagram, out Ipv4Header header);
        Span<byte> options = stackalloc byte[Ipv4Header.MaxSize - Ipv4Header.Size];
        options = options[..(header.HeaderLength - Ipv4Header.Size)];
        datagram[Ipv4Header.Size..header.HeaderLength].CopyTo(options);
        (header with { TotalLength = (ushort)datagram.Length, MoreFragments = false, FragmentOffset = 0 }).Write(datagram, options);
    }

    public void ReportTimeout(Packet first, Interface on, Instant now) =>
        host.Icmp.SendError(first, new IcmpHeader(IcmpType.TimeExceeded, (byte)IcmpTimeExceededCode.Reassembly, 0, 0), on, now);
}

internal sealed class Ipv6Reassembly(Host host) : IReassemblyFamily
{
    public ReassemblyCounters Counters => host.Statistics.Ip6Reassembly;

    public long MemoryLimit => host.Settings.Ipv6.ReassemblyMemory;

    public TimeSpan Patience => host.Settings.Ipv6.ReassemblyTime;

    public void MendHeader(Span<byte> datagram, in IpFragment first)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram[Ipv6Header.PayloadLengthOffset..], (ushort)(datagram.Length - Ipv6Header.Size));
        datagram[first.NextHeaderAt] = (byte)first.NextHeader;
    }

    public void ReportTimeout(Packet first, Interface on, Instant now) =>
        host.Icmpv6.SendError(first, new Icmpv6Header(Icmpv6Type.TimeExceeded, (byte)IcmpTimeExceededCode.Reassembly, 0, 0), on, now);
}
