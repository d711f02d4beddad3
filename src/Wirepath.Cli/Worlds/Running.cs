using Wirepath.Devices;
using Wirepath.Events;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.Cli;

/// <summary>Opens the world that the command line names, runs the command in it, and says in one sentence why it could not.</summary>
internal static class Running
{
    public static int In(string command, Shell shell, NetworkChoice choice, EventLog log, Func<World, int> run)
    {
        World world;
        try
        {
            world = choice.Via is Via.Embedded ? EmbeddedWorld.Create(choice, log) : RealWorld.Open(choice, log, shell);
        }
        catch (DeviceException problem)
        {
            return Failing.With(shell, ExitCodes.Link, problem.Message);
        }
        catch (NetworkException problem)
        {
            return Failing.With(shell, ExitCodes.Link, problem.Detail);
        }
        catch (UnknownLinkException problem)
        {
            return Failing.Usage(shell, command, problem.Message);
        }

        using (world)
            return run(world);
    }
}

/// <summary><c>--link</c> names a link that the embedded internet does not have.</summary>
internal sealed class UnknownLinkException(string name, IEnumerable<string> known)
    : Exception($"--link: there is no link '{name}' in the embedded internet{(Nearest.To(name, known) is { } near ? $"; did you mean '{near}'?" : $"; it has {string.Join(", ", known)}.")}");
