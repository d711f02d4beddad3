using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Wirepath.Wire;

namespace Wirepath.RealWire;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealWire : ICollectionFixture<RealNetwork>
{
    public const string Name = "real wire";
}

/// <summary>
/// One namespace for the whole suite: the kernel with its own TCP at one end of a TAP device, and behind it nginx, NSD and
/// Unbound as others have written them. Wirepath takes the other end, test by test.
/// </summary>
public sealed class RealNetwork : IDisposable
{
    public const string Tap = "wt0";

    /// <summary>The test's pages: small, some megabytes, and the hundred that the largest download takes.</summary>
    public const string Page = "index.html", Medium = "medium.bin", Large = "large.bin";

    /// <summary>Milliseconds after which a test is taken for stuck: far beyond what the slowest machine needs.</summary>
    public const int Patience = 180_000;

    private const int MediumBytes = 3_000_000;
    private const int LargeBytes = 100_000_000;

    // What the tests call, and the Debian package it is in.
    private static readonly Dictionary<string, string> s_packages = new(StringComparer.Ordinal)
    {
        ["nginx"] = "nginx-light", ["nsd"] = "nsd", ["unbound"] = "unbound", ["curl"] = "curl", ["wrk"] = "wrk", ["tshark"] = "tshark",
        ["ping"] = "iputils-ping", ["passt"] = "passt", ["tc"] = "iproute2", ["ip"] = "iproute2",
    };

    private readonly HashSet<string> _running = [];

    public RealNetwork()
    {
        if (NetworkNamespace.Unavailable is not null)
            return;
        Namespace = new NetworkNamespace();
        try
        {
            Namespace.AddTap(Tap, $"{Kernel}/24");
            Namespace.Ip("route", "add", "default", "via", "10.77.0.254");
            Directory.CreateDirectory(Pages);
            WritePages();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public static IpAddress Kernel { get; } = IpAddress.V4(10, 77, 0, 1);

    public static IpAddress Ours { get; } = IpAddress.V4(10, 77, 0, 2);

    internal NetworkNamespace Namespace { get; } = null!;

    /// <summary>A directory of the run's own; removed with it.</summary>
    public DirectoryInfo Scratch { get; } = Directory.CreateTempSubdirectory("wirepath-realwire-");

    public string Pages => Path.Combine(Scratch.FullName, "pages");

    /// <summary>SHA-256 of each page, in hex.</summary>
    public Dictionary<string, string> Digests { get; } = new(StringComparer.Ordinal);

    /// <summary>Skips the test when namespaces or one of the programs cannot be had; with CI=true it fails instead.</summary>
    public static void Require(params string[] programs)
    {
        NetworkNamespace.Require();
        foreach (string program in programs)
        {
            if (IsInstalled(program))
                continue;
            string reason = $"{program} is not installed (apt install {s_packages.GetValueOrDefault(program, program)}).";
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(reason);
            Assert.Skip(reason);
        }
    }

    /// <summary>nginx serves <see cref="Pages"/> on the kernel's address, port 80, and on 127.0.0.1 port 8080.</summary>
    public void StartNginx()
    {
        if (!_running.Add("nginx"))
            return;
        string temporary = Scratch.FullName;
        string configuration = Write("nginx.conf", $$"""
            daemon off; master_process off; pid {{temporary}}/nginx.pid; error_log stderr error;
            events { worker_connections 512; }
            http {
              access_log off; sendfile on; tcp_nopush on;
              client_body_temp_path {{temporary}}/t1; proxy_temp_path {{temporary}}/t2; fastcgi_temp_path {{temporary}}/t3;
              uwsgi_temp_path {{temporary}}/t4; scgi_temp_path {{temporary}}/t5;
              server { listen {{Kernel}}:80; listen 127.0.0.1:8080; root {{Pages}}; }
            }
            """);
        Namespace.Start("nginx", "-c", configuration, "-e", "stderr");
        AwaitTcp(Kernel.ToString(), 80);
    }

    /// <summary>NSD holds wirepath.test on 127.0.0.1 port 5353; Unbound on the kernel's address, port 53, resolves for the network.</summary>
    public void StartNameServers()
    {
        if (!_running.Add("names"))
            return;
        string directory = Scratch.FullName;
        Write("wirepath.test.zone", $"""
            $ORIGIN wirepath.test.
            $TTL 60
            @ SOA ns hostmaster 1 3600 600 86400 60
            @ NS ns
            ns A {Kernel}
            www A {Kernel}
            shop CNAME www
            """);
        string nsd = Write("nsd.conf", $"""
            server:
              ip-address: 127.0.0.1@5353
              username: ""
              zonesdir: "{directory}"
              pidfile: ""
              database: ""
              xfrdfile: "{directory}/xfrd.state"
              zonelistfile: "{directory}/zone.list"
            remote-control:
              control-enable: no
            zone:
              name: wirepath.test
              zonefile: wirepath.test.zone
            """);
        string unbound = Write("unbound.conf", $"""
            server:
              interface: {Kernel}
              access-control: 10.77.0.0/24 allow
              do-daemonize: no
              username: ""
              chroot: ""
              pidfile: ""
              use-syslog: no
              directory: "{directory}"
              do-not-query-localhost: no
              do-ip6: no
              local-zone: "test." nodefault
              domain-insecure: "test."
              module-config: "iterator"
            remote-control:
              control-enable: no
            stub-zone:
              name: "wirepath.test."
              stub-addr: 127.0.0.1@5353
            """);
        Namespace.Start("nsd", "-d", "-c", nsd);
        AwaitTcp("127.0.0.1", 5353);
        Namespace.Start("unbound", "-d", "-c", unbound);
        AwaitTcp(Kernel.ToString(), 53);
    }

    public void Dispose()
    {
        Namespace?.Dispose();
        Scratch.Delete(recursive: true);
    }

    public static string Digest(Stream bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
        .Any(directory => File.Exists(Path.Combine(directory, program)));

    private void WritePages()
    {
        WritePage(Page, System.Text.Encoding.UTF8.GetBytes("<!doctype html><title>real</title><p>Served by somebody else.\n"));
        byte[] bytes = new byte[LargeBytes];
        new RandomSource(20).Fill(bytes);
        WritePage(Medium, bytes.AsSpan(0, MediumBytes));
        WritePage(Large, bytes);
    }

    private void WritePage(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(Path.Combine(Pages, name), bytes);
        Digests[name] = Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(Scratch.FullName, name);
        File.WriteAllText(path, text + "\n");
        return path;
    }

    // Until the server listens a connection is refused; it is asked again, for as long as a loaded machine may need.
    private void AwaitTcp(string address, int port)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using Socket socket = Namespace.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                socket.Connect(address, port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
            {
                Thread.Sleep(20);
            }
            catch (SocketException e)
            {
                throw new InvalidOperationException($"Nobody listens on {address}:{port}. {string.Join("; ", Namespace.Said)}", e);
            }
        }
    }
}
