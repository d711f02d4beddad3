using System.Text;
using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>What came of an old SYN and the old order behind it.</summary>
/// <param name="Connections">That the application was given; the client wanted none.</param>
/// <param name="BytesTaken">Of the order that was carried out already, long ago.</param>
internal sealed record GhostRecord(int Connections, int BytesTaken);

/// <summary>
/// Why three segments and not two: duplicates of an earlier connection's SYN and first bytes arrive late. With two the connection stands
/// and the order is carried out a second time; with three the client, asked, says that it knows of nothing (RFC 9293 §3.5).
/// </summary>
internal static class TwoWayHandshake
{
    private const ushort ClientPort = 4000, ServerPort = 80;

    /// <param name="two">Against the server that takes the SYN for a connection; otherwise against a whole host.</param>
    public static GhostRecord Run(bool two)
    {
        using var wire = new ExperimentWire();
        List<List<byte>> streams = two ? new BareServer(wire.AddBareRight()).Streams : new HostServer(wire.AddHost(), ServerPort).Streams;
        // The client has no connection: it answers whatever comes as RFC 9293 §3.10.7.1 says.
        wire.Left.Arrived = (header, _, _) =>
        {
            if (!header.IsRst)
                wire.Left.Send(ClientPort, ServerPort, TcpFlags.Rst, header.Acknowledgment, default);
        };
        var old = new SequenceNumber(1000);
        wire.At(1, () => wire.Left.Send(ClientPort, ServerPort, TcpFlags.Syn, old, default));
        wire.At(1.001, () => wire.Left.Send(ClientPort, ServerPort, TcpFlags.Psh | TcpFlags.Ack, old + 1, new SequenceNumber(777_777), Encoding.ASCII.GetBytes("PAY 100 TO BOB\n")));
        wire.RunUntil(60);
        return new GhostRecord(streams.Count, streams.Sum(s => s.Count));
    }
}
