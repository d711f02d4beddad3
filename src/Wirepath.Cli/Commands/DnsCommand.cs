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
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "A domain name; internationalised ones may be typed as they are read." };
        var type = new Argument<DnsType>("TYPE")
        {
            Description = "A, AAAA, MX, TXT, NS, SOA, CNAME, PTR, SRV, CAA … [default: A]",
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = _ => DnsType.A,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                // RFC 3597 §5: TYPE65280 names a type that has no mnemonic.
                if (text.StartsWith("TYPE", StringComparison.OrdinalIgnoreCase) && ushort.TryParse(text.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
                    return (DnsType)number;
                if (!char.IsAsciiDigit(text[0]) && Enum.TryParse(text, ignoreCase: true, out DnsType known))
                    return known;
                result.AddError($"'{text}' is no type of record; known are A, AAAA, CAA, CNAME, DNAME, HTTPS, MX, NS, PTR, SOA, SRV, SVCB, TXT and TYPEnnn.");
                return DnsType.A;
            },
        };
        var trace = new Option<bool>("--trace") { Description = "Tell the whole search: each server asked, each referral, with times." };
        var network = new NetworkOptions();
        var output = new OutputOptions();
        var command = new Command("dns", "Look a name up, level by level.") { name, type, trace };
        network.AddTo(command);
        output.AddTo(command, story: false);
        command.SetAction((parsed, interrupted) => Task.FromResult(Reporting.In("dns", parsed, network, output, (world, report) =>
            world.Run(ct => RunAsync(world, report, parsed.GetValue(name)!, parsed.GetValue(type), parsed.GetValue(trace), ct), interrupted))));
        return command;
    }

    private static async Task<int> RunAsync(World world, Report report, string text, DnsType type, bool trace, CancellationToken ct)
    {
        var recorder = new EventRecorder();
        using IDisposable? listening = trace ? world.Log.Subscribe(recorder) : null;
        NodeLog.ApplicationCause = world.Host.Log.Write(EventId.None, new NavigationStarted(text));
        string ascii = text;
        if (!System.Text.Ascii.IsValid(text) && Url.UrlRecord.TryParse("http://" + text.TrimEnd('.') + "/", null, out Url.UrlRecord? url, out _))
            ascii = url.Host!;
        if (!DomainName.TryParse(ascii, out DomainName name))
            return Failing.With(ExitCodes.Dns, $"'{text}' is no domain name: labels of 1 to 63 bytes between dots, 255 bytes in all.");
        Instant started = world.Host.Log.Now;
        NameAnswer answer;
        try
        {
            answer = await world.Names.ResolveAsync(name, type, ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }

        TimeSpan elapsed = world.Host.Log.Now - started;
        NodeLog.ApplicationCause = world.Host.Log.Write(NodeLog.ApplicationCause, new NavigationFinished(answer.Succeeded ? 0 : ExitCodes.Dns, answer.Explanation));
        if (trace)
            report.Story(recorder.Snapshot(), world);
        foreach (DnsRecord record in answer.Records)
            report.Line(record.ToString()!);
        report.Json("answer", writer =>
        {
            writer.WriteString("name", name.ToString());
            writer.WriteString("type", type.ToString());
            writer.WriteString("failure", answer.Failure.ToString());
            writer.WriteString("answeredBy", answer.AnsweredBy.ToString());
            writer.WriteNumber("elapsedMs", elapsed.TotalMilliseconds);
            writer.WriteString("explanation", answer.Explanation);
            writer.WriteStartArray("records");
            foreach (DnsRecord record in answer.Records)
                writer.WriteStringValue(record.ToString());
            writer.WriteEndArray();
        });
        if (!answer.Succeeded)
        {
            report.Failure(answer.Explanation);
            return ExitCodes.Dns;
        }

        report.Remark(string.Create(CultureInfo.InvariantCulture, $"answered by {Level(answer.AnsweredBy)} in {elapsed.TotalMilliseconds:0.0} ms over {world.Title}"));
        return ExitCodes.Success;
    }

    private static string Level(NameLevel level) => level switch
    {
        NameLevel.Literal => "nobody: it is an address",
        NameLevel.BrowserCache => "the browser's cache",
        NameLevel.HostsFile => "the hosts file",
        NameLevel.Stub => "the name server",
        NameLevel.RouterCache => "the router's cache",
        NameLevel.ResolverCache => "the resolver's cache",
        NameLevel.Iteration => "iteration from the root",
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };
}
