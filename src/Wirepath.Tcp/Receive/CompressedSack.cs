using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp;

// One SACK for several segments that arrive out of order. RFC 5681 §4.2 wants an ACK for each; the first three, which start recovery, get
// theirs, and the others say together what each would have said (Linux's tcp_comp_sack settings).
public sealed partial class TcpConnection
{
    private const int UncompressedAcks = 3;
    private const int RttShare = 20; // 5 % of a round trip

    private SequenceNumber _compressedAt;   // RCV.NXT for which duplicates are counted
    private byte _uncompressed;
    private byte _compressed;

    /// <summary>True when the ACK of a segment out of order may wait for the next ones.</summary>
    private bool CompressAck(Instant now)
    {
        if (!_sack || _compressed >= Math.Min(_settings.CompressedSacks, byte.MaxValue) || (_quickAcks > 0 && !_isInteractive))
            return false;
        if (_compressedAt != _rcvNxt)
            (_compressedAt, _uncompressed) = (_rcvNxt, 0);
        if (_uncompressed < UncompressedAcks)
        {
            _uncompressed++;
            return false;
        }

        TimeSpan rtt = _tuning.Rtt;
        if (_rtt.HasSample && _rtt.Smoothed < rtt)
            rtt = _rtt.Smoothed;
        TimeSpan delay = rtt / RttShare < _settings.CompressedSackDelay ? rtt / RttShare : _settings.CompressedSackDelay;
        if (delay <= TimeSpan.Zero)
            return false;
        _compressed++;
        if (_timers.CompressedAck.IsNever)
            (_timers.CompressedAck, AckBecause) = (now + delay, _log.Because);
        return true;
    }

    private void OnCompressedAck()
    {
        if (_compressed == 0)
            return;
        _compressed--; // this one is sent
        (_ackNow, _ackWhy) = (true, SendCause.DuplicateAck);
    }

    private void EndCompression()
    {
        if (_compressed == 0 && _timers.Rare is not { CompressedAck.IsNever: false })
            return;
        if (Shared is not null)
            Shared.Counters.TCPAckCompressed += _compressed;
        _compressed = 0;
        _timers.CompressedAck = Instant.Never;
    }
}
