using System.Diagnostics;

namespace Wirepath.Devices;

/// <summary>
/// A passt of our own: started with a socket in a private directory, ended with <see cref="Dispose"/>. It carries the
/// stack's packets to ordinary sockets of the system, in the network namespace of the thread that starts it.
/// </summary>
public sealed class PasstProcess : IDisposable
{
    private const uint Nobody = 65534;
    private const int MostLinesKept = 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly DirectoryInfo _directory;
    private readonly Queue<string> _said = new();

    private PasstProcess(Process process, DirectoryInfo directory) => (_process, _directory) = (process, directory);

    /// <summary>The device whose other end is passt; disposed of together with it.</summary>
    public FrameSocketDevice Device { get; private set; } = null!;

    public int ProcessId => _process.Id;

    /// <exception cref="DeviceException">passt is not installed, or it gave up; then the message says why in its words.</exception>
    public static PasstProcess Start(PasstSettings? settings = null)
    {
        settings ??= new PasstSettings();
        string program = Find("passt") ?? throw new DeviceException("passt is not installed; install it with: sudo apt install passt");
        DirectoryInfo directory = Directory.CreateTempSubdirectory("wirepath-passt-");
        string socket = Path.Combine(directory.FullName, "passt.sock");

        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (string argument in (string[])["--foreground", "--one-off", "--socket", socket])
            start.ArgumentList.Add(argument);
        if (!settings.GatewayIsHost)
            start.ArgumentList.Add("--no-map-gw");
        if (Libc.EffectiveUser() == 0)
        {
            // Started by root, passt becomes nobody before it makes the socket, which needs the directory to be nobody's.
            start.ArgumentList.Add("--runas");
            start.ArgumentList.Add($"{Nobody}:{Nobody}");
            _ = Libc.ChangeOwner(directory.FullName, Nobody, Nobody);
        }

        foreach (string option in settings.Options)
            start.ArgumentList.Add(option);

        var passt = new PasstProcess(new Process { StartInfo = start }, directory);
        bool running = false;
        try
        {
            passt.Run();
            passt.Device = passt.Connect(socket, settings);
            running = true;
            return passt;
        }
        finally
        {
            if (!running)
                passt.Dispose();
        }
    }

    public void Dispose()
    {
        Device?.Dispose();
        try
        {
            // --one-off: it ends by itself when the socket closes. If not, it is ended.
            if (!_process.WaitForExit(s_grace))
                _process.Kill();
            _process.WaitForExit(s_grace);
        }
        catch (InvalidOperationException)
        {
            // It was never started.
        }

        _process.Dispose();
        try
        {
            _directory.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Disposed of twice.
        }
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Append("/usr/bin").Append("/usr/local/bin")
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(File.Exists);

    private void Run()
    {
        _process.ErrorDataReceived += Heard;
        _process.OutputDataReceived += Heard;
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _process.StandardInput.Close();
    }

    private void Heard(object sender, DataReceivedEventArgs line)
    {
        // Without a syslog, passt complains about that after each of its lines.
        if (string.IsNullOrWhiteSpace(line.Data) || line.Data.StartsWith("Failed to send", StringComparison.Ordinal))
            return;
        lock (_said)
        {
            _said.Enqueue(line.Data);
            if (_said.Count > MostLinesKept)
                _said.Dequeue();
        }
    }

    private FrameSocketDevice Connect(string socket, PasstSettings settings)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_process.HasExited)
            {
                _process.WaitForExit(); // until its last words are read
                throw new DeviceException($"passt gave up: {Said()}");
            }

            try
            {
                // The file is there before passt listens: until then the connection is refused.
                if (File.Exists(socket))
                    return FrameSocketDevice.Connect(socket, settings.Socket);
            }
            catch (DeviceException) when (Stopwatch.GetElapsedTime(started) < settings.StartTimeout && !_process.HasExited)
            {
            }

            if (Stopwatch.GetElapsedTime(started) >= settings.StartTimeout)
                throw new DeviceException($"passt did not listen within {settings.StartTimeout.TotalSeconds:0} s: {Said()}");
            Thread.Sleep(s_pause);
        }
    }

    private string Said()
    {
        lock (_said)
            return _said.Count == 0 ? "it said nothing." : string.Join("; ", _said.Select(line => line.Trim()));
    }
}
