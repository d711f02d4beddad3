using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>Where the urgent bytes end, in either direction; few connections ever have any.</summary>
internal sealed class UrgentMarks
{
    /// <summary>SND.UP: the octet behind the last urgent one; null when all of them are acknowledged.</summary>
    public SequenceNumber? SndUp;

    /// <summary>RCV.UP: the same of the peer's; null when the application has read them.</summary>
    public SequenceNumber? RcvUp;
}

// The urgent mechanism of RFC 9293 §3.8.5: a pointer into the stream, nothing else. Urgent bytes stay in line (RFC 6093 §6).
public sealed partial class TcpConnection
{
    private UrgentMarks? Urgent => _troubles?.Urgent;

    /// <summary>
    /// Bytes from the next one to be read to the last urgent one, itself included, as far as the peer has told (RFC 9293 MUST-33); more
    /// than <see cref="Readable"/> while they are still on their way. 0 when nothing urgent is to be read.
    /// </summary>
    public long UrgentAhead => Urgent?.RcvUp is { } end ? end - ReadUpTo : 0;

    /// <summary>The next byte to be read is the last urgent one (SIOCATMARK): what came before it is old news.</summary>
    public bool IsAtUrgentMark => UrgentAhead == 1;

    private bool IsUrgentMode => Urgent?.SndUp is not null;

    private void MarkUrgent() => (Troubles.Urgent ??= new UrgentMarks()).SndUp = _dataEnd;

    private void FollowUrgent()
    {
        if (Urgent is { SndUp: { } end } urgent && end <= _sndUna)
            urgent.SndUp = null;
    }

    /// <summary>Every segment that begins before SND.UP says how far it is from its own number; one that is too far says the most (§3.8.5).</summary>
    private ushort UrgentPointer(SequenceNumber sequence) =>
        Urgent?.SndUp is { } end && sequence < end ? (ushort)Math.Min(end - sequence, ushort.MaxValue) : (ushort)0;

    // §3.10.7.4, sixth: RCV.UP only moves forward, and the application is told once for each time that it had nothing urgent to read.
    private void TakeUrgent(in TcpSegment segment, SequenceNumber sequence)
    {
        if ((segment.Header.Flags & TcpFlags.Urg) == 0 || segment.Header.UrgentPointer == 0
            || State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2) || _finReceived)
            return;
        SequenceNumber end = sequence + segment.Header.UrgentPointer;
        if (end <= ReadUpTo)
            return; // read already: a repetition, or a pointer that the application was faster than
        UrgentMarks urgent = Troubles.Urgent ??= new UrgentMarks();
        if (urgent.RcvUp is null)
            _signals |= TcpSignals.Urgent;
        urgent.RcvUp = urgent.RcvUp is { } known ? SequenceNumber.Max(known, end) : end;
    }

    /// <summary>How much one read gives: it ends before the last urgent byte, so that the application sees where it stands.</summary>
    private int UpToMark(int length)
    {
        long before = UrgentAhead - 1;
        return before > 0 && before < length ? (int)before : length;
    }

    private void NoteUrgentRead()
    {
        if (Urgent is { RcvUp: { } end } urgent && end <= ReadUpTo)
            urgent.RcvUp = null;
    }
}
