using System.Diagnostics.Tracing;
using System.Globalization;
using System.Text;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing.Etlx;

namespace Wirepath.Bench;

/// <summary>
/// Where the time goes: samples of the stacks of the thread that polls, taken by the runtime (EventPipe) about each
/// millisecond while a row is measured. The runtime samples where it can stop a thread, at calls and loops, so that short
/// methods are charged to their neighbours; inlined ones belong to their callers.
/// </summary>
internal static class Profile
{
    private const string SampleProfiler = "Microsoft-DotNETCore-SampleProfiler";
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const long MethodNames = 0x10 | 0x20; // JIT and NGEN keywords
    private const int BufferMegabytes = 256;
    private const int MostLines = 30;

    // The thread ran on to its next poll before it could be stopped: where it had been is not known.
    private const string StoppedAtPoll = "Thread.<PollGC>";

    // The frames below which the work of interest is done.
    private static readonly string[] s_loops = ["MemoryTransfer.RunFor", "LoopThread.Run"];

    public static string Take(Row row, SampleTime time)
    {
        string trace = Path.Combine(Path.GetTempPath(), $"wirepath-bench-{Environment.ProcessId}.nettrace");
        string? log = null;
        try
        {
            Record(row, time, trace);
            log = TraceLog.CreateFromEventPipeDataFile(trace);
            using var read = new TraceLog(log);
            return Draw(row, read);
        }
        finally
        {
            File.Delete(trace);
            if (log is not null)
                File.Delete(log);
        }
    }

    private static void Record(Row row, SampleTime time, string trace)
    {
        using EventPipeSession session = new DiagnosticsClient(Environment.ProcessId).StartEventPipeSession(
            [new EventPipeProvider(SampleProfiler, EventLevel.Informational), new EventPipeProvider(Runtime, EventLevel.Informational, MethodNames)],
            requestRundown: true, BufferMegabytes);
        Task copying = Task.Run(() =>
        {
            using FileStream file = File.Create(trace);
            session.EventStream.CopyTo(file);
        });
        try
        {
            row.Measure(time);
        }
        finally
        {
            session.Stop();
            copying.Wait();
        }
    }

    private static string Draw(Row row, TraceLog log)
    {
        var self = new Dictionary<string, int>(StringComparer.Ordinal);
        var within = new Dictionary<string, int>(StringComparer.Ordinal);
        int samples = 0, setAside = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var frames = new List<string>();
        foreach (var sample in log.Events.Where(e => e.ProviderName == SampleProfiler))
        {
            frames.Clear();
            for (TraceCallStack? at = sample.CallStack(); at is not null; at = at.Caller)
            {
                string name = ShortName(at.CodeAddress.FullMethodName);
                if (name.Length > 0)
                    frames.Add(name);
            }

            int loop = frames.FindIndex(frame => s_loops.Contains(frame));
            if (loop < 0)
                continue;
            if (frames[0].StartsWith(StoppedAtPoll, StringComparison.Ordinal))
            {
                setAside++;
                continue;
            }

            samples++;
            Count(self, frames[0]);
            seen.Clear();
            foreach (string frame in frames.Take(loop).Where(seen.Add))
                Count(within, frame);
        }

        var text = new StringBuilder();
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{row.Title}: {samples} samples ({setAside} set aside); share within a method itself, and with what it calls");
        foreach ((string name, int count) in within.OrderByDescending(pair => self.GetValueOrDefault(pair.Key)).ThenByDescending(pair => pair.Value).Take(MostLines))
            text.AppendLine(CultureInfo.InvariantCulture, $"  {(double)self.GetValueOrDefault(name) / samples,6:0.0 %} {(double)count / samples,6:0 %}  {name}");
        return text.ToString().TrimEnd();
    }

    private static void Count(Dictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;

    // Type and method without namespace and parameters: 'Wirepath.Tcp.TcpConnection.Receive(value class …)'.
    private static string ShortName(string full)
    {
        int parameters = full.IndexOf('(', StringComparison.Ordinal);
        string name = parameters < 0 ? full : full[..parameters];
        int method = name.LastIndexOf('.');
        int type = method <= 0 ? -1 : name.LastIndexOf('.', method - 1);
        return name[(type + 1)..];
    }
}
