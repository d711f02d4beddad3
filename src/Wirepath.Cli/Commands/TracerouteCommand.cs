using System.CommandLine;
using System.Globalization;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath traceroute HOST</c>: the routers on the way, found by letting the time to live run out at each.</summary>
internal static class TracerouteCommand
{
    public static Command Create()
    {
        var host = new Argument<string>("HOST") { Description = "A name or an address." };
        var hops = Bounded.Integer("--max-hops", "-m", "Hops to try at the most.", "N", 30, 1, 255);
        var probes = Bounded.Integer("--probes", "-P", "Probes for each hop.", "N", 3, 1, 10);
        var icmp = new Option<bool>("--icmp", "-I") { Description = "Probe with echo requests in place of UDP datagrams." };
        var timeout = Bounded.Duration("--timeout", "-W", "How long to wait for each answer.", TimeSpan.FromSeconds(2));
        var network = new NetworkOptions();
        var output = new OutputOptions();
        var command = new Command("traceroute", "Find the routers on the way to a host.") { host, hops, probes, icmp, timeout };
        network.AddTo(command);
        output.AddTo(command, story: false);
        command.SetAction((parsed, interrupted) => Task.FromResult(Run(parsed, interrupted)));
        return command;

        int Run(ParseResult parsed, CancellationToken interrupted) => Reporting.In("traceroute", parsed, network, output, (world, report) =>
        {
            string target = parsed.GetValue(host)!;
            var settings = new TracerouteSettings
            {
                MostHops = parsed.GetValue(hops), Probes = parsed.GetValue(probes), UseIcmp = parsed.GetValue(icmp), Timeout = parsed.GetValue(timeout),
            };
            return world.Run(async ct =>
            {
                (IpAddress address, int failure) = await Target.ResolveAsync(world, target, ct).ConfigureAwait(false);
                if (failure != 0)
                    return failure;
                report.Line($"traceroute to {target} ({address}), {settings.MostHops} hops at the most, over {world.Title}");
                return await TraceAsync(world, report, address, settings, ct).ConfigureAwait(false);
            }, interrupted);
        });
    }

    private static async Task<int> TraceAsync(World world, Report report, IpAddress to, TracerouteSettings settings, CancellationToken ct)
    {
        try
        {
            await foreach (TracerouteHop hop in world.Host.TracerouteAsync(to, settings, ct).ConfigureAwait(false))
            {
                report.Line(string.Create(CultureInfo.InvariantCulture, $"{hop.Ttl,3}  {Describe(hop)}"));
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
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }

        report.Failure($"{to} was not reached within {settings.MostHops} hops: the last line that has an address is the last router that answered.");
        return ExitCodes.Link;
    }

    private static string Describe(TracerouteHop hop)
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
                text.Append($" ({PingCommand.Words(probe.Kind)})");
        }

        return text.ToString();
    }
}
