using System.Diagnostics.CodeAnalysis;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <param name="At">When it left the host.</param>
/// <param name="Bytes">From the IP header on.</param>
internal readonly record struct SeenPacket(Instant At, byte[] Bytes);

/// <summary>
/// The wire a host under test is plugged into. Everybody whom it asks for by ARP is there and has the same MAC address; what it
/// sends is kept with its time, and what the script says arrives, both without any delay.
/// </summary>
internal sealed class ScriptedWire(int mtu, Func<Instant> now) : INetworkDevice
{
    /// <summary>Everybody's on this wire but the host's.</summary>
    public static readonly MacAddress Peer = new(0x02_00_00_00_00_02);
    private readonly Queue<Packet> _arriving = new();

    // IPv6 and TCP with all the options that it can have.
    private const int MostHeaders = 100;

    /// <summary>Payload of the segments that a device joined before it handed them over (<c>--mss</c>); 0: none.</summary>
    public int ArrivalSegmentSize { get; init; }

    public string Name => "script";

    public MacAddress Address { get; } = new(0x02_00_00_00_00_01);

    public int Mtu => mtu;

    public DeviceOffloads Offloads => DeviceOffloads.None;

    public Action? Readable { get; set; }

    /// <summary>An IP packet has left the host.</summary>
    public Action<SeenPacket>? Sent { get; set; }

    /// <summary>Lets an IP packet arrive.</summary>
    public void Deliver(ReadOnlySpan<byte> packet) => Deliver(packet, packet[0] >> 4 == 6 ? EtherType.IPv6 : EtherType.IPv4);

    private void Deliver(ReadOnlySpan<byte> payload, EtherType type)
    {
        Packet frame = Packet.From(payload);
        if (ArrivalSegmentSize > 0 && type != EtherType.Arp && payload.Length > ArrivalSegmentSize + MostHeaders)
            frame.SegmentSize = ArrivalSegmentSize;
        new EthernetHeader(Address, Peer, type).Write(frame.Prepend(EthernetHeader.Size));
        _arriving.Enqueue(frame);
        Readable?.Invoke();
    }

    public bool TryReceive([NotNullWhen(true)] out Packet? frame) => _arriving.TryDequeue(out frame);

    public bool Transmit(Packet frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        byte[] bytes = frame.ToArray();
        frame.Dispose();
        if (!EthernetHeader.TryRead(bytes, out EthernetHeader ethernet))
            return true;
        ReadOnlySpan<byte> payload = bytes.AsSpan(EthernetHeader.Size);
        if (ethernet.Type == EtherType.Arp)
            AnswerArp(payload);
        else if (ethernet.Type is EtherType.IPv4 or EtherType.IPv6)
            Sent?.Invoke(new SeenPacket(now(), payload.ToArray()));
        return true;
    }

    private void AnswerArp(ReadOnlySpan<byte> payload)
    {
        if (!ArpPacket.TryRead(payload, out ArpPacket asked) || asked.Operation != ArpOperation.Request || asked.TargetIp == asked.SenderIp)
            return;
        Span<byte> answer = stackalloc byte[ArpPacket.Size];
        new ArpPacket(ArpOperation.Reply, Peer, asked.TargetIp, asked.SenderMac, asked.SenderIp).Write(answer);
        Deliver(answer, EtherType.Arp);
    }

    public void Flush()
    {
        // Frames are seen one by one as they are handed over.
    }

    public void Dispose()
    {
        while (_arriving.TryDequeue(out Packet? frame))
            frame.Dispose();
    }
}
