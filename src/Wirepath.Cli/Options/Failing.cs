using Wirepath.Http;

namespace Wirepath.Cli;

/// <summary>How a command says that it was asked the wrong thing, or that it failed: one sentence on stderr and a code.</summary>
internal static class Failing
{
    public static int Usage(string command, string sentence)
    {
        Console.Error.WriteLine($"wirepath: {sentence}");
        Console.Error.WriteLine($"See 'wirepath {command} --help'.");
        return ExitCodes.Usage;
    }

    public static int With(int exitCode, string sentence)
    {
        Console.Error.WriteLine($"wirepath: {sentence}");
        return exitCode;
    }
}
