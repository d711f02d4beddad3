using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>The listener's side of MLDv2 (RFC 3810 §6), for groups as a whole: tells that it listens, and answers who asks.</summary>
internal sealed class GroupReports : ITimerTarget
{
    // RFC 3810 §9.11: a report that changes something is said twice, the second time within a second.
    private static readonly TimeSpan s_repeatWithin = TimeSpan.FromSeconds(1);

    private readonly Host _host;
    private readonly Interface _on;
    private readonly Ipv6Link _link;
    private readonly WheelTimer _timer;
    private readonly List<IpAddress> _groups = [];
    private readonly List<IpAddress> _toRepeat = [];
    private bool _isAsked;

    public GroupReports(Host host, Interface on, Ipv6Link link)
    {
        (_host, _on, _link) = (host, on, link);
        _timer = new WheelTimer(this);
    }

    public void Join(IpAddress group)
    {
        if (_groups.Contains(group))
            return;
        _groups.Add(group);
        _toRepeat.Add(group);
        Report(MulticastRecordType.ToExclude, [group], _link.Now);
        Schedule(_link.Now, s_repeatWithin);
    }

    public void Leave(IpAddress group)
    {
        if (!_groups.Remove(group))
            return;
        _toRepeat.Remove(group);
        Report(MulticastRecordType.ToInclude, [group], _link.Now);
    }

    public bool TryTakeQuery(ReadOnlySpan<byte> message, in IpArrival arrival, Instant now)
    {
        // RFC 3810 §5.1.14: from the link itself.
        if (message.Length < 24 || arrival.TimeToLive != 1 || !arrival.Source.IsLinkLocal)
            return false;
        IpAddress group = IpAddress.Read(message.Slice(8, 16));
        if (!group.IsUnspecified && !_groups.Contains(group))
            return true;
        _isAsked = true;
        Schedule(now, TimeSpan.FromMilliseconds(MaxResponse(BinaryPrimitives.ReadUInt16BigEndian(message[4..]))));
        return true;
    }

    // RFC 3810 §5.1.3: from 32,768 on a floating-point number.
    private static int MaxResponse(ushort code) => code < 0x8000 ? code : ((code & 0xFFF) | 0x1000) << ((code >> 12 & 7) + 3);

    private void Schedule(Instant now, TimeSpan within)
    {
        Instant at = now + within * _host.Random.NextDouble();
        if (!_timer.IsSet || at < _timer.Due)
            _host.Wheel.Set(_timer, at);
    }

    public void OnTimer(WheelTimer timer, Instant now)
    {
        if (_isAsked)
            Report(MulticastRecordType.IsExclude, [.. _groups], now);
        else if (_toRepeat.Count > 0)
            Report(MulticastRecordType.ToExclude, [.. _toRepeat], now);
        _isAsked = false;
        _toRepeat.Clear();
    }

    private void Report(MulticastRecordType type, ReadOnlySpan<IpAddress> groups, Instant now)
    {
        if (groups.IsEmpty || !_host.Settings.Ipv6.ReportsGroups)
            return;
        // RFC 3590: from the link-local address, or from none as long as that is not sure.
        IpAddress source = _on.SourceFor(MulticastReport.Routers);
        if (source.IsNone || !source.IsLinkLocal || _link.Detection.IsChecking(source))
            source = IpAddress.AnyV6;
        int length = MulticastReport.LengthFor(groups.Length);
        Packet packet = Packet.Rent(length);
        Span<byte> message = packet.Append(length);
        MulticastReport.Write(message, type, groups);
        Icmpv6Header.FillChecksum(message, source, MulticastReport.Routers);
        ReadOnlySpan<byte> alert = MulticastReport.RouterAlert;
        alert.CopyTo(packet.Prepend(alert.Length));
        _host.Statistics.Icmp6OutMLDv2Reports++;
        _host.Statistics.Icmp6OutMsgs++;
        packet.Cause = _host.Log.Because;
        if (_host.Log.IsEnabled)
            packet.Cause = _host.Log.Write(new Wirepath.Events.Icmpv6Sent(MulticastReport.Routers, Icmpv6Type.MulticastListenerReportV2, 0, IpAddress.None));
        new Ipv6Header(0, 0, (ushort)packet.Length, IpProtocol.HopByHopOptions, 1, source, MulticastReport.Routers).Write(packet.Prepend(Ipv6Header.Size));
        packet.NetworkOffset = 0;
        _host.Ipv6Out.EmitOne(packet, _on, MulticastReport.Routers, now);
    }

    public void Dispose() => _host.Wheel.Cancel(_timer);
}
