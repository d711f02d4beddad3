using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

internal static class TransferRules
{
    /// <summary>Queueing delay from which a person would call a line bloated (RFC 8289 §4.2 aims at 5 ms; telephony suffers from some 50).</summary>
    private static readonly TimeSpan s_bloat = TimeSpan.FromMilliseconds(50);

    private const int HttpPort = 80;

    /// <summary>How much more than the rate seen a window may allow and still be its limit.</summary>
    private const double WindowSlack = 2;

    /// <summary>Part of a transfer for which a full receive window must have held the sender before it is named.</summary>
    private const double WindowHeld = 0.3;

    public static IEnumerable<Finding> Findings(Navigation navigation)
    {
        foreach (Conversation connection in navigation.Hops.Select(h => h.Connection).OfType<Conversation>().Distinct())
        {
            foreach (Finding finding in OfConnection(navigation, connection))
                yield return finding;
        }

        foreach (Hop hop in navigation.Hops)
        {
            if (SlowServer(hop) is { } slow)
                yield return slow;
        }
    }

    private static IEnumerable<Finding> OfConnection(Navigation navigation, Conversation connection)
    {
        TimeSpan roundTrip = RoundTrip(connection);
        if (connection.Syns > 1 && connection.EstablishedAt is not null)
        {
            SegmentRow[] syns = [.. connection.Segments.Where(s => s.FromClient && s.Has(TcpFlags.Syn))];
            TimeSpan cost = syns[^1].At - syns[0].At;
            yield return new Finding(FindingKind.SynRepeated, cost, [.. syns.Select(s => s.Sent)], w => w.SynRepeated(syns.Length, cost));
        }

        foreach (Finding finding in Repaired(navigation, connection, roundTrip))
            yield return finding;
        List<PacketLoss> losses = [.. connection.Losses.Where(l => l.At <= navigation.EndedAt && l.At >= navigation.StartedAt)];
        List<PacketLoss> damaged = losses.FindAll(l => l.Corrupted);
        if (damaged.Count > 0)
            yield return new Finding(FindingKind.Corruption, TimeSpan.Zero, [.. damaged.Select(l => l.Evidence)], w => w.Corruption(damaged.Count, Where(damaged)));
        List<PacketLoss> harmless = losses.FindAll(l => !l.Corrupted && l.Reason != DropReason.TooBig && !connection.Repetitions.Any(r => r.Loss == l));
        if (harmless.Count > 0 && connection.EstablishedAt is not null)
            yield return new Finding(FindingKind.LossUnrepaired, TimeSpan.Zero, [.. harmless.Select(l => l.Evidence)], w => w.LossUnrepaired(harmless.Count, Where(harmless)));
        if (Bufferbloat(connection, losses) is { } bloat)
            yield return bloat;
        foreach (bool byClient in new[] { true, false })
        {
            List<ZeroWindow> closed = [.. connection.ZeroWindows.Where(z => z.ByClient == byClient && z.From <= navigation.EndedAt)];
            if (closed.Count == 0)
                continue;
            TimeSpan cost = Diagnosis.Union(closed.Select(z => (z.From, z.To)));
            yield return new Finding(FindingKind.ZeroWindow, cost, [.. closed.Select(z => z.Evidence)], w => w.ZeroWindow(byClient, closed.Count, cost));
        }

        if (SmallWindow(connection) is { } window)
            yield return new Finding(FindingKind.SmallWindow, TimeSpan.Zero, [connection.Segments[0].Sent], w => w.SmallWindow(window, roundTrip));
    }

    private static IEnumerable<Finding> Repaired(Navigation navigation, Conversation connection, TimeSpan roundTrip)
    {
        List<Repetition> repaired = Repairs.OfLosses(connection, navigation.StartedAt, navigation.EndedAt);
        // A segment for which even one repetition had to wait for the timer belongs to the timer.
        HashSet<(bool, uint)> timed = [.. repaired.Where(r => r.Why is RetransmitCause.Timeout or RetransmitCause.TailLossProbe).Select(r => (r.FromClient, r.RelativeSequence))];
        List<Repetition> slow = repaired.FindAll(r => timed.Contains((r.FromClient, r.RelativeSequence)));
        List<Repetition> fast = repaired.FindAll(r => !timed.Contains((r.FromClient, r.RelativeSequence)));
        TimeSpan slowCost = Repairs.Cost(connection, slow, navigation.StartedAt, navigation.EndedAt);
        // What was waited for at the same time is waited for once.
        TimeSpan fastCost = Repairs.Cost(connection, repaired, navigation.StartedAt, navigation.EndedAt) - slowCost;
        if (slow.Count > 0)
            yield return new Finding(FindingKind.LossRepairedByTimeout, slowCost, Evidence(slow), w => w.LossRepairedByTimeout(timed.Count, Where(slow.Select(r => r.Loss)), slowCost, roundTrip));
        if (fast.Count > 0)
        {
            int count = fast.Select(r => (r.FromClient, r.RelativeSequence)).Distinct().Count();
            yield return new Finding(FindingKind.LossRepairedFast, fastCost, Evidence(fast), w => w.LossRepairedFast(count, Where(fast.Select(r => r.Loss)), fastCost, roundTrip));
        }

        List<Repetition> needless = Repairs.Within(connection, navigation.StartedAt, navigation.EndedAt).FindAll(r => !Repairs.IsForSize(r) && Repairs.IsNeedless(connection, r));
        if (needless.Count > 0)
            yield return new Finding(FindingKind.NeedlessRepetition, TimeSpan.Zero, [.. needless.Select(r => r.Evidence)], w => w.NeedlessRepetition(needless.Count));
    }

