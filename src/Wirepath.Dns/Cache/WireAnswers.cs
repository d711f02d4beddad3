using System.Buffers.Binary;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>
/// Answers as they were sent, ready to be sent again: copied, with the client's ID and question and the TTLs that are left.
/// Each stands on a <see cref="CachedMessage"/> and ends with it. Guarded by its owner.
/// </summary>
internal sealed class WireAnswers(long mostBytes)
{
    private readonly LruTable<byte[], WireAnswer> _answers = new(mostBytes, WireKeyComparer.Instance);

    public int Count => _answers.Count;

    public long Bytes => _answers.Bytes;

    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, CachedMessage source)
    {
        if (WireAnswer.TryCreate(key.ToArray(), message.ToArray(), source) is { } answer)
            _answers.Put(answer);
    }

    /// <summary>Writes the answer to a query.</summary>
    /// <returns>False when there is none, or when it should be looked up again soon: the long way sees to that.</returns>
    public bool TryWrite(in PlainQuery query, Span<byte> response, int limit, bool rotates, double prefetchShare, Instant now, out int length)
    {
        length = 0;
        Span<byte> room = stackalloc byte[PlainQuery.MaxKeySize];
        if (!_answers.TryGet(query.Key(room), out WireAnswer? answer))
            return false;
        CachedMessage source = answer.Source;
        if (!source.IsAlive(now) || source.Version != answer.Version || source.IsDue(now, prefetchShare))
            return false;
        if (answer.Message.Length > limit || answer.Message.Length > response.Length)
            return false;
        length = answer.Write(query, response, rotates ? query.Id : 0, now);
        return true;
    }

    public void Clear() => _answers.Clear();

    private sealed class WireKeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly WireKeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            // Randomised per process: who chooses names must not choose the buckets.
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}

/// <summary>One answer in wire form.</summary>
internal sealed class WireAnswer : LruEntry<byte[], WireAnswer>
{
    private const int Overhead = 150;

    // Where each record's TTL is, and which set of the message it belongs to.
    private readonly (ushort Offset, ushort Set)[] _ttls;
    private readonly int _turnStart;
    private readonly int _turnSize;
    private readonly int _turnCount;

    private WireAnswer(byte[] key, byte[] message, CachedMessage source, (ushort, ushort)[] ttls, (int Start, int Size, int Count) turn)
        : base(key, Overhead + key.Length + message.Length + ttls.Length * 4)
    {
        Message = message;
        Source = source;
        Version = source.Version;
        _ttls = ttls;
        (_turnStart, _turnSize, _turnCount) = turn;
    }

    public byte[] Message { get; }

    public CachedMessage Source { get; }

    /// <summary>The version of its source that it was made of.</summary>
    public int Version { get; }

    /// <summary>Null when the message is not made of the sets of its source alone.</summary>
    public static WireAnswer? TryCreate(byte[] key, byte[] message, CachedMessage source)
    {
        if (!DnsHeader.TryRead(message, out DnsHeader header) || header.QuestionCount != 1)
            return null;
        int at = DnsHeader.Size;
        if (!DomainName.TryRead(message, ref at, out _))
            return null;
        at += 4;
        var ttls = new List<(ushort, ushort)>();
        (int Start, int Size, int Count) turn = (0, 0, 0);
        bool turns = true;
        DnsType lastType = DnsType.None;
        int records = header.AnswerCount + header.AuthorityCount + header.AdditionalCount;
        for (int i = 0; i < records; i++)
        {
            int start = at;
            if (!DomainName.TryRead(message, ref at, out DomainName name) || message.Length - at < 10)
                return null;
            var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at));
            int dataLength = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at + 8));
            if (message.Length - at - 10 < dataLength)
                return null;
            if (type != DnsType.OPT)
            {
                DnsType covered = type == DnsType.RRSIG && dataLength > 2 ? (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at + 10)) : type;
                int set = source.IndexOf(name, covered);
                if (set < 0)
                    return null;
                ttls.Add(((ushort)(at + 4), (ushort)set));
            }

            at += 10 + dataLength;
            // Addresses stand one behind the other, all of one size: they can change places.
            if (i < header.AnswerCount && type is DnsType.A or DnsType.AAAA)
            {
                if (turn.Count == 0)
                    turn = (start, at - start, 1);
                else if (turns && type == lastType && at - start == turn.Size)
                    turn.Count++;
                else
                    turns = false;
            }

            lastType = type;
        }

        return new WireAnswer(key, message, source, [.. ttls], turns && turn.Count > 1 ? turn : default);
    }

    public int Write(in PlainQuery query, Span<byte> response, int turn, Instant now)
    {
        Message.CopyTo(response);
        int shift = _turnCount > 1 ? turn % _turnCount * _turnSize : 0;
        if (shift > 0)
        {
            ReadOnlySpan<byte> records = Message.AsSpan(_turnStart, _turnSize * _turnCount);
            records[shift..].CopyTo(response[_turnStart..]);
            records[..shift].CopyTo(response[(_turnStart + records.Length - shift)..]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(response, query.Id);
        query.Question.CopyTo(response[DnsHeader.Size..]);
        foreach ((ushort offset, ushort set) in _ttls)
            BinaryPrimitives.WriteUInt32BigEndian(response[offset..], CachedSet.TtlLeft(Source.ExpiryOf(set), now));
        return Message.Length;
    }
}
