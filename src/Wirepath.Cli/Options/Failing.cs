using Wirepath.Http;

namespace Wirepath.Cli;

/// <summary>How a command says that it was asked the wrong thing, or that it failed: one sentence on stderr and a code.</summary>
internal static class Failing
{
    /// <summary>sysexits' EX_SOFTWARE: the program itself is at fault.</summary>
    public const int Bug = 70;

    /// <summary>sysexits' EX_IOERR: what was found could not be written.</summary>
    public const int Output = 74;

    /// <summary>128 + SIGPIPE: what a shell reports of a program whose reader has gone.</summary>
    public const int ReaderLeft = 141;

    public static int Usage(Shell shell, string command, string sentence)
    {
        shell.Error.WriteLine($"wirepath: {sentence}");
        shell.Error.WriteLine($"See 'wirepath {(command.Length > 0 ? command + " " : "")}--help'.");
        return ExitCodes.Usage;
    }

    public static int With(Shell shell, int exitCode, string sentence)
    {
        shell.Error.WriteLine($"wirepath: {sentence}");
        return exitCode;
    }

    /// <summary>Something happened that was thought impossible.</summary>
    public static int WithBug(Shell shell, Exception unexpected)
    {
        bool debugging = shell.Variable("WIREPATH_DEBUG") is "1";
        shell.Error.WriteLine(
            $"wirepath: this is a bug in Wirepath ({unexpected.GetType().Name}: {unexpected.Message.ReplaceLineEndings(" ")}); {(debugging ? "the stack trace is:" : "with WIREPATH_DEBUG=1 it shows its stack trace.")}");
        if (debugging)
            shell.Error.WriteLine(unexpected.ToString());
        return Bug;
    }
}
