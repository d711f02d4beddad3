using System.Diagnostics;
using System.Globalization;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Resolver;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>
/// The resolver under dnsperf beside Unbound with one thread: names that are in the cache, and names that nobody has asked for.
/// Both ask the same server, Wirepath's nameserver in this process, for a stub zone; neither validates.
/// </summary>
internal sealed class DnsPart : IPart
{
    private const int Names = 10_000;

    public string Name => "dns";

    public string Title => "DNS: recursive resolvers under dnsperf, 10,000 names, 100 questions at a time";

    public IReadOnlyList<Figure> Figures { get; } =
    [
        new("perSecond", "queries/s", "#,0"),
        new("p99", "p99 ms", "0.00"),
        new("lost", "lost", "0"),
        new("allocated", "B allocated/query", "0.0"),
        new("bytesPerSet", "B of memory/set", "0"),
    ];

    public IReadOnlyList<Reference> References { get; } = [new("cachedUnbound", "÷ Unbound, cached"), new("coldUnbound", "÷ Unbound, cold")];

    public string? Unavailable => OnPath("dnsperf") is null ? "dnsperf is not on the PATH."
        : OnPath("unbound") is null ? "unbound is not on the PATH."
        : null;

    public IBench Open() => new Bench(OnPath("dnsperf")!, OnPath("unbound")!);

