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
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "The folder whose files are served; index.html for a folder." };
        var port = Bounded.Integer("--port", "-p", "TCP port to listen on.", "PORT", 80, 1, 65535);
        var network = new NetworkOptions();
        var output = new OutputOptions();
        var command = new Command("serve", "Serve a folder of static files over Wirepath's own TCP, until Ctrl-C. Needs --via tap:… or passt.") { folder, port };
        network.AddTo(command);
        output.AddTo(command, story: false);
        command.SetAction((parsed, interrupted) => Task.FromResult(Run(parsed, interrupted)));
        return command;

        int Run(ParseResult parsed, CancellationToken interrupted)
        {
            string path = parsed.GetValue(folder)!;
            if (!Directory.Exists(path))
                return Failing.Usage("serve", $"there is no folder '{path}'.");
            return Reporting.In("serve", parsed, network, output, (world, report) =>
            {
                if (world is not RealWorld)
                    return Failing.Usage("serve", "on the embedded internet nobody but this command could ask; name a real network: --via tap:tap0,address=10.0.0.2/24 or --via passt.");
                return world.Run(ct => ServeAsync(world, report, path, (ushort)parsed.GetValue(port), ct), interrupted);
            });
        }
    }

    private static async Task<int> ServeAsync(World world, Report report, string folder, ushort port, CancellationToken ct)
    {
        IpAddress own = world.Host.Interfaces[0].Addresses[0].Address;
        using TcpAcceptor acceptor = world.Host.Listen(new IpEndpoint(own, port));
        using CancellationTokenRegistration closing = ct.Register(static a => ((TcpAcceptor)a!).Dispose(), acceptor);
        var files = new StaticFiles(folder);
        var options = new HttpServerOptions();
        var handler = new TellingHandler(files, report, world.Host.Log);
        report.Remark($"serving {folder} at http://{new IpEndpoint(own, port)}/ over {world.Title}; Ctrl-C ends it");
        var open = new HashSet<Task>();
        while (!ct.IsCancellationRequested)
        {
            TcpStream stream;
            try
            {
                stream = await acceptor.AcceptAsync(ct).ConfigureAwait(false);
            }
            catch (Exception end) when (end is OperationCanceledException or NetworkException or ObjectDisposedException)
            {
                break;
            }

            stream.NoDelay = true;
            Task serving = HttpServerConnection.ServeAsync(stream, handler, options, world.Host.Time, ct);
            lock (open)
                open.Add(serving);
            _ = serving.ContinueWith(done => { lock (open) open.Remove(done); }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        Task[] left;
        lock (open)
            left = [.. open];
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        world.Settle();
        report.Remark(string.Create(CultureInfo.InvariantCulture, $"served {handler.Requests:N0} requests, {handler.Bytes:N0} bytes of body"));
        return ExitCodes.Success;
    }

    /// <summary>Lets the files answer, counts, and tells each request when there is a reader for it.</summary>
    private sealed class TellingHandler(IHttpHandler files, Report report, NodeLog log) : IHttpHandler
    {
        private long _requests;
        private long _bytes;

        public long Requests => Interlocked.Read(ref _requests);

        public long Bytes => Interlocked.Read(ref _bytes);

        public async ValueTask HandleAsync(HttpExchange exchange, CancellationToken cancellation)
        {
            await files.HandleAsync(exchange, cancellation).ConfigureAwait(false);
            Interlocked.Increment(ref _requests);
            Interlocked.Add(ref _bytes, exchange.ResponseBodyBytes);
            if (!report.TellsRequests)
                return;
            int status = exchange.Response?.Status ?? 0;
            report.Request(log.Now, exchange.Request.Method, exchange.Request.Target, status, exchange.ResponseBodyBytes);
        }
    }
}
