using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Wirepath.Bench;

/// <summary>A small file over HTTP: wrk asks, nginx over veth or Wirepath over TAP answers.</summary>
internal sealed partial class HttpPart : IPart
{
    public string Name => "http";

    public string Title => "A file of 13 bytes over HTTP/1.1, asked for by wrk (one thread): nginx with one worker over veth, Wirepath over TAP; threads where the scheduler puts them";

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("perSecond", "requests/s", "#,0"),
        new("p50", "p50 µs", "0"),
        new("p99", "p99 µs", "0"),
        new("allocated", "B allocated each", "0"),
        new("loopUser", "loop user", "0 %"),
        new("loopKernel", "loop kernel", "0 %"),
    ];

    public IReadOnlyList<Reference> References { get; } = [new("nginx64", "÷ nginx, 64"), new("nginx1", "÷ nginx, 1")];

    public string? Unavailable => Laboratory.Unavailable
        ?? (new[] { "nginx", "wrk" }.FirstOrDefault(program => !Laboratory.IsInstalled(program)) is { } missing
            ? $"The program '{missing}' is missing (Debian: apt install nginx-light wrk)."
            : null);

    public IBench Open() => new Bench();

    private sealed class Bench : IBench
    {
        private const int NginxPort = 8080;
        private readonly Laboratory _laboratory = new();
        private readonly string _folder = Directory.CreateTempSubdirectory("wirepath-bench-").FullName;

        public Bench()
        {
            File.WriteAllText(Path.Combine(_folder, "index.html"), "hello, world!");
            string configuration = Path.Combine(_folder, "nginx.conf");
            File.WriteAllText(configuration, $$"""
                worker_processes 1; daemon off; pid {{_folder}}/pid; error_log {{_folder}}/errors; user root;
                events { worker_connections 1024; }
                http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
                       server { listen {{Laboratory.Veth}}:{{NginxPort}}; root {{_folder}}; } }
                """);
            _laboratory.B.Start("nginx", "-c", configuration, "-p", _folder);
            Rows =
            [
                new("nginx1", "nginx over veth, 1 connection", time => Nginx(1, time)) { IsOurs = false },
                new("wirepath1", "Wirepath over TAP, 1 connection", time => OverTap(1, time)),
                new("nginx64", "nginx over veth, 64 connections", time => Nginx(64, time)) { IsOurs = false },
                new("wirepath64", "Wirepath over TAP, 64 connections", time => OverTap(64, time)),
            ];
        }

        public IReadOnlyList<Row> Rows { get; }

        public void Dispose()
        {
            _laboratory.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private double[] Nginx(int connections, SampleTime time) => [.. Ask(Laboratory.Veth, NginxPort, connections, time), double.NaN, double.NaN, double.NaN];

        private double[] OverTap(int connections, SampleTime time)
        {
            int port = _laboratory.NextPort();
            using var tap = new TapHost(_laboratory.A, Laboratory.TapA, Laboratory.HostOnTap, offload: true);
            tap.Start(new WebServer(tap.Host, (ushort)port, _folder));
            Ask(Laboratory.BehindTap, port, connections, time with { Measured = time.WarmUp });
            (double User, double Kernel) before = tap.Load.Read();
            long allocated = tap.Allocated;
            long started = System.Diagnostics.Stopwatch.GetTimestamp();
            double[] asked = Ask(Laboratory.BehindTap, port, connections, time);
            double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
            (double User, double Kernel) after = tap.Load.Read();
            tap.ThrowIfFailed();
            double each = (tap.Allocated - allocated) / (asked[0] * seconds);
            return [.. asked, each, (after.User - before.User) / seconds, (after.Kernel - before.Kernel) / seconds];
        }

        // wrk knows whole seconds only.
        private double[] Ask(IPAddress server, int port, int connections, SampleTime time)
        {
            time.Stop.ThrowIfCancellationRequested();
            string seconds = Math.Max(1, Math.Ceiling(time.Measured.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            string said = _laboratory.A.Exec("wrk", "-t1", string.Create(CultureInfo.InvariantCulture, $"-c{connections}"), $"-d{seconds}s", "--latency",
                $"http://{server}:{port}/index.html");
            if (said.Contains("Non-2xx", StringComparison.Ordinal) || said.Contains("Socket errors", StringComparison.Ordinal))
                throw new InvalidOperationException($"wrk met errors: {said}");
            return [Number(Rate().Match(said)), Microseconds(Median().Match(said)), Microseconds(Percentile99().Match(said))];
        }

        private static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

        private static double Microseconds(Match match) => Number(match) * match.Groups[2].Value switch { "us" => 1, "ms" => 1e3, _ => 1e6 };
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"50%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex Median();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex Percentile99();
}
