using System.Buffers;
using Wirepath.Events;
using Wirepath.Tests;
using Wirepath.Wire;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Wirepath.Tcp.Tests;

/// <summary>Whatever the line loses, repeats and swaps: every byte arrives once and in order, both ends close, nothing is left over.</summary>
public class RandomWorldTests
{
    [Theory]
    [InlineData(0, 150)]
    [InlineData(200, 150)]
    [InlineData(400, 150)]
    [InlineData(600, 150)]
    public void Every_byte_arrives_once_and_in_order_in_any_world(int first, int count)
    {
        (first, count) = (LongRun.Count(first, first * 20), LongRun.Count(count, count * 20));
        long outstanding = BlockPool.Shared.Outstanding;
        for (int seed = first; seed < first + count; seed++)
        {
            string? complaint = World.Play((ulong)seed);
            complaint.ShouldBeNull($"seed {seed}");
            BlockPool.Shared.Outstanding.ShouldBe(outstanding, $"blocks leaked with seed {seed}");
        }
    }

    private sealed class World
    {
        private readonly RandomSource _random;
        private readonly Pair _pair;
        private readonly Application _client;
        private readonly Application _server;

        private World(ulong seed)
        {
            _random = new RandomSource(seed * 7919 + 13);
            TcpSettings Settings() => new()
            {
                SynRetries = 30,
                SynAckRetries = 30,
                Retries2 = 100,
                Timestamps = _random.Chance(0.7),
                Sack = _random.Chance(0.7),
                WindowScaling = _random.Chance(0.7),
                CongestionControl = CongestionControls.Names[(int)(seed % 3)],
                Ecn = _random.Chance(0.3) ? EcnMode.Request : EcnMode.Accept,
                Pacing = _random.Chance(0.2),
                QuickAcks = _random.Next(20),
                InitialCwnd = 1 + _random.Next(20),
                CopyThreshold = _random.Chance(0.2) ? 0 : 256,
                MaxReassemblyRanges = _random.Chance(0.2) ? 2 : 256,
                MaxSuperSegmentBytes = _random.Chance(0.7) ? 0 : _random.Next(30_000),
                ReceiveBuffer = RandomSizes(),
                SendBuffer = RandomSizes(),
            };
            var line = new Line
            {
                Delay = TimeSpan.FromMilliseconds(_random.Next(100)),
                Loss = _random.Chance(0.2) ? 0 : _random.NextDouble() * 0.3,
                Duplicate = _random.Chance(0.5) ? 0 : _random.NextDouble() * 0.2,
                Reorder = _random.Chance(0.5) ? 0 : _random.NextDouble() * 0.5,
            };
            uint iss = _random.Chance(0.5) ? uint.MaxValue - (uint)_random.Next(60000) : _random.NextUInt32();
            _pair = new Pair(Settings(), Settings(), line, seed, iss: new SequenceNumber(iss), mss: 60 + _random.Next(1401), copyOnWire: _random.Chance(0.5), connectBoth: _random.Chance(0.1));
            int most = _random.Chance(0.1) ? 400_000 : 40_000;
            _client = new Application(this, _pair.Client, 1, _random.Next(most), _random.Next(most));
            _server = new Application(this, _pair.Server, 2, _client.Expects, _client.Total);
        }

        private BufferSizes RandomSizes() => _random.Next(3) switch
        {
            0 => new BufferSizes(1, 100 + _random.Next(3000), 100),
            1 => new BufferSizes(4096, 4096 + _random.Next(60000), 200_000),
            _ => new BufferSizes(4096, 131072, 6_000_000),
        };

        public static string? Play(ulong seed)
        {
            var world = new World(seed);
            try
            {
                return world.Play();
            }
            finally
            {
                world._pair.Dispose();
            }
        }

