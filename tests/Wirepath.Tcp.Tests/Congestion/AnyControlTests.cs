using FsCheck;
using FsCheck.Fluent;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>What must hold for every congestion control, whatever the peer and the path do.</summary>
public class AnyControlTests
{
    public static TheoryData<string> Names => [.. CongestionControls.Names];

    private static CongestionControl New(string name, HyStartMode hyStart = HyStartMode.PlusPlus, bool isPaced = false) =>
        CongestionControls.Create(name, new CubicSettings { HyStart = hyStart }, isPaced, seed: 7);

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_name_is_the_one_it_was_made_by(string name) => New(name).Name.ShouldBe(name);

    [Fact]
    public void A_name_that_nobody_knows_says_which_there_are() =>
        Should.Throw<ArgumentException>(() => New("vegas")).Message.ShouldContain("cubic, reno, bbr");

    private enum Happening
    {
        Ack, AppLimitedAck, DelayedAck, LosingAck, MarkedAck, ZeroAck, HugeAck, Recovery, Cwr, TimeOut, Open, Undo, Idle, TwiceTheSameTime,
    }

    [Theory]
    [InlineData("reno", HyStartMode.Off)]
    [InlineData("cubic", HyStartMode.Off)]
    [InlineData("cubic", HyStartMode.Classic)]
    [InlineData("cubic", HyStartMode.PlusPlus)]
    [InlineData("bbr", HyStartMode.Off)]
    public void Whatever_happens_cwnd_is_at_least_1_ssthresh_at_least_2_and_nothing_throws(string name, HyStartMode hyStart)
    {
        Gen<(Happening What, int Size, int Milliseconds)> step =
            from what in Gen.Elements(Enum.GetValues<Happening>())
            from size in Gen.Frequency((6, Gen.Choose(1, 50)), (1, Gen.Choose(1, 1_000_000)))
            from time in Gen.Frequency((3, Gen.Choose(0, 3)), (3, Gen.Choose(0, 200)), (1, Gen.Choose(0, 100_000)))
            select (what, size, time);
        Prop.ForAll(step.ListOf(200).ToArbitrary(), steps =>
        {
            CongestionControl control = New(name, hyStart);
            control.Cwnd = 10;
            var world = new World();
            control.OnEstablished(world.Context());
            foreach ((Happening what, int size, int milliseconds) in steps)
            {
                world.Now += TimeSpan.FromMilliseconds(milliseconds);
                Apply(control, world, what, size, milliseconds);
                control.Cwnd.ShouldBeGreaterThanOrEqualTo(1);
                control.Ssthresh.ShouldBeGreaterThanOrEqualTo(2);
                control.PacingRate.ShouldBeGreaterThanOrEqualTo(0);
                control.SendQuantumBytes.ShouldBeGreaterThanOrEqualTo(0);
                if (control.ControlsRate)
                    control.PacingRate.ShouldBeGreaterThan(0);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static void Apply(CongestionControl control, World world, Happening what, int size, int milliseconds)
    {
        switch (what)
        {
            case Happening.Recovery when world.Phase < RecoveryPhase.Recovery:
                Reduce(control, world, RecoveryPhase.Recovery);
                break;
            case Happening.Cwr when world.Phase < RecoveryPhase.Cwr:
                Reduce(control, world, RecoveryPhase.Cwr);
                break;
            case Happening.TimeOut:
                Reduce(control, world, RecoveryPhase.Loss);
                control.Cwnd = 1;
                break;
            case Happening.Open:
                control.OnPhase(RecoveryPhase.Open, world.Context());
                world.Phase = RecoveryPhase.Open;
                break;
            case Happening.Undo:
                control.Cwnd = control.CwndAfterUndo(size);
                break;
            case Happening.Idle:
                control.OnTransmitStart(TimeSpan.FromMilliseconds(milliseconds), world.Context());
                break;
            default:
                AckSample sample = world.Sample(what switch { Happening.ZeroAck => 0, Happening.HugeAck => size, _ => Math.Min(size, 50) }, milliseconds) with
                {
                    IsAppLimited = what == Happening.AppLimitedAck,
                    IsDelayedAck = what == Happening.DelayedAck,
                    Lost = what == Happening.LosingAck ? size : 0,
                    MarkedCe = what == Happening.MarkedAck ? 1 : 0,
                };
                world.Lost += sample.Lost;
                world.Limited = what != Happening.AppLimitedAck;
                if (control.ControlsRate)
                    control.OnRateSample(sample, world.Context());
                control.OnDelivered(sample, world.Context());
                if (world.Phase is not (RecoveryPhase.Recovery or RecoveryPhase.Cwr))
                    control.OnAcknowledged(sample, world.Context());
                break;
        }
    }

    private static void Reduce(CongestionControl control, World world, RecoveryPhase phase)
    {
        control.Ssthresh = control.ReduceSsthresh(phase == RecoveryPhase.Cwr, world.Context());
        control.OnPhase(phase, world.Context());
        world.Phase = phase;
    }

    [Theory]
    [InlineData("reno", HyStartMode.Off)]
    [InlineData("cubic", HyStartMode.Classic)]
    [InlineData("cubic", HyStartMode.PlusPlus)]
    [InlineData("bbr", HyStartMode.Off)]
    public void An_ACK_allocates_nothing(string name, HyStartMode hyStart)
    {
        CongestionControl control = New(name, hyStart);
        control.Cwnd = 10;
        var world = new World();
        control.OnEstablished(world.Context());
        Drive(control, world, 20_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Drive(control, world, 20_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static void Drive(CongestionControl control, World world, int acks)
    {
        for (int i = 0; i < acks; i++)
        {
            world.Now += TimeSpan.FromMilliseconds(1);
            AckSample sample = world.Sample(2, 40 + (i % 7));
            if (i % 1000 == 999)
            {
                Reduce(control, world, RecoveryPhase.Recovery);
                control.OnPhase(RecoveryPhase.Open, world.Context());
                world.Phase = RecoveryPhase.Open;
                if (!control.ControlsRate)
                    control.Cwnd = control.Ssthresh;
            }

            if (control.ControlsRate)
                control.OnRateSample(sample, world.Context());
            control.OnDelivered(sample, world.Context());
            control.OnAcknowledged(sample, world.Context());
        }
    }

    private sealed class World
    {
        private long _delivered;

        public Instant Now { get; set; } = Instant.Epoch + TimeSpan.FromDays(1);

        public RecoveryPhase Phase { get; set; }

        public bool Limited { get; set; } = true;

        public long Lost { get; set; }

        public CongestionContext Context() => new()
        {
            Now = Now, MssBytes = 1460, InFlight = 20, FlightPeak = 40, IsCwndLimited = Limited, SmoothedRtt = TimeSpan.FromMilliseconds(40),
            MinRtt = TimeSpan.FromMilliseconds(40), Phase = Phase, SndUna = new SequenceNumber((uint)(_delivered * 1460)),
            SndNxt = new SequenceNumber((uint)((_delivered + 20) * 1460)), Delivered = _delivered, Lost = Lost,
        };

        public AckSample Sample(int acked, int rttMilliseconds)
        {
            long prior = Math.Max(_delivered - 20, 0);
            _delivered += acked;
            return new AckSample
            {
                Acked = acked, Lost = 0, PriorInFlight = 20 + acked, Rtt = TimeSpan.FromMilliseconds(rttMilliseconds),
                DeliveredInInterval = (int)(_delivered - prior), Interval = TimeSpan.FromMilliseconds(rttMilliseconds), IsAppLimited = false,
                PriorDelivered = prior, InFlightAtSend = 20, LostAtSend = Lost, MarkedCe = 0, IsDelayedAck = false,
            };
        }
    }
}
