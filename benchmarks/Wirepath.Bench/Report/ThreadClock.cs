using System.Runtime.InteropServices;

namespace Wirepath.Bench;

/// <summary>The processor time of the calling thread (clock_gettime(2)): what work took, also on a machine that others keep busy.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID

    public static TimeSpan Now
    {
        get
        {
            if (clock_gettime(ThreadCpuTime, out Timespec time) != 0)
                throw new InvalidOperationException("The kernel has no clock for threads.");
            return TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick));
        }
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Timespec time);

    private readonly struct Timespec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
