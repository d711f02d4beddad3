using System.Net;

namespace Wirepath.Bench;

/// <summary>The kernel's client against two echo servers in turn: the kernel's over veth, and Wirepath's over TAP.</summary>
internal abstract class AskingBench : IBench
{
    protected Laboratory Laboratory { get; } = new();

    public abstract IReadOnlyList<Row> Rows { get; }

    public void Dispose() => Laboratory.Dispose();

    /// <summary>Asks a server at an address for the sample's time.</summary>
    /// <param name="remote">Where it listens.</param>
    /// <param name="throwIfServerFailed">Tells what stopped it.</param>
    /// <param name="tap">Wirepath's; null for the kernel's server.</param>
    /// <param name="time">How long.</param>
    protected abstract double[] Ask(IPEndPoint remote, Action throwIfServerFailed, TapHost? tap, SampleTime time);

    protected double[] OverVeth(int? cpu, SampleTime time)
    {
        var remote = new IPEndPoint(Laboratory.Veth, Laboratory.NextPort());
        using var server = new KernelEcho(Laboratory.B, remote) { Cpu = cpu };
        server.Start();
        return Ask(remote, server.ThrowIfFailed, null, time);
    }

    protected double[] OverTap(int? cpu, TimeSpan busyPoll, SampleTime time)
    {
        var remote = new IPEndPoint(Laboratory.BehindTap, Laboratory.NextPort());
        using var tap = new TapHost(Laboratory.A, Laboratory.TapA, Laboratory.HostOnTap, offload: true) { Cpu = cpu };
        tap.BusyPoll(busyPoll);
        tap.Start(new EchoServer(tap.Host, (ushort)remote.Port));
        return Ask(remote, tap.ThrowIfFailed, tap, time);
    }
}
