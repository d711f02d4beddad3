using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>
/// A server that is wrong on purpose: it takes a connection for open with the SYN alone, looks at no acknowledgment, and has forgotten
/// a connection as soon as it has closed it. What it does beyond that is the least that carries bytes.
/// </summary>
internal sealed class BareServer
{
    private readonly SegmentPort _port;
    private readonly int _closeAfter;
    private readonly Dictionary<ushort, Connection> _connections = [];

    /// <param name="port">Its wire.</param>
    /// <param name="closeAfter">Bytes after which it closes the first connection.</param>
    public BareServer(SegmentPort port, int closeAfter = int.MaxValue)
    {
        (_port, _closeAfter) = (port, closeAfter);
        port.Arrived = Arrive;
    }

    private sealed class Connection
    {
        public SequenceNumber RcvNxt;
        public SequenceNumber SndNxt;
        public List<byte> Bytes = [];
        public SortedDictionary<uint, byte[]> Early = [];
    }

    /// <summary>What the application read on each connection that it was given.</summary>
    public List<List<byte>> Streams { get; } = [];

    private void Arrive(TcpHeader header, TcpOptions options, byte[] payload)
    {
        if (header.IsSyn)
        {
            var opened = new Connection { RcvNxt = header.Sequence + 1, SndNxt = new SequenceNumber(5000 + (uint)Streams.Count) };
            _connections[header.SourcePort] = opened;
            Streams.Add(opened.Bytes);
            _port.Send(header.DestinationPort, header.SourcePort, TcpFlags.Syn | TcpFlags.Ack, opened.SndNxt, opened.RcvNxt);
            opened.SndNxt += 1;
            return;
        }

        if (!_connections.TryGetValue(header.SourcePort, out Connection? connection))
            return;
        if (header.IsRst)
        {
            _connections.Remove(header.SourcePort);
            return;
        }

        Take(connection, header.Sequence, payload);
        bool closes = Streams.Count == 1 && connection.Bytes.Count >= _closeAfter;
        if (payload.Length > 0)
            _port.Send(header.DestinationPort, header.SourcePort, closes ? TcpFlags.Fin | TcpFlags.Ack : TcpFlags.Ack, connection.SndNxt, connection.RcvNxt);
        if (closes)
            _connections.Remove(header.SourcePort); // no TIME-WAIT
    }

    // In order or early, and whatever comes first stays: as any receiver does.
    private static void Take(Connection connection, SequenceNumber sequence, byte[] payload)
    {
        if (payload.Length == 0 || sequence < connection.RcvNxt)
            return;
        connection.Early.TryAdd(sequence.Value, payload);
        while (connection.Early.Remove(connection.RcvNxt.Value, out byte[]? next))
        {
            connection.Bytes.AddRange(next);
            connection.RcvNxt += next.Length;
        }
    }
}
