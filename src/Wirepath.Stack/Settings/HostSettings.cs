using Wirepath.Tcp;

namespace Wirepath.Stack;

/// <summary>Every limit of a host. Immutable: <c>with</c> or <see cref="Sysctl.TryApply"/> make a changed copy.</summary>
public sealed record HostSettings
{
    public static readonly HostSettings Default = new();

    public TcpSettings Tcp { get; init; } = TcpSettings.Default;

    public IpSettings Ip { get; init; } = new();

    public Ipv6Settings Ipv6 { get; init; } = new();

    public NeighborSettings Neighbor { get; init; } = new();

    public IcmpSettings Icmp { get; init; } = new();

    public SocketSettings Sockets { get; init; } = new();

    public NatSettings Nat { get; init; } = new();

    public DhcpSettings Dhcp { get; init; } = new();

    /// <summary>
    /// Bytes that connections, reassembly and queues may hold together; beyond it new connections are refused and
    /// packets dropped. 256 MiB carries some thousand busy connections and stays small beside a process.
    /// </summary>
    public long MemoryBudgetBytes { get; init; } = 256L << 20;

    /// <summary>Frames taken from one device before the others, the timers and the senders have their turn (Linux: a NAPI budget of 64).</summary>
    public int ReceiveBatch { get; init; } = 64;
}
