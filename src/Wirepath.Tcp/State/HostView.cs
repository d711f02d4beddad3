using Wirepath.Wire;

namespace Wirepath.Tcp;

public sealed partial class TcpConnection
{
    /// <summary>Segments sent again so far: <see cref="TcpStatistics.Retransmissions"/> without the rest.</summary>
    public long Retransmissions => _troubles?.Retransmissions ?? 0;

    /// <summary>
    /// True when a segment that begins here was sent and is not acknowledged yet: what an ICMP error must quote to be believed (RFC 5927 §4.1).
    /// </summary>
    public bool IsOutstanding(SequenceNumber sequence) => sequence >= _sndUna && sequence < _sndNxt;
}
