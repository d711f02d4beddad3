using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>
/// Divides a navigation into phases. Intervals may overlap (addresses are looked up while another connection is
/// tried); at each moment the one nearest to the page counts, except that waiting for ARP goes before all.
/// </summary>
internal static class PhaseReader
{
    public readonly record struct Interval(PhaseKind Kind, Instant Start, Instant End, int Hop);

    // Later in this list wins.
    private static readonly PhaseKind[] s_precedence =
        [PhaseKind.Other, PhaseKind.Dns, PhaseKind.Connect, PhaseKind.Tls, PhaseKind.Wait, PhaseKind.Transfer, PhaseKind.Redirect, PhaseKind.Arp];

    /// <summary>The intervals that the client's own events open and close.</summary>
    public static List<Interval> Intervals(LogIndex log, IReadOnlyList<int> client, Instant end)
    {
        var intervals = new List<Interval>();
        var open = new Dictionary<(PhaseKind, object?), (Instant At, int Hop)>();
        var known = new HashSet<IpAddress>();
        int hop = 0;
        int exchange = -1; // the first interval of the exchange in progress: a redirect recolours it
        foreach (int index in client)
        {
            Event e = log[index];
            switch (e.What)
            {
                case LookupStarted s:
                    Open(PhaseKind.Dns, (s.Name, s.Type), e.At);
                    break;
                case LookupFinished f:
                    Close(PhaseKind.Dns, (f.Name, f.Type), e.At);
                    break;
                case ConnectStarted s:
                    Open(PhaseKind.Connect, s.Remote, e.At);
                    break;
                case ConnectFinished f:
                    Close(PhaseKind.Connect, f.Connection.Remote, e.At);
                    break;
                case ConnectFailed f:
                    Close(PhaseKind.Connect, f.Remote, e.At);
                    break;
                case ConnectAbandoned f:
                    Close(PhaseKind.Connect, f.Remote, e.At);
                    break;
                case TlsStarted s:
                    Open(PhaseKind.Tls, s.Connection, e.At);
                    break;
                case TlsFinished f:
                    Close(PhaseKind.Tls, f.Connection, e.At);
                    break;
                case TlsFailed f:
                    Close(PhaseKind.Tls, f.Connection, e.At);
                    break;
                case RequestSent:
                    exchange = intervals.Count;
                    Open(PhaseKind.Wait, null, e.At);
                    break;
                case ResponseHeadReceived:
                    Close(PhaseKind.Wait, null, e.At);
                    Open(PhaseKind.Transfer, null, e.At);
                    break;
                case ResponseCompleted:
                    Close(PhaseKind.Transfer, null, e.At);
                    break;
                case HttpFailed:
                    Close(PhaseKind.Wait, null, e.At);
                    Close(PhaseKind.Transfer, null, e.At);
                    break;
                case Redirected:
                    Close(PhaseKind.Wait, null, e.At);
                    Close(PhaseKind.Transfer, null, e.At);
                    for (int i = Math.Max(exchange, 0); exchange >= 0 && i < intervals.Count; i++)
                    {
                        if (intervals[i].Kind is PhaseKind.Wait or PhaseKind.Transfer)
                            intervals[i] = intervals[i] with { Kind = PhaseKind.Redirect };
                    }

                    hop++;
                    exchange = -1;
                    break;
                case NeighborLookup { Hit: true } f:
                    known.Add(f.Address);
                    break;
                case NeighborLookup { Hit: false } f:
                    known.Remove(f.Address);
                    break;
                // A request for an address that is in use only confirms it (RFC 4861 §7.3): no packet waits.
                case NeighborRequested s when !known.Contains(s.Address):
                    open.TryAdd((PhaseKind.Arp, s.Address), (e.At, hop));
                    break;
                case NeighborResolved f:
                    known.Add(f.Address);
                    Close(PhaseKind.Arp, f.Address, e.At);
                    break;
                case NeighborFailed f:
                    known.Remove(f.Address);
                    Close(PhaseKind.Arp, f.Address, e.At);
                    break;
            }
        }

        foreach (((PhaseKind kind, _), (Instant at, int of)) in open)
            intervals.Add(new Interval(kind, at, end, of));
        return intervals;

        void Open(PhaseKind kind, object? key, Instant at) => open[(kind, key)] = (at, hop);

        void Close(PhaseKind kind, object? key, Instant at)
        {
            if (open.Remove((kind, key), out (Instant At, int Hop) begun))
                intervals.Add(new Interval(kind, begun.At, at, begun.Hop));
        }
    }

    /// <summary>Cuts [start, end] at every edge and gives each piece to the interval that counts there. The pieces sum to the whole by construction.</summary>
    public static IReadOnlyList<Phase> Partition(Instant start, Instant end, IReadOnlyList<Interval> intervals)
    {
        var edges = new SortedSet<Instant> { start, end };
        foreach (Interval interval in intervals)
        {
            if (interval.Start > start && interval.Start < end)
                edges.Add(interval.Start);
            if (interval.End > start && interval.End < end)
                edges.Add(interval.End);
        }

        var phases = new List<Phase>();
        Instant? from = null;
        int hop = 0;
        foreach (Instant to in edges)
        {
            if (from is { } begin)
            {
                var kind = PhaseKind.Other;
                bool covered = false;
                foreach (Interval interval in intervals)
                {
                    if (interval.Start <= begin && interval.End >= to && interval.End > interval.Start
                        && (!covered || Array.IndexOf(s_precedence, interval.Kind) > Array.IndexOf(s_precedence, kind)))
                        (kind, hop, covered) = (interval.Kind, interval.Hop, true);
                }

                if (phases.Count > 0 && phases[^1].Kind == kind && phases[^1].Hop == hop)
                    phases[^1] = phases[^1] with { End = to };
                else
                    phases.Add(new Phase(kind, begin, to, hop));
            }

            from = to;
        }

        return phases;
    }
}
