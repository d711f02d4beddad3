using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// Answers to what was turned away, and how often they may be given.
public sealed partial class TcpConnection
{
    /// <summary>What the host's connections have in common; set by the host before the first segment. Without it each counts for itself.</summary>
    public TcpShared? Shared { get; set; }

    private bool AcknowledgesUnsent(in TcpHeader header) => header.IsAck && header.Acknowledgment > _sndNxt;

    /// <summary>An ACK for a segment that was turned away; for a SYN, a challenge.</summary>
    private void AnswerInvalid(in TcpSegment segment, SendCause why, Instant now)
    {
        if (segment.Header.IsSyn && State != TcpState.TimeWait)
        {
            Challenge(segment, now);
            return;
        }

        if (MayAnswerInvalid(segment, now))
            Acknowledge(why);
        else if (Shared is not null)
            Shared.Counters.TCPACKSkippedSeq++;
    }

    // Those without data are answered only now and then, lest two confused peers answer each other for ever. Data does not come from a loop.
    private bool MayAnswerInvalid(in TcpSegment segment, Instant now)
    {
        if (segment.Length > 0 && !segment.Header.IsSyn)
            return true;
        if (now - Troubles.LastInvalidAnswer < _settings.InvalidRateLimit)
            return false;
        Troubles.LastInvalidAnswer = now;
        return true;
    }

    private void Challenge(in TcpSegment segment, Instant now)
    {
        if (now - Troubles.LastInvalidAnswer < _settings.InvalidRateLimit)
        {
            Reject(segment, "challenged a moment ago");
            if (Shared is not null)
                Shared.Counters.TCPACKSkippedSeq++;
            return;
        }

        // RFC 5961 §7
        Troubles.LastInvalidAnswer = now;
        if (Shared is not null)
        {
            if (!Shared.Challenges.TrySpend(_settings.ChallengeAckLimit, now))
            {
                Shared.Counters.TCPACKSkippedChallenge++;
                Reject(segment, "the host has challenged too often this second");
                return;
            }

            Shared.Counters.TCPChallengeACK++;
        }

        Acknowledge(SendCause.Challenge);
    }
}
