using Wirepath.Wire;

namespace Wirepath.Tcp;

// Explicit Congestion Notification, RFC 3168 §6.1.
public sealed partial class TcpConnection
{
    private bool _ecn;              // both ends agreed
    private bool _ecnOffered;       // our SYN carried ECE and CWR
    private bool _demandEce;        // a mark arrived: every ACK says so until CWR comes
    private bool _cwrWanted;        // the window was reduced: the next new segment says so

    private bool OffersEcn => _settings.Ecn == EcnMode.Request;

    /// <summary>The flags of our SYN or SYN,ACK (§6.1.1).</summary>
    private TcpFlags EcnSynFlags(bool answers)
    {
        if (answers)
            return _ecn ? TcpFlags.Ece : TcpFlags.None;
        // §6.1.1.1: a path that drops such SYNs gets plain ones after the first time-out.
        _ecnOffered = OffersEcn && _timeouts == 0;
        return _ecnOffered ? TcpFlags.Ece | TcpFlags.Cwr : TcpFlags.None;
    }

    private void NegotiateEcn(in TcpHeader syn) =>
        _ecn = _ecnOffered && (syn.Flags & (TcpFlags.Ece | TcpFlags.Cwr)) == TcpFlags.Ece;

    /// <summary>Whether a SYN is answered with ECE (§6.1.1).</summary>
    internal static bool AgreesOnEcn(in TcpHeader syn, TcpSettings settings) =>
        settings.Ecn != EcnMode.Off && (syn.Flags & (TcpFlags.Ece | TcpFlags.Cwr)) == (TcpFlags.Ece | TcpFlags.Cwr);

    /// <summary>Marks of the network on an arriving segment (§6.1.3).</summary>
    private void FollowMarks(in TcpSegment segment)
    {
        if (!_ecn)
            return;
        if ((segment.Header.Flags & TcpFlags.Cwr) != 0)
            _demandEce = false;
        if (segment.Ce)
        {
            // The sender should hear at once; a delayed ACK would let it send on.
            if (!_demandEce)
                _quickAcks = Math.Max(_quickAcks, 2);
            _demandEce = true;
        }
    }

    private bool IsEcnEcho(in TcpSegment segment) =>
        _ecn && (segment.Header.Flags & (TcpFlags.Ece | TcpFlags.Syn)) == TcpFlags.Ece;

    /// <summary>Marks a new segment as one that routers may mark; §6.1.4 and §6.1.5 keep bare ACKs and repetitions out of it.</summary>
    private TcpFlags MarkCapable(Packet packet, int length)
    {
        if (!_ecn || length == 0)
            return TcpFlags.None;
        packet.Ecn = EcnCodepoint.Ect0;
        if (!_cwrWanted)
            return TcpFlags.None;
        _cwrWanted = false;
        return TcpFlags.Cwr;
    }
}
