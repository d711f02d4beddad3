using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

public class HostileTests
{
    private static readonly ConnectionId s_id = new(new IpEndpoint(IpAddress.V4(10, 0, 0, 1), 1000), new IpEndpoint(IpAddress.V4(10, 0, 0, 2), 80));

    /// <summary>A peer that knows the numbers and sends anything, an application that calls anything, in every state.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_that_a_peer_sends_throws_or_leaks_or_grows_without_bound(ulong seed)
    {
        var random = new RandomSource(seed);
        long outstanding = BlockPool.Shared.Outstanding;
        var log = new EventLog();
        using IDisposable listening = log.Subscribe(new Counter());
        NodeLog pen = log.For("host", new FixedTime());
        var seen = new HashSet<TcpState>();
        for (int world = 0; world < 200; world++)
        {
            var settings = new TcpSettings
            {
                ReceiveBuffer = new BufferSizes(1000, 8000, 16000),
                SendBuffer = new BufferSizes(1000, 8000, 16000),
                Timestamps = random.Chance(0.5),
                MaxReassemblyRanges = 8,
                Retries2 = 3,
                QuickAcks = random.Next(3),
                KeepAliveTime = TimeSpan.FromSeconds(30),
                MaxSuperSegmentBytes = random.Chance(0.5) ? 0 : 9000,
            };
            var attack = new Attack(random, settings, pen);
            for (int step = 0; step < 120; step++)
            {
                attack.Step();
                if (attack.Connection is { } connection)
                {
                    seen.Add(connection.State);
                    connection.MemoryCharged.ShouldBeLessThan(200_000, $"seed {seed}, world {world}");
                }
            }

            attack.End();
            BlockPool.Shared.Outstanding.ShouldBe(outstanding, $"seed {seed}, world {world}");
        }

        seen.Count.ShouldBe(10, "every state but LISTEN, which is the listener's");
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }

    private sealed class Counter : IEventSink
    {
        public void OnEvent(Event written) => written.What.ToString().ShouldNotBeEmpty();
    }

    private sealed class Attack
    {
        private readonly RandomSource _random;
        private readonly TcpListener _listener;
        private readonly byte[] _scratch = new byte[3000];
        private readonly SequenceNumber _peerIss;
        private Instant _now = Pair.Start;
        private SequenceNumber _weSent;    // highest number we saw from it
        private SequenceNumber _itExpects; // its last ACK

        public Attack(RandomSource random, TcpSettings settings, NodeLog log)
        {
            _random = random;
            _peerIss = new SequenceNumber(random.NextUInt32());
            _itExpects = _peerIss;
            _listener = new TcpListener(s_id.Local, 2, settings, log);
            _weSent = new SequenceNumber(random.NextUInt32());
            if (random.Chance(0.5))
                Connection = TcpConnection.Connect(s_id, settings, _weSent, 1000, log, _now);
            Settings = settings;
        }

        public TcpSettings Settings { get; }

        public TcpConnection? Connection { get; private set; }

        public void Step()
        {
            _now += TimeSpan.FromMilliseconds(_random.Next(_random.Chance(0.1) ? 20000 : 50));
            if (Connection is { } connection)
            {
                if (connection.NextTimer <= _now)
                    connection.OnTimer(_now);
                if (_random.Chance(0.4))
                    Call(connection);
            }

            Send();
            Drain();
        }

        public void End()
        {
            Connection?.Abort(_now);
            Drain();
            _listener.Close(_now);
            if (Connection is { } connection)
            {
                connection.State.ShouldBe(TcpState.Closed);
                connection.NextTimer.ShouldBe(Instant.Never);
                connection.MemoryCharged.ShouldBe(0);
            }
        }

        private void Call(TcpConnection connection)
        {
            switch (_random.Next(12))
            {
                case < 5 when connection.State is TcpState.Established or TcpState.CloseWait or TcpState.SynSent:
                    try
                    {
                        connection.Write(_scratch.AsSpan(0, _random.Next(_scratch.Length)), _now);
                    }
                    catch (InvalidOperationException) when (connection.End is null)
                    {
                        // closed by this application before
                    }

                    break;
                case < 8:
                    connection.Read(_scratch.AsSpan(0, _random.Next(_scratch.Length)), _now);
                    break;
                case 8 when _random.Chance(0.3):
                    connection.Shutdown(_now);
                    break;
                case 9 when _random.Chance(0.1):
                    connection.Close(_now);
                    break;
                case 10:
                    connection.KeepAlive = _random.Chance(0.5);
                    connection.OnPathMtu(100 + _random.Next(1000), _now);
                    break;
                case 11 when _random.Chance(0.1):
                    connection.OnUnreachable(ConnectionEnd.Unreachable, "forged", _now);
                    break;
                default:
                    break;
            }
        }

