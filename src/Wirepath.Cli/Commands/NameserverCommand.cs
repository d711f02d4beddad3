using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Explain;
using Wirepath.Http;
using Wirepath.Resolver;
using Wirepath.Wire;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath nameserver</c>: an authoritative server on the operating system's sockets, until it is stopped.</summary>
internal static class NameserverCommand
{
    private const ushort Port = 5301;

    private const string Story = """
        It answers from zone files (RFC 1035) and from copies of other servers' zones, and does not recurse. With --sign zones are signed when
        they are read; the DS records for their parents are told. SIGHUP reads the files again; SIGTERM or Ctrl-C ends it.
        """;

    private sealed record Asked(
        IReadOnlyList<ZoneSource> Zones, IReadOnlyList<SecondarySource> Secondaries, ZoneSigning? Signing, AuthoritativeSettings Authority);

    public static PathCommand Create(Shell shell)
    {
        var server = new ServerOptions(Port);
        var zone = new Option<string[]>("--zone", "-z") { Description = "A zone file, with the zone's name in front if it does not say it itself; may be repeated.", HelpName = "[NAME=]FILE", AllowMultipleArgumentsPerToken = false };
        var secondary = new Option<string[]>("--secondary") { Description = "A zone to be fetched from its primary server and kept up to date; may be repeated.", HelpName = "NAME=ADDRESS:PORT", AllowMultipleArgumentsPerToken = false };
        var transfer = new Option<string[]>("--allow-transfer") { Description = "Who may fetch whole zones (AXFR); nobody unless named.", HelpName = "PREFIX", AllowMultipleArgumentsPerToken = false };
        var notify = new Option<string[]>("--allow-notify") { Description = "Who may say that a secondary zone has changed.", HelpName = "PREFIX", AllowMultipleArgumentsPerToken = false };
        var sign = new Option<bool>("--sign") { Description = "Sign the zones of --zone." };
        var keys = new Option<string?>("--keys") { Description = "Where their keys are kept; missing ones are made. Without it keys are made up for this run.", HelpName = "FOLDER" };
        var algorithm = Bounded.Word("--algorithm", "Of new keys: ECDSA on P-256 or P-384, or RSA with 2048 bits, with SHA-2. [p256]", "p256", "p384", "rsa");
        var nsec3 = new Option<bool>("--nsec3") { Description = "Prove what is not there by hashes, not by names." };
        var optOut = new Option<bool>("--opt-out") { Description = "With --nsec3: leave delegations that are not signed out of it." };
        var nsid = new Option<string?>("--nsid") { Description = "The server's name for itself, told to who asks (RFC 5001).", HelpName = "TEXT" };
        var check = new Option<bool>("--check") { Description = "Read the zones, tell what is wrong, and end." };
        var print = new Option<bool>("--print") { Description = "Write the zones, signed if --sign is there, to stdout, and end." };
        var command = new PathCommand("nameserver", "Serve zones on this machine's own network, until Ctrl-C.", Story);
        command.AddGroup("Zones", zone, secondary, transfer, notify, nsid, check, print);
        command.AddGroup("Signing", sign, keys, algorithm, nsec3, optOut);
        server.AddTo(command);
        command.AddExample("nameserver --zone example.com=example.com.zone", "dig @127.0.0.1 -p 5301 www.example.com then asks it.");
        command.AddExample("nameserver --zone example.com.zone --sign --nsec3 --keys keys", "Signed, with keys that stay.");
        command.AddExample("nameserver --zone example.com.zone --check", "Is the file right?");
        command.AddExample("nameserver --secondary example.com=192.0.2.1:53 --allow-notify 192.0.2.1/32", "A copy of a zone.");
        command.SetAction(parsed =>
        {
            if (Read(parsed) is not { } wrong)
                return Start(parsed, shell, server, Ask(parsed), parsed.GetValue(check), parsed.GetValue(print));
            return Failing.Usage(shell, "nameserver", wrong);
        });
        return command;

        string? Read(ParseResult parsed)
        {
            if ((parsed.GetValue(zone) ?? []).Length + (parsed.GetValue(secondary) ?? []).Length == 0)
                return "which zone? --zone FILE or --secondary NAME=ADDRESS:PORT, for example: wirepath nameserver --zone example.com=example.com.zone";
            foreach (string text in parsed.GetValue(zone) ?? [])
            {
                if (text.Split('=', 2) is [var name, _] && !DomainName.TryParse(name, out _))
                    return $"--zone: '{name}' is not a domain name.";
            }

            foreach (string text in parsed.GetValue(secondary) ?? [])
            {
                if (text.Split('=', 2) is not [var name, var primary] || !DomainName.TryParse(name, out _) || !IpEndpoint.TryParse(primary, out _))
                    return $"--secondary: '{text}' is not a zone's name and its primary's address, such as example.com=192.0.2.1:53.";
            }

            foreach (Option<string[]> option in (Option<string[]>[])[transfer, notify])
            {
                foreach (string text in parsed.GetValue(option) ?? [])
                {
                    if (!IpPrefix.TryParse(text, out _))
                        return $"{option.Name}: '{text}' is not a prefix such as 192.0.2.0/24.";
                }
            }

            if (!parsed.GetValue(sign) && (parsed.GetValue(keys) is not null || parsed.GetValue(nsec3)))
                return "--keys and --nsec3 are about signing: give --sign too.";
            return parsed.GetValue(optOut) && !parsed.GetValue(nsec3) ? "--opt-out is a part of NSEC3: give --nsec3 too." : null;
        }

        Asked Ask(ParseResult parsed) => new(
            [.. (parsed.GetValue(zone) ?? []).Select(text => text.Split('=', 2) is [var name, var file]
                ? new ZoneSource(DomainName.Parse(name), file)
                : new ZoneSource(null, text))],
            [.. (parsed.GetValue(secondary) ?? []).Select(text => text.Split('=', 2)).GroupBy(p => DomainName.Parse(p[0]))
                .Select(g => new SecondarySource(g.Key, [.. g.Select(p => IpEndpoint.TryParse(p[1], out IpEndpoint primary) ? primary : default)]))],
            !parsed.GetValue(sign) ? null : new ZoneSigning
            {
                KeyFolder = parsed.GetValue(keys),
                Algorithm = parsed.GetValue(algorithm) switch
                {
                    "p384" => SigningAlgorithm.EcdsaP384Sha384,
                    "rsa" => SigningAlgorithm.RsaSha256,
                    _ => SigningAlgorithm.EcdsaP256Sha256,
                },
                Settings = new SigningSettings { Denial = parsed.GetValue(nsec3) ? DenialKind.Nsec3 : DenialKind.Nsec, OptOut = parsed.GetValue(optOut) },
            },
            new AuthoritativeSettings
            {
                Transfers = [.. (parsed.GetValue(transfer) ?? []).Select(IpPrefix.Parse)],
                Notifiers = [.. (parsed.GetValue(notify) ?? []).Select(IpPrefix.Parse)],
                Nsid = parsed.GetValue(nsid),
                Cookies = new ServerCookies(RandomNumberGenerator.GetBytes(16), shell.Time),
            });
    }

