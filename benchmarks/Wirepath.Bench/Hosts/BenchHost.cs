using Wirepath.Events;
using Wirepath.Stack;
using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>Hosts as the benchmarks use them: default settings, no log, application code on the loop's own thread.</summary>
internal static class BenchHost
{
    /// <summary>Payload of a super-segment: with headers it must fit into the 65,535 bytes of an IP packet.</summary>
    private const int SuperSegmentBytes = 65_000;

    /// <summary>Send and receive buffer in memory, where a round trip takes no time: what lies in them should lie in the CPU's cache.</summary>
    public static readonly BufferSizes BuffersInMemory = new(4096, 512 * 1024, 512 * 1024);

    private const int PrefixLength = 24;
    private const ulong Seed = 1;

    public static Host Create(string name, INetworkDevice device, IpAddress address, TimeProvider time, BufferSizes? buffers = null)
    {
        HostSettings settings = HostSettings.Default with { Tcp = TcpSettings.Default with { MaxSuperSegmentBytes = SuperSegmentBytes } };
        if (buffers is { } sizes)
            settings = settings with { Tcp = settings.Tcp with { SendBuffer = sizes, ReceiveBuffer = sizes } };
        var host = new Host(name, settings, time, new RandomSource(Seed), EventLog.Silent) { CompleteInline = true };
        host.AddInterface(device, "eth0").AddAddress(new InterfaceAddress(address, PrefixLength));
        return host;
    }
}
