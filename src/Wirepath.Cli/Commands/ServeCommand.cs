using System.CommandLine;
using System.Globalization;
using Wirepath.Events;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath serve DIR</c>: static files over the stack's own TCP, until Ctrl-C.</summary>
internal static class ServeCommand
{
    public static PathCommand Create(Shell shell)
    {
        var folder = new Argument<string>("DIR") { Description = "The folder whose files are served; index.html for a folder." };
        var port = Bounded.Integer("--port", "-p", "TCP port to listen on.", "PORT", 80, 1, 65535);
        var network = new NetworkOptions();
        var output = new OutputOptions();
        var command = new PathCommand("serve", "Serve a folder of static files over Wirepath's own TCP, until Ctrl-C.",
            "It needs a real network: --via tap:… or --via passt.") { folder };
        command.AddGroup("Server", port);
        network.AddTo(command, knobs: false);
        output.AddToServer(command);
        command.AddExample("serve --via tap:tap0,address=10.0.0.2/24 .", "This folder, to whoever is on the other end of a TAP device.");
        command.SetAction(Run);
        return command;

        int Run(ParseResult parsed)
        {
            string path = parsed.GetValue(folder)!;
            if (!Directory.Exists(path))
                return Failing.Usage(shell, "serve", $"there is no folder '{path}'.");
            return Reporting.In("serve", parsed, shell, network, output, (world, report) =>
            {
                if (world is not RealWorld wire)
                    return Failing.Usage(shell, "serve", "on the embedded internet nobody but this command could ask; name a real network: --via tap:tap0,address=10.0.0.2/24 or --via passt.");
                return world.Run(ct => ServeAsync(wire, report, path, (ushort)parsed.GetValue(port), ct), shell.Stopped);
            });
        }
    }

    private static async Task<int> ServeAsync(RealWorld world, Report report, string folder, ushort port, CancellationToken ct)
    {
        IpAddress own = world.Interface.Addresses[0].Address;
        using TcpAcceptor acceptor = world.Host.Listen(new IpEndpoint(own, port));
        using var closing = new CancellationTokenSource();
        using CancellationTokenRegistration hears = ct.Register(() =>
        {
            // Before anything closes: what is watched from here on is what settling waits for.
            world.WatchConnections();
            acceptor.Dispose();
            closing.Cancel();
        });
        var files = new StaticFiles(folder);
        var teller = new Teller(report, world.Host.Log);
        HttpServerOptions options = HttpServerOptions.Default with { Observer = teller };
        report.Remark($"serving {folder} at http://{new IpEndpoint(own, port)}/ over {world.Title(report.Words)}; Ctrl-C ends it");
        var open = new HashSet<Task>();
        while (!closing.IsCancellationRequested)
        {
            TcpStream stream;
            try
            {
                stream = await acceptor.AcceptAsync(closing.Token).ConfigureAwait(false);
            }
            catch (Exception end) when (end is OperationCanceledException or NetworkException or ObjectDisposedException)
            {
                break;
            }

            stream.NoDelay = true;
            Task serving = HttpServerConnection.ServeAsync(stream, files, options, world.Host.Time, closing.Token);
            lock (open)
                open.Add(serving);
            _ = serving.ContinueWith(done => { lock (open) open.Remove(done); }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        Task[] left;
        lock (open)
            left = [.. open];
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        world.Settle();
        report.Remark(string.Create(CultureInfo.InvariantCulture, $"served {teller.Requests:N0} requests, {teller.Bytes:N0} bytes of body"));
        return ExitCodes.Success;
    }

    /// <summary>Counts what was answered and tells each request.</summary>
    private sealed class Teller(Report report, NodeLog log) : IHttpServerObserver
    {
        private long _requests;
        private long _bytes;

        public long Requests => Interlocked.Read(ref _requests);

        public long Bytes => Interlocked.Read(ref _bytes);

        public void RequestReceived(RequestHead request)
        {
            // Told when it is answered, together with what the answer was.
        }

        public void Responded(RequestHead request, ResponseHead response, long bodyBytes)
        {
            Interlocked.Increment(ref _requests);
            Interlocked.Add(ref _bytes, bodyBytes);
            if (report.Choice.Detail != Explain.Detail.Verdict)
                report.Request(log.Now, request.Method, request.Target, response.Status, bodyBytes);
        }

        public void Refused(HttpProblem problem) => report.Remark($"refused: {problem.Message}");

        public void HandlerFailed(RequestHead request, Exception exception) => report.Remark($"{request.Method} {request.Target}: {exception.Message}");
    }
}
