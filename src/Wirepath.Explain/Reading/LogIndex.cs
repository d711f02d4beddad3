using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>
/// The log with its causes made walkable: which event led to which, to which navigation an event belongs, and which
/// segment or query a frame carries. One pass over the log; every later question is a look-up.
/// </summary>
internal sealed class LogIndex
{
    private readonly IReadOnlyList<Event> _events;
    private readonly int[] _cause;
    private readonly int[] _navigation;
    private readonly int[] _segment;
    private readonly int[] _query;
    private readonly Dictionary<(string Node, ConnectionId Id), List<int>> _connections = [];

    public LogIndex(IReadOnlyList<Event> events, string clientNode)
    {
        _events = events;
        Client = clientNode;
        _cause = new int[events.Count];
        _navigation = new int[events.Count];
        _segment = new int[events.Count];
        _query = new int[events.Count];
        int open = -1;
        for (int i = 0; i < events.Count; i++)
        {
            Event e = events[i];
            int cause = IndexOf(e.Cause);
            // A cause lies in the past; anything else is a log that was tampered with.
            _cause[i] = cause < i ? cause : -1;
            cause = _cause[i];
            _segment[i] = e.What is SegmentSent ? i : cause < 0 ? -1 : _segment[cause];
            _query[i] = e.What is QuerySent ? i : cause < 0 ? -1 : _query[cause];
            if (e.What is NavigationStarted && e.Node == clientNode)
                open = i;
            _navigation[i] = open == i ? i : cause >= 0 && _navigation[cause] >= 0 ? _navigation[cause] : open;
            if (e.What is NavigationFinished && e.Node == clientNode)
                open = -1;
            if (ConnectionOf(e.What) is { } id)
                Connection(e.Node, id, create: true)!.Add(i);
        }
    }

    public string Client { get; }

    public int Count => _events.Count;

    public Event this[int index] => _events[index];

    public IEnumerable<(string Node, ConnectionId Id)> Connections => _connections.Keys;

    /// <summary>Index of an event, −1 when it is not in the log. Numbers count up, mostly without gaps.</summary>
    public int IndexOf(EventId id)
    {
        if (id.IsNone || _events.Count == 0)
            return -1;
        long guess = id.Value - _events[0].Id.Value;
        if (guess < 0)
            return -1;
        if (guess < _events.Count && _events[(int)guess].Id == id)
            return (int)guess;
        (int low, int high) = (0, _events.Count - 1);
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _events[middle].Id.Value.CompareTo(id.Value);
            if (order == 0)
                return middle;
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>Index of the direct cause, −1 when there is none in the log.</summary>
    public int CauseOf(int index) => _cause[index];

    /// <summary>Index of the navigation's first event, −1 when it belongs to none.</summary>
    public int NavigationOf(int index) => _navigation[index];

    /// <summary>Index of the nearest <see cref="SegmentSent"/> on the way back (or the event itself), −1 without one.</summary>
    public int SegmentOf(int index) => _segment[index];

    /// <summary>Index of the nearest <see cref="QuerySent"/> on the way back (or the event itself), −1 without one.</summary>
    public int QueryOf(int index) => _query[index];

    /// <summary>From the event itself back along its causes.</summary>
    public IEnumerable<int> Back(int index)
    {
        for (int at = index; at >= 0; at = _cause[at])
            yield return at;
    }

    /// <summary>Indices of the events that a node wrote about a connection, in order.</summary>
    public IReadOnlyList<int> EventsOf(string node, ConnectionId id) => Connection(node, id, create: false) ?? (IReadOnlyList<int>)[];

    private List<int>? Connection(string node, ConnectionId id, bool create)
    {
        if (!_connections.TryGetValue((node, id), out List<int>? list) && create)
            _connections[(node, id)] = list = [];
        return list;
    }

    /// <summary>The connection that a happening is about; null when it is about none.</summary>
    public static ConnectionId? ConnectionOf(Happening what) => what switch
    {
        StateChanged e => e.Connection,
        SegmentSent e => e.Connection,
        SegmentReceived e => e.Connection,
        SegmentRejected e => e.Connection,
        Retransmitted e => e.Connection,
        RetransmissionTimedOut e => e.Connection,
        ReorderingSeen e => e.Connection,
        LossProbeDue e => e.Connection,
        ReorderingTimedOut e => e.Connection,
        PathSizeChanged e => e.Connection,
        DuplicateAckCounted e => e.Connection,
        RttSampled e => e.Connection,
        CongestionChanged e => e.Connection,
        PeerWindowChanged e => e.Connection,
        WindowsMoved e => e.Connection,
        OptionsNegotiated e => e.Connection,
        KeepAliveSent e => e.Connection,
        TimeWaitStarted e => e.Connection,
        ConnectionEnded e => e.Connection,
        SocketCalled e => e.Connection,
        ConnectFinished e => e.Connection,
        TlsStarted e => e.Connection,
        TlsFinished e => e.Connection,
        TlsFailed e => e.Connection,
        RequestSent e => e.Connection,
        ResponseHeadReceived e => e.Connection,
        BodyReceived e => e.Connection,
        ResponseCompleted e => e.Connection,
        RequestServed e => e.Connection,
        _ => null,
    };
}
