using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>
/// The other ends of the wire, of which a script sees one at a time: the connection under test is the one last opened from either
/// side. What the host sends to it waits here until the script asks.
/// </summary>
internal sealed class Peers(ScriptOptions options)
{
    private const ushort FirstPort = 49152;

    private readonly Queue<SeenSegment> _seen = new();
    private bool _isListening;
    private bool _isOpening;
    private IpEndpoint _opening;
    private ushort _nextPort = FirstPort;

    /// <summary>The connection under test; null before there was one.</summary>
    public Conversation? Current { get; private set; }

    public void OnListening() => (_isListening, _isOpening) = (true, false);

    public void OnOpening(IpEndpoint remote) => (_isOpening, _isListening, _opening) = (true, false, remote);

    /// <summary>The host has sent something.</summary>
    public void OnSeen(SeenSegment segment)
    {
        if (_isOpening && segment.Tcp.IsSyn && !segment.Tcp.IsAck && segment.Destination == _opening)
        {
            _isOpening = false;
            Current = new Conversation(segment.Source, segment.Destination);
        }

        _seen.Enqueue(segment);
    }

    /// <summary>The connection that an arriving segment belongs to: a SYN to a listener that had none yet opens one.</summary>
    public Conversation ForInbound(SegmentPattern segment)
    {
        bool opens = (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;
        if (Current is null || (_isListening && opens))
        {
            _isListening &= !opens;
            Current = new Conversation(new IpEndpoint(options.LocalIp, options.BindPort), new IpEndpoint(options.RemoteIp, _nextPort++));
        }

        if ((segment.Flags & TcpFlags.Syn) != 0)
            Current.PeerBegins(segment.Sequence);
        return Current;
    }

    public bool HasSeen
    {
        get
        {
            DropOthers();
            return _seen.Count > 0;
        }
    }

    /// <summary>The oldest segment to the connection under test that the script has not asked for yet.</summary>
    public SeenSegment? Take()
    {
        DropOthers();
        return _seen.TryDequeue(out SeenSegment? segment) ? segment : null;
    }

    /// <summary>The same, when it goes on where <paramref name="segment"/> ends; null otherwise.</summary>
    public SeenSegment? TakeContinuation(SeenSegment segment) => HasSeen && segment.IsContinuedBy(_seen.Peek()) ? _seen.Dequeue() : null;

    /// <summary>Segments to the connection under test that are still here.</summary>
    public int CountUnasked()
    {
        int count = 0;
        for (; Take() is not null; count++)
        {
        }

        return count;
    }

    private void DropOthers()
    {
        while (_seen.TryPeek(out SeenSegment? first)
            && !(Current is { } current && first.Source == current.Local && first.Destination == current.Remote))
        {
            _seen.Dequeue();
        }
    }
}