    private static int Start(ParseResult parsed, Shell shell, ServerOptions server, Asked asked, bool onlyCheck, bool onlyPrint)
    {
        CommandWords words = CommandWords.For(parsed.GetValue(server.Language) == "zh" ? Language.Chinese : Language.English);
        using var setup = new NameserverSetup(asked.Zones, asked.Signing, shell.Time);
        if (!setup.TryRead(out ZoneSet? zones, out TextError error))
            return Failing.With(shell, ExitCodes.Usage, error.ToString());
        if (onlyPrint)
        {
            foreach (Zone zone in zones.Zones)
                ZoneFile.Write(zone, shell.Out);
        }

        if (onlyCheck || onlyPrint)
            return ExitCodes.Success;
        foreach (DnsRecord ds in setup.DelegationSigners)
            shell.Out.WriteLine(ds.ToString());
        if (server.TryRead(parsed, [], out ServerSettings settings) is { } wrong)
            return Failing.Usage(shell, "nameserver", wrong);
        return DaemonRun.WithItsFiles(parsed, shell, server, settings, "nameserver",
            (certificate, log, events) => RunAsync(shell, words, setup, zones, asked, settings, certificate, log, events));
    }

    private static async Task<int> RunAsync(
        Shell shell, CommandWords words, NameserverSetup setup, ZoneSet zones, Asked asked, ServerSettings settings, X509Certificate2? certificate, QueryLog? log, NodeLog events)
    {
        var random = new RandomSource(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        var daemon = new NameserverDaemon(zones, asked.Secondaries, asked.Authority, settings, certificate, log, events, shell.Time, random)
        {
            SecondaryChanged = (origin, zone) => shell.Error.WriteLine(zone is null ? words.ZoneExpired(origin) : words.ZoneFetched(origin, zone.Serial)),
        };
        await using (daemon.ConfigureAwait(false))
        {
            // Signatures are made anew long before they run out.
            TimeSpan period = (asked.Signing?.Settings.Validity ?? TimeSpan.FromDays(14)) / 2;
            using ITimer? resigning = asked.Signing is null ? null : shell.Time.CreateTimer(_ => Reload(), null, period, period);
            int code = await DaemonRun.UntilStoppedAsync(shell, words, log, daemon.StartAsync, () => daemon.Bound, Reload).ConfigureAwait(false);
            if (code == ExitCodes.Success)
                shell.Error.WriteLine(words.NameserverStopped(Enum.GetValues<Carrier>().Sum(daemon.Counters.Queries)));
            return code;
        }

        void Reload()
        {
            if (setup.TryRead(out ZoneSet? again, out TextError error))
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
