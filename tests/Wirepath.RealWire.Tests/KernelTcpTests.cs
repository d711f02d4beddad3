using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.RealWire;

/// <summary>
/// The kernel's TCP at the other end of a bad wire, with each option on and off and under each congestion control: what
/// arrives is what was sent, nobody resets or stalls, and <c>ss -ti</c> tells the same of the connection as we do.
/// </summary>
[Collection(RealWire.Name)]
public sealed class KernelTcpTests(RealNetwork network)
{
    private const int Bytes = 250_000;
    private const ushort Port = 7009;

    // The wire's delay on one of the two ways; the kernel's clock and a loaded machine's scheduling come on top.
    private const double DelayMs = 20, SchedulingMs = 60;

    // sack, timestamps, window scale, ECN, congestion control, IPv6
    public static TheoryData<bool, bool, bool, bool, string, bool> Options => new()
    {
        { true, true, true, false, CongestionControls.Cubic, false },
        { true, true, true, true, CongestionControls.Bbr, false },
        { true, true, true, true, CongestionControls.Reno, true },
        { false, true, true, false, CongestionControls.Reno, false },
        { true, false, true, true, CongestionControls.Cubic, false },
        { true, true, false, false, CongestionControls.Cubic, true },
        { false, false, false, false, CongestionControls.Cubic, false },
        { false, false, false, true, CongestionControls.Bbr, false },
    };

    [Theory(Timeout = RealNetwork.Patience)]
    [MemberData(nameof(Options))]
    public async Task What_Wirepath_sends_over_a_bad_wire_the_kernel_has_and_ss_says_the_same(bool sack, bool timestamps, bool scale, bool ecn, string control, bool v6)
    {
        RealNetwork.Require("ss");
        SetKernel(ecn);
        using WirepathHost wirepath = Start(Settings(sack, timestamps, scale, ecn, control), v6);
        using Socket listener = network.Namespace.Inside(() => new Socket(v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Parse(Kernel(v6).ToString()), 0));
        listener.Listen();
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        Task<Socket> accepting = listener.AcceptAsync();
        await using TcpStream stream = await wirepath.Host.ConnectAsync(new IpEndpoint(Kernel(v6), (ushort)port));
        using Socket accepted = await accepting;
        byte[] sent = Random(1);
        Task writing = stream.WriteAsync(sent).AsTask();
        byte[] got = await ReceiveAsync(accepted, Bytes);
        await writing;
        SHA256.HashData(got).ShouldBe(SHA256.HashData(sent));
        await AcknowledgedAsync(stream);

        TcpStatistics ours = stream.Statistics;
        Line kernel = Seen($"sport = :{port}");
        SameOptions(ours, kernel);
        kernel.Number("bytes_received").ShouldBe(Bytes);
        ours.BytesAcknowledged.ShouldBe(Bytes);
        // Each segment that the kernel took had been sent; what it took suffices for the bytes.
        long segments = (Bytes + ours.SendMss - 1) / ours.SendMss;
        ((long)kernel.Number("data_segs_in")).ShouldBeInRange(segments, ours.DataSegmentsSent + ours.Retransmissions + Duplicated(ours.DataSegmentsSent + ours.Retransmissions));
        ours.SmoothedRtt.TotalMilliseconds.ShouldBeInRange(0.5, 2 * DelayMs + SchedulingMs + 200); // an ACK may be a delayed one
        ours.CwndSegments.ShouldBeInRange(1, 10_000);
        Retransmissions(ours.Retransmissions, segments);

        // Both close in order: no RST, no bytes on top.
        stream.CloseSend();
        (await accepted.ReceiveAsync(new byte[1])).ShouldBe(0);
        accepted.Shutdown(SocketShutdown.Send);
        (await stream.ReadAsync(new byte[1])).ShouldBe(0);
        stream.End.ShouldNotBe(ConnectionEnd.ResetByPeer);
    }

