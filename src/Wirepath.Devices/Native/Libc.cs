using System.Runtime.InteropServices;

namespace Wirepath.Devices;

/// <summary>The C library's calls and numbers that the devices need: Linux, the generic ABI of x86-64 and arm64.</summary>
internal static unsafe partial class Libc
{
    public const int OpenReadWrite = 0x2;
    public const int OpenNonblocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;

    public const int AddressFamilyUnix = 1;
    public const int AddressFamilyInet = 2;
    public const int SocketStream = 1;
    public const int SocketDatagram = 2;

    public const int ClockMonotonic = 1;

    public const int EpollAdd = 1;
    public const int EpollRemove = 2;
    public const int EpollModify = 3;
    public const uint EpollIn = 0x1;
    public const uint EpollOut = 0x4;
    public const uint EpollError = 0x8;
    public const uint EpollHangUp = 0x10;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Descriptor Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(Descriptor descriptor, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(Descriptor descriptor, nuint request, nint argument);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(Descriptor descriptor, void* buffer, nint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(Descriptor descriptor, void* buffer, nint count);

    [LibraryImport(Library, EntryPoint = "readv", SetLastError = true)]
    public static partial nint ReadV(Descriptor descriptor, IoVector* pieces, int count);

    [LibraryImport(Library, EntryPoint = "writev", SetLastError = true)]
    public static partial nint WriteV(Descriptor descriptor, IoVector* pieces, int count);

    // MSG_NOSIGNAL: a peer that is gone is an answer, not a signal that ends the process.
    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(Descriptor descriptor, void* buffer, nint count, int flags);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial Descriptor Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(Descriptor descriptor, void* address, uint length);

    [LibraryImport(Library, EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial Descriptor EventFd(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial Descriptor TimerFdCreate(int clock, int flags);

    [LibraryImport(Library, EntryPoint = "timerfd_settime", SetLastError = true)]
    public static partial int TimerFdSet(Descriptor descriptor, int flags, TimerSetting* setting, void* old);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial Descriptor EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(Descriptor epoll, int operation, int descriptor, void* readiness);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(Descriptor epoll, void* readiness, int most, int timeout);

    public static string Message(int error) => Marshal.GetPInvokeErrorMessage(error);
}

/// <summary><c>struct iovec</c>.</summary>
internal unsafe struct IoVector
{
    public void* Base;
    public nuint Length;
}

/// <summary><c>struct itimerspec</c>: an interval that stays zero, and the time until the timer fires.</summary>
internal struct TimerSetting
{
    public long IntervalSeconds;
    public long IntervalNanoseconds;
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>errno values that mean something to a device.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int NoDeviceOrAddress = 6;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int Busy = 16;
    public const int NoDevice = 19;
    public const int Invalid = 22;
    public const int BadDescriptorState = 77;
    public const int ConnectionRefused = 111;
}
