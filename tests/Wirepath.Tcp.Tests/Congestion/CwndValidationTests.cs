using Wirepath.Wire;

namespace Wirepath.Tcp.Tests;

/// <summary>RFC 7661: a window that was not used says nothing, but need not be thrown away at once.</summary>
public class CwndValidationTests
{
    private static readonly TimeSpan s_rtt = TimeSpan.FromMilliseconds(100);
    private readonly CwndValidation _validation = new();
    private Instant _now = Pair.Start;
    private long _delivered;

    private void Rounds(int count, int segments, int cwnd)
    {
        for (int i = 0; i < count; i++)
        {
            _delivered += segments;
            _now += s_rtt;
            _validation.OnAck(_delivered, s_rtt, cwnd, _now);
        }
    }

    [Fact]
    public void Until_something_was_measured_cwnd_counts_as_validated()
    {
        _validation.PipeAck.ShouldBeNull();
        _validation.IsValidated(1000).ShouldBeTrue();
    }

    [Fact]
    public void PipeACK_is_the_most_that_was_acknowledged_in_a_round_trip_of_the_last_second()
    {
        Rounds(3, 20, cwnd: 40);
        _validation.PipeAck.ShouldBe(20);
        _validation.IsValidated(40).ShouldBeTrue("half of cwnd is in use");
        Rounds(5, 6, cwnd: 40);
        _validation.PipeAck.ShouldBe(20, "500 ms later it still counts");
        Rounds(20, 6, cwnd: 40);
        _validation.PipeAck.ShouldBe(6);
        _validation.IsValidated(40).ShouldBeFalse();
    }

    [Fact]
    public void After_five_minutes_without_use_cwnd_is_to_be_reduced_and_after_five_more_again()
    {
        Rounds(30, 2, cwnd: 40);
        _validation.HasExpired(40, _now + TimeSpan.FromMinutes(4)).ShouldBeFalse();
        _validation.HasExpired(40, _now + TimeSpan.FromMinutes(5.1)).ShouldBeTrue();
        _validation.HasExpired(20, _now + TimeSpan.FromMinutes(6)).ShouldBeFalse();
        _validation.HasExpired(20, _now + TimeSpan.FromMinutes(10.2)).ShouldBeTrue();
    }

    [Fact]
    public void A_loss_while_cwnd_is_not_used_is_answered_from_what_was_used()
    {
        Rounds(30, 4, cwnd: 40);
        _validation.OnCongestion(40, lossFlight: 10, lost: 3).ShouldBe(10, "the larger of pipeACK and what was in flight");
        _validation.OnRecovered(lost: 5).ShouldBe(4, "half of what was in flight and not lost");
        _validation.PipeAck.ShouldBeNull("undefined again");
    }

    [Fact]
    public void A_loss_while_cwnd_is_used_is_an_ordinary_one()
    {
        Rounds(10, 30, cwnd: 40);
        _validation.OnCongestion(40, lossFlight: 40, lost: 0).ShouldBeNull();
        _validation.OnRecovered(lost: 2).ShouldBeNull();
    }

    [Fact]
    public void An_application_that_sends_little_keeps_its_window_over_a_pause_and_does_not_grow_it()
    {
        TcpSettings settings = TcpSettings.Default with { CwndValidation = true, CongestionControl = CongestionControls.Reno };
        using var pair = new Pair(settings, line: new Line { Delay = TimeSpan.FromMilliseconds(20) });
        pair.Establish();
        Send(pair, 400_000);
        int wide = pair.ClientEnd.Statistics.CwndSegments;
        wide.ShouldBeGreaterThan(40);
        for (int i = 0; i < 100; i++)
            Send(pair, 3000);
        int after = pair.ClientEnd.Statistics.CwndSegments;
        after.ShouldBeLessThanOrEqualTo(wide + 3, "non-validated: no growth");
        pair.Run(30);
        Send(pair, 3000);
        pair.ClientEnd.Statistics.CwndSegments.ShouldBe(after, "RFC 2861 would have halved it a hundred times");
        pair.Run(310);
        Send(pair, 3000);
        pair.ClientEnd.Statistics.CwndSegments.ShouldBe(Math.Max(after / 2, 10));
        pair.ClientEnd.Statistics.SsthreshSegments.ShouldBe(after * 3 / 4);
    }

    private static void Send(Pair pair, int bytes)
    {
        byte[] chunk = new byte[bytes], sink = new byte[1 << 20];
        int written = 0;
        long read = 0;
        for (int i = 0; i < 100_000 && read < bytes; i++)
        {
            written += pair.ClientEnd.Write(chunk.AsSpan(written), pair.Now);
            pair.Step(pair.Now + TimeSpan.FromSeconds(1));
            read += pair.ServerEnd.Read(sink, pair.Now);
            pair.Flush();
        }

        read.ShouldBe(bytes);
        pair.Run(0.3);
    }
}
