using System.Buffers.Binary;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>
/// Source address and port translation of a forwarding host (RFC 3022, RFC 4787, RFC 5382, RFC 5508): one mapping for each
/// inside endpoint, answers only from whom it has spoken to, the inside port kept where it is free.
/// </summary>
public sealed class Nat
{
    /// <summary>Ports tried at random once the inside port is taken.</summary>
    private const int PortAttempts = 128;

    private const int FirstPort = 1024;

    private readonly Host _host;
    private readonly RandomSource _random;
    private readonly Dictionary<(IpProtocol, IpEndpoint Inside), NatMapping> _byInside = [];
    private readonly Dictionary<(IpProtocol, ushort OutsidePort), NatMapping> _byOutside = [];
    private readonly Dictionary<(NatMapping, IpEndpoint Remote), NatFlow> _flows = [];

    /// <summary>Translates what leaves by <paramref name="outside"/>, to that interface's address.</summary>
    public Nat(Host host, Interface outside)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(outside);
        (_host, Outside) = (host, outside);
        _random = host.Random.Fork("nat " + outside.Name);
        outside.Nat = this;
    }

    public Interface Outside { get; }

    /// <summary>Conversations in the table.</summary>
    public int Count => _flows.Count;

    internal bool Uses(IpProtocol protocol, ushort port) => _byOutside.ContainsKey((protocol, port));

    private NatSettings Settings => _host.Settings.Nat;

    /// <returns>False: the packet cannot be translated and must not leave.</returns>
    internal bool TryTranslateOutward(Packet packet, in Ipv4Header header, Instant now)
    {
        IpAddress outside = Outside.SourceFor(header.Destination);
        if (outside.IsNone)
            return false;
        IpSender.EnsureHeadWritable(packet);
        if (header.Protocol == IpProtocol.Icmp && IcmpHeader.TryRead(packet.Head[header.HeaderLength..], out IcmpHeader icmp) && icmp.IsError)
            return TryTranslateErrorOutward(packet, header, outside);
        if (!TryReadPorts(packet, header, out ushort insidePort, out ushort remotePort, out TcpFlags flags, outward: true))
            return false;

        var inside = new IpEndpoint(header.Source, insidePort);
        var remote = new IpEndpoint(header.Destination, remotePort);
        if (!TryGetFlow(header.Protocol, inside, remote, outside, out NatFlow? flow, out bool isNew))
            return false;
        Refresh(flow, outward: true, flags, now);
        var after = new IpEndpoint(outside, flow.Mapping.OutsidePort);
        NatRewriter.RewriteSource(packet, header, after);
        Note(packet, header.Protocol, inside, after, outward: true, isNew);
        return true;
    }

    /// <returns>False: no inside host waits for it, so it is for the router itself.</returns>
    internal bool TryTranslateInward(Packet packet, in Ipv4Header header, Instant now)
    {
        if (header.Protocol == IpProtocol.Icmp && IcmpHeader.TryRead(packet.Head[header.HeaderLength..], out IcmpHeader icmp) && icmp.IsError)
            return TryTranslateErrorInward(packet, header);
        if (!TryReadPorts(packet, header, out ushort remotePort, out ushort outsidePort, out TcpFlags flags, outward: false))
            return false;
        var remote = new IpEndpoint(header.Source, remotePort);
        if (!_byOutside.TryGetValue((header.Protocol, outsidePort), out NatMapping? mapping) || !_flows.TryGetValue((mapping, remote), out NatFlow? flow))
            return false;
        Refresh(flow, outward: false, flags, now);
        IpSender.EnsureHeadWritable(packet);
        NatRewriter.RewriteDestination(packet, header, mapping.Inside);
        Note(packet, header.Protocol, new IpEndpoint(header.Destination, outsidePort), mapping.Inside, outward: false, isNew: false);
        return true;
    }

    // A router or host outside speaks about a packet of ours: its quotation shows our outside endpoint (RFC 5508 §4.2).
    private bool TryTranslateErrorInward(Packet packet, in Ipv4Header header)
    {
        if (!packet.IsLinear)
            packet.MakeWritable();
        IpSender.EnsureHeadWritable(packet);
        Span<byte> quote = packet.Head[(header.HeaderLength + IcmpHeader.Size)..];
        if (!NatRewriter.TryReadQuote(quote, out Ipv4Header quoted, out ushort outsidePort, out ushort remotePort)
            || !_byOutside.TryGetValue((quoted.Protocol, outsidePort), out NatMapping? mapping)
            || !_flows.ContainsKey((mapping, new IpEndpoint(quoted.Destination, remotePort))))
            return false;
        NatRewriter.RewriteQuote(quote, quoted, mapping.Inside, isSource: true);
        NatRewriter.RewriteAddress(packet.Head, 16, mapping.Inside.Address);
        IcmpHeader.FillChecksum(packet.Head[header.HeaderLength..]);
        Note(packet, IpProtocol.Icmp, new IpEndpoint(header.Destination, 0), new IpEndpoint(mapping.Inside.Address, 0), outward: false, isNew: false);
        return true;
    }

    // An inside host speaks about a packet that it got through us: its quotation shows its inside endpoint.
    private bool TryTranslateErrorOutward(Packet packet, in Ipv4Header header, IpAddress outside)
    {
        if (!packet.IsLinear)
            packet.MakeWritable();
        Span<byte> quote = packet.Head[(header.HeaderLength + IcmpHeader.Size)..];
        if (!NatRewriter.TryReadQuote(quote, out Ipv4Header quoted, out ushort remotePort, out ushort insidePort)
            || !_byInside.TryGetValue((quoted.Protocol, new IpEndpoint(quoted.Destination, insidePort)), out NatMapping? mapping)
            || !_flows.ContainsKey((mapping, new IpEndpoint(quoted.Source, remotePort))))
            return false;
        NatRewriter.RewriteQuote(quote, quoted, new IpEndpoint(outside, mapping.OutsidePort), isSource: false);
        NatRewriter.RewriteAddress(packet.Head, 12, outside);
        IcmpHeader.FillChecksum(packet.Head[header.HeaderLength..]);
        Note(packet, IpProtocol.Icmp, new IpEndpoint(header.Source, 0), new IpEndpoint(outside, 0), outward: true, isNew: false);
        return true;
    }

    private static bool TryReadPorts(Packet packet, in Ipv4Header header, out ushort source, out ushort destination, out TcpFlags flags, bool outward)
    {
        (source, destination, flags) = (0, 0, TcpFlags.None);
        ReadOnlySpan<byte> transport = packet.Head[header.HeaderLength..];
        switch (header.Protocol)
        {
            case IpProtocol.Tcp when TcpHeader.TryRead(transport, out TcpHeader tcp):
                (source, destination, flags) = (tcp.SourcePort, tcp.DestinationPort, tcp.Flags);
                return true;
            case IpProtocol.Udp when transport.Length >= UdpHeader.Size:
                source = BinaryPrimitives.ReadUInt16BigEndian(transport);
                destination = BinaryPrimitives.ReadUInt16BigEndian(transport[2..]);
                return true;
            case IpProtocol.Icmp when IcmpHeader.TryRead(transport, out IcmpHeader icmp) && icmp.Type == (outward ? IcmpType.Echo : IcmpType.EchoReply):
                // The identifier plays the inside port; the other side has none.
                (source, destination) = outward ? (icmp.EchoIdentifier, (ushort)0) : ((ushort)0, icmp.EchoIdentifier);
                return true;
            default:
                return false;
        }
    }

    private bool TryGetFlow(IpProtocol protocol, IpEndpoint inside, IpEndpoint remote, IpAddress outside,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out NatFlow? flow, out bool isNew)
    {
        flow = null;
        isNew = false;
        bool mapped = _byInside.TryGetValue((protocol, inside), out NatMapping? mapping);
        if (mapped && _flows.TryGetValue((mapping!, remote), out flow))
            return true;
        if (_flows.Count >= Settings.Max && !TryEvict())
            return false;
        if (!mapped || mapping!.Flows == 0)
        {
            if (!TryChoosePort(protocol, inside.Port, outside, out ushort port))
                return false;
            mapping = new NatMapping(protocol, inside, port);
            _byInside[(protocol, inside)] = mapping;
            _byOutside[(protocol, port)] = mapping;
            isNew = true;
        }

        mapping.Flows++;
        flow = new NatFlow(this, mapping, remote);
        _flows.Add((mapping, remote), flow);
        return true;
    }

    private bool TryChoosePort(IpProtocol protocol, ushort wanted, IpAddress outside, out ushort port)
    {
        port = wanted;
        if (IsFree(protocol, wanted, outside))
            return true;
        for (int i = 0; i < PortAttempts; i++)
        {
            port = (ushort)(FirstPort + _random.Next(ushort.MaxValue + 1 - FirstPort));
            if (IsFree(protocol, port, outside))
                return true;
        }

        return false;
    }

    // The router's own sockets come first.
    private bool IsFree(IpProtocol protocol, ushort port, IpAddress outside) =>
        !_byOutside.ContainsKey((protocol, port)) && protocol switch
        {
            IpProtocol.Udp => !_host.Udp.IsBound(outside, port),
            IpProtocol.Tcp => !_host.Tcp.IsBound(outside, port),
            _ => true,
        };

    private void Refresh(NatFlow flow, bool outward, TcpFlags flags, Instant now)
    {
        flow.Expires = now + flow.OnPacket(outward, flags, Settings);
        // A later end is noticed when the timer fires; only an earlier one needs it moved.
        if (!flow.Timer.IsSet || flow.Expires < flow.Timer.Due)
            _host.Wheel.Set(flow.Timer, flow.Expires);
    }

    internal void OnTimer(NatFlow flow, Instant now)
    {
        if (flow.Expires > now)
            _host.Wheel.Set(flow.Timer, flow.Expires);
        else
            Remove(flow);
    }

    // Looks at a handful, like Linux's early drop: unanswered ones are the likeliest to be a scan.
    private bool TryEvict()
    {
        NatFlow? victim = null;
        int looked = 0;
        foreach (NatFlow flow in _flows.Values)
        {
            if (!flow.IsReplied && (victim is null || flow.Expires < victim.Expires))
                victim = flow;
            if (++looked == 64)
                break;
        }

        if (victim is not null)
            Remove(victim);
        return victim is not null;
    }

    private void Remove(NatFlow flow)
    {
        NatMapping mapping = flow.Mapping;
        _host.Wheel.Cancel(flow.Timer);
        _flows.Remove((mapping, flow.Remote));
        if (--mapping.Flows > 0)
            return;
        _byInside.Remove((mapping.Protocol, mapping.Inside));
        _byOutside.Remove((mapping.Protocol, mapping.OutsidePort));
    }

    private void Note(Packet packet, IpProtocol protocol, IpEndpoint before, IpEndpoint after, bool outward, bool isNew)
    {
        if (_host.Log.IsEnabled)
            packet.Cause = _host.Log.WriteAndFollow(new NatTranslated(protocol, before, after, outward, isNew));
    }
}
