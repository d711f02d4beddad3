using System.Net;

namespace Wirepath.Bench;

/// <summary>The kernel's client against two echo servers in turn: the kernel's over veth, and Wirepath's over TAP.</summary>
/// <param name="ask">Asks a server at an address for the sample's time; the load is Wirepath's thread, null for the kernel's server.</param>
internal sealed class AskingBench(AskingBench.Ask ask) : IBench
{
    private readonly Laboratory _laboratory = new();

    public delegate double[] Ask(Laboratory laboratory, IPEndPoint remote, Action throwIfServerFailed, LoadedThread? load, SampleTime time);

    public IReadOnlyList<Row> Rows => field ??= [new("veth", "kernel over veth", OverVeth) { IsOurs = false }, new("tap", "Wirepath over TAP", OverTap)];

    public void Dispose() => _laboratory.Dispose();

    private double[] OverVeth(SampleTime time)
    {
        var remote = new IPEndPoint(Laboratory.Veth, _laboratory.NextPort());
        using var server = new KernelEcho(_laboratory.B, remote);
        server.Start();
        return ask(_laboratory, remote, server.ThrowIfFailed, null, time);
    }

    private double[] OverTap(SampleTime time)
    {
        var remote = new IPEndPoint(Laboratory.BehindTap, _laboratory.NextPort());
        using var tap = new TapHost(_laboratory.A, Laboratory.TapA, Laboratory.HostOnTap, offload: true);
        tap.Start(new EchoServer(tap.Host, (ushort)remote.Port));
        return ask(_laboratory, remote, tap.ThrowIfFailed, tap.Load, time);
    }
}
