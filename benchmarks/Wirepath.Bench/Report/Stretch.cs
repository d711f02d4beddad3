using System.Diagnostics;

namespace Wirepath.Bench;

/// <summary>One measured stretch of time: a counter before and after, and what the process and one thread used meanwhile.</summary>
internal static class Stretch
{
    private static readonly TimeSpan s_mostUntilFirst = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    /// <param name="time">How long.</param>
    /// <param name="counter">Rises while the thing works.</param>
    /// <param name="throwIfFailed">Tells what stopped it.</param>
    /// <param name="load">The thread of interest; null when there is none.</param>
    /// <param name="atStart">Called between warm-up and measurement.</param>
    /// <returns>Counts per second; CPUs of the whole process; the thread's shares of a CPU in user code and in the kernel.</returns>
    public static (double PerSecond, double Cpus, double User, double Kernel) Measure(SampleTime time, Func<long> counter, Action throwIfFailed, LoadedThread? load, Action? atStart = null)
    {
        long waited = Stopwatch.GetTimestamp();
        while (counter() == 0)
        {
            throwIfFailed();
            if (Stopwatch.GetElapsedTime(waited) > s_mostUntilFirst)
                throw new InvalidOperationException($"Nothing arrived within {s_mostUntilFirst.TotalSeconds} s.");
            time.Wait(s_pause);
        }

        time.Wait(time.WarmUp);
        atStart?.Invoke();
        (double User, double Kernel) before = load?.Read() ?? (double.NaN, double.NaN);
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        long count = counter();
        time.Wait(time.Measured);
        count = counter() - count;
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double cpus = (Environment.CpuUsage.TotalTime - cpuBefore) / TimeSpan.FromSeconds(seconds);
        (double User, double Kernel) after = load?.Read() ?? (double.NaN, double.NaN);
        throwIfFailed();
        if (count == 0)
            throw new InvalidOperationException("It stood still while it was measured.");
        return (count / seconds, cpus, (after.User - before.User) / seconds, (after.Kernel - before.Kernel) / seconds);
    }
}