    private static EventId[] Evidence(List<Repetition> repetitions) => [.. repetitions.SelectMany(r => r.Loss is null ? new[] { r.Evidence } : [r.Loss.Evidence, r.Evidence])];

    private static Finding? Bufferbloat(Conversation connection, List<PacketLoss> losses)
    {
        if (connection.RoundTrips.Count < 2)
            return null;
        TimedSample least = connection.RoundTrips.MinBy(r => r.Sample)!;
        TimedSample most = connection.RoundTrips.MaxBy(r => r.Sample)!;
        if (most.Sample < least.Sample * 2 || most.Sample - least.Sample < s_bloat || most.At < least.At)
            return null;
        // A sample that waited for a repetition measures the repetition, not a queue.
        if (connection.Repetitions.Any(r => r.At > most.At - most.Sample && r.At <= most.At))
            return null;
        bool full = losses.Exists(l => l.Reason == DropReason.QueueFull);
        return new Finding(FindingKind.Bufferbloat, most.Sample - least.Sample, [least.Evidence, most.Evidence], w => w.Bufferbloat(least.Sample, most.Sample, full));
    }

    private static Finding? SlowServer(Hop hop)
    {
        if (hop.Http is not { Wait: { } wait } http || hop.Connection is not { } connection)
            return null;
        TimeSpan roundTrip = RoundTrip(connection);
        bool measured = http.Served is not null;
        TimeSpan thought = http.Served?.Thought ?? TimeOnTheWire(connection, http) - roundTrip ?? TimeSpan.Zero;
        if (roundTrip <= TimeSpan.Zero || thought <= roundTrip || thought < TimeSpan.FromMilliseconds(20))
            return null;
        TimeSpan network = measured ? wait - thought : roundTrip;
        return new Finding(FindingKind.SlowServer, thought, [http.Evidence], w => w.SlowServer(thought, network, measured));
    }

    /// <summary>The receiver's window in bytes when it, and not the network, held the sender back; null otherwise.</summary>
    public static long? SmallWindow(Conversation connection)
    {
        Transfer? down = connection.Transfers.FirstOrDefault(t => !t.FromClient);
        if (down is null || down.LargestWindow <= 0 || down.Congestion.Count == 0 || RoundTrip(connection) <= TimeSpan.Zero)
            return null;
        TimeSpan held = Diagnosis.Union(SenderStalls.Of(connection, down.First, down.Last).Receiver);
        TimeSpan whole = down.Last - down.First;
        // A window that allows far more than what came was filled by a queue: then the line is slow, not the window small.
        bool allowsMore = down.LargestWindow / RoundTrip(connection).TotalSeconds > WindowSlack * down.Bytes / whole.TotalSeconds;
        return held >= whole * WindowHeld && !allowsMore ? down.LargestWindow : null;
    }

    /// <summary>From the request's first segment to the answer's first: a program that starts slowly is no thinking server. Null without both.</summary>
    public static TimeSpan? TimeOnTheWire(Conversation connection, HttpExchange http)
    {
        SegmentRow? request = connection.Segments.FirstOrDefault(r => r.FromClient && r.Facts.Length > 0 && r.At >= http.SentAt);
        if (request is null || http.HeadAt is not { } head)
            return null;
        bool Answers(SegmentRow r) => !r.FromClient && r.Facts.Length > 0 && r.ReceivedAt > request.At && r.ReceivedAt <= head;
        // Under TLS the session tickets come before the answer.
        SegmentRow? answer = connection.Id.Remote.Port == HttpPort ? connection.Segments.FirstOrDefault(Answers) : connection.Segments.LastOrDefault(Answers);
        return answer?.ReceivedAt - request.At;
    }

    public static TimeSpan RoundTrip(Conversation connection) =>
        connection.HandshakeRtt ?? (connection.RoundTrips.Count > 0 ? connection.RoundTrips.Min(r => r.Sample) : TimeSpan.Zero);

    private static string Where(IEnumerable<PacketLoss?> losses) =>
        string.Join(", ", losses.OfType<PacketLoss>().Select(l => l.Where).Distinct(StringComparer.Ordinal));
}
