using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Wirepath.Cli.Commands;
using Wirepath.Http;

namespace Wirepath.Cli;

/// <summary>The command: reads the line, hands it to one of the commands, answers with an exit code.</summary>
internal static class Program
{
    private const string Description = """
        Wirepath: the whole path from a URL to the wire and back, with nothing hidden.

        Without --via a command runs on the embedded internet: a home, an ISP, name servers and web
        servers, simulated in virtual time on the same stack that runs on a real wire. No root, no network.
        """;

    private static async Task<int> Main(string[] args)
    {
        var root = new RootCommand(Description)
        {
            GetCommand.Create(),
            DnsCommand.Create(),
            UrlCommand.Create(),
            PingCommand.Create(),
            TracerouteCommand.Create(),
            ServeCommand.Create(),
            ListCommands.Sysctl(),
            ListCommands.Links(),
        };
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            await Console.Error.WriteLineAsync("wirepath: " + parsed.Errors[0].Message).ConfigureAwait(false);
            string command = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
            await Console.Error.WriteLineAsync($"See 'wirepath {command}--help'.").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        if (args.Length == 0)
        {
            new HelpAction().Invoke(parsed);
            return ExitCodes.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(5) }).ConfigureAwait(false);
    }
}
