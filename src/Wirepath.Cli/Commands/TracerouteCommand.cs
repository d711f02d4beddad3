using System.CommandLine;
using System.Globalization;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath traceroute HOST</c>: the routers on the way, found by letting the time to live run out at each.</summary>
internal static class TracerouteCommand
{
    public static PathCommand Create(Shell shell)
    {
        var host = new Argument<string>("HOST") { Description = "A name or an address." };
        var hops = Bounded.Integer("--max-hops", "-m", "Hops to try at the most.", "N", 30, 1, 255);
        var probes = Bounded.Integer("--probes", "-P", "Probes for each hop.", "N", 3, 1, 10);
        var icmp = new Option<bool>("--icmp", "-I") { Description = "Probe with echo requests in place of UDP datagrams." };
        var timeout = Bounded.Duration("--timeout", "-W", "How long to wait for each answer.", TimeSpan.FromSeconds(2));
        var network = new NetworkOptions();
        var output = new OutputOptions();
        var command = new PathCommand("traceroute", "Find the routers on the way to a host.",
            "Packets are sent with a time to live of 1, 2, 3, …: the router at which it runs out says so, and thereby who it is.") { host };
        command.AddGroup("Probes", hops, probes, icmp, timeout);
        network.AddTo(command);
        output.AddTo(command, story: false);
        command.AddExample("traceroute www.example.com", "Home router, provider, exchange, carrier, data centre.");
        command.AddExample("traceroute --icmp 例子.中国", "Another way through the embedded internet, with echo requests.");
        command.AddExample("traceroute nowhere.example.com", "How far packets get when no router knows the way.");
        command.SetAction(Run);
        return command;

        int Run(ParseResult parsed) => Reporting.In("traceroute", parsed, shell, network, output, (world, report) =>
        {
            string target = parsed.GetValue(host)!;
            var settings = new TracerouteSettings
            {
                MostHops = parsed.GetValue(hops), Probes = parsed.GetValue(probes), UseIcmp = parsed.GetValue(icmp), Timeout = parsed.GetValue(timeout),
            };
            return world.Run(async ct =>
            {
                (IpAddress address, int failure) = await Target.ResolveAsync(world, report, target, ct).ConfigureAwait(false);
                if (failure != 0)
                    return failure;
                report.Line(report.Words.TraceHead(target, address.ToString(), settings.MostHops, world.Title(report.Words)));
                return await TraceAsync(world, report, address, settings, ct).ConfigureAwait(false);
            }, shell.Stopped);
        });
    }

    private static async Task<int> TraceAsync(World world, Report report, IpAddress to, TracerouteSettings settings, CancellationToken ct)
    {
        IpAddress refusing = default;
        await foreach (TracerouteHop hop in world.Host.TracerouteAsync(to, settings, ct).ConfigureAwait(false))
        {
            report.Line(string.Create(CultureInfo.InvariantCulture, $"{hop.Ttl,3}  {Describe(hop, report.Words)}"));
            report.Json("hop", writer =>
            {
                writer.WriteNumber("ttl", hop.Ttl);
                writer.WriteStartArray("probes");
                foreach (TracerouteProbe probe in hop.Probes)
                {
                    writer.WriteStartObject();
                    writer.WriteString("from", probe.From.IsNone ? null : probe.From.ToString());
                    writer.WriteNumber("roundTripMs", probe.RoundTrip.TotalMilliseconds);
                    writer.WriteString("kind", probe.Kind.ToString());
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            if (hop.Reached)
                return ExitCodes.Success;
            foreach (TracerouteProbe probe in hop.Probes)
                refusing = probe.Kind == ProbeOutcome.Unreachable ? probe.From : refusing;
        }

        if (!refusing.IsNone)
            return report.Failure(ExitCodes.Link, report.Words.TraceUnreachable(to.ToString(), refusing.ToString()));
        return report.Failure(ExitCodes.Link, report.Words.TraceNotReached(to.ToString(), settings.MostHops));
    }

    private static string Describe(TracerouteHop hop, CommandWords words)
    {
        var text = new System.Text.StringBuilder();
        IpAddress shown = default;
        foreach (TracerouteProbe probe in hop.Probes)
        {
            if (text.Length > 0)
                text.Append("  ");
            if (probe.From.IsNone)
            {
                text.Append('*');
                continue;
            }

            if (probe.From != shown)
                text.Append(CultureInfo.InvariantCulture, $"{probe.From,-15}  ");
            shown = probe.From;
            text.Append(CultureInfo.InvariantCulture, $"{probe.RoundTrip.TotalMilliseconds:0.000} ms");
            if (probe.Kind is ProbeOutcome.Unreachable or ProbeOutcome.TooBig)
                text.Append($" ({words.Outcome(probe.Kind)})");
        }

        return text.ToString();
    }
}
