using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Bytes that a host holds on behalf of the network: connections, reassembly, queues. Belongs to the loop.</summary>
internal sealed class MemoryBudget(long limit)
{
    public long Limit { get; } = limit;

    public long Used { get; private set; }

    public long Peak { get; private set; }

    /// <summary>Three quarters are in use: time to shed what is optional.</summary>
    public bool IsUnderPressure => Used > Limit - Limit / 4;

    public bool TryCharge(long bytes)
    {
        if (Used + bytes > Limit)
            return false;
        Charge(bytes);
        return true;
    }

    /// <summary>Charges what cannot be refused any more, such as bytes that a connection has already acknowledged.</summary>
    public void Charge(long bytes)
    {
        Used += bytes;
        Peak = Math.Max(Peak, Used);
    }

    public void Release(long bytes) => Used -= bytes;

    /// <summary>What a queued packet costs: the block it occupies, not the bytes it carries.</summary>
    public static int ChargeFor(Packet packet) =>
        packet.Length + Packet.DefaultHeadroom <= BlockPool.SmallSize ? BlockPool.SmallSize : BlockPool.LargeSize;
}
