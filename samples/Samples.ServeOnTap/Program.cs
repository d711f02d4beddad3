// A web server whose TCP/IP is Wirepath, on a Linux TAP device: the kernel and everything on it are its clients.
//
// Shown: a host on the machine's own clock, a device, the loop with its thread, an address, and HttpServerConnection over each TcpStream.
// As root, in a network namespace of its own:
//
//     ip netns add lab
//     ip -n lab tuntap add dev tap0 mode tap
//     ip -n lab addr add 10.0.0.1/24 dev tap0
//     ip -n lab link set tap0 up
//     ip netns exec lab dotnet run --project samples/Samples.ServeOnTap -- tap0 10.0.0.2/24 &
//     ip netns exec lab curl http://10.0.0.2/

using System.Security.Cryptography;
using Samples.ServeOnTap;
using Wirepath.Devices;
using Wirepath.Events;
using Wirepath.Http;
using Wirepath.Stack;
using Wirepath.Wire;

if (args.Length != 2 || !InterfaceAddress.TryParse(args[1], out InterfaceAddress address))
{
    Console.Error.WriteLine("usage: ServeOnTap DEVICE ADDRESS/LENGTH, such as: ServeOnTap tap0 10.0.0.2/24");
    return 2;
}

using var host = new Host("web", HostSettings.Default, TimeProvider.System, new RandomSource(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))), EventLog.Silent);
Interface eth0 = host.AddInterface(TapDevice.Open(args[0]), "eth0");
using var loop = new HostLoop(host);
loop.Start();
eth0.AddAddress(address);

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
using TcpAcceptor acceptor = host.Listen(new IpEndpoint(address.Address, 80));
Console.WriteLine($"http://{address.Address}/ on {args[0]}; Ctrl-C ends it");
try
{
    while (true)
    {
        TcpStream stream = await acceptor.AcceptAsync(stop.Token);
        _ = HttpServerConnection.ServeAsync(stream, new Greeting(stream), HttpServerOptions.Default, host.Time, stop.Token);
    }
}
catch (OperationCanceledException)
{
    return 0;
}
