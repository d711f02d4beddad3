using System.Runtime.CompilerServices;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>Sends echo requests and traceroute's probes, and finds the probe that an answer belongs to.</summary>
internal sealed class ProbeLayer(Host host)
{
    /// <summary>The port that nobody is expected to listen on, and the first of traceroute's (since 1988).</summary>
    private const ushort FirstTraceroutePort = 33434;

    private readonly ushort _identifier = host.Random.NextUInt16();
    private readonly Dictionary<ushort, Probe> _echoes = [];
    private ushort _lastSequence;

    public async ValueTask<PingReply> PingAsync(IpAddress to, int size, int ttl, TimeSpan timeout, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, UdpLayer.MostPayload);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ttl);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ttl, byte.MaxValue);
        var probe = new Probe(host, to, size, (byte)ttl, udpPort: 0, timeout) { Announces = true };
        ProbeAnswer answer = await probe.SendAsync(cancellation);
        return new PingReply(answer.From, answer.Sequence, answer.RoundTrip, answer.TimeToLive, answer.Bytes,
            answer.Outcome == ProbeOutcome.EchoReply ? null : answer.Outcome);
    }

    public async IAsyncEnumerable<TracerouteHop> TracerouteAsync(
        IpAddress to, TracerouteSettings settings, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int sent = 0;
        for (int ttl = 1; ttl <= settings.MostHops; ttl++)
        {
            var probes = new TracerouteProbe[settings.Probes];
            bool finished = false;
            for (int i = 0; i < settings.Probes; i++, sent++)
            {
                ushort port = settings.UseIcmp ? (ushort)0 : (ushort)(FirstTraceroutePort + sent);
                var probe = new Probe(host, to, settings.Size, (byte)ttl, port, settings.Timeout) { Announces = sent == 0, Traces = true };
                ProbeAnswer answer = await probe.SendAsync(cancellation);
                bool reached = answer.From == to && answer.Outcome is ProbeOutcome.EchoReply or ProbeOutcome.PortUnreachable;
                probes[i] = new TracerouteProbe(answer.From, answer.RoundTrip, reached, answer.Outcome);
                finished |= reached || answer.Outcome is ProbeOutcome.Unreachable or ProbeOutcome.NoRoute or ProbeOutcome.TooBig;
            }

            yield return new TracerouteHop(ttl, probes);
            if (finished)
                yield break;
        }
    }

    public void OnEchoReply(ushort identifier, ushort sequence, in IpArrival arrival, int bytes, Instant now)
    {
        if (identifier == _identifier && _echoes.TryGetValue(sequence, out Probe? probe) && probe.To == arrival.Source)
            probe.Answer(arrival.Source, ProbeOutcome.EchoReply, now, arrival.TimeToLive, bytes);
    }

    /// <summary>An error quotes an echo request.</summary>
    public bool OnEchoError(ushort identifier, ushort sequence, in IcmpReport report, Instant now)
    {
        if (identifier != _identifier || !_echoes.TryGetValue(sequence, out Probe? probe))
            return false;
        probe.OnReport(report, now);
        return true;
    }

    private bool TryRegister(Probe probe)
    {
        // 65,536 unanswered echoes are more than anybody waits for.
        for (int i = 0; i <= ushort.MaxValue; i++)
        {
            if (_echoes.TryAdd(++_lastSequence, probe))
                return true;
        }

        return false;
    }

    private readonly record struct ProbeAnswer(IpAddress From, ProbeOutcome Outcome, TimeSpan RoundTrip, int Sequence, int TimeToLive, int Bytes);

    private sealed class Probe : Operation<ProbeAnswer>, ITimerTarget, IUdpReceiver
    {
        private readonly ProbeLayer _layer;
        private readonly int _size;
        private readonly byte _timeToLive;
        private readonly ushort _udpPort;
        private readonly TimeSpan _timeout;
        private readonly WheelTimer _timer;
        private Instant _sentAt;
        private EventId _sent;
        private IpEndpoint _local;
        private ushort _sequence;
        private bool _isBound;

        public Probe(Host host, IpAddress to, int size, byte timeToLive, ushort udpPort, TimeSpan timeout)
            : base(host)
        {
            _layer = host.Probes;
            (To, _size, _timeToLive, _udpPort, _timeout) = (to, size, timeToLive, udpPort, timeout);
            _timer = new WheelTimer(this);
        }

        public IpAddress To { get; }

        public bool Announces { get; init; }

        public bool Traces { get; init; }

        public ValueTask<ProbeAnswer> SendAsync(CancellationToken cancellation)
        {
            TryClaim();
            return Post(cancellation);
        }

        protected override void OnStart(Instant now)
        {
            _sentAt = now;
            if (!Host.IpOut.TryRoute(To, out RouteDecision route))
            {
                if (Host.Log.IsEnabled)
                    Host.Log.Write(new RouteMissing(To));
                Finish(IpAddress.None, ProbeOutcome.NoRoute, now, 0, 0);
                return;
            }

            if (Announces)
                Host.AnnounceRoute(To, route);
            _sent = Host.Log.Because;
            Host.Wheel.Set(_timer, now + _timeout);
            if (_udpPort != 0)
            {
                _local = Host.Udp.Bind(new IpEndpoint(route.Source, 0), this);
                _isBound = true;
                Host.Udp.Send(stackalloc byte[_size], _local, new IpEndpoint(To, _udpPort), route, now, _timeToLive);
            }
            else if (_layer.TryRegister(this))
            {
                _sequence = _layer._lastSequence;
                if (To.IsV6)
                    Host.Icmpv6.SendEcho(To, route, _layer._identifier, _sequence, _size, _timeToLive, now);
                else
                    Host.Icmp.SendEcho(To, route, _layer._identifier, _sequence, _size, _timeToLive, now);
            }
        }

        public void OnReport(in IcmpReport report, Instant now)
        {
            ProbeOutcome outcome = report.Problem switch
            {
                IcmpProblem.TimeExceeded => ProbeOutcome.TimeExceeded,
                IcmpProblem.Port => ProbeOutcome.PortUnreachable,
                IcmpProblem.TooBig => ProbeOutcome.TooBig,
                _ => ProbeOutcome.Unreachable,
            };
            Answer(report.From, outcome, now, 0, 0);
        }

        public void Answer(IpAddress from, ProbeOutcome outcome, Instant now, int timeToLive, int bytes)
        {
            if (Traces && Host.Log.IsEnabled)
                Host.Log.Write(new ProbeAnswered(_timeToLive, from, now - _sentAt, from == To));
            Finish(from, outcome, now, timeToLive, bytes);
        }

        // Somebody does listen there: as good an answer as any.
        void IUdpReceiver.OnDatagram(Packet packet, int offset, int length, IpEndpoint from, in IpArrival arrival, Instant now)
        {
            packet.Dispose();
            if (from.Address == To)
                Answer(from.Address, ProbeOutcome.PortUnreachable, now, arrival.TimeToLive, length);
        }

        bool IUdpReceiver.OnError(IpEndpoint remote, in IcmpReport report, Instant now)
        {
            if (remote != new IpEndpoint(To, _udpPort))
                return false;
            OnReport(report, now);
            return true;
        }

        public void OnTimer(WheelTimer timer, Instant now)
        {
            Host.Log.Because = _sent;
            if (Traces && Host.Log.IsEnabled)
                Host.Log.Write(new ProbeLost(_timeToLive));
            Finish(IpAddress.None, ProbeOutcome.TimedOut, now, 0, 0);
        }

        private void Finish(IpAddress from, ProbeOutcome outcome, Instant now, int timeToLive, int bytes)
        {
            Leave();
            Complete(new ProbeAnswer(from, outcome, from.IsNone ? TimeSpan.Zero : now - _sentAt, _sequence, timeToLive, bytes));
        }

        protected override void OnCancelled() => Leave();

        private void Leave()
        {
            Host.Wheel.Cancel(_timer);
            if (_isBound)
                Host.Udp.Unbind(_local, this);
            else if (_layer._echoes.TryGetValue(_sequence, out Probe? registered) && ReferenceEquals(registered, this))
                _layer._echoes.Remove(_sequence);
        }
    }
}
