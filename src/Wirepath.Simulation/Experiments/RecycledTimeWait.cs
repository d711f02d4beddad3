using Wirepath.Wire;

namespace Wirepath.Simulation;

/// <summary>Connections that two hosts behind one address tried, and got.</summary>
internal sealed record RecycleRecord(int FirstTried, int FirstOpened, int SecondTried, int SecondOpened);

/// <summary>
/// <c>tcp_tw_recycle</c> behind NAT: two hosts share an address, and their timestamps come from clocks that started at different times
/// (RFC 7323 §5.4 has a clock for each host). The server that takes an address for a host hears one of them only.
/// </summary>
internal static class RecycledTimeWait
{
    private const ushort ServerPort = 80, FirstPort = 20_000, SecondPort = 30_000;
    private const uint FirstClock = 90_000_000, SecondClock = 5_000; // milliseconds since each was started

    /// <param name="recycles">The box stands in front of the server.</param>
    /// <param name="each">Connections that each host tries, one a second.</param>
    public static RecycleRecord Run(bool recycles, int each = 10)
    {
        using var wire = new ExperimentWire();
        _ = new HostServer(wire.AddHost(between: recycles ? outside => new TimestampRecycler(outside) : null), ServerPort);
        var opened = new HashSet<ushort>();
        wire.Left.Arrived = (header, options, _) =>
        {
            if (!header.IsSyn || !header.IsAck)
                return;
            opened.Add(header.DestinationPort);
            // Opened and, for the figures' sake, dropped at once.
            wire.Left.Send(header.DestinationPort, ServerPort, TcpFlags.Rst, header.Acknowledgment, default);
        };
        for (int i = 0; i < each; i++)
        {
            int second = i + 1;
            wire.At(second, () => Syn(FirstPort, FirstClock));
            wire.At(second + 0.5, () => Syn(SecondPort, SecondClock));

            void Syn(ushort ports, uint clock) => wire.Left.Send((ushort)(ports + second), ServerPort, TcpFlags.Syn, new SequenceNumber((uint)second * 100_000), default,
                options: new TcpOptions { HasTimestamps = true, TimestampValue = clock + (uint)second * 1000 });
        }

        wire.RunUntil(each + 10);
        return new RecycleRecord(each, opened.Count(p => p < SecondPort), each, opened.Count(p => p >= SecondPort));
    }
}
