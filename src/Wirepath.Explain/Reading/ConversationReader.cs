using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>Joins both ends' events of one connection.</summary>
internal sealed class ConversationReader
{
    private readonly LogIndex _log;
    private readonly ConnectionId _id;
    private readonly IReadOnlyList<int> _client;
    private readonly string? _peerNode;
    private readonly ConnectionId? _peerId;
    private readonly IReadOnlyList<int> _peer = [];
    private readonly List<SegmentRow> _rows = [];
    private readonly Dictionary<int, SegmentRow> _rowOf = [];

    private ConversationReader(LogIndex log, ConnectionId id, IReadOnlyList<int> client)
    {
        (_log, _id, _client) = (log, id, client);
        if (PeerOf(log, id, client) is not { } peer)
            return;
        (_peerNode, _peerId) = (peer.Node, peer.Id);
        // The same pair of ends may have been used before: only what came after this connection's first event.
        _peer = [.. log.EventsOf(peer.Node, peer.Id).Where(i => i > client[0])];
    }

    /// <summary>Reads every connection that the client opened, in order. A pair of ends that is used twice gives two.</summary>
    /// <param name="at">Each event of the client about it → which conversation it belongs to.</param>
    public static List<Conversation> ReadAll(LogIndex log, LossReader losses, Dictionary<int, Conversation> at)
    {
        var result = new List<(int First, Conversation Conversation)>();
        foreach ((string node, ConnectionId id) in log.Connections.Where(c => c.Node == log.Client).ToList())
        {
            foreach (List<int> one in Incarnations(log, log.EventsOf(node, id)))
            {
                // An end that only ever listened belongs to a server that happens to run on the client's node.
                if (one.Exists(i => log[i].What is StateChanged { From: TcpState.Listen }) || !one.Exists(i => log[i].What is StateChanged or SegmentSent or SegmentReceived))
                    continue;
                Conversation conversation = new ConversationReader(log, id, one).Read(losses);
                result.Add((one[0], conversation));
                foreach (int index in one)
                    at[index] = conversation;
            }
        }

        result.Sort((a, b) => a.First.CompareTo(b.First));
        return result.ConvertAll(r => r.Conversation);
    }

    private static IEnumerable<List<int>> Incarnations(LogIndex log, IReadOnlyList<int> events)
    {
        var current = new List<int>();
        bool opened = false;
        foreach (int index in events)
        {
            if (log[index].What is StateChanged { To: TcpState.SynSent })
            {
                if (opened)
                {
                    yield return current;
                    current = [];
                }

                opened = true;
            }

            current.Add(index);
        }

        if (current.Count > 0)
            yield return current;
    }

    /// <summary>The other end: whoever received what this end sent; failing that, whoever has the mirrored ends, with the NAT's translations.</summary>
    private static (string Node, ConnectionId Id)? PeerOf(LogIndex log, ConnectionId id, IReadOnlyList<int> client)
    {
        var sent = client.Where(i => log[i].What is SegmentSent).ToHashSet();
        var names = new HashSet<IpEndpoint> { id.Local };
        for (int i = client[0]; i < log.Count; i++)
        {
            switch (log[i].What)
            {
                case NatTranslated { Protocol: IpProtocol.Tcp, Outward: true } nat when names.Contains(nat.Before):
                    names.Add(nat.After);
                    break;
                case SegmentReceived received when log[i].Node != log.Client && received.Connection.Local.Port == id.Remote.Port:
                    if (sent.Contains(log.SegmentOf(i)) || (received.Connection.Local == id.Remote && names.Contains(received.Connection.Remote)))
                        return (log[i].Node, received.Connection);
                    break;
            }
        }

        return null;
    }

