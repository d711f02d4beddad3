using System.Globalization;
using System.Net;
using Wirepath.RealWire;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>
/// Two network namespaces: two veth pairs between them, one as the kernel makes it and one without TSO, GSO and GRO, and
/// a TAP device in each. All with CUBIC: the machine's default may be another, and a comparison must not depend on it.
/// </summary>
internal sealed class Laboratory : IDisposable
{
    public const string TapA = "wp0";
    public const string TapB = "wp1";

    private const string CongestionControl = "cubic";
    private const int FirstPort = 7000;

    private int _port = FirstPort;

    public Laboratory()
    {
        A = new NetworkNamespace();
        try
        {
            B = new NetworkNamespace();
        }
        catch
        {
            A.Dispose();
            throw;
        }

        try
        {
            AddVeth("v0", "10.77.0", plain: false);
            AddVeth("v1", "10.77.1", plain: true);
            AddTap(A, TapA, "10.78.0.1");
            AddTap(B, TapB, "10.78.0.2");
            foreach (NetworkNamespace inside in (NetworkNamespace[])[A, B])
            {
                // Short connections: the client's ports are in TIME-WAIT faster than the defaults hand them out again.
                inside.Exec("sysctl", "-qw", "net.ipv4.ip_local_port_range=1024 65000", "net.ipv4.tcp_tw_reuse=1");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public NetworkNamespace A { get; }

    public NetworkNamespace B { get; }

    /// <summary>The kernel of <see cref="B"/>, seen from <see cref="A"/>: over veth as it is, and without offloads.</summary>
    public static IPAddress Veth { get; } = new([10, 77, 0, 2]);

    public static IPAddress PlainVeth { get; } = new([10, 77, 1, 2]);

    /// <summary>The kernel of <see cref="A"/> on <see cref="TapA"/>.</summary>
    public static IPAddress KernelOnTap { get; } = new([10, 78, 0, 1]);

    /// <summary>Wirepath on <see cref="TapA"/>, or the kernel of <see cref="B"/> behind a relay.</summary>
    public static IPAddress BehindTap { get; } = new([10, 78, 0, 2]);

    public static IpAddress HostOnTap { get; } = IpAddress.From(BehindTap);

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Unavailable =>
        NetworkNamespace.Unavailable
        ?? (new[] { "ip", "ethtool", "sysctl" }.FirstOrDefault(program => !IsInstalled(program)) is { } missing
            ? $"The program '{missing}' is missing (Debian: apt install iproute2 ethtool procps)."
            : null);

    /// <summary>A port that no row before has used: what is left of an old connection cannot meet a new one.</summary>
    public int NextPort() => ++_port;

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }

    private void AddVeth(string name, string network, bool plain)
    {
        A.Ip("link", "add", $"{name}a", "type", "veth", "peer", "name", $"{name}b", "netns", B.Name);
        foreach ((NetworkNamespace inside, string device, int number) in (ReadOnlySpan<(NetworkNamespace, string, int)>)[(A, $"{name}a", 1), (B, $"{name}b", 2)])
        {
            inside.Ip("addr", "add", string.Create(CultureInfo.InvariantCulture, $"{network}.{number}/24"), "dev", device);
            if (plain)
                inside.Exec("ethtool", "-K", device, "tso", "off", "gso", "off", "gro", "off");
            inside.Ip("link", "set", device, "up");
            UseCubic(inside, device, network, string.Create(CultureInfo.InvariantCulture, $"{network}.{number}"));
        }
    }

    private static void AddTap(NetworkNamespace inside, string device, string address)
    {
        inside.AddTap(device, $"{address}/24");
        UseCubic(inside, device, address[..address.LastIndexOf('.')], address);
    }

    // By route: a namespace may not set by sysctl what the machine's administrator has not allowed.
    private static void UseCubic(NetworkNamespace inside, string device, string network, string source) =>
        inside.Ip("route", "change", $"{network}.0/24", "dev", device, "src", source, "congctl", CongestionControl);

    internal static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Concat(["/usr/sbin", "/sbin"]).Any(folder => File.Exists(Path.Combine(folder, program)));
}
