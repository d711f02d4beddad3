using System.Linq.Expressions;
using System.Numerics;
using System.Reflection;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests.Exploration;

/// <summary>
/// 64 bits that stand for all that decides how a connection goes on: every field of it and of what it holds, times
/// relative to now, so that two paths that led to the same state are followed once. A field that is added to the stack is
/// part of it by itself; only what is named here is left out.
/// </summary>
internal static class Fingerprint
{
    private delegate ulong Mixer(object value, ulong hash, Instant now);

    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;
    private static readonly Lock s_lock = new();
    private static volatile Dictionary<Type, Mixer> s_mixers = [];

    // Figures that are only reported, and what belongs to the log.
    private static readonly HashSet<string> s_reported =
    [
        "_segmentsSent", "_segmentsReceived", "_bytesSent", "_bytesAcknowledged", "_bytesReceived", "_trail", "_busyTime", "_limit", "_limitSince",
        "_establishedAt", "Rejected", "Retransmissions", "BytesRetransmitted", "Timeouts", "FastRetransmits", "DuplicateAcks", "WindowProbes",
        "LossProbes", "DuplicateReports", "ReorderingsSeen", "UndoneReductions", "SoftError", "ReceiveWindowLimited", "SendBufferLimited",
    ];

    // Readings of the timestamps' clock: like times, relative to now.
    private static readonly HashSet<string> s_timestamps = ["_tsRecent", "_arrivedEcho", "RepeatTimestamp", "LastEcho"];

    private static readonly Type[] s_holders = [typeof(TcpConnection), typeof(Troubles), typeof(ReceiveTuning)];

    private static readonly HashSet<Type> s_elsewhere =
    [
        typeof(TcpSettings), typeof(CubicSettings), typeof(NodeLog), typeof(TcpListener), typeof(TcpShared), typeof(PieceShelf),
        typeof(EventId), typeof(ConnectionId), typeof(Queue<SequenceNumber>), typeof(FastOpenBits),
    ];

    /// <summary>The names above that no field has any more.</summary>
    public static IEnumerable<string> Stale =>
        s_reported.Concat(s_timestamps).Where(name => !s_holders.Any(holder => holder.GetField(name, Declared) is not null));

    public static ulong Mix(ulong hash, long value) => BitOperations.RotateLeft(hash ^ (ulong)value, 29) * 0x9E3779B97F4A7C15;

    public static ulong Of(TcpConnection? connection, ulong hash, Instant now) => connection is null ? Mix(hash, -1) : MixObject(connection, hash, now);

    private static ulong MixObject(object? value, ulong hash, Instant now)
    {
        if (value is null)
            return Mix(hash, -2);
        if (!s_mixers.TryGetValue(value.GetType(), out Mixer? mixer))
        {
            lock (s_lock)
            {
                mixer = Compile(value.GetType());
                s_mixers = new Dictionary<Type, Mixer>(s_mixers) { [value.GetType()] = mixer };
            }
        }

        return mixer(value, hash, now);
    }

    // ---- What is not taken field by field ------------------------------------------------------------------------

    private static ulong MixTime(Instant time, ulong hash, Instant now) => Mix(hash, time.IsNever ? long.MaxValue : time.Ticks - now.Ticks);

    private static ulong MixTimestamp(uint reading, ulong hash, Instant now) => Mix(hash, unchecked((int)(reading - Clock(now))));

    /// <summary>The milliseconds that timestamps count in.</summary>
    public static uint Clock(Instant now) => unchecked((uint)(now.Ticks / TimeSpan.TicksPerMillisecond));

    private static ulong MixQueue(SentQueue queue, ulong hash, Instant now)
    {
        hash = Mix(Mix(hash, queue.Rows), queue.Sacked);
        for (int i = 0; i < queue.Rows; i++)
            hash = MixRow(queue[i], hash, now);
        return hash;
    }

    private static ulong MixRow(in SentSegment row, ulong hash, Instant now)
    {
        hash = Mix(Mix(hash, row.Left.Value), row.Right.Value);
        hash = Mix(Mix(hash, (row.Count << 16) + row.SegmentBytes), (int)row.Marks);
        hash = MixTime(row.SentAt, hash, now);
        DeliverySnapshot snapshot = row.Snapshot;
        hash = Mix(Mix(hash, snapshot.Delivered), snapshot.Lost);
        hash = MixTime(snapshot.FirstSentAt, MixTime(snapshot.DeliveredAt, hash, now), now);
        return Mix(hash, snapshot.InFlight * 2 + (snapshot.IsSpent ? 1 : 0));
    }

