using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>Whether a segment is the one that a script expects. What the script leaves out is not checked.</summary>
internal static class SegmentCheck
{
    /// <param name="tolerance">How far from its time the segment may be.</param>
    /// <param name="strictEchoes">TSecr too must be what the script says; most scripts take less care of it than of TSval.</param>
    /// <param name="anyOrder">The same TCP options in whatever order, and padded otherwise, are the same.</param>
    /// <returns>The first difference in words; null when there is none.</returns>
    public static string? Difference(
        SegmentPattern expected, SeenSegment actual, Conversation conversation, ScriptOptions options, TimeSpan tolerance, bool strictEchoes, bool anyOrder = false)
    {
        TcpHeader tcp = actual.Tcp;
        if (!actual.ChecksumRight)
            return "a wrong checksum";
        if (tcp.Flags != expected.Flags)
            return "other flags";
        if (conversation.ToScript(tcp.Sequence, tcp.IsSyn) != expected.Sequence)
            return "another sequence number";
        if (actual.Payload.Length != expected.Length)
            return "another length";
        if (expected.Acknowledgment is { } acknowledgment && tcp.IsAck && conversation.PeerToScript(tcp.Acknowledgment.Value, tcp.IsSyn) != acknowledgment)
            return "another acknowledgment";
        if (expected.Window is { } window && tcp.Window != window)
            return "another window";
        if (tcp.UrgentPointer != (expected.UrgentPointer ?? 0))
            return "another urgent pointer";
        if (Difference(expected.Ip, actual.Ip) is { } ip)
            return ip;
        Func<uint, uint, bool> stampFits = (wanted, came) => options.TimestampTick == TimeSpan.Zero || Math.Abs((long)unchecked((int)(came - wanted))) * options.TimestampTick <= tolerance;
        if (expected.Options is not { } wanted)
            return null;
        List<OptionPattern> came = OptionBytes.Read(actual.OptionBytes, conversation, tcp.IsSyn);
        bool fits = anyOrder ? OptionsFit(Sorted(wanted), Sorted(came), stampFits, strictEchoes) : OptionsFit(wanted, came, stampFits, strictEchoes);
        return fits ? null : "other options";
    }

    private static string? Difference(IpPattern expected, in SeenIp actual)
    {
        if (!EcnFits(expected.Ecn, actual.Ecn))
            return "another ECN field";
        if (expected.Tos is { } tos && tos != actual.Tos)
            return FormattableString.Invariant($"another TOS (0x{actual.Tos:x})");
        if (expected.Ttl is { } ttl && ttl != actual.Ttl)
            return FormattableString.Invariant($"another TTL ({actual.Ttl})");
        return expected.FlowLabel is { } label && label != actual.FlowLabel ? FormattableString.Invariant($"another flow label (0x{actual.FlowLabel:x})") : null;
    }

    private static bool EcnFits(EcnPattern expected, byte actual) => expected switch
    {
        EcnPattern.Unnamed => true,
        EcnPattern.NotEct => actual == 0,
        EcnPattern.Ect1 => actual == 1,
        EcnPattern.Ect0 => actual == 2,
        EcnPattern.EitherEct => actual is 1 or 2,
        EcnPattern.Ce => actual == 3,
        _ => throw new ArgumentOutOfRangeException(nameof(expected)),
    };

    private static List<OptionPattern> Sorted(IEnumerable<OptionPattern> options) =>
        [.. options.Where(o => o.Kind is not (TcpOptionKind.NoOperation or TcpOptionKind.EndOfOptions)).OrderBy(o => o.Kind)];

    private static bool OptionsFit(IReadOnlyList<OptionPattern> expected, List<OptionPattern> actual, Func<uint, uint, bool> stampFits, bool strictEchoes)
    {
        if (expected.Count != actual.Count)
            return false;
        for (int i = 0; i < expected.Count; i++)
        {
            if (!Fits(expected[i], actual[i], stampFits, strictEchoes))
                return false;
        }

        return true;
    }

    private static bool Fits(OptionPattern expected, OptionPattern actual, Func<uint, uint, bool> stampFits, bool strictEchoes)
    {
        if (expected.Kind != actual.Kind)
            return false;
        return expected.Kind switch
        {
            TcpOptionKind.Timestamps => (!strictEchoes || expected.Second == actual.Second) && stampFits(expected.First, actual.First),
            TcpOptionKind.Sack => (expected.Blocks ?? []).SequenceEqual(actual.Blocks ?? []),
            _ => expected.First == actual.First && (expected.Cookie ?? []).SequenceEqual(actual.Cookie ?? []),
        };
    }
}
