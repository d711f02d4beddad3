using System.Net;
using System.Net.Sockets;
using Wirepath.RealWire;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Devices.Tests;

public sealed class TapDeviceTests : IDisposable
{
    private static readonly IPAddress s_kernel = IPAddress.Parse("10.99.0.1");
    private static readonly IPAddress s_ours = IPAddress.Parse("10.99.0.2");
    private readonly NetworkNamespace? _namespace;

    public TapDeviceTests()
    {
        if (NetworkNamespace.Unavailable is not null)
            return;
        _namespace = new NetworkNamespace();
        _namespace.AddTap("wt0", "10.99.0.1/24");
    }

    private NetworkNamespace Inside
    {
        get
        {
            NetworkNamespace.Require();
            return _namespace!;
        }
    }

    public void Dispose() => _namespace?.Dispose();

    [Fact]
    public void Opening_says_what_is_wrong_in_one_sentence()
    {
        Inside.Ip("link", "add", "veth0", "type", "veth", "peer", "name", "veth1");
        Message("wt9").ShouldContain("There is no network device 'wt9'");
        Message("veth0").ShouldContain("is not a TAP device");
        Message("a-name-that-is-far-too-long").ShouldContain("1 to 15 bytes");
        using TapDevice device = Open();
        Message("wt0").ShouldContain("in use by another process");

        string Message(string name) => Should.Throw<DeviceException>(() => Inside.Inside(() => TapDevice.Open(name))).Message;
    }

