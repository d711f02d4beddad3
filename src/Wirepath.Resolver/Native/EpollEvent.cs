using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Wirepath.Resolver;

/// <summary>struct epoll_event: packed on x86-64, with four bytes in between elsewhere.</summary>
internal static class EpollEvent
{
    private static readonly int s_dataAt = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;

    public static int Size => s_dataAt + 8;

    public static void Write(Span<byte> bytes, uint events, ulong data)
    {
        bytes[..Size].Clear();
        BitConverter.TryWriteBytes(bytes, events);
        BitConverter.TryWriteBytes(bytes[s_dataAt..], data);
    }

    public static ulong Data(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[s_dataAt..]);
}
