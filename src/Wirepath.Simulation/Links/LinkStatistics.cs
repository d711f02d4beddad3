namespace Wirepath.Simulation;

/// <summary>What one direction of a link has done so far, in frames (and bytes, without overhead).</summary>
public sealed class LinkStatistics
{
    /// <summary>Frames handed to the link.</summary>
    public long Offered { get; internal set; }

    /// <summary>Frames that arrived, duplicates and damaged ones included.</summary>
    public long Delivered { get; internal set; }

    public long DeliveredBytes { get; internal set; }

    /// <summary>Lost at random.</summary>
    public long Lost { get; internal set; }

    /// <summary>Turned away by a full queue.</summary>
    public long QueueDropped { get; internal set; }

    public long CoDelDropped { get; internal set; }

    /// <summary>Met a cut wire.</summary>
    public long Partitioned { get; internal set; }

    /// <summary>Bigger than the MTU.</summary>
    public long TooBig { get; internal set; }

    public long Reordered { get; internal set; }

    public long Duplicated { get; internal set; }

    public long Corrupted { get; internal set; }
}
