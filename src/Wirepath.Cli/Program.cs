using System.CommandLine;
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

    private static int Main(string[] args)
    {
        using Shell shell = ProcessShell.Open();
        using IDisposable listening = ProcessShell.ListenForCtrlC(shell);
        return Run(args, shell);
    }

    /// <summary>One call of the program; whatever happens, it ends in an exit code and a sentence.</summary>
    public static int Run(string[] args, Shell shell)
    {
        int code;
        try
        {
            code = Dispatch(args, shell);
            shell.Out.Flush();
            shell.Output.Flush();
        }
        catch (OperationCanceledException) when (shell.Stopped.IsCancellationRequested)
        {
            code = ExitCodes.Interrupted;
        }
        catch (Exception unexpected)
        {
            code = Failing.WithBug(shell, unexpected);
        }

        if (shell.Output.ReaderLeft)
            return Failing.ReaderLeft;
        return shell.Output.Problem is { } problem ? Failing.With(shell, Failing.Output, $"stdout cannot be written: {problem}.") : code;
    }

    private static int Dispatch(string[] args, Shell shell)
    {
        var root = new RootCommand(Description)
        {
            GetCommand.Create(shell),
            DnsCommand.Create(shell),
            UrlCommand.Create(shell),
            PingCommand.Create(shell),
            TracerouteCommand.Create(shell),
            ServeCommand.Create(shell),
            ResolverCommand.Create(shell),
            NameserverCommand.Create(shell),
            ConformanceCommand.Create(shell),
            ListCommands.Sysctl(shell),
            ListCommands.Links(shell),
        };
        HelpPage.ReplaceIn(root, shell);
        if (args.Length == 0)
        {
            new HelpPage(shell).WriteRoot(root);
            return ExitCodes.Usage;
        }

        ParseResult parsed = root.Parse(args);
        // --help and --version want no argument and forgive every mistake.
        if (!IsHelp(parsed) && Mistakes.In(parsed, args) is { } mistake)
            return Failing.Usage(shell, parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name, mistake);
        // Ctrl-C and unexpected exceptions are this program's own care.
        return parsed.Invoke(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = shell.Out, Error = shell.Error,
        });
    }

    private static bool IsHelp(ParseResult parsed) => parsed.Action is HelpPage || parsed.GetResult("--version") is not null;
}
