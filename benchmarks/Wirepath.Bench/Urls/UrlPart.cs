using System.Diagnostics;
using System.Globalization;

namespace Wirepath.Bench;

/// <summary>The URL parser beside System.Uri, Node's URL and, when there is a program for it, ada in C++: the same list in the same run.</summary>
internal sealed class UrlPart : IPart
{
    /// <summary>Names a program that is called with a file of URLs and a number of seconds, and prints nanoseconds of processor time for a URL.</summary>
    private const string AdaVariable = "WIREPATH_ADA";

    // The clock is read once in so many URLs.
    private const int Stride = 1000;

    /// <summary>URLs of the user's; null: 50,000 made up.</summary>
    public string? File { get; set; }

    public string Name => "url";

    public string Title { get; private set; } = "URLs: parse, and read host, path and query";

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("nanoseconds", "CPU ns/URL", "0.0"),
        new("allocatedBytes", "B allocated/URL", "0.0"),
    ];

    public IReadOnlyList<Reference> References { get; } = [new("uri", "÷ Uri"), new("node", "÷ node"), new("ada", "÷ ada")];

    public string? Unavailable => null;

    public IBench Open()
    {
        string[] urls = File is null ? UrlList.Generate() : UrlList.Read(File);
        string? node = OnPath("node"), ada = Environment.GetEnvironmentVariable(AdaVariable);
        Title = FormattableString.Invariant($"URLs: parse, and read host, path and query; {urls.Length:#,0} of them, {urls.Average(url => url.Length):0} characters on average, {100.0 * urls.Count(UrlMeasures.IsNormal) / urls.Length:0} % already normal")
            + (node is null ? "\n  left out: node, which is not on the PATH" : "")
            + (ada is null ? $"\n  left out: ada in C++, as {AdaVariable} names no program (it gets a file of URLs and seconds, and prints CPU ns/URL)" : "");
        return new Bench(urls, node, ada);
    }

    private static string? OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(System.IO.File.Exists);

    private sealed class Bench : IBench
    {
        private readonly string _file = Path.GetTempFileName();

        public Bench(string[] urls, string? node, string? ada)
        {
            System.IO.File.WriteAllLines(_file, urls);
            List<Row> rows =
            [
                new Row("parse", "Wirepath, parts as slices", time => Measure(urls, UrlMeasures.Parse, time)),
                new Row("parseStrings", "Wirepath, parts as strings", time => Measure(urls, UrlMeasures.ParseToStrings, time)),
                new Row("validate", "Wirepath, validate only", time => Measure(urls, UrlMeasures.Validate, time)),
                new Row("uri", "System.Uri", time => Measure(urls, UrlMeasures.SystemUri, time)) { IsOurs = false },
            ];
            if (node is not null)
                rows.Add(new Row("node", "node, new URL()", time => [Outside(node, ["-e", UrlMeasures.NodeScript, _file], time), double.NaN]) { IsOurs = false });
            if (ada is not null)
                rows.Add(new Row("ada", "ada, C++", time => [Outside(ada, [_file], time), double.NaN]) { IsOurs = false });
            Rows = rows;
        }

        public IReadOnlyList<Row> Rows { get; }

        public void Dispose() => System.IO.File.Delete(_file);

        private static double[] Measure(string[] urls, Func<string[], int, int, int> work, SampleTime time)
        {
            RunFor(urls, work, time.WarmUp, time.Stop);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            (long count, TimeSpan took) = RunFor(urls, work, time.Measured, time.Stop);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            return [took.TotalNanoseconds / count, (double)allocated / count];
        }

        private static (long Count, TimeSpan Took) RunFor(string[] urls, Func<string[], int, int, int> work, TimeSpan duration, CancellationToken stop)
        {
            TimeSpan started = ThreadClock.Now;
            long count = 0;
            int read = 0;
            while (true)
            {
                for (int from = 0; from < urls.Length; from += Stride)
                {
                    int to = Math.Min(from + Stride, urls.Length);
                    read += work(urls, from, to);
                    count += to - from;
                    TimeSpan took = ThreadClock.Now - started;
                    if (took < duration)
                        continue;
                    stop.ThrowIfCancellationRequested();
                    return read == 0 ? throw new InvalidOperationException("Nothing was read.") : (count, took);
                }
            }
        }

        private static double Outside(string program, string[] arguments, SampleTime time)
        {
            var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (string argument in arguments)
                start.ArgumentList.Add(argument);
            start.ArgumentList.Add(FormattableString.Invariant($"{time.Measured.TotalSeconds}"));
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return double.TryParse(text.AsSpan().Trim(), CultureInfo.InvariantCulture, out double nanoseconds)
                ? nanoseconds
                : throw new InvalidOperationException($"'{program}' did not print a number");
        }
    }
}
