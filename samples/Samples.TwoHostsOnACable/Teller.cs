using Wirepath.Events;

namespace Samples.TwoHostsOnACable;

/// <summary>Prints the events that make the story of a connection; everything else is there too, for whoever asks.</summary>
internal sealed class Teller : IEventSink
{
    public void OnEvent(Event written)
    {
        string? line = written.What switch
        {
            StateChanged state => $"{state.From} → {state.To} ({state.Trigger})",
            Retransmitted repeated => $"{repeated.Length:N0} bytes again from {repeated.RelativeSequence:N0}: {repeated.Why}",
            CongestionChanged { Phase: CongestionPhase.FastRecovery or CongestionPhase.LossRecovery } change => $"{change.Phase}: cwnd {change.Cwnd:N0}, ssthresh {change.Ssthresh:N0}",
            _ => null,
        };
        if (line is not null)
            Console.WriteLine($"{written.At.ToDateTimeOffset():ss.fff}  {written.Node,-6} {line}  [#{written.Id.Value} ← #{written.Cause.Value}]");
    }
}
