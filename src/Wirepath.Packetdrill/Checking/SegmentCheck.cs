using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>Whether a segment is the one that a script expects. What the script leaves out is not checked.</summary>
internal static class SegmentCheck
{
    /// <returns>The first difference in words; null when there is none.</returns>
    public static string? Difference(SegmentPattern expected, SeenSegment actual, Conversation conversation, ScriptOptions options)
    {
        TcpHeader tcp = actual.Tcp;
        if (!actual.ChecksumRight)
            return "a wrong checksum";
        if (tcp.Flags != expected.Flags)
            return "other flags";
        if (conversation.ToScript(tcp.Sequence) != expected.Sequence)
            return "another sequence number";
        if (actual.Payload.Length != expected.Length)
            return "another length";
        if (expected.Acknowledgment is { } acknowledgment && tcp.IsAck && tcp.Acknowledgment.Value != acknowledgment)
            return "another acknowledgment";
        if (expected.Window is { } window && tcp.Window != window)
            return "another window";
        if (expected.UrgentPointer is { } urgent && tcp.UrgentPointer != urgent)
            return "another urgent pointer";
        if (!EcnFits(expected.Ip.Ecn, actual.Ip.Ecn))
            return "another ECN field";
        return expected.Options is { } wanted && !OptionsFit(wanted, OptionBytes.Read(actual.OptionBytes, conversation), options) ? "other options" : null;
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

    private static bool OptionsFit(IReadOnlyList<OptionPattern> expected, List<OptionPattern> actual, ScriptOptions options)
    {
        if (expected.Count != actual.Count)
            return false;
        for (int i = 0; i < expected.Count; i++)
        {
            if (!Fits(expected[i], actual[i], options))
                return false;
        }

        return true;
    }

    private static bool Fits(OptionPattern expected, OptionPattern actual, ScriptOptions options)
    {
        if (expected.Kind != actual.Kind)
            return false;
        return expected.Kind switch
        {
            TcpOptionKind.Timestamps => expected.Second == actual.Second && TimestampFits(expected.First, actual.First, options),
            TcpOptionKind.Sack => (expected.Blocks ?? []).SequenceEqual(actual.Blocks ?? []),
            TcpOptionKind.FastOpen => (expected.Cookie ?? []).SequenceEqual(actual.Cookie ?? []),
            _ => expected.First == actual.First,
        };
    }

    private static bool TimestampFits(uint expected, uint actual, ScriptOptions options) =>
        options.TimestampTick == TimeSpan.Zero || Math.Abs((long)unchecked((int)(actual - expected))) * options.TimestampTick <= options.Tolerance;
}
