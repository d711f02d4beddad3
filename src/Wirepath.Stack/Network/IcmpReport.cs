using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What ICMP or ICMPv6 complains of, in the words of neither.</summary>
internal enum IcmpProblem
{
    NoRoute,
    /// <summary>The last router got no answer from its neighbour.</summary>
    Host,
    Protocol,
    Port,
    TooBig,
    SourceRoute,
    Prohibited,
    TimeExceeded,
    /// <summary>Fragments were missing.</summary>
    Reassembly,
    Header,
    Other,
}

/// <summary>An ICMP error, told to the layer whose packet it quotes.</summary>
/// <param name="Problem">What it complains of.</param>
/// <param name="From">Who says so.</param>
/// <param name="Mtu">Of <see cref="IcmpProblem.TooBig"/>: bytes that fit; otherwise 0.</param>
/// <param name="Type">The number in the message.</param>
/// <param name="Code">The number in the message.</param>
internal readonly record struct IcmpReport(IcmpProblem Problem, IpAddress From, int Mtu, byte Type, byte Code)
{
    public bool IsTooBig => Problem == IcmpProblem.TooBig;

    /// <summary>Protocol and port unreachable speak of the destination itself, the others of the path (RFC 1122 §4.2.3.9).</summary>
    public ConnectionEnd End => Problem == IcmpProblem.Port ? ConnectionEnd.Refused : ConnectionEnd.Unreachable;

    public string Detail => $"{From} says: {Words} ({(From.IsV6 ? "ICMPv6" : "ICMP")} type {Type}, code {Code})";

    public static IcmpReport Read(in IcmpHeader icmp, IpAddress from) => new(Classify(icmp), from, 0, (byte)icmp.Type, icmp.Code);

    public static IcmpReport Read(in Icmpv6Header icmp, IpAddress from) =>
        new(Classify(icmp), from, icmp.Type == Icmpv6Type.PacketTooBig ? (int)Math.Min(icmp.Rest, int.MaxValue) : 0, (byte)icmp.Type, icmp.Code);

    private static IcmpProblem Classify(in IcmpHeader icmp) => icmp.Type switch
    {
        IcmpType.TimeExceeded => icmp.Code == 0 ? IcmpProblem.TimeExceeded : IcmpProblem.Reassembly,
        IcmpType.ParameterProblem => IcmpProblem.Header,
        _ => icmp.UnreachableCode switch
        {
            IcmpUnreachableCode.Network or IcmpUnreachableCode.NetworkUnknown or IcmpUnreachableCode.NetworkUnreachableForTos => IcmpProblem.NoRoute,
            IcmpUnreachableCode.Host or IcmpUnreachableCode.HostUnknown or IcmpUnreachableCode.HostUnreachableForTos
                or IcmpUnreachableCode.SourceHostIsolated => IcmpProblem.Host,
            IcmpUnreachableCode.Protocol => IcmpProblem.Protocol,
            IcmpUnreachableCode.Port => IcmpProblem.Port,
            IcmpUnreachableCode.FragmentationNeeded => IcmpProblem.TooBig,
            IcmpUnreachableCode.SourceRouteFailed => IcmpProblem.SourceRoute,
            IcmpUnreachableCode.NetworkProhibited or IcmpUnreachableCode.HostProhibited or IcmpUnreachableCode.AdministrativelyProhibited
                or IcmpUnreachableCode.HostPrecedenceViolation or IcmpUnreachableCode.PrecedenceCutoff => IcmpProblem.Prohibited,
            _ => IcmpProblem.Other,
        },
    };

    private static IcmpProblem Classify(in Icmpv6Header icmp) => icmp.Type switch
    {
        Icmpv6Type.PacketTooBig => IcmpProblem.TooBig,
        Icmpv6Type.TimeExceeded => icmp.Code == 0 ? IcmpProblem.TimeExceeded : IcmpProblem.Reassembly,
        Icmpv6Type.ParameterProblem => (Icmpv6ParameterCode)icmp.Code == Icmpv6ParameterCode.NextHeader ? IcmpProblem.Protocol : IcmpProblem.Header,
        _ => (Icmpv6UnreachableCode)icmp.Code switch
        {
            Icmpv6UnreachableCode.NoRoute or Icmpv6UnreachableCode.BeyondScope => IcmpProblem.NoRoute,
            Icmpv6UnreachableCode.Address => IcmpProblem.Host,
            Icmpv6UnreachableCode.Port => IcmpProblem.Port,
            Icmpv6UnreachableCode.Prohibited or Icmpv6UnreachableCode.SourcePolicy or Icmpv6UnreachableCode.RejectedRoute => IcmpProblem.Prohibited,
            _ => IcmpProblem.Other,
        },
    };

    private string Words => Problem switch
    {
        IcmpProblem.NoRoute => "no route to that network",
        IcmpProblem.Host => "the host does not answer on its network",
        IcmpProblem.Protocol => "the host does not speak this protocol",
        IcmpProblem.Port => "nobody listens on this port",
        IcmpProblem.TooBig => $"the packet is too big, {Mtu} bytes would fit",
        IcmpProblem.SourceRoute => "the source route failed",
        IcmpProblem.Prohibited => "forbidden by an administrator",
        IcmpProblem.TimeExceeded => "the packet's time to live ran out on the way",
        IcmpProblem.Reassembly => "fragments were missing",
        IcmpProblem.Header => "the packet's header is wrong",
        IcmpProblem.Other => "unreachable",
        _ => throw new InvalidOperationException($"{Problem} has no words."),
    };
}
