using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>One inside endpoint and the port that stands for it outside; the same for all its flows (RFC 4787 REQ-1).</summary>
internal sealed class NatMapping(IpProtocol protocol, IpEndpoint inside, ushort outsidePort)
{
    public IpProtocol Protocol { get; } = protocol;

    public IpEndpoint Inside { get; } = inside;

    public ushort OutsidePort { get; } = outsidePort;

    public int Flows { get; set; }
}

/// <summary>What a NAT remembers of one conversation.</summary>
internal sealed class NatFlow : ITimerTarget
{
    private readonly Nat _nat;

    public NatFlow(Nat nat, NatMapping mapping, IpEndpoint remote)
    {
        (_nat, Mapping, Remote) = (nat, mapping, remote);
        Timer = new WheelTimer(this);
    }

    public NatMapping Mapping { get; }

    public IpEndpoint Remote { get; }

    public WheelTimer Timer { get; }

    public Instant Expires { get; set; }

    /// <summary>Something came back: not merely a probe of ours.</summary>
    public bool IsReplied { get; private set; }

    private bool _finOutward;
    private bool _finInward;
    private bool _reset;

    /// <summary>Notes a packet and says how long the flow may now be silent.</summary>
    public TimeSpan OnPacket(bool outward, TcpFlags flags, NatSettings settings)
    {
        IsReplied |= !outward;
        if (Mapping.Protocol == IpProtocol.Udp)
            return IsReplied ? settings.UdpStreamTimeout : settings.UdpTimeout;
        if (Mapping.Protocol == IpProtocol.Icmp)
            return settings.IcmpTimeout;
        if (outward && (flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn)
            (_finOutward, _finInward, _reset) = (false, false, false); // A new connection over the old ports.
        _finOutward |= outward && (flags & TcpFlags.Fin) != 0;
        _finInward |= !outward && (flags & TcpFlags.Fin) != 0;
        _reset |= (flags & TcpFlags.Rst) != 0;
        return _reset ? settings.TcpCloseTimeout
            : _finOutward && _finInward ? settings.TcpTimeWaitTimeout
            : _finOutward || _finInward ? settings.TcpFinWaitTimeout
            : IsReplied ? settings.TcpEstablishedTimeout : settings.TcpSynSentTimeout;
    }

    public void OnTimer(WheelTimer timer, Instant now) => _nat.OnTimer(this, now);
}
