// Two hosts at the two ends of a bad wire talk over TCP, in virtual time.
//
// Shown: a network of two hosts, a link with delay, loss and reordering, Listen and AcceptAsync on one end, ConnectAsync on
// the other, half-close, and the statistics of the connection afterwards. A TcpStream is a Stream: whatever takes one can be
// put on it.
//
//     dotnet run --project samples/Samples.TwoHostsOnACable [SEED]

using System.Globalization;
using Samples.TwoHostsOnACable;
using Wirepath.Events;
using Wirepath.Simulation;
using Wirepath.Stack;
using Wirepath.Tcp;
using Wirepath.Wire;

ulong seed = args.Length > 0 ? ulong.Parse(args[0], CultureInfo.InvariantCulture) : 1;
var log = new EventLog();
log.Subscribe(new Teller());
using var simulator = new Simulator(seed, Instant.FromDateTimeOffset(new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.Zero)), log);
var network = new Network(simulator);
Host alice = network.AddHost("alice");
Host bob = network.AddHost("bob");
network.Connect("wire", alice, "10.0.0.1/24", bob, "10.0.0.2/24", new LinkSettings
{
    Delay = TimeSpan.FromMilliseconds(20),
    Bandwidth = 10_000_000,
    Loss = 0.02,
    Reorder = 0.01,
});

byte[] sent = new byte[300_000];
new RandomSource(seed).Fill(sent);
var service = new IpEndpoint(IpAddress.Parse("10.0.0.2"), 7);
Instant started = simulator.Now;
(byte[] received, TcpStatistics statistics) = simulator.Run(async () =>
{
    using TcpAcceptor acceptor = bob.Listen(service);
    Task echoing = EchoAsync(acceptor);
    await using TcpStream stream = await alice.ConnectAsync(service);
    Task<byte[]> reading = ReadAllAsync(stream);
    await stream.WriteAsync(sent);
    stream.CloseSend(); // FIN: nothing more from here; what comes back is still read.
    byte[] echo = await reading;
    await echoing;
    return (echo, stream.Statistics);
});

bool same = sent.AsSpan().SequenceEqual(received);
Console.WriteLine();
Console.WriteLine($"{received.Length:N0} of {sent.Length:N0} bytes came back, {(same ? "each in its place" : "and they DIFFER")}, in {(simulator.Now - started).TotalSeconds:0.00} s of virtual time");
Console.WriteLine($"alice sent {statistics.SegmentsSent:N0} segments, {statistics.Retransmissions:N0} of them again ({statistics.FastRetransmits:N0} fast retransmits, {statistics.Timeouts:N0} time-outs); smoothed RTT {statistics.SmoothedRtt.TotalMilliseconds:0.0} ms");
return same ? 0 : 1;

static async Task EchoAsync(TcpAcceptor acceptor)
{
    await using TcpStream stream = await acceptor.AcceptAsync();
    await stream.CopyToAsync(stream);
}

static async Task<byte[]> ReadAllAsync(TcpStream stream)
{
    var all = new MemoryStream();
    await stream.CopyToAsync(all);
    return all.ToArray();
}