    private static string? OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private sealed class Bench : IBench
    {
        // Ports of the machine's own; whoever holds one of them is told of by the exception.
        private const ushort AuthorityPort = 5461;
        private const ushort OurPort = 5462;
        private const ushort UnboundPort = 5463;

        private readonly string _dnsperf;
        private readonly string _folder = Directory.CreateTempSubdirectory("wirepath-bench-").FullName;
        private readonly NameserverDaemon _authority;
        private readonly ResolverDaemon _ours;
        private readonly Process _unbound;
        private int _range;

        public Bench(string dnsperf, string unbound)
        {
            _dnsperf = dnsperf;
            Zone zone = ZoneFile.Parse("$ORIGIN bench.example.com.\n$TTL 3600\n@ SOA ns h 1 2 3 4 600\n@ NS ns\nns A 127.0.0.1\n* A 192.0.2.1\n", "bench.example.com");
            _authority = new NameserverDaemon(new ZoneSet(zone), [], new AuthoritativeSettings(), Listening(AuthorityPort), null, null, NodeLog.Silent, TimeProvider.System, new RandomSource(1));
            string stub = string.Create(CultureInfo.InvariantCulture, $"stub-zone:\n  name: bench.example.com\n  stub-addr: 127.0.0.1@{AuthorityPort}\n");
            const string same = "  do-not-query-localhost: no\n  qname-minimisation: no\n  module-config: \"iterator\"\n  msg-cache-size: 64m\n  rrset-cache-size: 64m\n";
            if (!ResolverConfiguration.TryParse($"server:\n{same}{stub}", "bench", out ResolverConfiguration? configuration, out TextError error))
                throw new InvalidOperationException(error.ToString());
            _ours = new ResolverDaemon(
                new ResolverSetup(configuration, RootHints.Internet, []),
                Listening(OurPort), null, null, NodeLog.Silent, TimeProvider.System);
            _authority.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
            _ours.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
            string file = Path.Combine(_folder, "unbound.conf");
            File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"""
                server:
                  interface: 127.0.0.1@{UnboundPort}
                  do-daemonize: no
                  num-threads: 1
                  username: ""
                  chroot: ""
                  directory: "{_folder}"
                  pidfile: ""
                  use-syslog: no
                  verbosity: 0
                {same}{stub}
                """));
            _unbound = Process.Start(new ProcessStartInfo(unbound, ["-c", file]) { UseShellExecute = false, RedirectStandardError = true })!;
            Rows =
            [
                new Row("cached", "Wirepath, cached", time => Cached(OurPort, time, isOurs: true)),
                new Row("cachedUnbound", "Unbound, cached", time => Cached(UnboundPort, time, isOurs: false)) { IsOurs = false },
                new Row("cold", "Wirepath, never asked before", _ => Cold(OurPort, isOurs: true)),
                new Row("coldUnbound", "Unbound, never asked before", _ => Cold(UnboundPort, isOurs: false)) { IsOurs = false },
            ];
            // What comes first is compiled.
            Run(OurPort, WriteNames(_range++), ["-n", "1"]);
            Run(UnboundPort, WriteNames(_range++), ["-n", "1"]);
        }

        public IReadOnlyList<Row> Rows { get; }

        public void Dispose()
        {
            _unbound.Kill();
            _unbound.WaitForExit();
            _unbound.Dispose();
            _ours.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _authority.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Directory.Delete(_folder, recursive: true);
        }

        private static ServerSettings Listening(ushort port) => new() { Plain = [new IpEndpoint(IpAddress.Parse("127.0.0.1"), port)] };

        // The names of range 0: asked for twice first, so that they are there.
        private double[] Cached(ushort port, SampleTime time, bool isOurs)
        {
            string names = WriteNames(0);
            Run(port, names, ["-n", "2"]);
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            Outcome outcome = Run(port, names, ["-l", time.Measured.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)]);
            double bytes = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            double p99 = Run(port, names, ["-n", "1", "-v", "-Q", "20000"]).P99;
            return [outcome.PerSecond, p99, outcome.Lost, isOurs ? bytes / outcome.Completed : double.NaN, double.NaN];
        }

        private double[] Cold(ushort port, bool isOurs)
        {
            string names = WriteNames(_range++);
            long before = isOurs ? GC.GetTotalMemory(forceFullCollection: true) : Resident();
            Outcome outcome = Run(port, names, ["-n", "1"]);
            long after = isOurs ? GC.GetTotalMemory(forceFullCollection: true) : Resident();
            double p99 = Run(port, WriteNames(_range++), ["-n", "1", "-v"]).P99;
            return [outcome.PerSecond, p99, outcome.Lost, double.NaN, (after - before) / (double)Names];
        }

        private long Resident()
        {
            _unbound.Refresh();
            return _unbound.WorkingSet64;
        }

        private string WriteNames(int range)
        {
            string file = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"names{range}"));
            if (!File.Exists(file))
                File.WriteAllLines(file, Enumerable.Range(0, Names).Select(i => string.Create(CultureInfo.InvariantCulture, $"r{range}-{i}.bench.example.com A")));
            return file;
        }

        private Outcome Run(ushort port, string names, string[] more)
        {
            string[] all = ["-s", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-d", names, "-q", "100", .. more];
            using Process run = Process.Start(new ProcessStartInfo(_dnsperf, all) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            _ = run.StandardError.ReadToEndAsync();
            string text = run.StandardOutput.ReadToEnd();
            run.WaitForExit();
            return Outcome.Read(text);
        }
    }

    /// <summary>What dnsperf tells.</summary>
    private readonly record struct Outcome(double PerSecond, double Completed, double Lost, double P99)
    {
        public static Outcome Read(string text)
        {
            double[] latencies = [.. text.Split('\n').Where(line => line.StartsWith("> ", StringComparison.Ordinal)).Select(line => Number(line.Split(' ')[^1]))];
            Array.Sort(latencies);
            return new Outcome(
                After(text, "Queries per second:"), After(text, "Queries completed:"), After(text, "Queries lost:"),
                latencies.Length == 0 ? double.NaN : latencies[(int)(latencies.Length * 0.99)] * 1000);
        }

        private static double After(string text, string label)
        {
            int at = text.IndexOf(label, StringComparison.Ordinal);
            return at < 0
                ? throw new InvalidOperationException($"dnsperf says no '{label}'")
                : Number(text[(at + label.Length)..].Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)[0]);
        }

        private static double Number(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
    }
}
