using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>
/// One connection as both sides count it: the script writes small numbers, the host has chosen its own ISS, port and start of
/// the timestamp clock. The peer's SYN has the number that the script writes.
/// </summary>
internal sealed class Conversation(IpEndpoint local, IpEndpoint remote)
{
    // Scripts need not be right about our clock: what they call a value is that value when the peer echoes it.
    private readonly Dictionary<uint, uint> _timestamps = [];
    private uint _hostIss;
    private bool _hasIss;
    private uint _timestampOffset;
    private bool _hasTimestamp;
    private bool _hasRemoteIss;
    private uint _renewedIss;
    private bool _mayBeRenewed;

    /// <summary>The host's end.</summary>
    public IpEndpoint Local { get; } = local;

    /// <summary>The script's end.</summary>
    public IpEndpoint Remote { get; } = remote;

    /// <summary>The script's number of the peer's SYN.</summary>
    public uint RemoteIss { get; private set; }

    /// <summary>The script's number of our SYN.</summary>
    public uint LocalIss { get; private set; }

    /// <summary>The peer sends a SYN. Another than before may be the beginning of a new incarnation; our answer tells.</summary>
    public void PeerBegins(uint iss)
    {
        if (!_hasRemoteIss)
            (_hasRemoteIss, RemoteIss) = (true, iss);
        else if (iss != RemoteIss)
            (_mayBeRenewed, _renewedIss) = (true, iss);
    }

    /// <summary>The first of our SYNs that the script describes ties its numbers to the host's.</summary>
    public void Learn(in TcpHeader actual, in TcpOptions options, SegmentPattern expected)
    {
        if (_mayBeRenewed && actual.IsSyn)
        {
            (_hasIss, _hasTimestamp, _mayBeRenewed, RemoteIss) = (false, false, false, _renewedIss);
            _timestamps.Clear();
        }

        if (!_hasIss && actual.IsSyn)
            (_hasIss, LocalIss, _hostIss) = (true, expected.Sequence, actual.Sequence.Value);

        if (!options.HasTimestamps || expected.Options?.FirstOrDefault(o => o.Kind == TcpOptionKind.Timestamps) is not { } stamp)
            return;
        if (!_hasTimestamp)
            (_hasTimestamp, _timestampOffset) = (true, unchecked(options.TimestampValue - stamp.First));
        _timestamps[stamp.First] = options.TimestampValue;
    }

    // In a SYN both sides' numbers stand as they are; in all other segments they count from the SYN's, whatever that was.

    /// <summary>A number of ours, as the host counts.</summary>
    public uint ToHost(uint number, bool inSyn) => unchecked(number + (inSyn ? _hostIss - LocalIss : _hostIss));

    /// <summary>A number of ours, as the script counts.</summary>
    public uint ToScript(SequenceNumber number, bool inSyn) => unchecked(number.Value - (inSyn ? _hostIss - LocalIss : _hostIss));

    /// <summary>A number of the peer's, as it stands on the wire.</summary>
    public uint PeerToWire(uint number, bool inSyn) => inSyn ? number : unchecked(number + RemoteIss);

    /// <summary>A number of the peer's, as the script counts.</summary>
    public uint PeerToScript(uint number, bool inSyn) => inSyn ? number : unchecked(number - RemoteIss);

    public uint TimestampToHost(uint value) =>
        _timestamps.TryGetValue(value, out uint said) ? said : _hasTimestamp && value != 0 ? unchecked(value + _timestampOffset) : value;

    public uint TimestampToScript(uint value) => unchecked(value - _timestampOffset);
}
