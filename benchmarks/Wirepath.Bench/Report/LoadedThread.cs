using System.Globalization;
using System.Runtime.InteropServices;

namespace Wirepath.Bench;

/// <summary>
/// How busy a thread is, and where: <c>/proc/self/task/TID/stat</c> (proc_pid_stat(5)), in ticks of 10 ms. What the
/// kernel does within a write to a TAP device, its own TCP included, counts as the writer's kernel time.
/// </summary>
internal sealed partial class LoadedThread
{
    private const double TicksPerSecond = 100; // USER_HZ: the same on every architecture of .NET's.

    // Fields 14 and 15, counted behind the name, which may contain blanks.
    private const int UserField = 11;
    private const int KernelField = 12;

    private int _id;

    public void IsCallingThread() => Volatile.Write(ref _id, gettid());

    /// <summary>Seconds of processor time so far; NaN before the thread has said which one it is.</summary>
    public (double User, double Kernel) Read()
    {
        int id = Volatile.Read(ref _id);
        if (id == 0)
            return (double.NaN, double.NaN);
        string stat = File.ReadAllText($"/proc/self/task/{id}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Seconds(fields[UserField]), Seconds(fields[KernelField]));
    }

    private static double Seconds(string ticks) => long.Parse(ticks, CultureInfo.InvariantCulture) / TicksPerSecond;

    [LibraryImport("libc")]
    private static partial int gettid();
}
