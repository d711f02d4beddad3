using System.Net.Sockets;
using System.Runtime.InteropServices;
using Wirepath.Resolver;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary>What the two DNS servers share: start, tell where, hear signals, flush the log now and then, stop.</summary>
internal static class DaemonRun
{
    private static readonly TimeSpan s_flush = TimeSpan.FromSeconds(1);

    /// <param name="start">Binds; its exceptions are told.</param>
    /// <param name="bound">Afterwards: where it listens.</param>
    /// <param name="reload">On SIGHUP.</param>
    public static async Task<int> UntilStoppedAsync(
        Shell shell, CommandWords words, QueryLog? log, Func<CancellationToken, Task> start, Func<IReadOnlyList<IpEndpoint>> bound, Action reload)
    {
        try
        {
            await start(shell.Stopped).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return Failing.With(shell, Http.ExitCodes.Usage, words.CannotListen(failure.Message.TrimEnd('.')));
        }

        shell.Error.WriteLine(words.Listening(string.Join(", ", bound())));
        using (PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            reload();
        }))
        {
            using var timer = new PeriodicTimer(s_flush, shell.Time);
            try
            {
                while (await timer.WaitForNextTickAsync(shell.Stopped).ConfigureAwait(false))
                    log?.Flush();
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C or SIGTERM.
            }
        }

        return Http.ExitCodes.Success;
    }
}
