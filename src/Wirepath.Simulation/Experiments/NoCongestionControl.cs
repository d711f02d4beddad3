using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>What a bottleneck carried and what came of it.</summary>
/// <param name="Carried">Share of the line that was busy.</param>
/// <param name="Useful">Share of the line that was new bytes for an application.</param>
internal sealed record CollapseRecord(double Carried, double Useful);

/// <summary>
/// Congestion collapse (RFC 896, RFC 2914 §5): senders that fill the peer's window whatever the network says, and after a fixed time
/// send all of it again. The line is full, of bytes that have been there before. Beside it the same line with congestion control.
/// </summary>
internal static class NoCongestionControl
{
    private const int Seconds = 20, Segment = 1460, Window = 44; // segments: 64 KiB
    private const ushort ServerPort = 80, FirstPort = 20_000;
    private const double RetransmitAfter = 0.3;

    /// <summary>Bits per second.</summary>
    private const long Bandwidth = 2_000_000;

    public static CollapseRecord RunBlind(int senders)
    {
        using var wire = new ExperimentWire(new LinkSettings { Delay = TimeSpan.FromMilliseconds(10), QueuePackets = 0 });
        wire.Link.A.Settings = wire.Link.A.Settings with { Bandwidth = Bandwidth, QueueBytes = 64 * 1024 };
        var server = new HostServer(wire.AddHost(), ServerPort);
        var flows = new Dictionary<ushort, BlindSender>();
        wire.Left.Arrived = (header, _, _) => flows[header.DestinationPort].Arrive(header);
        for (int i = 0; i < senders; i++)
        {
            ushort port = (ushort)(FirstPort + i);
            flows.Add(port, new BlindSender(wire, port));
            wire.At(1 + i * 0.01, flows[port].Open);
        }

        wire.RunUntil(1 + Seconds);
        double line = Bandwidth / 8.0 * Seconds;
        return new CollapseRecord(wire.Link.A.Statistics.DeliveredBytes / line, server.Streams.Sum(s => (double)s.Count) / line);
    }

    /// <summary>The same line and as many flows, with Reno.</summary>
    public static CollapseRecord RunControlled(int senders)
    {
        DumbbellRecord run = Dumbbell.Run(new DumbbellSettings
        {
            CongestionControl = CongestionControls.Reno, Flows = senders, Bandwidth = Bandwidth, QueueDepth = 13, Duration = TimeSpan.FromSeconds(Seconds), StartSpread = TimeSpan.Zero,
        });
        double line = Bandwidth / 8.0 * Seconds;
        return new CollapseRecord(run.Bottleneck.DeliveredBytes / line, run.Goodput(TimeSpan.Zero) * Seconds / line);
    }

    // Go back N with a fixed window and a fixed timer: no cwnd, no back-off, no estimate of the round trip.
    private sealed class BlindSender(ExperimentWire wire, ushort port)
    {
        private static readonly byte[] s_bytes = new byte[Segment];
        private SequenceNumber _sndUna = new(1000), _sndNxt, _rcvNxt;
        private bool _open;
        private int _timer;

        public void Open() => wire.Left.Send(port, ServerPort, TcpFlags.Syn, _sndUna, default, options: new TcpOptions { HasMss = true, Mss = Segment });

        public void Arrive(TcpHeader header)
        {
            if (header.IsSyn)
            {
                (_open, _rcvNxt, _sndUna) = (true, header.Sequence + 1, header.Acknowledgment);
                _sndNxt = _sndUna;
                wire.Left.Send(port, ServerPort, TcpFlags.Ack, _sndNxt, _rcvNxt);
                Fill();
            }
            else if (_open && header.Acknowledgment > _sndUna)
            {
                _sndUna = header.Acknowledgment;
                if (_sndNxt < _sndUna)
                    _sndNxt = _sndUna;
                Fill();
            }
        }

        private void Fill()
        {
            while (_sndNxt - _sndUna < Window * Segment)
            {
                wire.Left.Send(port, ServerPort, TcpFlags.Ack | TcpFlags.Psh, _sndNxt, _rcvNxt, s_bytes);
                _sndNxt += Segment;
            }

            int timer = ++_timer;
            wire.Simulator.Schedule(wire.Simulator.Now + TimeSpan.FromSeconds(RetransmitAfter), () =>
            {
                if (timer != _timer)
                    return; // something has been acknowledged since
                _sndNxt = _sndUna;
                Fill();
            });
        }
    }
}
