using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Wirepath.Http;
using Wirepath.Packetdrill;

namespace Wirepath.Cli.Commands;

/// <summary>
/// <c>wirepath conformance tcp PATH…</c>: packetdrill scripts against this stack, in virtual time. <c>conformance dns PATH…</c>:
/// resolver scenarios. <c>conformance url PATH…</c>: web-platform-tests' URL data. <c>conformance seed N…</c>: random worlds.
/// </summary>
internal static class ConformanceCommand
{
    /// <summary>A script did not come out as it says.</summary>
    private const int Failed = 1;

    /// <summary>For scripts of IPv4 that are run over IPv6: its header is so much longer that segments have the sizes they are written for.</summary>
    private const int Ipv6Mtu = 1520;

    private const string Story = """
        Each script runs in this process against a host of its own, in virtual time: no root, no network, milliseconds each. It
        says what the application calls, what the wire delivers and what must leave, each with its time.

        A scenario (*.rpl) is a play for a resolver: what servers say, what clients ask, and what they must be told. It runs in
        virtual time too, against this project's resolver with the configuration that the scenario has.

        With url, PATH is web-platform-tests' JSON: urltestdata.json, setters_tests.json, toascii.json, percent-encoding.json,
        IdnaTestV2.json and those whose names begin so; or a folder with them, such as a checkout's url/resources. Only cases that
        fail have a line, unless -v is given.

        A seed is a random world: two hosts, bad wires, settings drawn at random, one connection whose every byte is compared. 10-20
        plays all from 10 to 20. The tests play ten thousand; one that fails there is played again here, with a capture.

        A script that needs what the stack does not offer is skipped with the reason. The exit code is 0 only when nothing failed, else 1.
        """;

    private sealed record Asked(PacketdrillSettings Settings, string Filter, bool Verbose, bool Json);

