using System.CommandLine;
using System.Globalization;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Http;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath dns NAME [TYPE]</c>: the ladder of caches, and with <c>--trace</c> the whole search.</summary>
internal static class DnsCommand
{
    // What people ask for; all of the registry is understood.
    private static readonly string[] s_usualTypes = ["A", "AAAA", "CAA", "CNAME", "DNAME", "HTTPS", "MX", "NS", "PTR", "SOA", "SRV", "SVCB", "TXT"];

    public static PathCommand Create(Shell shell)
    {
        var name = new Argument<string>("NAME") { Description = "A domain name; internationalised ones may be typed as they are read." };
        var type = new Argument<DnsType>("TYPE")
        {
            Description = "A, AAAA, CAA, CNAME, HTTPS, MX, NS, PTR, SOA, SRV, TXT, or any other as TYPEnnn. Without one: A.",
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = _ => DnsType.A,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (TryParseType(text, out DnsType known))
                    return known;
                result.AddError($"'{text}' is no type of record{Nearest.Question(text, s_usualTypes)[..^1]}{(Nearest.To(text, s_usualTypes) is null ? $"; known are {string.Join(", ", s_usualTypes)} and TYPEnnn." : "?")}");
                return DnsType.A;
            },
        };
        var trace = new Option<bool>("--trace") { Description = "Tell the whole search: each server asked, each referral, with times; who gave each record, and its chain of trust." };
        var network = new NetworkOptions();
        var output = new OutputOptions();
        var command = new PathCommand("dns", "Look a name up, level by level.",
            "The records go to stdout. The browser's cache, the hosts file and the router are asked in turn; the provider's resolver walks down from the root.") { name, type };
        command.AddGroup("Search", trace);
        network.AddTo(command);
        output.AddTo(command, story: false);
        command.AddExample("dns --trace www.example.com", "The walk from the root down to the address.");
        command.AddExample("dns big.example.com TXT --trace", "An answer too big for UDP: it is truncated and asked for again over TCP.");
        command.AddExample("dns 例子.中国", "An internationalised name.");
        command.AddExample("dns www.lame.example.org", "A delegation to a server that knows nothing of the zone.");
        command.SetAction(parsed => Reporting.In("dns", parsed, shell, network, output, (world, report) =>
            world.Run(ct => RunAsync(world, report, parsed.GetValue(name)!, parsed.GetValue(type), parsed.GetValue(trace), ct), shell.Stopped)));
        return command;
    }

    private static bool TryParseType(string text, out DnsType type)
    {
        // RFC 3597 §5: TYPE65280 names a type that has no mnemonic.
        if (text.StartsWith("TYPE", StringComparison.OrdinalIgnoreCase) && ushort.TryParse(text.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
        {
            type = (DnsType)number;
            return true;
        }

        type = default;
        return text.Length > 0 && char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out type) && type != default && !text.Contains(',');
    }

    private static async Task<int> RunAsync(World world, Report report, string text, DnsType type, bool trace, CancellationToken ct)
    {
        var recorder = new EventRecorder();
        using IDisposable? listening = trace ? world.Log.Subscribe(recorder) : null;
        NodeLog.ApplicationCause = world.Host.Log.Write(EventId.None, new NavigationStarted(text));
        if (!Target.TryParseName(text, out DomainName name))
            return report.Failure(ExitCodes.Dns, report.Words.NotAHost(text));
        Instant started = world.Host.Log.Now;
        (NameAnswer answer, Traced? traced) = trace
            ? await world.TraceAsync(name, type, ct).ConfigureAwait(false)
            : (await world.Names.ResolveAsync(name, type, ct).ConfigureAwait(false), null);
        TimeSpan elapsed = world.Host.Log.Now - started;
        string explanation = answer.Succeeded ? "" : report.Words.NameFailed(answer);
        NodeLog.ApplicationCause = world.Host.Log.Write(NodeLog.ApplicationCause, new NavigationFinished(answer.Succeeded ? 0 : ExitCodes.Dns, answer.Explanation));
        if (traced is not null)
        {
            report.Story(recorder.Snapshot(), world);
            report.Provenance(traced);
        }

        foreach (DnsRecord record in answer.Records)
            report.Line(record.ToString()!);
        report.Json("answer", writer =>
        {
            writer.WriteString("name", name.ToString());
            writer.WriteString("recordType", type.ToString());
            writer.WriteString("failure", answer.Failure.ToString());
            writer.WriteString("answeredBy", answer.AnsweredBy.ToString());
            writer.WriteNumber("elapsedMs", elapsed.TotalMilliseconds);
            writer.WriteString("explanation", explanation);
            writer.WriteStartArray("records");
            foreach (DnsRecord record in answer.Records)
                writer.WriteStringValue(record.ToString());
            writer.WriteEndArray();
            if (traced is not null)
                ProvenanceJson.Write(writer, traced);
        });
        if (!answer.Succeeded)
            return report.Failure(ExitCodes.Dns, explanation);
        report.Remark(report.Words.AnsweredBy(answer.AnsweredBy, elapsed.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture), world.Title(report.Words)));
        return ExitCodes.Success;
    }
}