        private string? Play()
        {
            for (int steps = 0; ; steps++)
            {
                bool stepped = _pair.Step(_pair.Now + TimeSpan.FromDays(1));
                bool acted = false;
                foreach (Application application in (ReadOnlySpan<Application>)[_client, _server])
                {
                    if (!stepped || _random.Chance(0.3))
                        acted |= application.Act(forced: !stepped);
                    if (application.Complaint is not null)
                        return application.Complaint;
                }

                if (_pair.Client.IsReleased && _pair.Server.IsReleased)
                    break;
                if (!stepped && !acted && !_pair.Step(Instant.Never - TimeSpan.FromDays(1)))
                    return $"stuck at {_pair.Elapsed}: client {_pair.ClientEnd.Statistics}, server {_pair.Server.Connection?.Statistics}";
                if (steps > 2_000_000)
                    return $"no end in sight: client {_pair.ClientEnd.Statistics}, server {_pair.Server.Connection?.Statistics}";
            }

            // Bytes may still wait in order for a slow reader.
            while (_pair.ClientEnd.Readable + _pair.ServerEnd.Readable > 0 && (_client.Complaint ?? _server.Complaint) is null)
            {
                _client.Act(forced: true);
                _server.Act(forced: true);
            }

            if (_client.Complaint is not null || _server.Complaint is not null)
                return _client.Complaint ?? _server.Complaint;
            if (_pair.ClientEnd.End != ConnectionEnd.Closed || _pair.ServerEnd.End != ConnectionEnd.Closed)
                return $"ended {_pair.ClientEnd.End} {_pair.ClientEnd.EndDetail} and {_pair.ServerEnd.End} {_pair.ServerEnd.EndDetail}";
            if (_client.Received != _client.Expects || _server.Received != _server.Expects)
                return $"client got {_client.Received} of {_client.Expects}, server {_server.Received} of {_server.Expects}";
            if (_pair.ClientEnd.State != TcpState.Closed || _pair.ServerEnd.State != TcpState.Closed)
                return "not CLOSED";
            if (!_pair.ClientEnd.NextTimer.IsNever || !_pair.ServerEnd.NextTimer.IsNever)
                return "a timer still runs";
            return _pair.ClientEnd.MemoryCharged != 0 || _pair.ServerEnd.MemoryCharged != 0 ? "memory still charged" : null;
        }

        // Writes a known stream, reads the other one, compares each byte, shuts down when it has written all.
        private sealed class Application(World world, Pair.Side side, int key, int total, int expects)
        {
            private readonly byte[] _chunk = new byte[9000];
            private int _written;
            private bool _shut;

            public int Total => total;
            public int Expects => expects;
            public int Received { get; private set; }
            public string? Complaint { get; private set; }

            public bool Act(bool forced)
            {
                if (side.Connection is not { } connection || connection.State is TcpState.SynSent or TcpState.SynReceived)
                    return false;
                RandomSource random = world._random;
                Instant now = world._pair.Now;
                bool acted = false;
                if (random.Chance(0.05))
                    connection.NoDelay = !connection.NoDelay;
                if (_written < total && (forced || random.Chance(0.5)))
                {
                    int size = Math.Min(total - _written, 1 + random.Next(random.Chance(0.5) ? 20 : 9000));
                    for (int i = 0; i < size; i++)
                        _chunk[i] = ByteAt(key, _written + i);
                    int taken = connection.Write(_chunk.AsSpan(0, size), now);
                    _written += taken;
                    acted |= taken > 0;
                }

                if (_written == total && !_shut && (forced || random.Chance(0.3)))
                {
                    connection.Shutdown(now);
                    acted = _shut = true;
                }

                if (connection.Readable > 0 && (forced || random.Chance(0.6)))
                    acted |= Take(connection, random, now);
                return acted;
            }

            private bool Take(TcpConnection connection, RandomSource random, Instant now)
            {
                if (random.Chance(0.5))
                {
                    ReadOnlySequence<byte> seen = connection.Peek();
                    if (seen.Length != connection.Readable)
                        Complaint = "Peek and Readable disagree";
                    int count = random.Next((int)seen.Length + 1);
                    seen = seen.Slice(0, Math.Min(count, _chunk.Length));
                    seen.CopyTo(_chunk);
                    Compare((int)seen.Length);
                    connection.Consume(seen.Length, now);
                    return seen.Length > 0;
                }

                int got = connection.Read(_chunk.AsSpan(0, 1 + random.Next(_chunk.Length)), now);
                Compare(got);
                return got > 0;
            }

            private void Compare(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    if (_chunk[i] != ByteAt(3 - key, Received + i))
                    {
                        Complaint = $"{side.Name}: byte {Received + i} is wrong";
                        return;
                    }
                }

                Received += count;
            }

            private static byte ByteAt(int key, int index) => (byte)((uint)(index * 2654435761u + key * 97) >> 11);
        }
    }
}