    private Conversation Read(LossReader losses)
    {
        BuildRows();
        var lost = new List<PacketLoss>();
        NumberDataSegments();
        foreach (SegmentRow row in _rows)
        {
            if (losses.Of(row, _log.IndexOf(row.Sent)) is { } loss)
            {
                row.Loss = loss;
                lost.Add(loss);
            }
        }

        List<StateStep> states = States();
        Instant opened = _log[_client[0]].At;
        Instant? established = states.Find(s => s.IsClient && s.To == TcpState.Established)?.At;
        SegmentRow? firstSyn = _rows.Find(r => r.FromClient && r.Has(TcpFlags.Syn));
        SegmentRow? lastSyn = _rows.FindLast(r => r.FromClient && r.Has(TcpFlags.Syn));
        SegmentRow? synAck = _rows.Find(r => !r.FromClient && r.Has(TcpFlags.Syn | TcpFlags.Ack) && r.ReceivedAt is not null);
        return new Conversation
        {
            Id = _id,
            ClientNode = _log.Client,
            PeerNode = _peerNode,
            PeerId = _peerId,
            OpenedAt = firstSyn?.SentAt ?? opened,
            EstablishedAt = established,
            // Karn: only an unambiguous pair measures a round trip.
            HandshakeRtt = ReferenceEquals(firstSyn, lastSyn) && firstSyn is not null ? synAck?.ReceivedAt - LeftAt(firstSyn) : null,
            Segments = _rows,
            States = states,
            Options = Happenings<OptionsNegotiated>(_client).FirstOrDefault().What,
            Transfers = Transfers(),
            Losses = lost,
            Repetitions = RepetitionReader.Read(_log, _client, _peer, _rows),
            ZeroWindows = ZeroWindows(),
            RoundTrips = [.. Happenings<RttSampled>(_client).Select(r => new TimedSample(r.Event.At, r.What.Sample, r.What.SmoothedRtt, r.Event.Id))
                .Concat(Happenings<RttSampled>(_peer).Select(r => new TimedSample(r.Event.At, r.What.Sample, r.What.SmoothedRtt, r.Event.Id))).OrderBy(r => r.Evidence.Value)],
            Close = CloseReader.Read(_rows, states, Happenings<TimeWaitStarted>(_client).ToList(), Happenings<TimeWaitStarted>(_peer).ToList()),
            End = Happenings<ConnectionEnded>(_client).FirstOrDefault().What,
            Syns = _rows.Count(r => r.FromClient && r.Has(TcpFlags.Syn) && !r.Has(TcpFlags.Ack)),
        };
    }

    /// <summary>When a segment really left: a SYN that had to wait for ARP measures no round trip while it waits.</summary>
    private Instant LeftAt(SegmentRow row)
    {
        int sent = _log.IndexOf(row.Sent);
        int received = _log.IndexOf(row.Received);
        for (int i = sent + 1; i < (received < 0 ? _client[^1] : received); i++)
        {
            if (_log[i].What is FrameSent && _log[i].Node == _log.Client && _log.SegmentOf(i) == sent && !IsArp(i, sent))
                return _log[i].At;
        }

        return row.At;
    }

    /// <summary>A who-has is sent because of the segment, too, but is not the segment.</summary>
    private bool IsArp(int index, int sent)
    {
        for (int at = _log.CauseOf(index); at > sent; at = _log.CauseOf(at))
        {
            if (_log[at].What is NeighborRequested)
                return true;
        }

        return false;
    }

    private IEnumerable<(Event Event, T What)> Happenings<T>(IReadOnlyList<int> indices)
        where T : Happening
    {
        foreach (int index in indices)
        {
            if (_log[index].What is T what)
                yield return (_log[index], what);
        }
    }

