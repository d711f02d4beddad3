using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>
/// How far cwnd is used, remembered for a window's time as Linux does (<c>tcp_cwnd_validate</c>): the ACKs of a full window arrive
/// when little of it is in flight any more, and must not look like those of an idle application (RFC 7661 §1).
/// </summary>
internal struct CwndUsage(SequenceNumber start)
{
    private SequenceNumber _until = start;

    /// <summary>cwnd held the sender back.</summary>
    public bool IsLimited { get; private set; }

    /// <summary>Most segments in flight.</summary>
    public int Peak { get; private set; }

    /// <summary>Sending has come to its end for now.</summary>
    public void Note(bool limited, int flight, SequenceNumber sndUna, SequenceNumber sndNxt)
    {
        bool same = sndUna < _until && !limited && (IsLimited || flight <= Peak);
        if (!same)
            (IsLimited, Peak, _until) = (limited, flight, sndNxt);
    }
}
