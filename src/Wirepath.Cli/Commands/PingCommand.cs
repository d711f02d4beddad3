using System.CommandLine;
using System.Globalization;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath ping HOST</c>: echo requests, one line each, and the summary that everybody knows.</summary>
internal static class PingCommand
{
    public static PathCommand Create(Shell shell)
    {
        var host = new Argument<string>("HOST") { Description = "A name or an address." };
        var count = Bounded.Integer("--count", "-c", "Echo requests to send.", "N", 4, 1, 1_000_000);
        var size = Bounded.Integer("--size", "-s", "Bytes of data in each.", "BYTES", 56, 0, 65507);
        var ttl = Bounded.Integer("--ttl", "-t", "Time to live: hops that a request may take.", "N", 64, 1, 255);
        var interval = Bounded.Duration("--interval", "-i", "Pause between requests.", TimeSpan.FromSeconds(1));
        var timeout = Bounded.Duration("--timeout", "-W", "How long to wait for each answer.", TimeSpan.FromSeconds(2));
        var network = new NetworkOptions();
        var output = new OutputOptions();
        var command = new PathCommand("ping", "Send ICMP echo requests and time the answers.") { host };
        command.AddGroup("Requests", count, size, ttl, interval, timeout);
        network.AddTo(command);
        output.AddTo(command, story: false);
        command.AddExample("ping www.example.com", "Four requests to a web server of the embedded internet, six routers away.");
        command.AddExample("ping -c 20 --loss 10% --jitter 5ms www.example.com", "The same over a bad line.");
        command.AddExample("ping gone.example.com", "A host that is not there: which router says so?");
        command.AddExample("ping --via passt 1.1.1.1", "A real host over the machine's own network, without root.");
        command.SetAction(Run);
        return command;

        int Run(ParseResult parsed) => Reporting.In("ping", parsed, shell, network, output, (world, report) =>
        {
            string target = parsed.GetValue(host)!;
            return world.Run(async ct =>
            {
                (IpAddress address, int failure) = await Target.ResolveAsync(world, report, target, ct).ConfigureAwait(false);
                if (failure != 0)
                    return failure;
                report.Line(report.Words.PingHead(target, address.ToString(), parsed.GetValue(size), world.Title(report.Words)));
                return await PingAsync(world, report, address, new Request(
                    parsed.GetValue(count), parsed.GetValue(size), parsed.GetValue(ttl), parsed.GetValue(interval), parsed.GetValue(timeout)), ct).ConfigureAwait(false);
            }, shell.Stopped);
        });
    }

    private static async Task<int> PingAsync(World world, Report report, IpAddress to, Request request, CancellationToken ct)
    {
        var trips = new RoundTrips();
        int sent = 0;
        var last = ProbeOutcome.TimedOut;
        try
        {
            for (; sent < request.Count; )
            {
                if (sent > 0)
                    await PauseAsync(request.Interval, world.Host.Time, ct).ConfigureAwait(false);
                PingReply reply = await world.Host.PingAsync(to, request.Size, request.TimeToLive, request.Timeout, ct).ConfigureAwait(false);
                sent++;
                if (reply.IsReply)
                    trips.Add(reply.RoundTrip.TotalMilliseconds);
                last = reply.Failure ?? last;
                report.Line(Describe(reply, sent, request, report.Words));
                report.Json("ping", writer =>
                {
                    writer.WriteNumber("sequence", sent);
                    writer.WriteString("from", reply.From.IsNone ? null : reply.From.ToString());
                    writer.WriteString("outcome", reply.Failure?.ToString() ?? "Reply");
                    writer.WriteNumber("roundTripMs", reply.RoundTrip.TotalMilliseconds);
                    writer.WriteNumber("ttl", reply.TimeToLive);
                    writer.WriteNumber("bytes", reply.Bytes);
                });
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            report.Line("");
        }

        double lost = sent == 0 ? 0 : 100.0 * (sent - trips.Count) / sent;
        report.Line(report.Words.PingSummary(sent, trips.Count, lost.ToString("0.#", CultureInfo.InvariantCulture)));
        if (trips.Count > 0)
            report.Line(report.Words.PingRoundTrips(Milliseconds(trips.Least), Milliseconds(trips.Mean), Milliseconds(trips.Most), Milliseconds(trips.Deviation)));
        if (ct.IsCancellationRequested)
            return ExitCodes.Interrupted;
        return trips.Count > 0 ? ExitCodes.Success : report.Failure(ExitCodes.Link, report.Words.PingUnanswered(sent, to.ToString(), last));
    }

    /// <summary>Task.Delay whose cancellation goes on at once, on the thread that cancels: in virtual time the pool's threads come too late.</summary>
    private static async Task PauseAsync(TimeSpan span, TimeProvider time, CancellationToken ct)
    {
        var over = new TaskCompletionSource();
        using ITimer timer = time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), over, span, Timeout.InfiniteTimeSpan);
        using CancellationTokenRegistration stop = ct.Register(() => over.TrySetCanceled(ct));
        await over.Task.ConfigureAwait(false);
    }

    private static string Describe(PingReply reply, int sequence, Request request, CommandWords words) => reply.Failure switch
    {
        null => words.PingReply(reply.Bytes + IcmpHeader.Size, reply.From.ToString(), sequence, reply.TimeToLive, Milliseconds(reply.RoundTrip.TotalMilliseconds)),
        ProbeOutcome.TimedOut => words.PingTimedOut(sequence, request.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)),
        { } outcome => words.PingFailed(sequence, outcome, reply.From.IsNone ? "" : reply.From.ToString()),
    };

    private static string Milliseconds(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private sealed record Request(int Count, int Size, int TimeToLive, TimeSpan Interval, TimeSpan Timeout);

    /// <summary>Mean and deviation without keeping a million values (Welford's sums).</summary>
    private sealed class RoundTrips
    {
        private double _squares;

        public int Count { get; private set; }

        public double Least { get; private set; } = double.MaxValue;

        public double Most { get; private set; }

        public double Mean { get; private set; }

        public double Deviation => Math.Sqrt(_squares / Count);

        public void Add(double milliseconds)
        {
            Count++;
            (Least, Most) = (Math.Min(Least, milliseconds), Math.Max(Most, milliseconds));
            double before = Mean;
            Mean += (milliseconds - before) / Count;
            _squares += (milliseconds - before) * (milliseconds - Mean);
        }
    }
}
