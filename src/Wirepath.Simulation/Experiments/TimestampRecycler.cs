using System.Diagnostics.CodeAnalysis;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// What <c>tcp_tw_recycle</c> did before Linux 4.12 took it out, as a box in front of a server: it remembers the last timestamp of each
/// address, and drops SYNs whose timestamp is older. It takes an address for a host.
/// </summary>
internal sealed class TimestampRecycler(INetworkDevice outside) : INetworkDevice
{
    private readonly Dictionary<IpAddress, uint> _last = [];

    public string Name => outside.Name;

    public MacAddress Address => outside.Address;

    public int Mtu => outside.Mtu;

    public DeviceOffloads Offloads => outside.Offloads;

    public long Dropped { get; private set; }

    public Action? Readable
    {
        get => outside.Readable;
        set => outside.Readable = value;
    }

    public bool TryReceive([NotNullWhen(true)] out Packet? frame)
    {
        while (outside.TryReceive(out frame))
        {
            if (!IsOlder(frame))
                return true;
            Dropped++;
            frame.Dispose();
        }

        return false;
    }

    public bool Transmit(Packet frame) => outside.Transmit(frame);

    public void Flush() => outside.Flush();

    public void Dispose() => outside.Dispose();

    private bool IsOlder(Packet frame)
    {
        if (!EthernetHeader.TryRead(frame.Head, out EthernetHeader ethernet) || ethernet.Type != EtherType.IPv4
            || !Ipv4Header.TryRead(frame.Head[EthernetHeader.Size..], out Ipv4Header ip) || ip.Protocol != IpProtocol.Tcp)
            return false;
        ReadOnlySpan<byte> segment = frame.Head[(EthernetHeader.Size + ip.HeaderLength)..];
        if (!TcpHeader.TryRead(segment, out TcpHeader tcp) || !TcpOptions.TryRead(segment[TcpHeader.Size..tcp.HeaderLength], out TcpOptions options) || !options.HasTimestamps)
            return false;
        bool known = _last.TryGetValue(ip.Source, out uint last);
        bool older = known && unchecked((int)(options.TimestampValue - last)) < 0;
        if (!older)
            _last[ip.Source] = options.TimestampValue;
        return older && tcp.IsSyn;
    }
}
