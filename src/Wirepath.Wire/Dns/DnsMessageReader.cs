using System.Buffers.Binary;

namespace Wirepath.Wire;

/// <summary>Reads one message from front to back; every count is only believed as far as there are bytes.</summary>
internal ref struct DnsMessageReader
{
    private const ushort PointerToFirstQuestion = 0xC000 | DnsHeader.Size;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly DnsMessage _message;
    private int _at;
    private int _lastPointer;
    private DomainName _lastName;

    private DnsMessageReader(ReadOnlySpan<byte> bytes, DnsMessage message)
    {
        _bytes = bytes;
        _message = message;
        _at = DnsHeader.Size;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out DnsMessage message)
    {
        message = null!;
        if (bytes.Length > DnsMessage.MaxSize || !DnsHeader.TryRead(bytes, out DnsHeader header))
            return false;
        var result = new DnsMessage { Id = header.Id, Flags = header.Flags, Opcode = header.Opcode, Rcode = header.Rcode };
        var reader = new DnsMessageReader(bytes, result);
        if (!reader.TryReadQuestions(header.QuestionCount)
            || !reader.TryReadRecords(result.Answers, header.AnswerCount, isAdditional: false)
            || !reader.TryReadRecords(result.Authorities, header.AuthorityCount, isAdditional: false)
            || !reader.TryReadRecords(result.Additionals, header.AdditionalCount, isAdditional: true))
            return false;
        message = result;
        return true;
    }

    private bool TryReadQuestions(int count)
    {
        for (; count > 0; count--)
        {
            if (!TryReadName(out DomainName name) || _bytes.Length - _at < 4)
                return false;
            _message.Questions.Add(new DnsQuestion(name,
                (DnsType)BinaryPrimitives.ReadUInt16BigEndian(_bytes[_at..]), (DnsClass)BinaryPrimitives.ReadUInt16BigEndian(_bytes[(_at + 2)..])));
            _at += 4;
        }

        return true;
    }

    private bool TryReadRecords(List<DnsRecord> records, int count, bool isAdditional)
    {
        for (; count > 0; count--)
        {
            if (!TryReadName(out DomainName name) || _bytes.Length - _at < 10)
                return false;
            ReadOnlySpan<byte> fields = _bytes.Slice(_at, 10);
            var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(fields);
            ushort @class = BinaryPrimitives.ReadUInt16BigEndian(fields[2..]);
            uint ttl = BinaryPrimitives.ReadUInt32BigEndian(fields[4..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(fields[8..]);
            _at += 10;
            if (length > _bytes.Length - _at)
                return false;
            if (type == DnsType.OPT)
            {
                if (!isAdditional || _message.Edns is not null || !name.IsRoot
                    || !Edns.TryRead(@class, ttl, _bytes.Slice(_at, length), out Edns edns, out byte extendedRcode))
                    return false;
                _message.Edns = edns;
                _message.Rcode = (DnsRcode)((extendedRcode << 4) | (int)_message.Rcode);
            }
            else
            {
                if (!RdataCompression.TryExpand(_bytes, _at, length, type, out byte[] data))
                    return false;
                records.Add(new DnsRecord(name, type, (DnsClass)@class, ttl, data));
            }

            _at += length;
        }

        return true;
    }

    // Most owners are a bare pointer to a name that was just read: no second copy of it is made.
    private bool TryReadName(out DomainName name)
    {
        int pointer = _bytes.Length - _at >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[_at..]) : 0;
        if (pointer == PointerToFirstQuestion && _message.Questions.Count > 0)
        {
            name = _message.Questions[0].Name;
            _at += 2;
            return true;
        }

        if (pointer >= 0xC000 && pointer == _lastPointer)
        {
            name = _lastName;
            _at += 2;
            return true;
        }

        if (!DomainName.TryRead(_bytes, ref _at, out name))
            return false;
        if (pointer >= 0xC000)
            (_lastPointer, _lastName) = (pointer, name);
        return true;
    }
}
