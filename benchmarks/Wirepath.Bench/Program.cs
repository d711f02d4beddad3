using System.Runtime.InteropServices;

namespace Wirepath.Bench;

internal static class Program
{
    private const int Ok = 0;
    private const int Failed = 1;
    private const int BadArguments = 2;
    private const int Interrupted = 130;

    private const string Help =
        """
        ./bench measures Wirepath on this machine.

          ./bench [PART…]         the table of ratios; without a part, the first seven:
                                    memory    two hosts joined by a cable in memory, one thread
                                    tap       bulk TCP, kernel <-> Wirepath over a TAP device, against the
                                              kernel with itself over veth (root; iproute2 and ethtool)
                                    echo      1-byte request/response, the same way (root)
                                    connect   connections that live for one byte, the same way (root)
                                    http      requests under wrk against nginx, the same way (root; wrk, nginx)
                                    url       the URL parser against System.Uri, node's URL and ada in C++
                                    dns       the resolver under dnsperf against Unbound (dnsperf, unbound)
                                    fairness  flows that share a bottleneck: simulated, and over a bad link
                                    goodput   one flow over a path that loses or reorders: likewise
          ./bench micro [FILTER]  micro-benchmarks (BenchmarkDotNet); FILTER is a part of a name, or a pattern with *

          --seconds N   time of one sample (default 1)
          --repeats N   samples of each row, taken in turns; the table shows medians (default 3)
          --plots DIR   pictures of windows, queues and shares of the simulated flows, as SVG
          --rows A,B    only rows of these keys (those of --json), or with these words in their titles
          --urls FILE   with url: one URL a line, instead of 50,000 made up
          --profile     where the time of each row goes, by method, instead of the table
          --json        the table as one JSON object
          --help        this text

        Exit code: 0 all was measured that can be here, 1 something that was asked for was not, 2 bad arguments, 130 interrupted.
        """;

    private static int Main(string[] arguments)
    {
        var urls = new UrlPart();
        IReadOnlyList<IPart> parts =
        [
            new MemoryPart(), new TapPart(), new EchoPart(), new ConnectPart(), new HttpPart(), urls, new DnsPart(),
            new FairnessPart(), new LinkFairnessPart(), new GoodputPart(), new LinkGoodputPart(),
        ];
        if (!BenchOptions.TryParse(arguments, [.. parts.Select(part => part.Name)], out BenchOptions? options, out string? error))
        {
            Console.Error.WriteLine($"bench: {error}");
            return BadArguments;
        }

        if (options.Help)
        {
            Console.WriteLine(Help);
            return Ok;
        }

        urls.File = options.Urls;
        if (options.Micro)
            return MicroBenchmarks.Run(options.Filter) ? Ok : Failed;
        return RunTable([.. parts.Where(part => options.PartsWereNamed ? options.Parts.Contains(part.Name) : !part.IsOnDemand)], options);
    }

    private static int RunTable(IReadOnlyList<IPart> parts, BenchOptions options)
    {
        using var stop = new CancellationTokenSource();
        // The namespaces must be removed before the process goes: both signals end the run in order.
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        Machine machine = Machine.Read();
        Action<string> progress = Console.IsErrorRedirected ? _ => { } : Console.Error.Write;
        if (!options.Json)
            Console.WriteLine(machine.Describe());

        var results = new List<PartResult>();
        try
        {
            foreach (IPart part in parts)
            {
                if (options.Profile)
                {
                    ProfilePart(part, options, stop.Token);
                    continue;
                }

                PartResult result = PartRunner.Run(part, options, progress, stop.Token);
                results.Add(result);
                if (!options.Json)
                    Console.WriteLine(RatioTable.Draw(result));
            }
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("bench: interrupted; the network namespaces are removed.");
            return Interrupted;
        }

        if (options.Plots is { } folder)
        {
            foreach (string path in CongestionPlots.Write(folder))
                Console.Error.WriteLine(path);
        }

        if (!options.Json && !options.Profile && Goals.Draw(results) is { Length: > 0 } goals)
            Console.WriteLine(goals);
        if (options.Json)
            Console.WriteLine(ResultJson.Write(machine, options, results));
        return results.Exists(result => result.Failures.Count > 0 || (result.LeftOut is not null && options.PartsWereNamed)) ? Failed : Ok;
    }

    private static void ProfilePart(IPart part, BenchOptions options, CancellationToken stop)
    {
        if (part.Unavailable is { } reason)
        {
            Console.WriteLine($"{part.Name}: left out: {reason}");
            return;
        }

        using IBench bench = part.Open();
        foreach (Row row in bench.Rows.Where(row => row.IsOurs && options.Takes(row)))
            Console.WriteLine(Profile.Take(row, new SampleTime(PartRunner.FirstWarmUp, options.SampleTime, stop)));
    }
}
