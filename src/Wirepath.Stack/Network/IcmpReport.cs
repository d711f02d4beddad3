using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>An ICMP error, told to the layer whose packet it quotes.</summary>
/// <param name="Type">Unreachable, time exceeded or parameter problem.</param>
/// <param name="Code">Its meaning depends on the type.</param>
/// <param name="From">Who says so.</param>
/// <param name="Mtu">"Fragmentation needed": bytes that fit; otherwise 0.</param>
internal readonly record struct IcmpReport(IcmpType Type, byte Code, IpAddress From, int Mtu)
{
    public bool IsFragmentationNeeded => Type == IcmpType.DestinationUnreachable && Code == (byte)IcmpUnreachableCode.FragmentationNeeded;

    public bool IsPortUnreachable => Type == IcmpType.DestinationUnreachable && Code == (byte)IcmpUnreachableCode.Port;

    /// <summary>Protocol and port unreachable speak of the destination itself, the others of the path (RFC 1122 §4.2.3.9).</summary>
    public ConnectionEnd End => IsPortUnreachable ? ConnectionEnd.Refused : ConnectionEnd.Unreachable;

    public string Detail => $"{From} says: {Words} (ICMP type {(int)Type}, code {Code})";

    private string Words => Type switch
    {
        IcmpType.TimeExceeded => Code == 0 ? "the packet's time to live ran out on the way" : "fragments were missing",
        IcmpType.ParameterProblem => "the packet's header is wrong",
        _ => (IcmpUnreachableCode)Code switch
        {
            IcmpUnreachableCode.Network or IcmpUnreachableCode.NetworkUnknown or IcmpUnreachableCode.NetworkUnreachableForTos => "no route to that network",
            IcmpUnreachableCode.Host or IcmpUnreachableCode.HostUnknown or IcmpUnreachableCode.HostUnreachableForTos or IcmpUnreachableCode.SourceHostIsolated =>
                "the host does not answer on its network",
            IcmpUnreachableCode.Protocol => "the host does not speak this protocol",
            IcmpUnreachableCode.Port => "nobody listens on this port",
            IcmpUnreachableCode.FragmentationNeeded => $"the packet is too big, {Mtu} bytes would fit",
            IcmpUnreachableCode.SourceRouteFailed => "the source route failed",
            IcmpUnreachableCode.NetworkProhibited or IcmpUnreachableCode.HostProhibited or IcmpUnreachableCode.AdministrativelyProhibited
                or IcmpUnreachableCode.HostPrecedenceViolation or IcmpUnreachableCode.PrecedenceCutoff => "forbidden by an administrator",
            _ => "unreachable",
        },
    };
}