        private void Send()
        {
            TcpFlags flags = _random.Next(10) switch
            {
                0 => TcpFlags.Syn,
                1 => TcpFlags.Syn | TcpFlags.Ack,
                2 => TcpFlags.Fin | TcpFlags.Ack,
                3 when _random.Chance(0.2) => TcpFlags.Rst | TcpFlags.Ack,
                4 when _random.Chance(0.2) => (TcpFlags)_random.Next(512),
                _ => TcpFlags.Ack,
            };
            bool honest = _random.Chance(0.6);
            SequenceNumber sequence = honest ? _itExpects : _itExpects + (_random.Next(20000) - 10000);
            if ((flags & TcpFlags.Syn) != 0 && _random.Chance(0.8))
                sequence = _peerIss;
            SequenceNumber ack = _random.Chance(0.7) ? _weSent : _weSent + (_random.Next(6000) - 3000);
            int length = _random.Chance(0.5) ? 0 : _random.Next(_random.Chance(0.1) ? 9000 : 1200);
            ushort window = _random.Chance(0.3) ? (ushort)0 : _random.NextUInt16();
            var options = default(TcpOptions);
            if (Settings.Timestamps && _random.Chance(0.95))
                (options.HasTimestamps, options.TimestampValue, options.TimestampEcho) = (true, (uint)(_now.Ticks / 10000) - (_random.Chance(0.05) ? 5000u : 0), _random.Chance(0.5) ? _random.NextUInt32() : 1u);
            if (_random.Chance(0.1))
                options.AddSack(new SackBlock(new SequenceNumber(_random.NextUInt32()), new SequenceNumber(_random.NextUInt32())));
            if ((flags & TcpFlags.Syn) != 0)
            {
                (options.HasMss, options.Mss) = (_random.Chance(0.8), _random.NextUInt16());
                (options.HasWindowScale, options.WindowScale) = (_random.Chance(0.5), (byte)_random.Next(256));
                options.SackPermitted = _random.Chance(0.5);
            }

            using Packet packet = Packet.Rent(10000);
            var header = new TcpHeader(80, 1000, sequence, ack, TcpHeader.Size + options.Size, flags, window, 0, _random.NextUInt16());
            Span<byte> head = packet.Append(header.HeaderLength);
            header.Write(head);
            options.Write(head[TcpHeader.Size..]);
            packet.Append(length).Clear();
            packet.SegmentSize = length > 2000 ? 1000 : 0;
            TcpSegment.TryRead(packet, _random.Chance(0.1), out TcpSegment segment).ShouldBeTrue();
            if (Connection is null)
                Connection = _listener.OnSyn(segment, s_id, _weSent, 1000, _now);
            else if (!Connection.TryReopen(segment, _now))
                Connection.Receive(segment, _now);
        }

        private void Drain()
        {
            for (int i = 0; Connection is { } connection; i++)
            {
                using Packet packet = Packet.Rent(600);
                if (!connection.TryTransmit(packet, _now))
                    break;
                i.ShouldBeLessThan(100, "one call may not make it send for ever");
                TcpHeader.TryRead(packet.Head, out TcpHeader header).ShouldBeTrue();
                int length = packet.Length - header.HeaderLength + (header.IsSyn ? 1 : 0) + (header.IsFin ? 1 : 0);
                if (!header.IsRst)
                    _weSent = SequenceNumber.Max(_weSent, header.Sequence + length);
                if (header.IsAck && !header.IsRst)
                    _itExpects = header.Acknowledgment;
            }

            Connection?.TakeSignals();
        }
    }

    [Fact]
    public void Super_segments_go_out_marked_and_come_in_whole()
    {
        var settings = Peer.Plain with { MaxSuperSegmentBytes = 5500, MinSuperSegments = 5, SendBuffer = new BufferSizes(1, 100_000, 100_000) };
        using var pair = new Pair(settings, line: new Line(), mss: 1000);
        pair.Establish();
        byte[] bytes = new byte[12_345];
        new RandomSource(1).Fill(bytes);
        pair.ClientEnd.Write(bytes, pair.Now).ShouldBe(bytes.Length);
        using (Packet packet = Packet.Rent(600))
        {
            pair.ClientEnd.TryTransmit(packet, pair.Now).ShouldBeTrue();
            packet.SegmentSize.ShouldBe(1000);
            (packet.Length - TcpHeader.Size).ShouldBe(5000, "whole segments within the limit");
        } // lost: it comes again, one segment at a time

        pair.RunUntil(() => pair.ServerEnd.Readable == bytes.Length).ShouldBeTrue();
        byte[] got = new byte[bytes.Length];
        pair.ServerEnd.Read(got, pair.Now);
        got.ShouldBe(bytes);
        pair.Client.Wire.Max(s => s.Length).ShouldBe(5000);
    }

    [Fact]
    public void Each_setting_with_a_Linux_name_has_one_of_its_own()
    {
        var named = typeof(TcpSettings).GetProperties()
            .Select(p => (Property: p, Sysctl: (SysctlAttribute?)Attribute.GetCustomAttribute(p, typeof(SysctlAttribute))))
            .Where(p => p.Sysctl is not null).ToList();
        named.Select(p => p.Sysctl!.Name).ShouldBeUnique();
        named.Count.ShouldBeGreaterThan(25);
        foreach ((System.Reflection.PropertyInfo property, SysctlAttribute? sysctl) in named)
        {
            Type type = sysctl!.Unit switch
            {
                SysctlUnit.Bytes when property.Name == nameof(TcpSettings.NotSentLowWater) => typeof(long), // its default is 2^32-1
                SysctlUnit.Count or SysctlUnit.Bytes => typeof(int),
                SysctlUnit.Switch => typeof(bool),
                SysctlUnit.Nanoseconds or SysctlUnit.Microseconds or SysctlUnit.Milliseconds or SysctlUnit.Seconds => typeof(TimeSpan),
                SysctlUnit.BufferSizes => typeof(BufferSizes),
                SysctlUnit.Text => property.PropertyType == typeof(FastOpenKeys) ? typeof(FastOpenKeys) : typeof(string),
                _ => throw new ArgumentOutOfRangeException(nameof(named)),
            };
            (property.PropertyType.IsEnum ? typeof(int) : property.PropertyType).ShouldBe(type, property.Name);
        }
    }
}
