using System.Buffers.Binary;
using System.Net.Sockets;
using Wirepath.Wire;

namespace Wirepath.Devices.Tests;

public sealed class FrameSocketTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wirepath-test-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _peer;
    private readonly FrameSocketDevice _device;

    public FrameSocketTests()
    {
        string path = Path.Combine(_directory.FullName, "frames");
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _device = FrameSocketDevice.Connect(path, new FrameSocketSettings { MostQueuedBytes = 200_000 });
        _peer = _listener.Accept();
    }

    public void Dispose()
    {
        _device.Dispose();
        _peer.Dispose();
        _listener.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void A_frame_arrives_once_its_last_byte_is_there_however_the_stream_is_cut()
    {
        byte[] first = Bytes(60, 1), second = Bytes(65_000, 2);
        byte[] stream = [.. Framed(first), .. Framed(second)];
        foreach (int cut in (int[])[1, 3, 4, 5, 63, 64, 65, 70, 40_000, stream.Length - 1])
        {
            Send(stream[..cut]);
            List<byte[]> got = ReceiveAll();
            Send(stream[cut..]);
            got.AddRange(ReceiveAll());
            got.Count.ShouldBe(2, $"cut after {cut} bytes");
            got[0].ShouldBe(first);
            got[1].AsSpan().SequenceEqual(second).ShouldBeTrue();
        }

        _device.Closure.ShouldBeNull();
    }

    [Fact]
    public void Many_frames_in_one_read_come_out_in_order()
    {
        for (int round = 0; round < 20; round++)
        {
            Send([.. Enumerable.Range(0, 100).SelectMany(i => Framed(Bytes(40 + i * 13, (byte)i)))]);
            List<byte[]> got = ReceiveAll();
            got.Count.ShouldBe(100);
            for (int i = 0; i < 100; i++)
                got[i].ShouldBe(Bytes(40 + i * 13, (byte)i));
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(65_551u)]
    [InlineData(0x8000_0000u)]
    [InlineData(uint.MaxValue)]
    public void A_length_that_lies_closes_the_device(uint length)
    {
        byte[] lie = new byte[64];
        BinaryPrimitives.WriteUInt32BigEndian(lie, length);
        Send([.. Framed(Bytes(60, 7)), .. lie]);
        ReceiveAll().Count.ShouldBe(1);
        _device.Closure.ShouldNotBeNull().ShouldContain(length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _device.Transmit(Packet.From(Bytes(60, 1))).ShouldBeFalse();
    }

    [Fact]
    public void The_end_of_the_stream_closes_the_device_and_says_whether_a_frame_was_cut()
    {
        Send(Framed(Bytes(60, 7))[..20]);
        ReceiveAll().ShouldBeEmpty();
        _device.Closure.ShouldBeNull();
        _peer.Dispose();
        ReceiveAll().ShouldBeEmpty();
        _device.Closure.ShouldNotBeNull().ShouldContain("in the middle of a frame");
    }

    [Fact]
    public void A_peer_that_is_gone_is_noticed_when_writing_and_no_signal_ends_the_process()
    {
        _peer.Dispose();
        _device.Transmit(Packet.From(Bytes(60, 1)));
        _device.Flush();
        _device.Closure.ShouldNotBeNull();
        _device.WantsWrite.ShouldBeFalse();
    }

    [Fact]
    public void When_the_other_end_does_not_read_the_queue_is_bounded_and_what_was_taken_arrives_whole_and_in_order()
    {
        // 200,000 bytes of our queue and the kernel's own buffer: somewhere the device must refuse.
        int taken = 0;
        while (_device.Transmit(Sliced(taken)))
        {
            _device.Flush();
            taken++;
            taken.ShouldBeLessThan(100_000);
        }

        _device.WantsWrite.ShouldBeTrue();
        _device.Counters.SendDrops.ShouldBe(1);

        var stream = new MemoryStream();
        byte[] buffer = new byte[50_000];
        long expected = (long)taken * (4 + 1400);
        while (stream.Length < expected)
        {
            stream.Write(buffer, 0, _peer.Receive(buffer));
            _device.Flush();
        }

        _device.WantsWrite.ShouldBeFalse();
        byte[] all = stream.ToArray();
        all.Length.ShouldBe((int)expected);
        for (int i = 0; i < taken; i++)
            all.AsSpan(i * 1404, 1404).SequenceEqual(Framed(Bytes(1400, (byte)i))).ShouldBeTrue();
        _device.Transmit(Sliced(0)).ShouldBeTrue();
    }

    [Fact]
    public void Padding_behind_an_IP_packet_stays_at_home_and_other_short_frames_go_as_they_are()
    {
        byte[] padded = new byte[60];
        (padded[12], padded[14], padded[17]) = (8, 0x45, 40);
        byte[] arp = new byte[60];
        (arp[12], arp[13]) = (8, 6);
        _device.Transmit(Packet.From(padded));
        _device.Transmit(Packet.From(arp));
        _device.Flush();
        byte[] got = new byte[200];
        _peer.Receive(got).ShouldBe(4 + 54 + 4 + 60);
        (got[3], got[4 + 54 + 3]).ShouldBe(((byte)54, (byte)60));
    }

    [Fact]
    public void Frames_hold_no_blocks_after_they_left()
    {
        // Not a figure of the process: other tests rent blocks at the same time. The packet's own block tells.
        Block block = BlockPool.Shared.Rent(1000);
        Packet packet = Packet.From(Bytes(60, 1));
        packet.TryAppendSlice(block, 0, 1000).ShouldBeTrue();
        block.IsSoleHolder.ShouldBeFalse();
        _device.Transmit(packet).ShouldBeTrue();
        block.IsSoleHolder.ShouldBeTrue();
        block.Release();
    }

    [Fact]
    public void Nobody_at_the_path_is_one_clear_sentence()
    {
        string missing = Path.Combine(_directory.FullName, "nobody");
        Should.Throw<DeviceException>(() => FrameSocketDevice.Connect(missing)).Message.ShouldContain($"There is no socket at {missing}");
        Should.Throw<DeviceException>(() => FrameSocketDevice.Connect("/tmp/" + new string('x', 120))).Message.ShouldContain("107");
    }

    [Fact]
    public void Its_own_address_is_unicast_and_locally_administered()
    {
        _device.Address.IsMulticast.ShouldBeFalse();
        (_device.Address.Value & 0x0200_0000_0000).ShouldNotBe(0UL);
    }

    private static byte[] Bytes(int length, byte seed)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)(i * 31 + seed);
        return bytes;
    }

    private static byte[] Framed(byte[] frame)
    {
        byte[] framed = new byte[4 + frame.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed, (uint)frame.Length);
        frame.CopyTo(framed, 4);
        return framed;
    }

    private static Packet Sliced(int seed)
    {
        byte[] bytes = Bytes(1400, (byte)seed);
        Packet packet = Packet.From(bytes.AsSpan(0, 100));
        Block block = BlockPool.Shared.Rent(1300);
        bytes.AsSpan(100).CopyTo(block.Bytes);
        packet.TryAppendSlice(block, 0, 700);
        packet.TryAppendSlice(block, 700, 600);
        block.Release();
        return packet;
    }

    private void Send(byte[] bytes)
    {
        if (bytes.Length > 0)
            _peer.Send(bytes).ShouldBe(bytes.Length);
    }

    private List<byte[]> ReceiveAll()
    {
        var frames = new List<byte[]>();
        while (_device.TryReceive(out Packet? frame))
        {
            frames.Add(frame.ToArray());
            frame.Dispose();
        }

        return frames;
    }
}
