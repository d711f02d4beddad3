namespace Wirepath.Packetdrill;

/// <summary>
/// A <c>struct msghdr</c>: <c>{msg_name(...)=..., msg_iov(2)=[{..., 1000}, {..., 500}], msg_flags=0, msg_control=[…]}</c>. For a call that
/// receives, flags and control messages are what it must give.
/// </summary>
internal sealed class Message(SystemCall call, StructExpression given)
{
    /// <summary>What a call has put into the message beside bytes.</summary>
    /// <param name="Level">Such as <c>SOL_TCP</c>.</param>
    /// <param name="Type">Such as <c>TCP_CM_INQ</c>.</param>
    /// <param name="Fields">Names of the structure's fields with their values; a plain number has an empty name.</param>
    public readonly record struct Control(long Level, long Type, params IReadOnlyList<(string Name, long Value)> Fields)
    {
        public override string ToString() =>
            FormattableString.Invariant($"{{cmsg_level={Level}, cmsg_type={Type}, cmsg_data={{{string.Join(", ", Fields.Select(f => $"{f.Name}={f.Value}"))}}}}}");
    }

    /// <summary>The pieces of memory; null when there is no list of them.</summary>
    public Expression? Vector => given["msg_iov"];

    /// <summary>Compares what a call gave with what the script says.</summary>
    /// <param name="flags">msg_flags.</param>
    /// <param name="controls">In order.</param>
    /// <param name="tolerance">For times, nanoseconds.</param>
    /// <returns>Null when it is the same; otherwise what came.</returns>
    public string? Difference(long flags, IReadOnlyList<Control> controls, long tolerance)
    {
        if (given["msg_flags"] is { } expected and not AnyExpression && SystemCalls.Evaluate(call, expected) is { } wanted && wanted != flags)
            return FormattableString.Invariant($"msg_flags={flags}");
        if (given["msg_control"] is not ListExpression list)
            return null;
        bool same = list.Items.Count == controls.Count;
        for (int i = 0; same && i < controls.Count; i++)
            same = list.Items[i] is not StructExpression item || IsSame(item, controls[i], tolerance);
        return same ? null : $"msg_control=[{string.Join(", ", controls)}]";
    }

    private bool IsSame(StructExpression item, in Control control, long tolerance)
    {
        if (Named(item["cmsg_level"]) != control.Level || Named(item["cmsg_type"]) != control.Type)
            return false;
        if (item["cmsg_data"] is not StructExpression fields)
            return item["cmsg_data"] is null or AnyExpression || SystemCalls.Evaluate(call, item["cmsg_data"]) == control.Fields[0].Value;
        long due = 0;
        long came = 0;
        foreach ((string name, long value) in control.Fields)
        {
            if (fields[name] is not { } expression || SystemCalls.Evaluate(call, expression) is not { } expected)
                continue;
            if (name is "scm_sec" or "scm_nsec")
            {
                long unit = name == "scm_sec" ? 1_000_000_000 : 1;
                (due, came) = (due + expected * unit, came + value * unit);
            }
            else if (expected != value)
            {
                return false;
            }
        }

        return Math.Abs(due - came) <= tolerance;
    }

    // CMSG_LEVEL_IP and CMSG_TYPE_RECVERR stand for IPv4's or IPv6's.
    private long? Named(Expression? expression) => expression switch
    {
        SymbolExpression { Names: ["CMSG_LEVEL_IP"] } => Constants.Value("SOL_IP"),
        SymbolExpression { Names: ["CMSG_TYPE_RECVERR"] } => Constants.Value("IP_RECVERR"),
        null => null,
        _ => SystemCalls.Evaluate(call, expression),
    };
}
