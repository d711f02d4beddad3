using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

internal static class PathRules
{
    /// <summary>A CLOSE-WAIT younger than this may still be on its way to close.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public static IEnumerable<Finding> Findings(Navigation navigation, Journey journey)
    {
        foreach (NeighborResolution neighbor in navigation.Neighbors)
        {
            if (neighbor is { Attempts: > 1, Failed: false })
                yield return new Finding(FindingKind.NeighborRetried, neighbor.Elapsed, [neighbor.Evidence], w => w.NeighborRetried(neighbor.Address.ToString(), neighbor.Attempts, neighbor.Elapsed));
        }

        if (navigation.Hops.Count > 1)
        {
            Instant arrived = navigation.Phases.FirstOrDefault(p => p.Hop == navigation.Hops.Count - 1)?.Start ?? navigation.EndedAt;
            TimeSpan cost = arrived - navigation.StartedAt;
            yield return new Finding(FindingKind.Redirects, cost, [navigation.Started], w => w.Redirects(navigation.Hops.Count - 1, cost));
        }

        var full = new Dictionary<IpEndpoint, List<EventId>>();
        int mtu = int.MaxValue;
        EventId mtuEvidence = EventId.None;
        foreach (Event e in journey.Events)
        {
            if (e.At < navigation.StartedAt || e.At > navigation.EndedAt)
                continue;
            if (e.What is ListenQueueOverflowed overflow)
            {
                if (!full.TryGetValue(overflow.Listener, out List<EventId>? list))
                    full[overflow.Listener] = list = [];
                list.Add(e.Id);
            }
            else if (e.What is PathMtuChanged changed && changed.Mtu < mtu)
            {
                (mtu, mtuEvidence) = (changed.Mtu, e.Id);
            }
        }

        foreach ((IpEndpoint listener, List<EventId> evidence) in full)
            yield return new Finding(FindingKind.ListenQueue, TimeSpan.Zero, evidence, w => w.QueueOverflow(listener.ToString(), evidence.Count));
        if (!mtuEvidence.IsNone)
        {
            (int again, TimeSpan cost) = ResentSmaller(navigation);
            yield return new Finding(FindingKind.PathMtu, cost, [mtuEvidence], w => w.PathMtu(mtu, again, cost));
        }

        foreach (Finding finding in NeverClosed(navigation, journey))
            yield return finding;
    }

    /// <summary>Segments that were too big at first, and what sending them again cost.</summary>
    private static (int Count, TimeSpan Cost) ResentSmaller(Navigation navigation)
    {
        (int count, TimeSpan cost) = (0, TimeSpan.Zero);
        foreach (Conversation connection in navigation.Hops.Select(h => h.Connection).OfType<Conversation>().Distinct())
        {
            List<Repetition> again = Repairs.Within(connection, navigation.StartedAt, navigation.EndedAt).FindAll(Repairs.IsForSize);
            count += Math.Max(again.Count(r => r.Loss is null) == 0 ? 0 : 1, again.Select(r => r.Loss).OfType<PacketLoss>().Distinct().Count());
            cost += Repairs.Cost(connection, again, navigation.StartedAt, navigation.EndedAt);
        }

        return (count, cost);
    }

    /// <summary>Connections of this navigation that stand in CLOSE-WAIT when the log ends: somebody forgot to call close.</summary>
    private static IEnumerable<Finding> NeverClosed(Navigation navigation, Journey journey)
    {
        Instant now = journey.Events.Count > 0 ? journey.Events[^1].At : navigation.EndedAt;
        foreach (Conversation connection in navigation.Hops.Select(h => h.Connection).OfType<Conversation>().Distinct())
        {
            foreach (bool client in new[] { true, false })
            {
                StateStep? last = connection.States.LastOrDefault(s => s.IsClient == client);
                if (last is not { To: TcpState.CloseWait } || now - last.At < s_patience)
                    continue;
                string node = client ? connection.ClientNode : connection.PeerNode ?? "";
                ConnectionId id = client ? connection.Id : connection.PeerId ?? connection.Id;
                string owner = client ? "wirepath" : $"{node}";
                yield return new Finding(FindingKind.NeverClosed, TimeSpan.Zero, [last.Evidence], w => w.NeverClosed(node, id.ToString(), now - last.At, owner));
            }
        }
    }
}