    [Theory(Timeout = RealNetwork.Patience)]
    [MemberData(nameof(Options))]
    public async Task What_the_kernel_sends_over_a_bad_wire_Wirepath_has_and_ss_says_the_same(bool sack, bool timestamps, bool scale, bool ecn, string control, bool v6)
    {
        RealNetwork.Require("ss");
        SetKernel(ecn);
        using WirepathHost wirepath = Start(Settings(sack, timestamps, scale, ecn, control), v6);
        using TcpAcceptor acceptor = wirepath.Host.Listen(new IpEndpoint(v6 ? IpAddress.AnyV6 : IpAddress.AnyV4, Port));
        using Socket socket = network.Namespace.Inside(() => new Socket(v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        Task connecting = socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(Ours(v6).ToString()), Port));
        await using TcpStream stream = await acceptor.AcceptAsync();
        await connecting;
        byte[] sent = Random(2);
        Task writing = SendAsync(socket, sent);
        byte[] got = new byte[Bytes];
        await stream.ReadExactlyAsync(got);
        await writing;
        SHA256.HashData(got).ShouldBe(SHA256.HashData(sent));

        string where = $"dport = :{Port}";
        Line kernel = Seen(where);
        for (int i = 0; i < 500 && kernel.Number("bytes_acked") < Bytes; i++, kernel = Seen(where))
            await Task.Delay(10); // the last ACK is on its way
        TcpStatistics ours = stream.Statistics;
        SameOptions(ours, kernel);
        ours.BytesReceived.ShouldBe(Bytes);
        ((long)kernel.Number("bytes_acked")).ShouldBeInRange(Bytes, Bytes + 1); // the kernel counts the SYN
        ((long)kernel.Number("mss")).ShouldBe(ours.ReceiveMss);
        kernel.Number("rtt").ShouldBeInRange(0.5, 2 * DelayMs + SchedulingMs + 200);
        kernel.Number("minrtt").ShouldBeLessThanOrEqualTo(kernel.Number("rtt") + SchedulingMs);
        kernel.Number("cwnd").ShouldBeInRange(1, 10_000);
        // On our side nothing was lost after it had been counted: all that the kernel sent, and no more than that.
        ours.SegmentsReceived.ShouldBeGreaterThanOrEqualTo(Bytes / ours.ReceiveMss);
        Retransmissions((long)kernel.Number("retrans", total: true), Bytes / ours.ReceiveMss);

        socket.Shutdown(SocketShutdown.Send);
        (await stream.ReadAsync(new byte[1])).ShouldBe(0);
        stream.CloseSend();
        (await socket.ReceiveAsync(new byte[1])).ShouldBe(0);
        stream.End.ShouldNotBe(ConnectionEnd.ResetByPeer);
    }

    // ---- Both ends ---------------------------------------------------------------------------------------------------

    // An option that one end does not offer is off for both; so ours alone decides, except for ECN, which the kernel asks for.
    private static TcpSettings Settings(bool sack, bool timestamps, bool scale, bool ecn, string control) => TcpSettings.Default with
    {
        Sack = sack, Timestamps = timestamps, WindowScaling = scale, Ecn = ecn ? EcnMode.Request : EcnMode.Off, CongestionControl = control,
    };

    private void SetKernel(bool ecn) => network.Namespace.Exec("sysctl", "-q", "-w", $"net.ipv4.tcp_ecn={(ecn ? 1 : 0)}");

    private WirepathHost Start(TcpSettings tcp, bool v6)
    {
        if (v6)
            network.Namespace.Ip("-6", "addr", "replace", $"{Kernel(true)}/64", "dev", RealNetwork.Tap, "nodad");
        return WirepathHost.OnTap(network, offload: true, device => new ImpairedDevice(device), v6 ? new InterfaceAddress(Ours(true), 64) : null, HostSettings.Default with { Tcp = tcp });
    }

    private static IpAddress Kernel(bool v6) => v6 ? IpAddress.Parse("fd00:77::1") : RealNetwork.Kernel;

    private static IpAddress Ours(bool v6) => v6 ? IpAddress.Parse("fd00:77::2") : RealNetwork.Ours;

    private static byte[] Random(ulong seed)
    {
        byte[] bytes = new byte[Bytes];
        new RandomSource(seed).Fill(bytes);
        return bytes;
    }

    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes.AsMemory(sent));
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        for (int got = 0; got < count;)
        {
            int read = await socket.ReceiveAsync(bytes.AsMemory(got));
            read.ShouldBeGreaterThan(0, $"the stream ended after {got} of {count} bytes");
            got += read;
        }

        return bytes;
    }

    private static async Task AcknowledgedAsync(TcpStream stream)
    {
        while (stream.Statistics.BytesAcknowledged < Bytes)
            await Task.Delay(5);
    }

    // ---- What ss says ------------------------------------------------------------------------------------------------

    private Line Seen(string filter) => new(network.Namespace.Exec("ss", "-tinH", filter));

    private static void SameOptions(TcpStatistics ours, Line kernel)
    {
        kernel.Has("ts").ShouldBe(ours.Timestamps);
        kernel.Has("sack").ShouldBe(ours.Sack);
        kernel.Has("ecn").ShouldBe(ours.Ecn);
        string? shifts = ours is { SendShift: { } send, ReceiveShift: { } receive } ? string.Create(CultureInfo.InvariantCulture, $"{receive},{send}") : null;
        kernel.Text("wscale").ShouldBe(shifts);
    }

    // One frame in a hundred is lost, one in twenty overtakes: not nothing, and far from everything, goes again.
    private static void Retransmissions(long count, long segments) => count.ShouldBeInRange(0, segments / 2 + 20);

    private static long Duplicated(long segments) => segments / 20 + 20; // one in a hundred is repeated by the wire

    /// <summary>One socket's line of <c>ss -ti</c>: words, and <c>name:value</c>.</summary>
    private sealed class Line(string text)
    {
        public bool Has(string word) => Regex.IsMatch(text, $@"\s{word}(\s|$)", RegexOptions.None, TimeSpan.FromSeconds(1));

        public string? Text(string name) =>
            Regex.Match(text, $@"\s{name}:(?<value>\S+)", RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } match ? match.Groups["value"].Value : null;

        /// <summary>What is not printed is 0; of <c>a/b</c> the first, or with <paramref name="total"/> the second.</summary>
        public double Number(string name, bool total = false) =>
            Text(name)?.Split('/') is { } parts ? double.Parse(total ? parts[^1] : parts[0], CultureInfo.InvariantCulture) : 0;
    }
}
