using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Wirepath.Events;
using Wirepath.Explain;
using Wirepath.Resolver;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary>What the two DNS servers share: start, tell where, hear signals, flush the log now and then, stop.</summary>
internal static class DaemonRun
{
    private static readonly TimeSpan s_flush = TimeSpan.FromSeconds(1);

    /// <summary>Opens what the options name (certificate, query log, event log), runs, and closes it.</summary>
    /// <param name="name">Of the command, and of the node in the event log.</param>
    /// <param name="run">Gets null for what was not asked for; a log that is silent.</param>
    public static int WithItsFiles(
        ParseResult parsed, Shell shell, ServerOptions server, ServerSettings settings, string name, Func<X509Certificate2?, QueryLog?, NodeLog, Task<int>> run)
    {
        if (server.TryGetCertificate(parsed, settings, out X509Certificate2? certificate) is { } noCertificate)
            return Failing.Usage(shell, name, noCertificate);
        using (certificate)
        {
            if (server.TryOpenLog(parsed, shell, out QueryLog? log) is { } noLog)
                return Failing.Usage(shell, name, noLog);
            using (log)
            {
                if (server.TryOpenEvents(parsed, out FileStream? stream) is { } noEvents)
                    return Failing.Usage(shell, name, noEvents);
                var events = new EventLog();
                using EventJsonSink? sink = stream is null ? null : new EventJsonSink(stream, name, Instant.FromDateTimeOffset(shell.Time.GetUtcNow()));
                using IDisposable? subscription = sink is null ? null : events.Subscribe(sink);
                return run(certificate, log, events.For(name, shell.Time)).GetAwaiter().GetResult();
            }
        }
    }

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