    [Fact]
    public void A_device_is_created_on_request_with_the_interfaces_mtu_and_an_address_that_is_not_the_kernels()
    {
        Inside.Ip("link", "set", "wt0", "mtu", "1400");
        using TapDevice device = Open();
        device.Mtu.ShouldBe(1400);
        string kernel = Inside.Ip("link", "show", "wt0");
        kernel.ShouldNotContain(device.Address.ToString());
        (device.Address.Value & 0x0300_0000_0000).ShouldBe(0x0200_0000_0000UL);
        device.Dispose();
        using TapDevice again = Open();
        again.Address.ShouldBe(device.Address, "the same from run to run");

        TapDevice created = Inside.Inside(() => TapDevice.Open("wt1", new TapSettings { Create = true }));
        Inside.Ip("link", "show", "wt1").ShouldContain("wt1");
        created.Dispose();
        Should.Throw<InvalidOperationException>(() => Inside.Ip("link", "show", "wt1"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_kernel_answers_who_has(bool offload)
    {
        using TapDevice device = Open(offload);
        byte[] ask = new byte[42];
        MacAddress.Broadcast.Write(ask);
        device.Address.Write(ask.AsSpan(6));
        ((byte[])[8, 6, 0, 1, 8, 0, 6, 4, 0, 1]).CopyTo(ask, 12);
        device.Address.Write(ask.AsSpan(22));
        s_ours.GetAddressBytes().CopyTo(ask, 28);
        s_kernel.GetAddressBytes().CopyTo(ask, 38);
        device.Transmit(Packet.From(ask)).ShouldBeTrue();

        using Packet answer = Receive(device, frame => frame.Length >= 42 && frame.Head[12] == 8 && frame.Head[13] == 6 && frame.Head[21] == 2);
        MacAddress.Read(answer.Head).ShouldBe(device.Address);
        answer.Head.Slice(28, 4).SequenceEqual(s_kernel.GetAddressBytes()).ShouldBeTrue();
    }

    [Fact]
    public void With_offload_checksums_cross_unfinished_in_both_directions_without_it_finished()
    {
        foreach (bool offload in (bool[])[true, false])
        {
            using TapDevice device = Open(offload);
            Inside.Ip("neigh", "replace", s_ours.ToString(), "lladdr", device.Address.ToString(), "dev", "wt0");
            using Socket socket = Inside.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
            socket.Bind(new IPEndPoint(s_kernel, 0));
            socket.ReceiveTimeout = 20_000;
            byte[] payload = new byte[1200];
            Random.Shared.NextBytes(payload);
            socket.SendTo(payload, new IPEndPoint(s_ours, 4000));

            using Packet frame = Receive(device, f => f.Length == 42 + 1200);
            frame.Checksum.ShouldBe(offload ? ChecksumState.Partial : ChecksumState.Complete);
            byte[] bytes = TransportChecksum.CompleteCopy(frame);
            if (offload)
                (frame.NetworkOffset, frame.TransportOffset).ShouldBe((14, 34));

            uint pseudo = Checksum.PseudoHeader(IpAddress.From(s_kernel), IpAddress.From(s_ours), IpProtocol.Udp, 1208);
            Checksum.Compute(bytes.AsSpan(34), pseudo).ShouldBe((ushort)0);

            // Back to the sender with ends exchanged: IP and UDP sums do not change by that.
            Packet echo = Packet.From(offload ? frame.ToArray() : bytes);
            Span<byte> head = echo.Head;
            MacAddress.Read(head[6..]).Write(head);
            device.Address.Write(head[6..]);
            bytes.AsSpan(26, 4).CopyTo(head[30..]);
            bytes.AsSpan(30, 4).CopyTo(head[26..]);
            bytes.AsSpan(34, 2).CopyTo(head[36..]);
            bytes.AsSpan(36, 2).CopyTo(head[34..]);
            (echo.Checksum, echo.NetworkOffset, echo.TransportOffset) = (frame.Checksum, 14, 34);
            device.Transmit(echo).ShouldBeTrue();
            byte[] back = new byte[2000];
            socket.Receive(back).ShouldBe(1200);
            back.AsSpan(0, 1200).SequenceEqual(payload).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(1500, 1472)]
    [InlineData(9000, 3000)]
    [InlineData(65_000, 64_000)]
    public void Frames_of_any_size_come_out_whole(int mtu, int length)
    {
        Inside.Ip("link", "set", "wt0", "mtu", $"{mtu}");
        using TapDevice device = Open(offload: false);
        Inside.Ip("neigh", "replace", s_ours.ToString(), "lladdr", device.Address.ToString(), "dev", "wt0");
        using Socket socket = Inside.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        byte[] payload = new byte[length];
        Random.Shared.NextBytes(payload);
        for (int i = 0; i < 3; i++)
        {
            socket.SendTo(payload, new IPEndPoint(s_ours, 4000));
            using Packet frame = Receive(device, f => f.Length == 42 + length);
            frame.ToArray().AsSpan(42).SequenceEqual(payload).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_device_that_is_removed_says_so_and_takes_no_more_frames()
    {
        using TapDevice device = Open();
        Inside.Ip("link", "del", "wt0");
        while (device.TryReceive(out Packet? frame))
            frame.Dispose();
        device.Closure.ShouldBe("The device 'wt0' was removed.");
        device.Transmit(Packet.From(new byte[60])).ShouldBeFalse();
        device.Offloads.ShouldNotBe(DeviceOffloads.None);
    }

    [Fact]
    public void Sending_while_the_interface_is_down_drops_the_frame_and_works_again_afterwards()
    {
        using TapDevice device = Open();
        Inside.Ip("link", "set", "wt0", "down");
        device.Transmit(Packet.From(new byte[60])).ShouldBeFalse();
        device.Counters.SendDrops.ShouldBe(1);
        Inside.Ip("link", "set", "wt0", "up");
        device.Transmit(Packet.From(new byte[60])).ShouldBeTrue();
        device.Closure.ShouldBeNull();
    }

    private TapDevice Open(bool offload = true) => Inside.Inside(() => TapDevice.Open("wt0", new TapSettings { Offload = offload }));

    // The kernel also talks of its own accord (multicast listener reports): wait for the frame that is meant.
    private static Packet Receive(TapDevice device, Func<Packet, bool> wanted)
    {
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20))
        {
            if (!device.TryReceive(out Packet? frame))
            {
                Thread.Yield();
                continue;
            }

            if (wanted(frame))
                return frame;
            frame.Dispose();
        }

        throw new TimeoutException("The frame did not come.");
    }
}
