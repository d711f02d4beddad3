using System.CommandLine;
using Wirepath.Http;
using Wirepath.Stack;

namespace Wirepath.Cli.Commands;

/// <summary>What the options of other commands refer to: settings and links.</summary>
internal static class ListCommands
{
    public static Command Sysctl()
    {
        var command = new Command("sysctl", "List the stack's settings with their Linux names and defaults, for --sysctl.");
        command.SetAction(_ =>
        {
            foreach (SysctlEntry entry in Stack.Sysctl.List())
                Console.Out.WriteLine($"{entry.Name} = {entry.Value}");
            return ExitCodes.Success;
        });
        return command;
    }

    public static Command Links()
    {
        var command = new Command("links", "List the links of the embedded internet, for --link, and its hosts.");
        command.SetAction(_ =>
        {
            EmbeddedWorld.Describe(Console.Out);
            return ExitCodes.Success;
        });
        return command;
    }
}
