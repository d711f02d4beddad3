using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Devices.Tests;

public sealed class CapturingDeviceTests
{
    private readonly EventLog _log = new();
    private readonly EventRecorder _recorder = new();
    private readonly CableEnd _far;
    private readonly CapturingDevice _device;

    public CapturingDeviceTests()
    {
        (CableEnd near, _far) = Cable.Create("tap0", new CableSettings { MostQueuedFrames = 1 });
        _device = new CapturingDevice(near, _log.For("pc", TimeProvider.System));
    }

    [Fact]
    public void Each_frame_is_written_with_its_direction_cause_and_a_checksum_as_the_wire_will_see_it()
    {
        using IDisposable listening = _log.Subscribe(_recorder);
        Packet sent = VirtioNetHeaderTests.Tcp4(3000);
        (sent.Checksum, sent.SegmentSize, sent.Cause) = (ChecksumState.Partial, 1448, new EventId(41));
        _device.Transmit(sent).ShouldBeTrue();
        _device.Transmit(Packet.From(new byte[60])).ShouldBeFalse("the cable holds one frame");
        _far.Transmit(Packet.From(new byte[61])).ShouldBeTrue();
        _device.TryReceive(out Packet? received).ShouldBeTrue();

        LinkTransit[] seen = [.. _recorder.Events.Select(e => e.What).Cast<LinkTransit>()];
        seen.Select(t => (t.Link, t.From, t.To, t.Verdict, t.Frame.Length)).ShouldBe([
            ("tap0-a", "pc", "wire", LinkVerdict.Delivered, 3054),
            ("tap0-a", "pc", "wire", LinkVerdict.Dropped, 60),
            ("tap0-a", "wire", "pc", LinkVerdict.Delivered, 61)]);
        _recorder.Events[0].Cause.ShouldBe(new EventId(41));
        received.Cause.ShouldBe(_recorder.Events[2].Id, "what the host does about the frame can name it");

        uint pseudo = Checksum.PseudoHeader(IpAddress.Parse("10.0.0.1"), IpAddress.Parse("10.0.0.2"), IpProtocol.Tcp, 3020);
        Checksum.Compute(seen[0].Frame.Span[34..], pseudo).ShouldBe((ushort)0);
        _far.TryReceive(out Packet? arrived).ShouldBeTrue();
        arrived.Checksum.ShouldBe(ChecksumState.Partial, "the packet itself is left as it was");
        arrived.Dispose();
        received.Dispose();
    }

    [Fact]
    public void When_nobody_listens_frames_pass_as_they_are()
    {
        _device.Transmit(Packet.From(new byte[60]));
        _far.TryReceive(out Packet? frame).ShouldBeTrue();
        frame.Cause.ShouldBe(EventId.None);
        frame.Dispose();
        (_device.FileDescriptor, _device.WantsWrite, _device.Closure).ShouldBe((-1, false, null));
    }

    [Fact]
    public void Without_a_log_frames_still_go_straight_into_a_capture()
    {
        var bytes = new MemoryStream();
        (CableEnd near, CableEnd far) = Cable.Create("lan");
        using (var writer = new PcapngWriter(bytes, leaveOpen: true))
        {
            using var device = new CapturingDevice(near, new EventLog().For("pc", TimeProvider.System), writer);
            Packet sent = VirtioNetHeaderTests.Tcp4(700);
            sent.Checksum = ChecksumState.Partial;
            device.Transmit(sent);
            far.Transmit(Packet.From(new byte[61]));
            device.TryReceive(out Packet? received).ShouldBeTrue();
            received.Dispose();
        }

        bytes.Position = 0;
        var reader = new CaptureReader(bytes);
        var packets = new List<CapturedPacket>();
        while (reader.TryReadNext(out CapturedPacket packet))
            packets.Add(packet);
        packets.Select(p => (p.Direction, p.Bytes.Length)).ShouldBe([(PacketDirection.Outbound, 754), (PacketDirection.Inbound, 61)]);
        reader.Interfaces[0].Name.ShouldBe("lan-a");
        uint pseudo = Checksum.PseudoHeader(IpAddress.Parse("10.0.0.1"), IpAddress.Parse("10.0.0.2"), IpProtocol.Tcp, 720);
        Checksum.Compute(packets[0].Bytes.Span[34..], pseudo).ShouldBe((ushort)0);
    }
}