    private void BuildRows()
    {
        var order = new List<(int Index, SegmentRow Row)>();
        Dictionary<int, int> arrivals = ArrivalsByCause();
        var matched = new HashSet<int>();
        foreach ((IReadOnlyList<int> mine, IReadOnlyList<int> other, bool fromClient) in new[] { (_client, _peer, true), (_peer, _client, false) })
        {
            foreach (int index in mine)
            {
                if (_log[index].What is not SegmentSent sent)
                    continue;
                int arrival = arrivals.TryGetValue(index, out int known) ? known : Arrival(other, index, sent.Segment, matched);
                if (arrival >= 0)
                    matched.Add(arrival);
                var row = new SegmentRow
                {
                    FromClient = fromClient,
                    Facts = sent.Segment,
                    Sent = _log[index].Id,
                    SentAt = _log[index].At,
                    Why = sent.Why,
                    Received = arrival < 0 ? EventId.None : _log[arrival].Id,
                    ReceivedAt = arrival < 0 ? null : _log[arrival].At,
                };
                _rowOf[index] = row;
                if (arrival >= 0)
                    _rowOf[arrival] = row;
                order.Add((index, row));
            }
        }

        // What nobody's log says was sent: all of it on a real wire, and a RST that a host without the connection sent.
        var peers = _peer.ToHashSet();
        foreach (int index in _client)
        {
            if (_log[index].What is not SegmentReceived received || matched.Contains(index) || (_log.SegmentOf(index) is >= 0 and var known && peers.Contains(known)))
                continue;
            var row = new SegmentRow { FromClient = false, Facts = received.Segment, Received = _log[index].Id, ReceivedAt = _log[index].At };
            _rowOf[index] = row;
            order.Add((index, row));
        }

        order.Sort((a, b) => a.Index.CompareTo(b.Index));
        _rows.AddRange(order.Select(o => o.Row));
        AddCwnd(_client);
        AddCwnd(_peer);
    }

    /// <summary>Which segment sent at one end came in as which at the other, by the causes of the frames between: through routers and NATs.</summary>
    private Dictionary<int, int> ArrivalsByCause()
    {
        var arrivals = new Dictionary<int, int>();
        foreach ((IReadOnlyList<int> mine, IReadOnlyList<int> other) in new[] { (_client, _peer), (_peer, _client) })
        {
            var sent = mine.ToHashSet();
            foreach (int index in other)
            {
                // The first copy counts; a link may deliver a second one.
                if (_log[index].What is SegmentReceived && _log.SegmentOf(index) is >= 0 and var origin && sent.Contains(origin))
                    arrivals.TryAdd(origin, index);
            }
        }

        return arrivals;
    }

    /// <summary>Without causes (two logs put together): the first later arrival with the same facts.</summary>
    private int Arrival(IReadOnlyList<int> other, int index, SegmentFacts facts, HashSet<int> matched)
    {
        foreach (int candidate in other)
        {
            if (candidate > index && _log[candidate].What is SegmentReceived received && _log.CauseOf(candidate) < 0 && !matched.Contains(candidate)
                && received.Segment.Sequence == facts.Sequence && received.Segment.Flags == facts.Flags && received.Segment.Length == facts.Length
                && received.Segment.Acknowledgment == facts.Acknowledgment)
                return candidate;
        }

        return -1;
    }

    private void AddCwnd(IReadOnlyList<int> lane)
    {
        long? cwnd = null;
        foreach (int index in lane)
        {
            if (_log[index].What is CongestionChanged changed)
                cwnd = changed.Cwnd;
            else if (_log[index].What is SegmentSent && _rowOf.TryGetValue(index, out SegmentRow? row))
                row.Cwnd = cwnd;
        }
    }

    private void NumberDataSegments()
    {
        foreach (bool fromClient in new[] { true, false })
        {
            var numbers = new Dictionary<uint, int>();
            foreach (SegmentRow row in _rows)
            {
                if (row.FromClient != fromClient || row.Facts.Length == 0)
                    continue;
                if (!numbers.TryGetValue(row.Facts.RelativeSequence, out int number))
                    numbers[row.Facts.RelativeSequence] = number = numbers.Count + 1;
                row.DataNumber = number;
            }
        }
    }

    private List<StateStep> States()
    {
        var steps = new List<(int Index, StateStep Step)>();
        foreach ((IReadOnlyList<int> lane, bool isClient) in new[] { (_client, true), (_peer, false) })
        {
            for (int i = 0; i < lane.Count; i++)
            {
                if (_log[lane[i]] is not { What: StateChanged change } e)
                    continue;
                steps.Add((lane[i], new StateStep(isClient, e.At, change.From, change.To, change.Trigger, e.Id)));
                if (RowOfState(lane, i, e, change) is not { } row)
                    continue;
                if (isClient)
                    row.ClientState = change.To;
                else
                    row.PeerState = change.To;
            }
        }

        steps.Sort((a, b) => a.Index.CompareTo(b.Index));
        return steps.ConvertAll(s => s.Step);
    }

