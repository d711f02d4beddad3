using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>The ioctls of /dev/net/tun and of network interfaces (Linux: if_tun.h, sockios.h), with their errors as sentences.</summary>
internal static unsafe class TapControl
{
    private const nuint TunSetInterface = 0x400454CA;
    private const nuint TunSetOffload = 0x400454D0;
    private const nuint TunSetHeaderSize = 0x400454D8;
    private const nuint TunSetLittleEndian = 0x400454DC;
    private const nuint GetHardwareAddress = 0x8927;
    private const nuint GetMtu = 0x8921;
    private const nuint GetIndex = 0x8933;
    private const nuint GetFlags = 0x8913;

    private const ushort Up = 0x1;
    private const ushort Running = 0x40;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    private const short Tap = 0x0002;
    private const short NoPacketInformation = 0x1000;
    private const short OffloadHeader = 0x4000;
    private const short Napi = 0x0010;

    private const int OffloadChecksum = 0x01;
    private const int OffloadTso4 = 0x02;
    private const int OffloadTso6 = 0x04;

    private const int MostNameBytes = 15;

    // struct ifreq: 16 bytes of name, then a union of 24 bytes.
    private const int RequestSize = 40;
    private const int RequestUnion = 16;

    public static Descriptor Attach(string name, TapSettings settings, out MacAddress kernelAddress, out int mtu)
    {
        byte[] nameBytes = Encoding.UTF8.GetBytes(name);
        if (nameBytes.Length is 0 or > MostNameBytes || name.AsSpan().ContainsAny('/', ' ', '\0'))
            throw new DeviceException($"'{name}' cannot be a network device's name: Linux allows 1 to 15 bytes without '/' and blanks.");

        using Descriptor socket = Libc.Socket(Libc.AddressFamilyInet, Libc.SocketDatagram | Libc.OpenCloseOnExec, 0);
        if (socket.IsInvalid)
            throw Failed("A socket to ask about network devices could not be opened", Marshal.GetLastPInvokeError());

        byte* request = stackalloc byte[RequestSize];
        bool exists = Ask(socket, GetIndex, request, nameBytes);
        if (!exists && !settings.Create)
            throw new DeviceException($"There is no network device '{name}'; create one with: ip tuntap add dev {name} mode tap user $USER && ip link set {name} up");

        Descriptor tun = Libc.Open("/dev/net/tun", Libc.OpenReadWrite | Libc.OpenNonblocking | Libc.OpenCloseOnExec);
        try
        {
            if (tun.IsInvalid)
                throw OpenFailed(Marshal.GetLastPInvokeError());
            Fill(request, nameBytes);
            short flags = (short)(Tap | NoPacketInformation | (settings.Offload ? OffloadHeader : 0) | (settings.Napi ? Napi : 0));
            *(short*)(request + RequestUnion) = flags;
            if (Libc.Ioctl(tun, TunSetInterface, request) < 0)
                throw AttachFailed(name, exists, Marshal.GetLastPInvokeError());
            SetOffloads(tun, settings.Offload);

            if (!Ask(socket, GetHardwareAddress, request, nameBytes))
                throw Failed($"The address of '{name}' could not be read", Marshal.GetLastPInvokeError());
            kernelAddress = MacAddress.Read(new ReadOnlySpan<byte>(request + RequestUnion + sizeof(short), MacAddress.Size));
            if (!Ask(socket, GetMtu, request, nameBytes))
                throw Failed($"The MTU of '{name}' could not be read", Marshal.GetLastPInvokeError());
            mtu = *(int*)(request + RequestUnion);
            AwaitCarrier(socket, request, nameBytes, settings.CarrierTimeout);
            return tun;
        }
        catch
        {
            tun.Dispose();
            throw;
        }
    }

    // A persistent device remembers what its last user had set: each of these is set, not assumed.
    private static void SetOffloads(Descriptor tun, bool offload)
    {
        if (offload)
        {
            int size = VirtioNetHeader.Size;
            if (Libc.Ioctl(tun, TunSetHeaderSize, &size) < 0)
                throw Failed("The size of the offload header could not be set", Marshal.GetLastPInvokeError());
            int littleEndian = 1;
            if (Libc.Ioctl(tun, TunSetLittleEndian, &littleEndian) < 0)
                throw Failed("The byte order of the offload header could not be set", Marshal.GetLastPInvokeError());
        }

        nint offloads = offload ? OffloadChecksum | OffloadTso4 | OffloadTso6 : 0;
        if (Libc.Ioctl(tun, TunSetOffload, offloads) < 0)
            throw Failed("The device's offloads could not be set", Marshal.GetLastPInvokeError());
    }

    // The carrier comes with the attachment, but the kernel connects the interface's queue a little later, from a work
    // queue of its own (net/core/link_watch.c), and drops until then what it has to say: such as its first ARP reply.
    private static void AwaitCarrier(Descriptor socket, byte* request, ReadOnlySpan<byte> name, TimeSpan most)
    {
        long started = Stopwatch.GetTimestamp();
        while (Ask(socket, GetFlags, request, name)
            && (*(ushort*)(request + RequestUnion) & (Up | Running)) == Up
            && Stopwatch.GetElapsedTime(started) < most)
        {
            Thread.Sleep(s_pause);
        }
    }

    private static bool Ask(Descriptor socket, nuint what, byte* request, ReadOnlySpan<byte> name)
    {
        Fill(request, name);
        return Libc.Ioctl(socket, what, request) >= 0;
    }

    private static void Fill(byte* request, ReadOnlySpan<byte> name)
    {
        var bytes = new Span<byte>(request, RequestSize);
        bytes.Clear();
        name.CopyTo(bytes);
    }

    private static DeviceException OpenFailed(int error) => error switch
    {
        Errno.NoEntry or Errno.NoDevice or Errno.NoDeviceOrAddress =>
            new DeviceException("This system has no TAP devices: /dev/net/tun is missing (try: modprobe tun)."),
        Errno.AccessDenied or Errno.NotPermitted =>
            new DeviceException("Permission to open /dev/net/tun was denied; a frame socket (--via passt) needs no rights."),
        _ => Failed("/dev/net/tun could not be opened", error),
    };

    private static DeviceException AttachFailed(string name, bool exists, int error) => (error, exists) switch
    {
        (Errno.NotPermitted or Errno.AccessDenied, true) =>
            new DeviceException($"Permission to use '{name}' was denied; give it to yourself with: ip tuntap add dev {name} mode tap user $USER"),
        (Errno.NotPermitted or Errno.AccessDenied, false) =>
            new DeviceException($"Permission to create '{name}' was denied; it needs CAP_NET_ADMIN."),
        (Errno.Busy, _) => new DeviceException($"'{name}' is in use by another process."),
        (Errno.Invalid, true) => new DeviceException($"'{name}' is not a TAP device with one queue; create one with: ip tuntap add dev NAME mode tap user $USER"),
        _ => Failed($"'{name}' could not be attached to", error),
    };

    private static DeviceException Failed(string what, int error) => new($"{what}: {Libc.Message(error)}.");
}
