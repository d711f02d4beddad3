using Wirepath.Wire;

namespace Wirepath.Devices;

/// <summary>How a TAP device is opened.</summary>
public sealed record TapSettings
{
    /// <summary>
    /// Frames carry virtio's offload header (<c>IFF_VNET_HDR</c>): super-segments up to 64 KiB and unfinished checksums
    /// pass between the kernel and the stack, so that both touch a packet once instead of forty times. Default on.
    /// </summary>
    public bool Offload { get; init; } = true;

    /// <summary>
    /// What the stack sends goes through the kernel's NAPI (<c>IFF_NAPI</c>), which can join segments (GRO). It pays where the device's NAPI has a
    /// thread of its own (<c>echo 1 &gt; /sys/class/net/DEV/threaded</c>): a write then only queues the frame. Default off.
    /// </summary>
    public bool Napi { get; init; }

    /// <summary>Creates the device when there is none (it goes away with this process). Default off: a misspelt name should be told, not obeyed.</summary>
    public bool Create { get; init; }

    /// <summary>
    /// The stack's own address on the link. Default: the kernel's with the locally administered bit set and the last bit
    /// turned, so that it differs from the kernel's and stays the same from run to run (the kernel's neighbour entry stays right).
    /// </summary>
    public MacAddress? Address { get; init; }

    /// <summary>How long opening waits at the most until an interface that is up says that it runs. Default 1.5 s: the kernel handles such changes at once or once a second.</summary>
    public TimeSpan CarrierTimeout { get; init; } = TimeSpan.FromSeconds(1.5);
}
