using System.Runtime.CompilerServices;
using Wirepath.Devices;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Wire;

namespace Wirepath.RealWire;

/// <summary>A Wirepath host on a real device, driven by its own thread; everything that passes is captured.</summary>
internal sealed class WirepathHost : IDisposable
{
    private const long MostReassembled = 20_000_000;
    private static int s_seed;
    private readonly HostLoop _loop;
    private readonly PcapngWriter _capture;
    private readonly string _capturePath;
    private bool _disposed;

    private WirepathHost(INetworkDevice device, string capturePath, HostSettings settings)
    {
        var log = new EventLog();
        _capturePath = capturePath;
        _capture = new PcapngWriter(new BufferedStream(File.Create(capturePath), 1 << 16));
        var capturing = new CapturingDevice(device, log.For("wirepath", TimeProvider.System), _capture);
        Host = new Host("wirepath", settings, TimeProvider.System, new RandomSource((ulong)Interlocked.Increment(ref s_seed)), log);
        Ethernet = Host.AddInterface(capturing, "eth0");
        _loop = new HostLoop(Host);
    }

    public Host Host { get; }

    public Interface Ethernet { get; }

    /// <summary>Takes the free end of the network's TAP device.</summary>
    /// <param name="network">Whose.</param>
    /// <param name="offload">Super-segments and unfinished checksums, or plain frames.</param>
    /// <param name="through">Something between the stack and the device.</param>
    /// <param name="address">A second address beside <see cref="RealNetwork.Ours"/>.</param>
    /// <param name="settings">Null for the usual ones.</param>
    /// <param name="before">Done before the loop runs.</param>
    /// <param name="test">Names the capture.</param>
    public static WirepathHost OnTap(RealNetwork network, bool offload, Func<IPollableDevice, IPollableDevice>? through = null,
        InterfaceAddress? address = null, HostSettings? settings = null, Action<Host>? before = null, [CallerMemberName] string test = "")
    {
        TapDevice tap = network.Namespace.Inside(() => TapDevice.Open(RealNetwork.Tap, new TapSettings { Offload = offload }));
        var host = new WirepathHost(through?.Invoke(tap) ?? tap, Path.Combine(network.Scratch.FullName, $"{test}.pcapng"), settings ?? HostSettings.Default);
        host.Ethernet.AddAddress(new InterfaceAddress(RealNetwork.Ours, 24));
        if (address is { } second)
            host.Ethernet.AddAddress(second);
        before?.Invoke(host.Host);
        host._loop.Start();
        return host;
    }

    /// <summary>Takes a device as it comes, without addresses.</summary>
    public static WirepathHost On(RealNetwork network, INetworkDevice device, [CallerMemberName] string test = "")
    {
        var host = new WirepathHost(device, Path.Combine(network.Scratch.FullName, $"{test}.pcapng"), HostSettings.Default);
        host._loop.Start();
        return host;
    }

    /// <summary>Ends the host and has tshark read what was captured: nothing malformed, no checksum wrong.</summary>
    /// <param name="atLeast">Packets with checksums that tshark could verify.</param>
    /// <param name="isRetransmitted">The wire loses: tshark calls it a reassembly error when bytes come again in other portions.</param>
    public void ShouldHaveLeftACleanCapture(int atLeast = 4, bool isRetransmitted = false)
    {
        Dispose();
        RealNetwork.Require("tshark");
        List<string> checks = ["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];
        // Putting a body of a hundred megabytes together takes tshark minutes, the frames themselves seconds; pieces of random bytes are no
        // HTTP, and nothing else either that begins with the same two bytes (Q.931 does, one time in some ten thousand).
        if (isRetransmitted || new FileInfo(_capturePath).Length > MostReassembled)
            checks.AddRange("-o", "tcp.desegment_tcp_streams:FALSE", "-d", "tcp.port==1-65535,data");
        // 0xffff and 0x0000 are the same sum (RFC 1071); the kernel's segments sometimes carry the one where tshark wants the other.
        const string Wrong = "_ws.malformed || ip.checksum.status == 0 || (tcp.checksum.status == 0 && !(tcp.checksum == 0xffff)) || udp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0";
        NetworkNamespace.Run("tshark", ["-n", "-r", _capturePath, .. checks, "-Y", Wrong]).ShouldBeEmpty();
        // The oracle must have seen packets, and checksums that it could verify.
        string good = NetworkNamespace.Run("tshark", ["-n", "-r", _capturePath, .. checks, "-c", "200", "-Y",
            "tcp.checksum.status == 1 || udp.checksum.status == 1 || icmp.checksum.status == 1 || icmpv6.checksum.status == 1", "-T", "fields", "-e", "frame.number"]);
        good.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _loop.Dispose();
        Host.Dispose();
        _capture.Dispose();
    }
}
