using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Writes one message into a span that is as long as the message may be.</summary>
internal ref struct DnsMessageWriter
{
    // Offsets above this cannot be pointed to.
    private const int MaxPointer = 0x3FFF;
    private const int TableSize = 1024;

    // Names made to collide cost compression, not time.
    private const int MaxProbes = 16;

    private readonly Span<byte> _bytes;
    private readonly Span<ushort> _table;
    private int _end;
    private int _at;

    private DnsMessageWriter(Span<byte> bytes, Span<ushort> table)
    {
        _bytes = bytes;
        _table = table;
        _end = bytes.Length;
        _at = DnsHeader.Size;
    }

    public static int Write(DnsMessage message, Span<byte> destination)
    {
        Span<ushort> table = stackalloc ushort[TableSize];
        table.Clear();
        return new DnsMessageWriter(destination, table).Write(message);
    }

    private int Write(DnsMessage message)
    {
        DnsFlags flags = message.Flags;
        Edns? edns = message.Edns;
        // OPT must be there whatever else is cut off (RFC 6891 §7): its room is set aside first.
        if (edns is not null && edns.Size > _end - _at)
            edns = null;
        _end -= edns?.Size ?? 0;

        int questions = WriteQuestions(message.Questions);
        bool complete = questions == message.Questions.Count;
        int answers = complete ? WriteRecords(message.Answers) : 0;
        complete = complete && answers == message.Answers.Count;
        int authorities = complete ? WriteRecords(message.Authorities) : 0;
        complete = complete && authorities == message.Authorities.Count;
        int additionals = complete ? WriteRecords(message.Additionals) : 0;
        if (!complete || MissesNeededGlue(message, additionals))
            flags |= DnsFlags.TC;

        if (edns is not null)
        {
            edns.Write(_bytes.Slice(_at, edns.Size), message.Rcode);
            _at += edns.Size;
            additionals++;
        }

        new DnsHeader(message.Id, flags, message.Opcode, message.Rcode,
            (ushort)questions, (ushort)answers, (ushort)authorities, (ushort)additionals).Write(_bytes);
        return _at;
    }

    // RFC 9471 §3.1: a referral without the addresses of name servers below its own cut leads nowhere.
    private static bool MissesNeededGlue(DnsMessage message, int written)
    {
        if (message.Answers.Count > 0)
            return false;
        for (int i = written; i < message.Additionals.Count; i++)
        {
            DnsRecord glue = message.Additionals[i];
            if (glue.Type is not (DnsType.A or DnsType.AAAA))
                continue;
            foreach (DnsRecord cut in message.Authorities)
            {
                if (cut.Type == DnsType.NS && glue.Name.IsSubdomainOf(cut.Name) && cut.TryGetName(out DomainName server) && server == glue.Name)
                    return true;
            }
        }

        return false;
    }

    private int WriteQuestions(List<DnsQuestion> questions)
    {
        for (int i = 0; i < questions.Count; i++)
        {
            int start = _at;
            if (i == ushort.MaxValue || !TryWriteName(questions[i].Name) || _end - _at < 4)
            {
                _at = start;
                return i;
            }

            BinaryPrimitives.WriteUInt16BigEndian(_bytes[_at..], (ushort)questions[i].Type);
            BinaryPrimitives.WriteUInt16BigEndian(_bytes[(_at + 2)..], (ushort)questions[i].Class);
            _at += 4;
        }

        return questions.Count;
    }

    /// <summary>Writes whole RRsets with the signatures behind them as long as they fit, and answers how many records that were.</summary>
    private int WriteRecords(List<DnsRecord> records)
    {
        int setStart = 0;
        int setOffset = _at;
        for (int i = 0; i < records.Count; i++)
        {
            // RFC 4035 §3.1.1: a set without its signatures is not whole to one who wants them.
            if (i == 0 || !(records[i].IsSameSet(records[i - 1]) || (records[i].Type == DnsType.RRSIG && records[i].Name == records[i - 1].Name)))
                (setStart, setOffset) = (i, _at);
            // ARCOUNT has to count OPT as well.
            if (i == ushort.MaxValue - 1 || !TryWriteRecord(records[i]))
            {
                _at = setOffset;
                return setStart;
            }
        }

        return records.Count;
    }

    private bool TryWriteRecord(DnsRecord record)
    {
        if (!TryWriteName(record.Name) || _end - _at < 10)
            return false;
        BinaryPrimitives.WriteUInt16BigEndian(_bytes[_at..], (ushort)record.Type);
        BinaryPrimitives.WriteUInt16BigEndian(_bytes[(_at + 2)..], (ushort)record.Class);
        BinaryPrimitives.WriteUInt32BigEndian(_bytes[(_at + 4)..], record.Ttl);
        int lengthAt = _at + 8;
        _at += 10;
        if (!TryWriteData(record.Type, record.Data.Span))
            return false;
        BinaryPrimitives.WriteUInt16BigEndian(_bytes[lengthAt..], (ushort)(_at - lengthAt - 2));
        return true;
    }

    private bool TryWriteData(DnsType type, ReadOnlySpan<byte> data)
    {
        RdataShape shape = RdataShape.Of(type);
        if (shape.Names == 0 || data.Length < shape.Before)
            return TryWriteBytes(data);
        if (!TryWriteBytes(data[..shape.Before]))
            return false;
        data = data[shape.Before..];
        for (int i = 0; i < shape.Names; i++)
        {
            if (!DomainName.TryRead(data, out DomainName name))
                break;
            if (!TryWriteName(name))
                return false;
            data = data[name.Size..];
        }

        return TryWriteBytes(data);
    }

    private bool TryWriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _end - _at || bytes.Length > ushort.MaxValue)
            return false;
        bytes.CopyTo(_bytes[_at..]);
        _at += bytes.Length;
        return true;
    }

    /// <summary>
    /// Writes labels until the rest of the name is found further up, then a pointer (RFC 1035 §4.1.4). Only names of
    /// the same case are pointed to, so that a reader gets back the case that was given.
    /// </summary>
    private bool TryWriteName(DomainName name)
    {
        for (ReadOnlySpan<byte> rest = name.Wire; ; rest = rest[(rest[0] + 1)..])
        {
            if (rest[0] == 0)
                return TryWriteBytes(rest[..1]);
            int slot = Find(rest, out bool found);
            if (found)
            {
                if (_end - _at < 2)
                    return false;
                BinaryPrimitives.WriteUInt16BigEndian(_bytes[_at..], (ushort)(0xC000 | _table[slot]));
                _at += 2;
                return true;
            }

            int start = _at;
            if (!TryWriteBytes(rest[..(rest[0] + 1)]))
                return false;
            if (slot >= 0 && start <= MaxPointer)
                _table[slot] = (ushort)start;
        }
    }

    // Open addressing over offsets into the message itself; 0 is an empty slot. -1 when no slot is near.
    private readonly int Find(ReadOnlySpan<byte> suffix, out bool found)
    {
        uint hash = 2166136261; // FNV-1a
        foreach (byte b in suffix)
            hash = (hash ^ b) * 16777619;
        hash ^= hash >> 16;
        int slot = (int)(hash % TableSize);
        for (int probe = 0; probe < MaxProbes; probe++, slot = (slot + 1) % TableSize)
        {
            found = _table[slot] != 0 && SpelledAt(_table[slot], suffix);
            if (found || _table[slot] == 0)
                return slot;
        }

        found = false;
        return -1;
    }

    private readonly bool SpelledAt(int at, ReadOnlySpan<byte> suffix)
    {
        while (true)
        {
            if (at >= _at)
                return false;
            int length = _bytes[at];
            if ((length & 0xC0) == 0xC0)
            {
                if (at + 1 >= _at)
                    return false;
                int target = BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]) & MaxPointer;
                if (target >= at)
                    return false;
                at = target;
                continue;
            }

            if (length != suffix[0])
                return false;
            if (length == 0)
                return true;
            if (at + 1 + length > _at || !_bytes.Slice(at + 1, length).SequenceEqual(suffix.Slice(1, length)))
                return false;
            suffix = suffix[(length + 1)..];
            at += length + 1;
        }
    }
}
