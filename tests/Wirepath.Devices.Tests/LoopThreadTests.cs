using System.Collections.Concurrent;
using System.Net.Sockets;
using Wirepath.Wire;

namespace Wirepath.Devices.Tests;

public sealed class LoopThreadTests
{
    private static readonly TimeSpan s_generous = TimeSpan.FromSeconds(30);

    [Fact]
    public void It_polls_once_at_the_start_once_for_each_wake_up_and_never_without_a_reason()
    {
        using var polled = new SemaphoreSlim(0);
        int polls = 0;
        using var loop = new LoopThread("test", _ => { polls++; polled.Release(); return Instant.Never; }, TimeProvider.System, []);
        loop.Start();
        polled.Wait(s_generous).ShouldBeTrue();
        for (int i = 0; i < 5; i++)
        {
            loop.Wake();
            polled.Wait(s_generous).ShouldBeTrue();
        }

        loop.Dispose();
        polls.ShouldBeLessThanOrEqualTo(6 + 5, "a wake-up that crosses a poll may cost one more round, not a spin");
    }

    [Fact]
    public void It_calls_when_the_time_has_come_and_not_before()
    {
        var calls = new BlockingCollection<Instant>();
        Instant due = default;
        using var loop = new LoopThread("test", now =>
        {
            if (due == default)
                due = now + TimeSpan.FromMicroseconds(2500);
            calls.Add(now);
            return now < due ? due : Instant.Never;
        }, TimeProvider.System, []);
        loop.Start();
        calls.TryTake(out Instant first, s_generous).ShouldBeTrue();
        Instant last = first;
        int rounds = 0;
        while (last < due)
        {
            calls.TryTake(out last, s_generous).ShouldBeTrue();
            rounds++;
        }

        rounds.ShouldBeLessThan(10, "it sleeps until then instead of asking again and again");
    }

    [Fact]
    public void A_deadline_that_moves_nearer_is_kept_and_one_that_moves_away_costs_nothing()
    {
        var reached = new ManualResetEventSlim();
        int phase = 0;
        Instant near = default;
        LoopThread? loop = null;
        loop = new LoopThread("test", now =>
        {
            switch (phase++)
            {
                case 0:
                    loop!.Wake(); // from within: comes round again without sleeping
                    return now + TimeSpan.FromHours(1);
                case 1:
                    near = now + TimeSpan.FromMilliseconds(3);
                    return near;
                default:
                    if (now >= near)
                        reached.Set();
                    return now >= near ? Instant.Never : near;
            }
        }, TimeProvider.System, []);
        loop.Start();
        reached.Wait(s_generous).ShouldBeTrue();
        loop.Dispose();
    }

    [Fact]
    public void Frames_from_a_descriptor_wake_it_and_waiting_output_leaves_when_the_other_end_reads()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("wirepath-test-");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = Path.Combine(directory.FullName, "frames");
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using FrameSocketDevice device = FrameSocketDevice.Connect(path);
        using Socket peer = listener.Accept();

        // Echoes each frame a thousandfold: more than the socket takes, so that EPOLLOUT has work.
        const int Copies = 600;
        int polls = 0;
        using var closed = new ManualResetEventSlim();
        using var loop = new LoopThread("test", _ =>
        {
            polls++;
            while (device.TryReceive(out Packet? frame))
            {
                for (int i = 0; i < Copies; i++)
                    device.Transmit(frame.Clone()).ShouldBeTrue();
                frame.Dispose();
                device.Flush();
            }

            if (device.Closure is not null)
                closed.Set();
            return Instant.Never;
        }, TimeProvider.System, [device]);
        loop.Start();
        byte[] framed = [0, 0, 5, 0xDC, .. new byte[1500]];
        peer.Send(framed);
        byte[] buffer = new byte[8192];
        int left = Copies * framed.Length;
        while (left > 0)
            left -= peer.Receive(buffer, Math.Min(left, buffer.Length), SocketFlags.None);
        left.ShouldBe(0);

        peer.Dispose();
        closed.Wait(s_generous).ShouldBeTrue();
        loop.Dispose();
        polls.ShouldBeLessThan(2000, "a closed descriptor must not keep the loop spinning");
        directory.Delete(recursive: true);
    }

    [Fact]
    public void It_can_be_disposed_of_without_having_started_and_not_from_within()
    {
        new LoopThread("test", _ => Instant.Never, TimeProvider.System, []).Dispose();
        Exception? failure = null;
        using var tried = new ManualResetEventSlim();
        LoopThread? loop = null;
        loop = new LoopThread("test", _ =>
        {
            failure ??= Record.Exception(() => loop!.Dispose());
            tried.Set();
            return Instant.Never;
        }, TimeProvider.System, []);
        loop.Start();
        tried.Wait(s_generous).ShouldBeTrue();
        loop.Dispose();
        failure.ShouldBeOfType<InvalidOperationException>();
    }
}
