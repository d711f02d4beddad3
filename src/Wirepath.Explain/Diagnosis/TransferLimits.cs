using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>
/// What a body's transfer waited for: repairs, the line's rate, the receiver's window, the congestion window, or the
/// server's program. Each is claimed only when the segments show it.
/// </summary>
internal sealed class TransferLimits
{
    /// <summary>Below this part of the transfer something is not named as its reason.</summary>
    private const double WorthNaming = 0.4;

    /// <summary>From this part on a line was busy.</summary>
    private const double Busy = 0.6;

    /// <summary>Ethernet, IPv4, TCP with time stamps: what a segment takes on the line besides its payload.</summary>
    private const int HeaderBytes = 66;

    /// <summary>Arrivals without the sender's log that make a rate believable.</summary>
    private const int FewestArrivals = 8;

    private readonly Conversation _connection;
    private readonly HttpExchange _http;
    private readonly Instant _from;
    private readonly Instant _to;
    private readonly TimeSpan _roundTrip;
    private readonly TimeSpan _time;

    private TransferLimits(Conversation connection, HttpExchange http, Instant from, TimeSpan roundTrip, TimeSpan time)
    {
        (_connection, _http, _from, _roundTrip, _time) = (connection, http, from, roundTrip, time);
        _to = http.CompletedAt ?? from + time;
    }

    /// <param name="from">When the head of the answer was there.</param>
    /// <param name="time">The transfer phase.</param>
    public static (Reason Reason, TimeSpan Cost, int Count, EventId Evidence) Of(Conversation connection, HttpExchange http, Instant from, TimeSpan roundTrip, TimeSpan time) =>
        new TransferLimits(connection, http, from, roundTrip, time).Read();

    private (Reason, TimeSpan, int, EventId) Read()
    {
        List<Repetition> repaired = Repairs.OfLosses(_connection, _http.SentAt, _to).FindAll(r => !r.FromClient);
        TimeSpan lost = Repairs.Cost(_connection, repaired, _from, _to);
        if (repaired.Count > 0 && lost >= _time * WorthNaming)
            return (Reason.Losses, lost, repaired.Select(r => r.RelativeSequence).Distinct().Count(), repaired[0].Evidence);
        if (IsBackToBack())
            return (Reason.Bulk, _time, (int)Math.Min(int.MaxValue, Arrivals().Skip(1).Sum(r => (long)r.Facts.Length)), _http.Evidence);
        TimeSpan shut = NameReader.Overlap([.. _connection.ZeroWindows.Where(z => z.ByClient).Select(z => (z.From, z.To))], _from, _to);
        if (shut >= _time * WorthNaming || TransferRules.SmallWindow(_connection) is not null)
            return (Reason.SmallWindow, TimeSpan.Zero, 0, _http.Evidence);
        (TimeSpan window, TimeSpan server) = Stalls(repaired);
        if (_roundTrip > TimeSpan.Zero && window + lost >= _time * WorthNaming)
        {
            Transfer? down = _connection.Transfers.FirstOrDefault(t => !t.FromClient);
            bool slowStart = lost == TimeSpan.Zero && (down is null || down.Congestion.Where(p => p.At <= _to).All(p => p.Phase == CongestionPhase.SlowStart));
            return slowStart ? (Reason.SlowStart, _roundTrip, 0, _http.Evidence) : (Reason.Rounds, lost, Math.Max(1, (int)Math.Round(_time / _roundTrip)), _http.Evidence);
        }

        return server >= _time * WorthNaming ? (Reason.ServerPaced, server, 0, _http.Evidence) : (Reason.Plain, TimeSpan.Zero, 0, _http.Evidence);
    }

    private List<SegmentRow> Arrivals() =>
        [.. _connection.Segments.Where(r => !r.FromClient && r.Facts.Length > 0 && r.ReceivedAt >= _from && r.ReceivedAt <= _to).OrderBy(r => r.ReceivedAt!.Value)];

    /// <summary>
    /// The line was the limit: at the rate that two neighbouring segments show (a packet pair), all of them together fill
    /// the time; and where both ends are known, the segments did spend that time on the way.
    /// </summary>
    private bool IsBackToBack()
    {
        if (_connection.Losses.Any(l => !l.FromClient && l.At >= _http.SentAt && l.At <= _to && l.Reason is DropReason.QueueFull or DropReason.CoDel))
            return true;
        List<SegmentRow> arrivals = Arrivals();
        double fastest = double.PositiveInfinity; // ticks for a byte
        long bytes = 0;
        for (int i = 1; i < arrivals.Count; i++)
        {
            int size = arrivals[i].Facts.Length + HeaderBytes;
            bytes += size;
            fastest = Math.Min(fastest, (arrivals[i].ReceivedAt!.Value - arrivals[i - 1].ReceivedAt!.Value).Ticks / (double)size);
        }

        if (bytes == 0 || fastest * bytes < _time.Ticks * Busy)
            return false;
        if (_connection.PeerNode is null)
            return arrivals.Count >= FewestArrivals;
        TimeSpan way = _connection.Segments.Where(r => !r.FromClient && r.SentAt is not null && r.ReceivedAt is not null).Min(r => r.ReceivedAt!.Value - r.SentAt!.Value);
        return NameReader.Overlap([.. arrivals.Where(r => r.SentAt is not null).Select(r => (r.SentAt!.Value + way, r.ReceivedAt!.Value))], _from, _to) >= _time * Busy;
    }

    /// <summary>Time in which the sender stood still: because of its window, or with nothing to send. Repairs are no part of it.</summary>
    private (TimeSpan Window, TimeSpan Server) Stalls(List<Repetition> repaired)
    {
        List<(Instant From, Instant To)> window = [], server = [];
        if (_connection.PeerNode is null)
        {
            // Bursts a round trip apart are all that the receiver sees of the sender's window.
            List<SegmentRow> arrivals = Arrivals();
            for (int i = 1; i < arrivals.Count; i++)
            {
                TimeSpan gap = arrivals[i].ReceivedAt!.Value - arrivals[i - 1].ReceivedAt!.Value;
                if (gap >= _roundTrip / 2 && gap <= _roundTrip * 1.5)
                    window.Add((arrivals[i - 1].ReceivedAt!.Value, arrivals[i].ReceivedAt!.Value));
            }
        }
        else
        {
            SenderStalls stalls = SenderStalls.Of(_connection, _http.SentAt, _to);
            (window, server) = (stalls.Congestion, stalls.Application);
        }

        List<(Instant From, Instant To)> repairs = [.. repaired.Select(r => (r.At - r.Cost, r.At))];
        TimeSpan mending = Diagnosis.Union(repairs);
        return (Diagnosis.Union([.. window, .. repairs]) - mending, Diagnosis.Union([.. server, .. repairs]) - mending);
    }
}