    private static ulong MixArray<T>(T[]? values, ulong hash, Instant now)
    {
        if (values is null)
            return Mix(hash, -3);
        hash = Mix(hash, values.Length);
        foreach (T value in values)
            hash = MixObject(value, hash, now);
        return hash;
    }

    // ---- Field by field ------------------------------------------------------------------------------------------

    private static Mixer Compile(Type type)
    {
        ParameterExpression value = Expression.Parameter(typeof(object));
        ParameterExpression hash = Expression.Parameter(typeof(ulong));
        ParameterExpression now = Expression.Parameter(typeof(Instant));
        ParameterExpression typed = Expression.Variable(type);
        var steps = new List<Expression> { Expression.Assign(typed, Expression.Convert(value, type)) };
        if (Leaf(type, typed, hash, now, name: "") is { } leaf)
            steps.Add(Expression.Assign(hash, leaf));
        else
            AddFields(type, typed, hash, now, steps);
        steps.Add(hash);
        return Expression.Lambda<Mixer>(Expression.Block([typed], steps), value, hash, now).Compile();
    }

    private static void AddFields(Type type, Expression holder, ParameterExpression hash, ParameterExpression now, List<Expression> steps)
    {
        for (Type? declaring = type; declaring is not null && declaring != typeof(object) && declaring != typeof(ValueType); declaring = declaring.BaseType)
        {
            foreach (FieldInfo field in declaring.GetFields(Declared))
            {
                if ((declaring == typeof(TcpConnection) && s_reported.Contains(field.Name)) || IsElsewhere(field.FieldType))
                    continue;
                MemberExpression member = Expression.Field(holder, field);
                if (Leaf(field.FieldType, member, hash, now, field.Name) is { } leaf)
                    steps.Add(Expression.Assign(hash, leaf));
                else
                    AddFields(field.FieldType, member, hash, now, steps);
            }
        }
    }

    private static bool IsElsewhere(Type type) =>
        s_elsewhere.Contains(type) || typeof(Delegate).IsAssignableFrom(type)
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Func<>));

    // Null: its fields are to be taken one by one.
    private static Expression? Leaf(Type type, Expression value, ParameterExpression hash, ParameterExpression now, string name)
    {
        Expression Call(string method, params Expression[] arguments) =>
            Expression.Call(typeof(Fingerprint).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!, arguments);
        Expression Number(Expression number) => Call(nameof(Mix), hash, number.Type == typeof(long) ? number : Expression.Convert(number, typeof(long)));

        if (type == typeof(uint) && s_timestamps.Contains(name))
            return Call(nameof(MixTimestamp), value, hash, now);
        if (type == typeof(Instant))
            return Call(nameof(MixTime), value, hash, now);
        if (type == typeof(SentQueue))
            return Call(nameof(MixQueue), value, hash, now);
        if (type == typeof(SendBuffer) || type == typeof(ByteChain))
            return Number(Expression.Property(value, "Length"));
        if (type == typeof(bool))
            return Number(Expression.Condition(value, Expression.Constant(1L), Expression.Constant(0L)));
        if (type.IsEnum)
            return Number(Expression.Convert(value, Enum.GetUnderlyingType(type)));
        if (type == typeof(double))
            return Number(Expression.Call(typeof(BitConverter), nameof(BitConverter.DoubleToInt64Bits), null, value));
        if (type == typeof(float))
            return Number(Expression.Call(typeof(BitConverter), nameof(BitConverter.SingleToInt32Bits), null, value));
        if (type.IsPrimitive)
            return Number(value);
        if (type == typeof(string))
            return Number(Expression.Condition(Expression.ReferenceEqual(value, Expression.Constant(null)), Expression.Constant(0), Expression.Constant(1)));
        if (type.IsArray)
            return Expression.Call(typeof(Fingerprint), nameof(MixArray), [type.GetElementType()!], value, hash, now);
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            Expression content = Leaf(inner, Expression.Call(value, "GetValueOrDefault", null), hash, now, name)
                ?? Call(nameof(MixObject), Expression.Convert(value, typeof(object)), hash, now);
            return Expression.Condition(Expression.Property(value, "HasValue"), content, Number(Expression.Constant(-4L)));
        }

        if (!type.IsValueType)
        {
            // At the top the fields themselves, below by the object's own type.
            return name.Length == 0 ? null : Call(nameof(MixObject), value, hash, now);
        }

        return type.Namespace!.StartsWith("Wirepath", StringComparison.Ordinal) || type == typeof(TimeSpan) || type.IsGenericType
            ? null
            : throw new NotSupportedException($"{name} is a {type}.");
    }
}
