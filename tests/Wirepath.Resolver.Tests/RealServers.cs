using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Wirepath.Dns;
using Wirepath.RealWire;
using Wirepath.Wire;

namespace Wirepath.Resolver.Tests;

/// <summary>A small Internet of real servers in a network namespace: nsd as root, com and example.com, and resolvers that know nothing else.</summary>
internal sealed class RealServers : IDisposable
{
    public const string Ours = "10.53.0.8";
    public const string Unbound = "10.53.0.9";
    public const string OurAuthority = "10.53.0.7";

    private static readonly string[] s_authorities = ["10.53.0.1", "10.53.0.2", "10.53.0.3"];

    private readonly NetworkNamespace _namespace = new();

    public RealServers()
    {
        Folder = Directory.CreateTempSubdirectory("wirepath-real-").FullName;
        foreach (string address in (string[])[.. s_authorities, OurAuthority, Ours, Unbound])
            _namespace.Ip("addr", "add", address + "/24", "dev", "lo");
    }

    public string Folder { get; }

    public static void Require(params string[] programs)
    {
        NetworkNamespace.Require();
        foreach (string program in programs)
        {
            if ((Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))))
                continue;
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail($"{program} is not installed.");
            Assert.Skip($"{program} is not installed.");
        }
    }

    public string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string Write(Zone zone)
    {
        var text = new StringWriter();
        ZoneFile.Write(zone, text);
        return Write($"{(zone.Origin.IsRoot ? "root" : zone.Origin.ToStringWithoutFinalDot())}.zone", text.ToString());
    }

    /// <param name="number">0 to 2.</param>
    public void StartNsd(int number, params ReadOnlySpan<Zone> zones)
    {
        var text = new StringWriter();
        text.Write($"""
            server:
              ip-address: {s_authorities[number]}
              username: ""
              chroot: ""
              database: ""
              pidfile: {Folder}/nsd{number}.pid
              xfrdfile: {Folder}/xfrd{number}
              zonelistfile: {Folder}/zones{number}
              zonesdir: {Folder}
              server-count: 1
            remote-control:
              control-enable: yes
              control-interface: {Folder}/nsd{number}.sock

            """);
        foreach (Zone zone in zones)
            text.Write($"zone:\n  name: {zone.Origin}\n  zonefile: {Write(zone)}\n");
        _namespace.Start("nsd", "-d", "-c", Write($"nsd{number}.conf", text.ToString()));
    }

    public void StartUnbound(string anchor, string hints) => _namespace.Start("unbound", "-d", "-c", Write("unbound.conf", $"""
        server:
          interface: {Unbound}
          username: ""
          chroot: ""
          directory: "{Folder}"
          pidfile: {Folder}/unbound.pid
          use-syslog: no
          num-threads: 1
          access-control: 0.0.0.0/0 allow
          root-hints: "{hints}"
          trust-anchor-file: "{anchor}"
          do-ip6: no
          aggressive-nsec: yes
        remote-control:
          control-enable: no
        """));

    public void StartOurs(string anchor, string hints) => StartWirepath("resolver", "--listen", Ours + ":53", "--config", Write("ours.conf", $"""
        server:
          access-control: 0.0.0.0/0 allow
          root-hints: "{hints}"
          trust-anchor-file: "{anchor}"
          do-ip6: no
          aggressive-nsec: yes
        """));

    public void StartWirepath(params string[] arguments) =>
        _namespace.Start("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "wirepath.dll"), .. arguments]);

    public string Exec(string program, params string[] arguments) => _namespace.Exec(program, arguments);

    /// <summary>Queries that the three servers have had.</summary>
    public int CountQueries() => Enumerable.Range(0, s_authorities.Length).Where(n => File.Exists($"{Folder}/nsd{n}.conf")).Sum(number => _namespace
        .Exec("nsd-control", "-c", $"{Folder}/nsd{number}.conf", "stats_noreset").Split('\n')
        .Where(line => line.StartsWith("num.queries=", StringComparison.Ordinal)).Sum(line => int.Parse(line["num.queries=".Length..], CultureInfo.InvariantCulture)));

    /// <summary>Waits until the server answers anything at all.</summary>
    public void Await(string server)
    {
        for (int i = 0; i < 300; i++)
        {
            if (Ask(server, [new DnsQuestion(DomainName.Root, DnsType.NS)], 100)[0] is not null)
                return;
            Thread.Sleep(50);
        }

        Assert.Fail($"{server} does not answer: {string.Join(" | ", _namespace.Said)}");
    }

    /// <summary>Asks one after the other, with RD and DO; null for what is not answered three times.</summary>
    public DnsMessage?[] Ask(string server, IReadOnlyList<DnsQuestion> questions, int milliseconds = 5000) => _namespace.Inside(() =>
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = milliseconds };
        socket.Connect(new IPEndPoint(IPAddress.Parse(server), 53));
        byte[] room = new byte[4096];
        var replies = new DnsMessage?[questions.Count];
        for (int i = 0; i < questions.Count; i++)
        {
            var query = DnsMessage.Query((ushort)i, questions[i], recursionDesired: true);
            query.Edns = new Edns(4096, dnssecOk: true);
            for (int tries = 0; tries < 3 && replies[i] is null; tries++)
            {
                try
                {
                    socket.Send(query.ToArray());
                    int length;
                    do
                        length = socket.Receive(room);
                    while (!ReplyMatch.Accepts(query.ToArray(), room.AsSpan(0, length)));
                    DnsMessage.TryRead(room.AsSpan(0, length), out DnsMessage reply).ShouldBeTrue();
                    replies[i] = reply;
                }
                catch (SocketException)
                {
                    // Not there yet, or too slow: once more.
                }
            }
        }

        return replies;
    });

    public void Dispose()
    {
        _namespace.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
