using System.CommandLine;
using Wirepath.Events;
using Wirepath.Http;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath get URL …</c>: the page to stdout, and how it came about to stderr.</summary>
internal static class GetCommand
{
    public static Command Create()
    {
        var urls = new Argument<string[]>("URL") { Description = "What one would type into an address bar; a second URL finds warm caches.", Arity = ArgumentArity.OneOrMore };
        var noLocation = new Option<bool>("--no-location") { Description = "Do not follow redirects." };
        var fail = new Option<bool>("--fail", "-f") { Description = "A status of 400 or above ends with exit code 60." };
        var keepAlive = new Option<bool>("--keep-alive") { Description = "Leave connections open from one URL to the next." };
        var outputFile = new Option<string?>("--output", "-o") { Description = "Write the body to a file instead of stdout.", HelpName = "FILE" };
        var limit = Bounded.Duration("--max-time", "-m", "Give up after this long; 0 leaves it to the protocols' own limits.", TimeSpan.Zero);
        var header = new Option<string[]>("--header", "-H") { Description = "One more request header. May be given several times.", HelpName = "NAME: VALUE", DefaultValueFactory = _ => [] };
        var network = new NetworkOptions();
        var output = new OutputOptions();
        var command = new Command("get", "Fetch a URL and tell the whole path: name, route, TCP, TLS, HTTP, and why it took as long as it did.")
        {
            urls, noLocation, fail, keepAlive, outputFile, limit, header,
        };
        network.AddTo(command);
        output.AddTo(command);
        command.SetAction((parsed, interrupted) => Task.FromResult(Run(parsed, interrupted)));
        return command;

        int Run(ParseResult parsed, CancellationToken interrupted)
        {
            var headers = new List<(string, string)>();
            foreach (string line in parsed.GetValue(header)!)
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0)
                    return Failing.Usage("get", $"--header: '{line}' is not 'Name: value'.");
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
            return Reporting.In("get", parsed, network, output, (world, report) =>
                new Getting(world, report, settings, parsed.GetValue(outputFile)).Run(parsed.GetValue(urls)!, interrupted));
        }
    }

    /// <summary>One call of the command.</summary>
    private sealed class Getting(World world, Report report, FetchSettings settings, string? outputFile)
    {
        public int Run(string[] urls, CancellationToken interrupted)
        {
            using Stream? body = OpenBody(out string problem);
            if (body is null)
                return Failing.Usage("get", problem);
            var recorder = new EventRecorder();
            using IDisposable listening = world.Log.Subscribe(recorder);
            int code = ExitCodes.Success;
            var fetcher = new Fetcher(world.Host, world.Names, settings with { TrustedRoots = world.TrustedRoots });
            for (int i = 0; i < urls.Length && !interrupted.IsCancellationRequested; i++)
            {
                FetchResult result = world.Run(ct => fetcher.GetAsync(urls[i], body, ct), interrupted);
                body.Flush();
                if (i == urls.Length - 1)
                    world.Run(async _ => { await fetcher.DisposeAsync().ConfigureAwait(false); return 0; }, CancellationToken.None);
                world.Settle();
                report.Navigation(recorder.Snapshot(), world, i, result);
                if (code == ExitCodes.Success)
                    code = result.ExitCode;
            }

            report.Finish(recorder.Snapshot(), world);
            return code;
        }

        private Stream? OpenBody(out string problem)
        {
            problem = "";
            if (outputFile is null)
                return report.Choice.Json ? Stream.Null : new BodyStream(report.StandardOutput);
            try
            {
                return new BodyStream(new FileStream(outputFile, FileMode.Create, FileAccess.Write));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
            {
                problem = $"--output: '{outputFile}' cannot be written: {failure.Message}";
                return null;
            }
        }
    }
}
