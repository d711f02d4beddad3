using Wirepath.Wire;

namespace Wirepath.Events;

/// <summary>A host handed a frame to a device. Its cause says why the packet exists.</summary>
/// <param name="Interface">The interface's name on that host: <c>eth0</c>.</param>
/// <param name="Frame">A copy of the bytes, without FCS.</param>
public sealed record FrameSent(string Interface, ReadOnlyMemory<byte> Frame) : Happening;

/// <summary>A host took a frame from a device. In a simulation its cause is the <see cref="FrameSent"/> at the other end.</summary>
public sealed record FrameReceived(string Interface, ReadOnlyMemory<byte> Frame) : Happening;

public enum DropReason
{
    None,
    /// <summary>A simulated link lost it at random.</summary>
    Lost,
    /// <summary>A full queue: drop-tail or the device's own.</summary>
    QueueFull,
    /// <summary>CoDel's decision (RFC 8289).</summary>
    CoDel,
    /// <summary>The link is cut.</summary>
    Partitioned,
    /// <summary>Bigger than the link's MTU.</summary>
    TooBig,
    /// <summary>A header that lies: truncated, wrong length, wrong version.</summary>
    Malformed,
    BadChecksum,
    /// <summary>Not for this host, and it does not forward.</summary>
    NotForUs,
    NoRoute,
    TimeToLiveExpired,
    NeighborUnreachable,
    /// <summary>No socket listens.</summary>
    NoListener,
    UnknownProtocol,
    /// <summary>The host's memory budget or a table's limit is used up.</summary>
    Budget,
    /// <summary>A NAT has no mapping for it.</summary>
    NoMapping,
    /// <summary>Overlapping or late fragments (RFC 5722).</summary>
    Fragment,
    /// <summary>A queue of the socket is full.</summary>
    SocketQueueFull,
    /// <summary>Martian source or destination (RFC 1812 §5.3.7).</summary>
    Martian,
    /// <summary>A firewall's rule, which drops without a word.</summary>
    Firewalled,
}

/// <summary>A host gave up on a packet.</summary>
/// <param name="Frame">What was dropped, from the layer's own header on; may be empty.</param>
public sealed record PacketDropped(string Interface, DropReason Reason, ReadOnlyMemory<byte> Frame) : Happening;

/// <summary>What became of a frame on a link.</summary>
public enum LinkVerdict
{
    Delivered,
    Dropped,
    /// <summary>A second copy made by the link.</summary>
    Duplicated,
    /// <summary>Delivered with damaged bytes.</summary>
    Corrupted,
}

/// <summary>
/// A frame entered a link (or a tap on a real device saw it). Written by links; captures are drawn from these: one
/// capture interface for each <paramref name="Link"/>.
/// </summary>
/// <param name="Link">The link's name, <c>home-lan</c> or <c>tap0</c>.</param>
/// <param name="From">Node that sent it.</param>
/// <param name="To">Node at the other end.</param>
/// <param name="Frame">A copy of the bytes, as they arrive (damaged if <see cref="LinkVerdict.Corrupted"/>).</param>
/// <param name="ArrivesAt">When the far end gets it; <see cref="Instant.Never"/> when it does not.</param>
public sealed record LinkTransit(string Link, string From, string To, ReadOnlyMemory<byte> Frame, LinkVerdict Verdict, DropReason Reason, Instant ArrivesAt) : Happening;

/// <summary>A neighbour-table look-up (ARP, NDP) before sending.</summary>
public sealed record NeighborLookup(string Interface, IpAddress Address, bool Hit, MacAddress Mac) : Happening;

/// <summary>who-has: attempt 1, 2, 3 …</summary>
public sealed record NeighborRequested(string Interface, IpAddress Address, int Attempt) : Happening;

/// <summary>is-at. <paramref name="Elapsed"/> since the first request, zero when it was learned without asking.</summary>
public sealed record NeighborResolved(string Interface, IpAddress Address, MacAddress Mac, TimeSpan Elapsed) : Happening;

public sealed record NeighborFailed(string Interface, IpAddress Address, int Attempts) : Happening;
