using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// One end of a wire that sends and takes single TCP segments: what peers are made of that do on purpose what no stack should. It has
/// an address, and otherwise no state.
/// </summary>
internal sealed class SegmentPort
{
    private readonly LinkEnd _end;
    private readonly MacAddress _peerMac;
    private readonly IpAddress _address, _peer;

    public SegmentPort(LinkEnd end, MacAddress peerMac, IpAddress address, IpAddress peer)
    {
        (_end, _peerMac, _address, _peer) = (end, peerMac, address, peer);
        end.Readable = Drain;
    }

    /// <summary>Called with each segment that arrives.</summary>
    public Action<TcpHeader, TcpOptions, byte[]> Arrived { get; set; } = (_, _, _) => { };

    public void Send(ushort from, ushort to, TcpFlags flags, SequenceNumber sequence, SequenceNumber acknowledgment, ReadOnlySpan<byte> payload = default, TcpOptions options = default)
    {
        int headerLength = TcpHeader.Size + options.Size;
        byte[] segment = new byte[headerLength + payload.Length];
        new TcpHeader(from, to, sequence, acknowledgment, headerLength, flags, ushort.MaxValue, 0, 0).Write(segment);
        options.Write(segment.AsSpan(TcpHeader.Size));
        payload.CopyTo(segment.AsSpan(headerLength));
        ushort checksum = Checksum.Finish(Checksum.Sum(segment, Checksum.PseudoHeader(_address, _peer, IpProtocol.Tcp, segment.Length)));
        new TcpHeader(from, to, sequence, acknowledgment, headerLength, flags, ushort.MaxValue, checksum, 0).Write(segment);
        Packet packet = Packet.From(segment);
        new Ipv4Header(0, (ushort)(segment.Length + Ipv4Header.Size), 0, true, false, 0, 64, IpProtocol.Tcp, 0, _address, _peer, Ipv4Header.Size)
            .Write(packet.Prepend(Ipv4Header.Size));
        new EthernetHeader(_peerMac, _end.Address, EtherType.IPv4).Write(packet.Prepend(EthernetHeader.Size));
        _end.Transmit(packet);
    }

    private void Drain()
    {
        while (_end.TryReceive(out Packet? frame))
        {
            byte[] bytes = frame.ToArray();
            frame.Dispose();
            if (!EthernetHeader.TryRead(bytes, out EthernetHeader ethernet) || ethernet.Type != EtherType.IPv4
                || !Ipv4Header.TryRead(bytes.AsSpan(EthernetHeader.Size), out Ipv4Header ip) || ip.Protocol != IpProtocol.Tcp)
                continue;
            ReadOnlySpan<byte> segment = bytes.AsSpan(EthernetHeader.Size + ip.HeaderLength, ip.TotalLength - ip.HeaderLength);
            if (!TcpHeader.TryRead(segment, out TcpHeader header))
                continue;
            TcpOptions.TryRead(segment[TcpHeader.Size..header.HeaderLength], out TcpOptions options);
            Arrived(header, options, segment[header.HeaderLength..].ToArray());
        }
    }
}
