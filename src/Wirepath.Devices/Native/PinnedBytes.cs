using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>Addresses of packet bytes for system calls: blocks lie on the pinned heap and do not move.</summary>
internal static unsafe class PinnedBytes
{
    public static IoVector Of(ReadOnlySpan<byte> blockBytes) => new()
    {
        Base = Unsafe.AsPointer(ref MemoryMarshal.GetReference(blockBytes)),
        Length = (nuint)blockBytes.Length,
    };

    /// <summary>Writes head and slices of a packet as pieces; <paramref name="pieces"/> has room for <see cref="Packet.MaxSlices"/> + 1.</summary>
    /// <returns>How many pieces were written.</returns>
    public static int Of(Packet packet, IoVector* pieces)
    {
        int count = 0;
        pieces[count++] = Of(packet.Head);
        for (int i = 0; i < packet.SliceCount; i++)
            pieces[count++] = Of(packet.SliceSpan(i));
        return count;
    }
}
