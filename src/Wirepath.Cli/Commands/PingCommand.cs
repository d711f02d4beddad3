using System.CommandLine;
using System.Globalization;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath ping HOST</c>: echo requests, one line each, and the summary that everybody knows.</summary>
internal static class PingCommand
{
    public static Command Create()
    {
        var host = new Argument<string>("HOST") { Description = "A name or an address." };
        var count = Bounded.Integer("--count", "-c", "Echo requests to send.", "N", 4, 1, 1_000_000);
        var size = Bounded.Integer("--size", "-s", "Bytes of data in each.", "BYTES", 56, 0, 65507);
        var ttl = Bounded.Integer("--ttl", "-t", "Time to live: hops that a request may take.", "N", 64, 1, 255);
        var interval = Bounded.Duration("--interval", "-i", "Pause between requests.", TimeSpan.FromSeconds(1));
        var timeout = Bounded.Duration("--timeout", "-W", "How long to wait for each answer.", TimeSpan.FromSeconds(2));
        var network = new NetworkOptions();
        var output = new OutputOptions();
        var command = new Command("ping", "Send ICMP echo requests and time the answers.") { host, count, size, ttl, interval, timeout };
        network.AddTo(command);
        output.AddTo(command, story: false);
        command.SetAction((parsed, interrupted) => Task.FromResult(Run(parsed, interrupted)));
        return command;

        int Run(ParseResult parsed, CancellationToken interrupted) => Reporting.In("ping", parsed, network, output, (world, report) =>
        {
            string target = parsed.GetValue(host)!;
            return world.Run(async ct =>
            {
                (IpAddress address, int failure) = await Target.ResolveAsync(world, target, ct).ConfigureAwait(false);
                if (failure != 0)
                    return failure;
                report.Line($"PING {target} ({address}): {parsed.GetValue(size)} data bytes over {world.Title}");
                return await PingAsync(world, report, address, new Request(
                    parsed.GetValue(count), parsed.GetValue(size), parsed.GetValue(ttl), parsed.GetValue(interval), parsed.GetValue(timeout)), ct).ConfigureAwait(false);
            }, interrupted);
        });
    }

    private static async Task<int> PingAsync(World world, Report report, IpAddress to, Request request, CancellationToken ct)
    {
        var trips = new List<double>();
        int sent = 0;
        ProbeOutcome? last = null;
        try
        {
            for (; sent < request.Count; )
            {
                if (sent > 0)
                    await Task.Delay(request.Interval, world.Host.Time, ct).ConfigureAwait(false);
                PingReply reply = await world.Host.PingAsync(to, request.Size, request.TimeToLive, request.Timeout, ct).ConfigureAwait(false);
                sent++;
                if (reply.IsReply)
                    trips.Add(reply.RoundTrip.TotalMilliseconds);
                else
                    last = reply.Failure;
                report.Line(Describe(reply, sent, request));
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
        catch (OperationCanceledException)
        {
            report.Line("");
        }

        double lost = sent == 0 ? 0 : 100.0 * (sent - trips.Count) / sent;
        report.Line(string.Create(CultureInfo.InvariantCulture, $"{sent} sent, {trips.Count} received, {lost:0.#} % lost"));
        if (trips.Count > 0)
        {
            double mean = trips.Average();
            double deviation = Math.Sqrt(trips.Average(t => (t - mean) * (t - mean)));
            report.Line(string.Create(CultureInfo.InvariantCulture, $"round trip min/avg/max/stddev = {trips.Min():0.000}/{mean:0.000}/{trips.Max():0.000}/{deviation:0.000} ms"));
            return ExitCodes.Success;
        }

        if (sent > 0)
            report.Failure($"none of {sent} echo requests to {to} was answered: {Words(last)}");
        return ct.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Link;
    }

    private static string Describe(PingReply reply, int sequence, Request request) => reply.Failure switch
    {
        null => string.Create(CultureInfo.InvariantCulture, $"{reply.Bytes + IcmpHeader.Size} bytes from {reply.From}: seq={sequence} ttl={reply.TimeToLive} time={reply.RoundTrip.TotalMilliseconds:0.000} ms"),
        ProbeOutcome.TimedOut => string.Create(CultureInfo.InvariantCulture, $"no answer to seq={sequence} within {request.Timeout.TotalSeconds:0.###} s"),
        { } outcome => $"seq={sequence}: {Words(outcome)}{(reply.From.IsNone ? "" : $" (says {reply.From})")}",
    };

    internal static string Words(ProbeOutcome? outcome) => outcome switch
    {
        null => "answered",
        ProbeOutcome.TimedOut => "nobody answered in time",
        ProbeOutcome.TimeExceeded => "the time to live ran out on the way",
        ProbeOutcome.PortUnreachable => "the host is there, but nobody listens on that port",
        ProbeOutcome.Unreachable => "the destination is unreachable",
        ProbeOutcome.TooBig => "the packet is too big for a link on the way and must not be fragmented",
        ProbeOutcome.EchoReply => "it answered",
        ProbeOutcome.NoRoute => "this host has no route to it",
        _ => outcome.ToString()!,
    };

    private sealed record Request(int Count, int Size, int TimeToLive, TimeSpan Interval, TimeSpan Timeout);
}
