using System.Runtime.InteropServices;

namespace Wirepath.Bench;

/// <summary>
/// A thread that gets a processor when it wants one (sched(7), SCHED_RR): what else the machine does must not look like the path's jitter. The
/// kernel's TCP answers in interrupts, so a stack in user space that is compared with it gets the same.
/// </summary>
internal static unsafe partial class RealTimeThread
{
    private const int RoundRobin = 2;

    /// <summary>The calling thread becomes one; without permission it stays what it is, which the figures of lateness then show.</summary>
    public static void Enter()
    {
        int priority = 1;
        _ = sched_setscheduler(0, RoundRobin, &priority);
    }

    [LibraryImport("libc")]
    private static partial int sched_setscheduler(int thread, int policy, int* priority);
}
