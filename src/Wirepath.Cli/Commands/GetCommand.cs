using System.CommandLine;
using Wirepath.Events;
using Wirepath.Http;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath get URL …</c>: the page to stdout, and how it came about to stderr.</summary>
internal static class GetCommand
{
    public static PathCommand Create(Shell shell)
    {
        var urls = new Argument<string[]>("URL") { Description = "What one would type into an address bar; a second URL finds warm caches.", Arity = ArgumentArity.OneOrMore };
        var noLocation = new Option<bool>("--no-location") { Description = "Do not follow redirects." };
        var fail = new Option<bool>("--fail", "-f") { Description = "A status of 400 or above ends with exit code 60." };
        var keepAlive = new Option<bool>("--keep-alive") { Description = "Leave connections open from one URL to the next." };
        var outputFile = new Option<string?>("--output", "-o") { Description = "Write the body to a file instead of stdout.", HelpName = "FILE" };
        var limit = Bounded.Duration("--max-time", "-m", "Give up after this long. [the protocols' own limits]", TimeSpan.Zero);
        var header = new Option<string[]>("--header", "-H") { Description = "One more request header. May be given several times.", HelpName = "'NAME: VALUE'", DefaultValueFactory = _ => [] };
        var network = new NetworkOptions();
        var output = new OutputOptions();
        var command = new PathCommand("get", "Fetch a URL and tell the whole path: name, route, TCP, TLS, HTTP, and why it took as long as it did.",
            "The page goes to stdout, the story to stderr. The exit code says what failed: 10 the URL, 20 DNS, 30 link or route, 40 TCP, 50 TLS, 60 HTTP.") { urls };
        command.AddGroup("Request", noLocation, fail, keepAlive, outputFile, limit, header);
        network.AddTo(command);
        output.AddTo(command);
        command.AddExample("get http://www.example.com/", "The whole path of one page, on the embedded internet.");
        command.AddExample("get --loss 5% -o /dev/null http://www.example.com/1mb", "A bad line: what is lost, how it is noticed, what it costs.");
        command.AddExample("get -q firewalled.example.com closed.example.com nosuch.example.com", "Three ways to fail, in one sentence each.");
        command.AddExample("get -v --pcap run.pcapng https://www.example.com/", "Every segment, and a capture for Wireshark.");
        command.AddExample("get --via passt https://www.debian.org/", "A real page over the machine's own network, without root.");
        command.SetAction(Run);
        return command;

        int Run(ParseResult parsed)
        {
            var headers = new List<(string, string)>();
            foreach (string line in parsed.GetValue(header)!)
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0 || line.AsSpan().ContainsAny('\r', '\n'))
                    return Failing.Usage(shell, "get", $"--header: '{line.ReplaceLineEndings(" ")}' is not 'Name: value'.");
                headers.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
            }

            TimeSpan most = parsed.GetValue(limit);
            var settings = new FetchSettings
            {
                FollowRedirects = !parsed.GetValue(noLocation),
                FailOnStatus = parsed.GetValue(fail),
                KeepAlive = parsed.GetValue(keepAlive),
                Limit = most == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : most,
                Headers = headers,
            };
            return Reporting.In("get", parsed, shell, network, output, (world, report) =>
                new Getting(shell, world, report, settings, parsed.GetValue(outputFile)).Run(parsed.GetValue(urls)!));
        }
    }

    /// <summary>One call of the command.</summary>
    private sealed class Getting(Shell shell, World world, Report report, FetchSettings settings, string? outputFile)
    {
        public int Run(string[] urls)
        {
            OutputStream? file = null;
            if (outputFile is not null && (file = OpenFile(outputFile, out string problem)) is null)
                return Failing.Usage(shell, "get", problem);
            using (file)
            {
                Stream body = file ?? (report.Choice.Json ? Stream.Null : shell.Output);
                int code = Run(urls, body);
                file?.Flush();
                return file?.Problem is { } failed ? report.Failure(Failing.Output, $"'{outputFile}' cannot be written: {failed}.") : code;
            }
        }

        private int Run(string[] urls, Stream body)
        {
            // The story is told from what happened; only the bytes' view and JSON need the bytes.
            var recorder = new EventRecorder(frames: report.Choice.Json || report.Choice.Detail >= Explain.Detail.Bytes);
            using IDisposable listening = world.Log.Subscribe(recorder);
            world.WatchConnections();
            int code = ExitCodes.Success;
            var fetcher = new Fetcher(world.Host, world.Names, settings with { TrustedRoots = world.TrustedRoots });
            for (int i = 0; i < urls.Length && (i == 0 || !shell.Stopped.IsCancellationRequested); i++)
            {
                FetchResult result;
                using (report.Progress(world.Log))
                    result = world.Run(ct => fetcher.GetAsync(urls[i], body, ct), shell.Stopped);
                body.Flush();
                bool last = i == urls.Length - 1 || shell.Stopped.IsCancellationRequested;
                if (last)
                    world.Run(async _ => { await fetcher.DisposeAsync().ConfigureAwait(false); return 0; }, CancellationToken.None);
                // A connection that stays open has nothing to settle: waiting for it would be waiting for the server to close it.
                if (last || !settings.KeepAlive)
                    world.Settle();
                report.Navigation(recorder.Snapshot(), world, i, result);
                if (code == ExitCodes.Success)
                    code = result.ExitCode;
            }

            report.Finish(recorder.Snapshot(), world);
            return code;
        }

        private OutputStream? OpenFile(string path, out string problem)
        {
            problem = "";
            try
            {
                return new OutputStream(new FileStream(path, FileMode.Create, FileAccess.Write), shell.Stop);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
            {
                problem = $"--output: '{path}' cannot be written: {failure.Message.TrimEnd('.')}.";
                return null;
            }
        }
    }
}
