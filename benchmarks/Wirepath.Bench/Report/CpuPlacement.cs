using System.Runtime.InteropServices;

namespace Wirepath.Bench;

/// <summary>On which CPU a thread runs.</summary>
internal static partial class CpuPlacement
{
    /// <summary>Threads that the calling one starts from now on stay there too.</summary>
    /// <param name="cpu">Its number; null: wherever the scheduler likes.</param>
    public static void PinCallingThread(int? cpu)
    {
        if (cpu is not { } number)
            return;
        ulong mask = 1UL << number;
        if (sched_setaffinity(0, sizeof(ulong), ref mask) != 0)
            throw new InvalidOperationException($"A thread could not be put on CPU {number}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nint size, ref ulong mask);
}
