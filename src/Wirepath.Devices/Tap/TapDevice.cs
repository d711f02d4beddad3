using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>
/// A Linux TAP device (Documentation/networking/tuntap.rst): the kernel at the other end of the cable. With
/// <see cref="TapSettings.Offload"/> super-segments and unfinished checksums pass in both directions.
/// </summary>
public sealed unsafe class TapDevice : IPollableDevice
{
    private const int SmallCapacity = BlockPool.SmallSize - Packet.DefaultHeadroom;

    private readonly Descriptor _tun;
    private readonly bool _offload;

    // Each read goes into a small packet with a large block behind it: an ordinary frame stays in the small one and
    // the large one is used again; a super-segment takes the large one along as its slice.
    private Packet? _next;
    private Block _spill = BlockPool.Shared.Rent(BlockPool.LargeSize);

    private TapDevice(string name, Descriptor tun, bool offload, MacAddress address, int mtu)
    {
        (Name, _tun, _offload, Address, Mtu) = (name, tun, offload, address, mtu);
        Offloads = offload
            ? DeviceOffloads.TransmitChecksum | DeviceOffloads.Tso4 | DeviceOffloads.Tso6 | DeviceOffloads.ReceiveLarge
            : DeviceOffloads.ReceiveMerging;
    }

    public string Name { get; }

    public MacAddress Address { get; }

    /// <summary>The interface's MTU when it was opened.</summary>
    public int Mtu { get; }

    public DeviceOffloads Offloads { get; }

    public Action? Readable { get; set; }

    public int FileDescriptor => _tun.IsClosed ? -1 : _tun.Number;

    public bool WantsWrite => false;

    public string? Closure { get; private set; }

    public DeviceCounters Counters { get; } = new();

    /// <summary>Attaches to the TAP device <paramref name="name"/> of the calling thread's network namespace.</summary>
    /// <exception cref="DeviceException">There is no such device, it is not a TAP, somebody else uses it, or permission was denied.</exception>
    public static TapDevice Open(string name, TapSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        settings ??= new TapSettings();
        Descriptor tun = TapControl.Attach(name, settings, out MacAddress kernel, out int mtu);
        return new TapDevice(name, tun, settings.Offload, settings.Address ?? OurAddress(kernel), mtu);
    }

    public bool TryReceive([NotNullWhen(true)] out Packet? frame)
    {
        byte* header = stackalloc byte[VirtioNetHeader.Size];
        IoVector* pieces = stackalloc IoVector[3];
        while (Closure is null)
        {
            Packet packet = _next ??= RentNext();
            int count = 0;
            if (_offload)
                pieces[count++] = new IoVector { Base = header, Length = VirtioNetHeader.Size };
            pieces[count++] = PinnedBytes.Of(packet.Head);
            pieces[count++] = PinnedBytes.Of(_spill.Bytes);

            int length = (int)Libc.ReadV(_tun, pieces, count);
            if (length < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Errno.Interrupted)
                    continue;
                if (error != Errno.TryAgain)
                    Closure = error is Errno.BadDescriptorState ? $"The device '{Name}' was removed." : $"Reading from '{Name}' failed: {Libc.Message(error)}.";
                break;
            }

            if (_offload)
                length -= VirtioNetHeader.Size;
            if (length <= 0)
                continue;
            _next = null;
            Fit(packet, length);
            if (_offload && !(VirtioNetHeader.TryRead(new ReadOnlySpan<byte>(header, VirtioNetHeader.Size), out VirtioNetHeader offload) && offload.TryApply(packet)))
            {
                Counters.DroppedOnReceive();
                packet.Dispose();
                continue;
            }

            Counters.Received(length);
            frame = packet;
            return true;
        }

        frame = null;
        return false;
    }

    public bool Transmit(Packet frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        bool sent = Closure is null && TryWrite(frame);
        if (sent)
            Counters.Sent(frame.Length);
        else
            Counters.DroppedOnSend();
        frame.Dispose();
        return sent;
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
        Closure ??= "The device was closed.";
        if (_tun.IsClosed)
            return;
        _tun.Dispose();
        _next?.Dispose();
        _next = null;
        _spill.Release();
    }

    private static MacAddress OurAddress(MacAddress kernel) => new((kernel.Value & ~0x0100_0000_0000UL | 0x0200_0000_0000UL) ^ 1);

    private static Packet RentNext()
    {
        Packet packet = Packet.Rent(SmallCapacity);
        packet.Append(packet.Tailroom);
        return packet;
    }

    private void Fit(Packet packet, int length)
    {
        int rest = length - packet.Length;
        if (rest <= 0)
        {
            packet.Truncate(length);
        }
        else if (rest <= BlockPool.SmallSize)
        {
            // Copying a little is cheaper than tying up 64 KiB for it while it waits in a receive buffer.
            Block small = BlockPool.Shared.Rent(BlockPool.SmallSize);
            _spill.Bytes.AsSpan(0, rest).CopyTo(small.Bytes);
            packet.TryAppendSlice(small, 0, rest);
            small.Release();
        }
        else
        {
            packet.TryAppendSlice(_spill, 0, rest);
            _spill.Release();
            _spill = BlockPool.Shared.Rent(BlockPool.LargeSize);
        }
    }

    private bool TryWrite(Packet frame)
    {
        byte* header = stackalloc byte[VirtioNetHeader.Size];
        IoVector* pieces = stackalloc IoVector[Packet.MaxSlices + 2];
        int count = 0;
        if (_offload)
        {
            if (!VirtioNetHeader.TryDescribe(frame, out VirtioNetHeader offload))
                return false;
            offload.Write(new Span<byte>(header, VirtioNetHeader.Size));
            pieces[count++] = new IoVector { Base = header, Length = VirtioNetHeader.Size };
        }
        else if (frame.Checksum == ChecksumState.Partial || frame.SegmentSize > 0)
        {
            throw new InvalidOperationException("The packet needs an offload that the device does not offer.");
        }

        count += PinnedBytes.Of(frame, pieces + count);
        while (Libc.WriteV(_tun, pieces, count) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == Errno.Interrupted)
                continue;
            if (error == Errno.BadDescriptorState)
                Closure = $"The device '{Name}' was removed.";
            return false;
        }

        return true;
    }
}
