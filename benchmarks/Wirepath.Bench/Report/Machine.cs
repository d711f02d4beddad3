using System.Globalization;
using System.Runtime.InteropServices;

namespace Wirepath.Bench;

/// <summary>What figures depend on. No names: they go into the docs.</summary>
/// <param name="Cpus">Logical processors.</param>
/// <param name="CpuModel">As the kernel calls it.</param>
/// <param name="Kernel">Operating system and release.</param>
/// <param name="Runtime">.NET's version.</param>
/// <param name="Load">Runnable threads over the last minute, before the run.</param>
internal sealed record Machine(int Cpus, string CpuModel, string Kernel, string Runtime, double Load)
{
    // Above it the machine was already a quarter busy, and figures say more about the others than about us.
    private const double QuietLoadPerCpu = 0.25;

    public static Machine Read() => new(
        Environment.ProcessorCount,
        FirstLineValue("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        $"Linux {Release()}",
        RuntimeInformation.FrameworkDescription,
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : double.NaN);

    public string Describe()
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{Cpus} CPUs ({CpuModel}), {Kernel}, {Runtime}, load {Load:0.0}");
        return Load > QuietLoadPerCpu * Cpus ? text + "\nThe machine is busy with something else: trust the ratios little and the figures less." : text;
    }

    // Major and minor: what follows is the distributor's.
    private static string Release() => Environment.OSVersion.Version.ToString(2);

    private static string? FirstLineValue(string path, string name) => !File.Exists(path)
        ? null
        : File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
