namespace Wirepath.Devices;

/// <summary>What passed a device since it was opened. Written by the loop's thread, readable from any.</summary>
public sealed class DeviceCounters
{
    /// <summary>Frames, a super-segment counting once.</summary>
    public long ReceivedFrames { get; private set; }

    public long ReceivedBytes { get; private set; }

    public long SentFrames { get; private set; }

    public long SentBytes { get; private set; }

    /// <summary>Frames the device refused: its queue was full, the interface was down, the other end was gone.</summary>
    public long SendDrops { get; private set; }

    /// <summary>Frames whose offload header contradicted them.</summary>
    public long ReceiveDrops { get; private set; }

    internal void Received(int bytes)
    {
        ReceivedFrames++;
        ReceivedBytes += bytes;
    }

    internal void Sent(int bytes)
    {
        SentFrames++;
        SentBytes += bytes;
    }

    internal void DroppedOnSend() => SendDrops++;

    internal void DroppedOnReceive() => ReceiveDrops++;
}