    /// <summary>The segment that a state change goes with: the one received that caused it, else the one sent with it.</summary>
    private SegmentRow? RowOfState(IReadOnlyList<int> lane, int at, Event e, StateChanged change)
    {
        // The application opens and closes at once; SYN and FIN leave when the loop comes round, a FIN behind the data before it.
        TcpFlags announced = change.To switch
        {
            TcpState.SynSent => TcpFlags.Syn,
            TcpState.FinWait1 or TcpState.LastAck => TcpFlags.Fin,
            _ => TcpFlags.None,
        };
        if (announced != TcpFlags.None)
        {
            for (int i = at + 1; i < lane.Count; i++)
            {
                if (_log[lane[i]].What is SegmentSent sent && (sent.Segment.Flags & announced) != 0)
                    return _rowOf.GetValueOrDefault(lane[i]);
            }
        }

        // A segment that came in is the cause, whatever time passed until it was acted upon; but the end of TIME-WAIT is a clock's work.
        if (change.From != TcpState.TimeWait && _log.CauseOf(lane[at]) is >= 0 and var arrived && _log[arrived].What is SegmentReceived)
            return _rowOf.GetValueOrDefault(arrived);

        SegmentRow? before = Neighbour(lane, at, -1, e.At);
        SegmentRow? after = Neighbour(lane, at, +1, e.At);
        bool received = change.Trigger.StartsWith("received", StringComparison.OrdinalIgnoreCase);
        return received ? before ?? after : after ?? before;
    }

    private SegmentRow? Neighbour(IReadOnlyList<int> lane, int at, int step, Instant when)
    {
        for (int i = at + step; i >= 0 && i < lane.Count && _log[lane[i]].At == when; i += step)
        {
            if ((step < 0 && _log[lane[i]].What is SegmentReceived or SegmentSent) || (step > 0 && _log[lane[i]].What is SegmentSent))
                return _rowOf.GetValueOrDefault(lane[i]);
            if (step > 0 && _log[lane[i]].What is SegmentReceived)
                return null;
        }

        return null;
    }

    private List<Transfer> Transfers()
    {
        var transfers = new List<Transfer>();
        foreach (bool fromClient in new[] { true, false })
        {
            List<SegmentRow> data = _rows.FindAll(r => r.FromClient == fromClient && r.Facts.Length > 0);
            if (data.Count == 0)
                continue;
            (int segments, long bytes) = Transfer.Count(data);
            transfers.Add(new Transfer
            {
                FromClient = fromClient,
                Segments = segments,
                Bytes = bytes,
                First = data[0].At,
                Last = data.Max(r => r.ReceivedAt ?? r.At),
                Congestion = [.. Happenings<CongestionChanged>(fromClient ? _client : _peer)
                    .Select(c => new CongestionPoint(c.Event.At, c.What.Phase, c.What.Cwnd, c.What.Ssthresh, c.What.Mss, c.What.Why, c.Event.Id))],
                LargestWindow = _rows.Where(r => r.FromClient != fromClient && r.Has(TcpFlags.Ack) && !r.Has(TcpFlags.Syn)).Select(r => r.Facts.Window).DefaultIfEmpty(0).Max(),
            });
        }

        return transfers;
    }

    private List<ZeroWindow> ZeroWindows()
    {
        var stretches = new List<ZeroWindow>();
        foreach (bool byClient in new[] { true, false })
        {
            SegmentRow? since = null;
            foreach (SegmentRow row in _rows)
            {
                if (row.FromClient != byClient || !row.Has(TcpFlags.Ack) || row.Has(TcpFlags.Rst))
                    continue;
                if (row.Facts.Window == 0)
                {
                    since ??= row;
                }
                else if (since is not null)
                {
                    stretches.Add(new ZeroWindow(byClient, since.At, row.At, since.Sent.IsNone ? since.Received : since.Sent));
                    since = null;
                }
            }

            if (since is not null)
                stretches.Add(new ZeroWindow(byClient, since.At, _rows[^1].At, since.Sent.IsNone ? since.Received : since.Sent));
        }

        return stretches;
    }
}
