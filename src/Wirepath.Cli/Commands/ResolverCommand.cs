using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Explain;
using Wirepath.Http;
using Wirepath.Resolver;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath resolver</c>: a recursive resolver on the operating system's sockets, until it is stopped.</summary>
internal static class ResolverCommand
{
    private const ushort Port = 5300;

    private const string Story = """
        It finds answers itself, from the root down, and keeps them. Only clients on this machine are answered unless the configuration
        lets others ask (access-control). SIGHUP reads the configuration again; SIGTERM or Ctrl-C ends it.

        The configuration has the form of unbound.conf: docs/resolver.md lists the keys.
        """;

    public static PathCommand Create(Shell shell)
    {
        var server = new ServerOptions(Port);
        var configuration = new Option<string?>("--config", "-c") { Description = "The configuration file.", HelpName = "FILE" };
        var check = new Option<string?>("--check") { Description = "Read this configuration, tell what is wrong or changes nothing here, and end.", HelpName = "FILE" };
        var command = new PathCommand("resolver", "Run a recursive DNS resolver on this machine's own network, until Ctrl-C.", Story);
        var cache = new Option<string?>("--cache") { Description = "Take over the cache from this file, and leave it there at the end.", HelpName = "FILE" };
        command.AddGroup("Configuration", configuration, check, cache);
        server.AddTo(command);
        command.AddExample("resolver --listen 127.0.0.1:5300", "dig @127.0.0.1 -p 5300 www.example.com then asks it.");
        command.AddExample("resolver --config resolver.conf --tls 127.0.0.1:8853 --https 127.0.0.1:8443", "With DNS over TLS and HTTPS.");
        command.AddExample("resolver --metrics 127.0.0.1:9153 --query-log -", "With Prometheus's metrics, and each answer on stdout.");
        command.AddExample("resolver --check resolver.conf", "Is the file right?");
        command.SetAction(parsed => parsed.GetValue(check) is { } file ? Check(shell, file) : Run(parsed, shell, server, parsed.GetValue(configuration), parsed.GetValue(cache)));
        return command;
    }

    private static int Check(Shell shell, string file)
    {
        if (!ResolverSetup.TryRead(file, out ResolverSetup? setup, out TextError error))
            return Failing.With(shell, ExitCodes.Usage, error.ToString());
        foreach (KeyWithoutEffect key in setup.Configuration.WithoutEffect)
            shell.Out.WriteLine(key.Note.ToString());
        return ExitCodes.Success;
    }

    private static int Run(ParseResult parsed, Shell shell, ServerOptions server, string? file, string? cache)
    {
        CommandWords words = CommandWords.For(parsed.GetValue(server.Language) == "zh" ? Language.Chinese : Language.English);
        if (!ResolverSetup.TryRead(file, out ResolverSetup? setup, out TextError error))
            return Failing.With(shell, ExitCodes.Usage, error.ToString());
        if (server.TryRead(parsed, setup.Configuration.Listen, out ServerSettings settings) is { } wrong)
            return Failing.Usage(shell, "resolver", wrong);
        return DaemonRun.WithItsFiles(parsed, shell, server, settings, "resolver",
            (certificate, log, events) => RunAsync(shell, words, file, cache, setup, settings, certificate, log, events));
    }

    private static async Task<int> RunAsync(
        Shell shell, CommandWords words, string? file, string? cache, ResolverSetup setup, ServerSettings settings, X509Certificate2? certificate, QueryLog? log, NodeLog events)
    {
        var daemon = new ResolverDaemon(setup, settings, certificate, log, events, shell.Time);
        await using (daemon.ConfigureAwait(false))
        {
            // A cache is worth a start without it: what is wrong with the file is told, and it is left alone until the end.
            if (cache is not null)
                shell.Error.WriteLine(daemon.TryLoadCache(cache, out int loaded, out string why) ? words.CacheLoaded(loaded, cache) : words.CacheNotLoaded(why));
            int code = await DaemonRun.UntilStoppedAsync(shell, words, log, daemon.StartAsync, () => daemon.Bound, Reload).ConfigureAwait(false);
            if (cache is not null && code == ExitCodes.Success)
                shell.Error.WriteLine(daemon.SaveCache(cache, out int saved, out string notSaved) ? words.CacheSaved(saved, cache) : words.CacheNotSaved(notSaved));
            if (code == ExitCodes.Success)
                shell.Error.WriteLine(words.ResolverStopped(Enum.GetValues<Carrier>().Sum(daemon.Counters.Queries), daemon.Counters.AtOnce, daemon.Sent));
            return code;
        }

        void Reload()
        {
            if (ResolverSetup.TryRead(file, out ResolverSetup? again, out TextError error))
            {
                daemon.Reload(again);
                shell.Error.WriteLine(words.ReadAgain);
            }
            else
            {
                shell.Error.WriteLine(words.NotReadAgain(error.ToString()));
            }
        }
    }
}