    public static PathCommand Create(Shell shell)
    {
        var protocol = new Argument<string>("PROTOCOL") { Description = "tcp for scripts, dns for scenarios, url for web-platform-tests' data, seed for random worlds." };
        var paths = new Argument<string[]>("PATH") { Description = "Scripts (*.pkt, with dns *.rpl, with url JSON), or folders with scripts at any depth; with seed, numbers such as 7 or 10-20.", Arity = ArgumentArity.OneOrMore };
        var version = new Option<string>("--ip-version") { Description = "For scripts that do not say: ipv4 (the default), ipv4-mapped-ipv6 or ipv6.", HelpName = "VERSION" };
        var define = new Option<string[]>("--define", "-D") { Description = "What a word of the scripts stands for; may be repeated.", HelpName = "NAME=VALUE", AllowMultipleArgumentsPerToken = false };
        var filter = new Option<string>("--filter") { Description = "Only scripts whose path contains this; with url, cases with it in their path, line or title.", HelpName = "TEXT" };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Every call and packet with its time; with url, what passes too." };
        var json = new Option<bool>("--json") { Description = "One line of JSON for each script or case, and one for the sum." };
        var pcap = new Option<string>("--pcap") { Description = "With one seed: everything on the wires, as pcapng.", HelpName = "FILE" };
        var command = new PathCommand("conformance", "Run scripts, resolver scenarios, URL tests or random worlds against this stack.", Story) { protocol, paths };
        command.AddGroup("Options", version, define, filter, pcap, verbose, json);
        command.AddExample("conformance tcp tests/Wirepath.Packetdrill.Tests/Scripts", "All of the project's own scripts.");
        command.AddExample("conformance tcp -v rto.pkt", "One script, with all that happens.");
        command.AddExample("conformance tcp --define MSS=1000 --filter sack suite/", "A part of another's suite.");
        command.AddExample("conformance dns --filter nsec3 suite/", "Resolver scenarios whose path has nsec3.");
        command.AddExample("conformance url wpt/url/resources", "The URL tests of a checkout of web-platform-tests.");
        command.AddExample("conformance seed 4711 --pcap seed.pcapng", "One random world again, with its capture.");
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(protocol) == "seed")
                return SeedRuns.Run(shell, parsed.GetValue(paths) ?? [], parsed.GetValue(pcap), parsed.GetValue(json));
            if (parsed.GetValue(protocol) is not ("tcp" or "dns" or "url") and var other)
                return Failing.Usage(shell, "conformance", $"there are no tests of '{other}'; the protocol is tcp, dns or url (or seed, for random worlds).");
            if (parsed.GetValue(pcap) is not null)
                return Failing.Usage(shell, "conformance", "--pcap is for one seed: conformance seed 7 --pcap seed.pcapng.");
            if (parsed.GetValue(protocol) == "dns")
                return ScenarioRuns.Run(shell, parsed.GetValue(paths) ?? [], parsed.GetValue(filter) ?? "", parsed.GetValue(verbose), parsed.GetValue(json));
            if (parsed.GetValue(protocol) == "url")
                return WebPlatformRuns.Run(shell, parsed.GetValue(paths) ?? [], parsed.GetValue(filter) ?? "", parsed.GetValue(verbose), parsed.GetValue(json));
            if (Version(parsed.GetValue(version)) is not { } ip)
                return Failing.Usage(shell, "conformance", $"--ip-version: '{parsed.GetValue(version)}' is not one of ipv4, ipv4-mapped-ipv6, ipv6.");
            var definitions = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string definition in parsed.GetValue(define) ?? [])
            {
                if (definition.Split('=', 2) is not [{ Length: > 0 } name, var value])
                    return Failing.Usage(shell, "conformance", $"--define: '{definition}' is not NAME=VALUE, such as MSS=1000.");
                definitions[name] = value;
            }

            var settings = new PacketdrillSettings { IpVersion = ip, Mtu = ip == ScriptIpVersion.IPv6 ? Ipv6Mtu : null, Definitions = definitions };
            return Run(shell, parsed.GetValue(paths) ?? [], new Asked(settings, parsed.GetValue(filter) ?? "", parsed.GetValue(verbose), parsed.GetValue(json)));
        });
        return command;
    }

    private static ScriptIpVersion? Version(string? name) => name switch
    {
        null or "ipv4" => ScriptIpVersion.IPv4,
        "ipv4-mapped-ipv6" => ScriptIpVersion.IPv4MappedIPv6,
        "ipv6" => ScriptIpVersion.IPv6,
        _ => null,
    };

    private static int Run(Shell shell, string[] paths, Asked asked)
    {
        var scripts = new List<string>();
        foreach (string path in paths)
        {
            if (ScriptFiles.Find(path, "*.pkt", scripts) is { } problem)
                return Failing.Usage(shell, "conformance", problem);
        }

        scripts.RemoveAll(s => !s.Contains(asked.Filter, StringComparison.Ordinal));
        if (scripts.Count == 0)
            return Failing.Usage(shell, "conformance", $"--filter: no script has '{asked.Filter}' in its path.");
        (int passed, int failed, int skipped) = (0, 0, 0);
        foreach (string script in scripts)
        {
            shell.Stopped.ThrowIfCancellationRequested();
            ScriptOutcome outcome = ScriptOutcome.Of(script, asked.Settings, asked.Verbose);
            Write(shell, outcome, asked);
            passed += outcome.Verdict == ScriptVerdict.Pass ? 1 : 0;
            failed += outcome.Verdict == ScriptVerdict.Fail ? 1 : 0;
            skipped += outcome.Verdict == ScriptVerdict.Skip ? 1 : 0;
        }

        if (asked.Json)
        {
            JsonLines.Write(shell.Output, "conformance", writer =>
            {
                writer.WriteNumber("passed", passed);
                writer.WriteNumber("failed", failed);
                writer.WriteNumber("skipped", skipped);
            });
        }
        else
        {
            shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed, {skipped} skipped"));
        }

        return failed == 0 ? ExitCodes.Success : Failed;
    }

    private static void Write(Shell shell, ScriptOutcome outcome, Asked asked)
    {
        if (asked.Json)
        {
            JsonLines.Write(shell.Output, "script", writer => WriteJson(writer, outcome, asked.Verbose));
            return;
        }

        if (asked.Verbose)
        {
            foreach (ScriptStep step in outcome.Steps)
                shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      {step.Line,4}  {step.At.TotalSeconds,10:0.000000}  {step.Text}"));
        }

        shell.Out.WriteLine(outcome.Verdict switch
        {
            ScriptVerdict.Pass => $"pass  {outcome.Place}",
            ScriptVerdict.Skip => $"skip  {outcome.Place}  {outcome.Told}",
            ScriptVerdict.Fail => $"fail  {outcome.Place}  {outcome.Told}",
            _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
        });
    }

    private static void WriteJson(Utf8JsonWriter writer, ScriptOutcome outcome, bool verbose)
    {
        writer.WriteString("path", outcome.Path);
        writer.WriteString("verdict", outcome.Verdict.ToString().ToLowerInvariant());
        if (outcome.Line > 0)
            writer.WriteNumber("line", outcome.Line);
        if (outcome.Expected is not null)
            writer.WriteString("expected", outcome.Expected);
        if (outcome.Came is not null)
            writer.WriteString("came", outcome.Came);
        if (outcome.Reason is not null)
            writer.WriteString("reason", outcome.Reason);
        if (!verbose)
            return;
        writer.WriteStartArray("steps");
        foreach (ScriptStep step in outcome.Steps)
        {
            writer.WriteStartObject();
            writer.WriteNumber("line", step.Line);
            writer.WriteNumber("at", step.At.TotalSeconds);
            writer.WriteString("text", step.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
