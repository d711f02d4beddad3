using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>What the second connection between the same ports received.</summary>
/// <param name="Received">Bytes.</param>
/// <param name="Foreign">Of these, bytes that belong to the first connection.</param>
internal sealed record StragglerRecord(int Received, int Foreign);

/// <summary>
/// What TIME-WAIT is for: the server closes, the client opens again between the same ports with numbers that lie a little below the old
/// ones, and a duplicate of the first connection arrives late (RFC 9293 §3.6.1, RFC 1337). Who has forgotten the first takes its bytes
/// into the second; in TIME-WAIT the SYN is turned away until its number lies beyond.
/// </summary>
internal static class NoTimeWait
{
    private const ushort ClientPort = 4000, ServerPort = 80;
    private const int Piece = 100, Wanted = 4 * Piece;
    private static readonly byte[] s_old = [.. Enumerable.Repeat((byte)'o', Piece)], s_new = [.. Enumerable.Repeat((byte)'n', Piece)];

    /// <param name="forgets">Against the server that has no TIME-WAIT; otherwise against a whole host.</param>
    public static StragglerRecord Run(bool forgets)
    {
        using var wire = new ExperimentWire();
        List<List<byte>> streams = forgets ? new BareServer(wire.AddBareRight(), closeAfter: 2 * Piece).Streams
            : new HostServer(wire.AddHost(TcpSettings.Default with { ProtectTimeWait = true }), ServerPort, closeAfter: 2 * Piece).Streams;
        var client = new Client(wire);
        wire.At(1, () => client.Open(new SequenceNumber(1000), s_old, 2));
        // The old bytes 1101 to 1200 come again while the second connection has just got as far as 1100.
        wire.At(3, () => client.Open(new SequenceNumber(900), s_new, 2));
        wire.At(5, () => wire.Left.Send(ClientPort, ServerPort, TcpFlags.Ack, new SequenceNumber(1101), client.OldAcknowledgment, s_old));
        wire.At(6, () => client.SendMore(2));
        wire.RunUntil(20);
        List<byte> second = streams.Count > 1 ? streams[1] : [];
        return new StragglerRecord(Math.Min(second.Count, Wanted), second.Count(b => b == 'o'));
    }

    // Opens, sends, closes when the server does, and goes on with a number further up when a SYN is answered by a bare ACK.
    private sealed class Client
    {
        private readonly ExperimentWire _wire;
        private SequenceNumber _sndNxt, _rcvNxt;
        private byte[] _piece = [];
        private int _pieces;
        private bool _opening;

        public Client(ExperimentWire wire)
        {
            _wire = wire;
            wire.Left.Arrived = Arrive;
        }

        /// <summary>What the segments of the first connection acknowledge.</summary>
        public SequenceNumber OldAcknowledgment { get; private set; }

        public void Open(SequenceNumber iss, byte[] piece, int pieces)
        {
            (_sndNxt, _piece, _pieces, _opening) = (iss, piece, pieces, true);
            Send(TcpFlags.Syn);
            _sndNxt += 1;
        }

        public void SendMore(int pieces)
        {
            for (int i = 0; i < pieces; i++)
            {
                Send(TcpFlags.Ack | TcpFlags.Psh, _piece);
                _sndNxt += _piece.Length;
            }
        }

        private void Arrive(TcpHeader header, TcpOptions options, byte[] payload)
        {
            if (header.IsRst)
                return;
            if (_opening && header.IsSyn)
            {
                (_opening, _rcvNxt) = (false, header.Sequence + 1);
                if (OldAcknowledgment == default)
                    OldAcknowledgment = _rcvNxt;
                SendMore(_pieces);
            }
            else if (_opening)
            {
                // RFC 9293 §3.10.7.3: not an answer to this SYN. As RFC 6191 §2 expects, the next one begins beyond.
                _wire.Left.Send(ClientPort, ServerPort, TcpFlags.Rst, header.Acknowledgment, default);
                Open(header.Acknowledgment + 1000, _piece, _pieces);
            }
            else if (header.IsFin)
            {
                _rcvNxt = header.Sequence + 1;
                Send(TcpFlags.Fin | TcpFlags.Ack);
                _sndNxt += 1;
            }
        }

        private void Send(TcpFlags flags, byte[]? payload = null) =>
            _wire.Left.Send(ClientPort, ServerPort, flags, _sndNxt, (flags & TcpFlags.Ack) == 0 ? default : _rcvNxt, payload);
    }
}
