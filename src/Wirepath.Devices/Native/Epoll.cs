using System.Runtime.InteropServices;

namespace Wirepath.Devices;

/// <summary>Waits for descriptors (epoll(7), level-triggered). Each carries a key that <see cref="Wait"/> answers.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int MostAtOnce = 32;

    // struct epoll_event is packed on x86-64 alone (sys/epoll.h).
    private static readonly int s_stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int s_key = s_stride - sizeof(ulong);

    private readonly Descriptor _epoll = Checked(Libc.EpollCreate(Libc.OpenCloseOnExec));
    private readonly byte[] _ready = GC.AllocateArray<byte>(MostAtOnce * s_stride, pinned: true);

    public static Descriptor Checked(Descriptor descriptor) =>
        descriptor.IsInvalid ? throw new DeviceException($"The loop could not be set up: {Libc.Message(Marshal.GetLastPInvokeError())}.") : descriptor;

    public void Add(int descriptor, uint interest, ulong key) => Control(Libc.EpollAdd, descriptor, interest, key);

    public void Change(int descriptor, uint interest, ulong key) => Control(Libc.EpollModify, descriptor, interest, key);

    public void Remove(int descriptor) => Control(Libc.EpollRemove, descriptor, 0, 0);

    /// <summary>Waits; answers how many are ready, to be asked for by <see cref="Ready"/>.</summary>
    /// <param name="block">False: look, do not wait.</param>
    public int Wait(bool block)
    {
        fixed (byte* ready = _ready)
        {
            int count = Libc.EpollWait(_epoll, ready, MostAtOnce, block ? -1 : 0);
            return Math.Max(count, 0); // interrupted: nobody is ready
        }
    }

    public (ulong Key, uint Events) Ready(int index)
    {
        ReadOnlySpan<byte> entry = _ready.AsSpan(index * s_stride, s_stride);
        return (BitConverter.ToUInt64(entry[s_key..]), BitConverter.ToUInt32(entry));
    }

    public void Dispose() => _epoll.Dispose();

    private void Control(int operation, int descriptor, uint interest, ulong key)
    {
        byte* entry = stackalloc byte[16];
        *(uint*)entry = interest;
        *(ulong*)(entry + s_key) = key;
        if (Libc.EpollControl(_epoll, operation, descriptor, entry) < 0 && operation != Libc.EpollRemove)
            throw new DeviceException($"A device cannot be waited for: {Libc.Message(Marshal.GetLastPInvokeError())}.");
    }
}
