using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Wirepath.RealWire;

/// <summary>
/// A network namespace of the test's own (ip-netns(8)): devices, addresses, ports and firewalls of nobody else. Removed
/// with <see cref="Dispose"/>; processes that were started in it are ended by their id before.
/// </summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private static int s_count;
    private readonly List<Process> _processes = [];

    public NetworkNamespace()
    {
        Name = $"wp-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        Run("ip", "netns", "add", Name);
        Ip("link", "set", "lo", "up");
    }

    public string Name { get; }

    /// <summary>Why namespaces cannot be had here; null when they can.</summary>
    public static string? Unavailable =>
        !OperatingSystem.IsLinux() ? "Network namespaces exist on Linux only."
        : geteuid() != 0 ? "Making a network namespace needs root."
        : !File.Exists("/dev/net/tun") ? "This system has no /dev/net/tun."
        : null;

    /// <summary>Runs a command of ip(8) inside.</summary>
    public string Ip(params string[] arguments) => Run("ip", ["-n", Name, .. arguments]);

    /// <summary>Adds a TAP device that stays, gives the kernel's end an address, and takes it up.</summary>
    public void AddTap(string device, string addressWithLength)
    {
        Ip("tuntap", "add", "dev", device, "mode", "tap");
        Ip("addr", "add", addressWithLength, "dev", device);
        Ip("link", "set", device, "up");
    }

    /// <summary>Calls <paramref name="work"/> on a thread that has entered the namespace; descriptors that it opens stay there.</summary>
    public T Inside<T>(Func<T> work)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = work();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        return result;
    }

    /// <summary>Runs a program inside to its end and answers what it wrote; standard error too when it fails.</summary>
    public string Exec(string program, params string[] arguments) => Run("ip", ["netns", "exec", Name, program, .. arguments]);

    /// <summary>Starts a program inside that runs until <see cref="Stop"/> or until the namespace is disposed of.</summary>
    public Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("ip") { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (string argument in (string[])["netns", "exec", Name, program, .. arguments])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        // Nobody reads what it says, but its pipe must not fill up.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                Said.Enqueue($"{program}: {line.Data}");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    /// <summary>What started programs wrote to standard error.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Said { get; } = new();

    /// <summary>Ends a program that <see cref="Start"/> has started: ip(8) has become it, the id is the same.</summary>
    public void Stop(Process process)
    {
        if (!process.HasExited)
        {
            _ = kill(process.Id, 15);
            if (!process.WaitForExit(5000))
                process.Kill(entireProcessTree: true);
        }

        _processes.Remove(process);
        process.Dispose();
    }

    public void Dispose()
    {
        foreach (Process process in _processes.ToArray())
            Stop(process);
        Run("ip", "netns", "del", Name);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has what it wrote.</exception>
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error.Result}{output}");
    }

    private void Enter()
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle($"/var/run/netns/{Name}");
        const int NetworkNamespaceType = 0x4000_0000;
        if (setns((int)handle.DangerousGetHandle(), NetworkNamespaceType) != 0)
            throw new InvalidOperationException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int type);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
