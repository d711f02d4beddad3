using System.Globalization;
using Wirepath.Events;
using Wirepath.Explain;
using Wirepath.Http;
using Wirepath.Simulation;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath conformance seed N…</c>: the random worlds of the tests, one by one.</summary>
internal static class SeedRuns
{
    private const int Failed = 1;

    public static int Run(Shell shell, string[] asked, string? pcap, bool json)
    {
        var ranges = new List<(ulong First, ulong Last)>();
        foreach (string text in asked)
        {
            if (!TryRead(text, out (ulong First, ulong Last) range))
                return Failing.Usage(shell, "conformance", $"'{text}' is no seed; a seed is a number such as 7, or a range such as 10-20.");
            ranges.Add(range);
        }

        if (pcap is not null && (ranges.Count > 1 || ranges[0].First != ranges[0].Last))
            return Failing.Usage(shell, "conformance", "--pcap is for one seed at a time.");
        (int passed, int failed) = (0, 0);
        foreach ((ulong first, ulong last) in ranges)
        {
            for (ulong seed = first; ; seed++)
            {
                shell.Stopped.ThrowIfCancellationRequested();
                SeedOutcome outcome;
                try
                {
                    outcome = Play(seed, pcap);
                }
                catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
                {
                    return Failing.Usage(shell, "conformance", $"--pcap: '{pcap}' cannot be written: {problem.Message.TrimEnd('.')}.");
                }

                Write(shell, outcome, json);
                passed += outcome.Complaint is null ? 1 : 0;
                failed += outcome.Complaint is null ? 0 : 1;
                if (seed == last)
                    break;
            }
        }

        if (!json)
            shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed"));
        return failed == 0 ? ExitCodes.Success : Failed;
    }

    private static bool TryRead(string text, out (ulong First, ulong Last) range)
    {
        string[] ends = text.Split('-');
        range = default;
        bool read = ends.Length <= 2
            && ulong.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out range.First)
            && ulong.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out range.Last);
        return read && range.First <= range.Last;
    }

    private static SeedOutcome Play(ulong seed, string? pcap)
    {
        if (pcap is null)
            return SeedWorld.Play(seed);
        var log = new EventLog();
        using var file = new FileStream(pcap, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024);
        using var sink = new CaptureSink(file);
        using IDisposable subscription = log.Subscribe(sink);
        return SeedWorld.Play(seed, log);
    }

    private static void Write(Shell shell, SeedOutcome outcome, bool json)
    {
        if (json)
        {
            JsonLines.Write(shell.Output, "seed", writer =>
            {
                writer.WriteNumber("seed", outcome.Seed);
                writer.WriteString("verdict", outcome.Complaint is null ? "pass" : "fail");
                if (outcome.Complaint is not null)
                    writer.WriteString("reason", outcome.Complaint);
                writer.WriteString("plan", outcome.Plan);
                writer.WriteNumber("elapsedMs", outcome.Elapsed.TotalMilliseconds);
                writer.WriteNumber("frames", outcome.Frames);
                writer.WriteNumber("bytes", outcome.Bytes);
            });
            return;
        }

        shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(outcome.Complaint is null ? "pass" : "fail")}  seed {outcome.Seed}  {outcome.Bytes} bytes compared, {outcome.Frames} frames, {outcome.Elapsed.TotalSeconds:0.0} s{(outcome.Complaint is null ? "" : "  " + outcome.Complaint)}"));
        shell.Out.WriteLine("      " + outcome.Plan);
    }
}
