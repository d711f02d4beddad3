using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What the IP layer tells the layer above about a packet that is for this host; the packet still starts at its IP header.</summary>
internal readonly record struct IpArrival(
    Interface Interface, IpAddress Source, IpAddress Destination, IpProtocol Protocol, int HeaderLength, byte TimeToLive, byte TypeOfService, bool IsBroadcast)
{
    /// <summary>ECN "congestion experienced" (RFC 3168 §5).</summary>
    public bool IsCongestionExperienced => (TypeOfService & 3) == 3;
}
