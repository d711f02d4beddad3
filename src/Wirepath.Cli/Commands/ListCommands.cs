using Wirepath.Http;
using Wirepath.Stack;

namespace Wirepath.Cli.Commands;

/// <summary>What the options of other commands refer to: settings and links.</summary>
internal static class ListCommands
{
    public static PathCommand Sysctl(Shell shell)
    {
        var command = new PathCommand("sysctl", "List the stack's settings with their Linux names and defaults, for --sysctl.");
        command.AddExample("sysctl", "All of them.");
        command.AddExample("get --sysctl net.ipv4.tcp_syn_retries=2 firewalled.example.com", "A shorter wait at a firewall.");
        command.SetAction(_ =>
        {
            foreach (SysctlEntry entry in Stack.Sysctl.List())
                shell.Out.WriteLine($"{entry.Name} = {entry.Value}");
            return ExitCodes.Success;
        });
        return command;
    }

    public static PathCommand Links(Shell shell)
    {
        var command = new PathCommand("links", "List what is in the embedded internet: its links, for --link, and its sites.");
        command.AddExample("links", "All of them.");
        command.AddExample("get --link transit-a --loss 2% http://www.example.com/1mb", "A carrier that loses frames.");
        command.SetAction(_ =>
        {
            EmbeddedWorld.Describe(shell.Out);
            return ExitCodes.Success;
        });
        return command;
    }
}
