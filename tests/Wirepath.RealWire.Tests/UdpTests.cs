using System.Net;
using System.Net.Sockets;
using Wirepath.Stack;
using Wirepath.Wire;
using UdpReceiveResult = Wirepath.Stack.UdpReceiveResult;

namespace Wirepath.RealWire;

[Collection(RealWire.Name)]
public sealed class UdpTests(RealNetwork network)
{
    private static readonly int[] s_sizes = [0, 1, 100, 1472, 1473, 8000, 65_507];

    [Theory(Timeout = RealNetwork.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Datagrams_of_every_size_come_back_from_the_kernel_as_they_were(bool offload)
    {
        RealNetwork.Require("tshark");
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload);
        using Socket echo = KernelSocket();
        using var stop = new CancellationTokenSource();
        Task echoing = EchoAsync(echo, stop.Token);

        using UdpSocket socket = wirepath.Host.OpenUdp(new IpEndpoint(IpAddress.AnyV4, 0));
        var to = new IpEndpoint(RealNetwork.Kernel, (ushort)((IPEndPoint)echo.LocalEndPoint!).Port);
        byte[] back = new byte[ushort.MaxValue];
        foreach (int size in s_sizes)
        {
            byte[] payload = Payload(size);
            await socket.SendToAsync(payload, to);
            UdpReceiveResult received = await socket.ReceiveFromAsync(back).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            (received.Length, received.From).ShouldBe((size, to));
            back.AsSpan(0, size).SequenceEqual(payload).ShouldBeTrue();
        }

        await stop.CancelAsync();
        await echoing;
        wirepath.ShouldHaveLeftACleanCapture();
    }

    [Fact(Timeout = RealNetwork.Patience)]
    public async Task Datagrams_of_every_size_come_back_from_Wirepath_as_they_were()
    {
        RealNetwork.Require("tshark");
        using WirepathHost wirepath = WirepathHost.OnTap(network, offload: true);
        using UdpSocket echo = wirepath.Host.OpenUdp(new IpEndpoint(IpAddress.AnyV4, 7));
        using var stop = new CancellationTokenSource();
        Task echoing = Task.Run(async () =>
        {
            byte[] buffer = new byte[ushort.MaxValue];
            try
            {
                while (true)
                {
                    UdpReceiveResult received = await echo.ReceiveFromAsync(buffer, stop.Token);
                    await echo.SendToAsync(buffer.AsMemory(0, received.Length), received.From, stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        });

        using Socket socket = KernelSocket();
        byte[] back = new byte[ushort.MaxValue];
        foreach (int size in s_sizes)
        {
            byte[] payload = Payload(size);
            await socket.SendToAsync(payload, new IPEndPoint(RealNetwork.Ours.ToIPAddress(), 7));
            int received = await socket.ReceiveAsync(back).WaitAsync(TimeSpan.FromSeconds(30));
            received.ShouldBe(size);
            back.AsSpan(0, size).SequenceEqual(payload).ShouldBeTrue();
        }

        await stop.CancelAsync();
        await echoing;
        wirepath.ShouldHaveLeftACleanCapture();
    }

    private static byte[] Payload(int size)
    {
        byte[] payload = new byte[size];
        new RandomSource((ulong)size).Fill(payload);
        return payload;
    }

    private Socket KernelSocket()
    {
        Socket socket = network.Namespace.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(RealNetwork.Kernel.ToIPAddress(), 0));
        return socket;
    }

    private static async Task EchoAsync(Socket socket, CancellationToken stop)
    {
        byte[] buffer = new byte[ushort.MaxValue];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), stop);
                await socket.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), SocketFlags.None, received.RemoteEndPoint, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
