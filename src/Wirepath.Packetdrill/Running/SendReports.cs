using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

/// <summary>
/// SO_TIMESTAMPING: when the last byte of each write was handed down, left, and was acknowledged. The reports wait in the socket's
/// error queue, in the order in which they came about.
/// </summary>
internal sealed class SendReports
{
    public const long Sent = 0;
    public const long Scheduled = 1;
    public const long Acknowledged = 2;

    private readonly Queue<(long Kind, long Key, TimeSpan At)> _queue = new();
    private readonly List<(long End, long Key, long Wanted)> _awaitSending = [];
    private readonly List<(long End, long Key, long Wanted)> _awaitAcknowledgment = [];
    private long _base;

    public int Count => _queue.Count;

    /// <summary>Keys count from here (SOF_TIMESTAMPING_OPT_ID).</summary>
    public void Begin(ScriptSocket socket) => _base = socket.Written.Count;

    /// <param name="socket">Has just written.</param>
    /// <param name="wanted">SOF_TIMESTAMPING_ bits.</param>
    public void Wrote(ScriptSocket socket, long wanted)
    {
        long end = socket.Written.Count;
        long key = (wanted & 0x80) != 0 ? end - _base - 1 : 0;
        if ((wanted & 0x102) != 0)
            _awaitSending.Add((end, key, wanted));
        if ((wanted & 0x200) != 0)
            _awaitAcknowledgment.Add((end, key, wanted));
    }

    /// <summary>Looks what has happened until now.</summary>
    public void Update(ScriptSocket socket, TimeSpan now)
    {
        if (socket.Stream is not { } stream)
            return;
        TcpStatistics statistics = stream.Statistics;
        long sent = socket.Written.Count - statistics.Unsent;
        while (_awaitSending is [var (end, key, wanted), ..] && end <= sent)
        {
            if ((wanted & 0x100) != 0)
                _queue.Enqueue((Scheduled, key, now));
            if ((wanted & 2) != 0)
                _queue.Enqueue((Sent, key, now));
            _awaitSending.RemoveAt(0);
        }

        while (_awaitAcknowledgment is [var (end, key, _), ..] && end <= statistics.BytesAcknowledged)
        {
            _queue.Enqueue((Acknowledged, key, now));
            _awaitAcknowledgment.RemoveAt(0);
        }
    }

    /// <summary>The oldest report, as the control messages in which it is told.</summary>
    /// <param name="isV6">The socket is one of IPv6, its addresses mapped ones or not.</param>
    public IReadOnlyList<Message.Control>? Take(bool isV6)
    {
        if (!_queue.TryDequeue(out var report))
            return null;
        long seconds = (long)report.At.TotalSeconds;
        long nanoseconds = report.At.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;
        return
        [
            new Message.Control(Constants.Value("SOL_SOCKET")!.Value, Constants.Value("SCM_TIMESTAMPING")!.Value, ("scm_sec", seconds), ("scm_nsec", nanoseconds)),
            new Message.Control(Constants.Value(isV6 ? "SOL_IPV6" : "SOL_IP")!.Value, Constants.Value(isV6 ? "IPV6_RECVERR" : "IP_RECVERR")!.Value,
                ("ee_errno", Errno.Number("ENOMSG")!.Value), ("ee_origin", Constants.Value("SO_EE_ORIGIN_TIMESTAMPING")!.Value), ("ee_type", 0), ("ee_code", 0),
                ("ee_info", report.Kind), ("ee_data", report.Key)),
        ];
    }
}
