using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>How far a transfer has come.</summary>
public enum TransferState
{
    /// <summary>More messages are to come.</summary>
    Incomplete,
    /// <summary><see cref="ZoneTransferIn.Zone"/> is there.</summary>
    Complete,
    /// <summary><see cref="ZoneTransferIn.Problem"/> says why.</summary>
    Failed,
}

/// <summary>Takes the messages of a transfer (RFC 5936 §2.2) and makes a zone of them. Does no I/O.</summary>
/// <param name="origin">The zone that is fetched.</param>
/// <param name="id">Of the query.</param>
public sealed class ZoneTransferIn(DomainName origin, ushort id)
{
    private readonly List<DnsRecord> _records = [];

    /// <summary>Records that are taken; a zone with more is refused. 2,000,000: some 400 MB.</summary>
    public int MostRecords { get; init; } = 2_000_000;

    public TransferState State { get; private set; }

    /// <summary>The zone, when complete.</summary>
    public Zone? Zone { get; private set; }

    /// <summary>One sentence, when failed.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>The query to send, over a stream.</summary>
    public DnsMessage Query() => DnsMessage.Query(id, new DnsQuestion(origin, DnsType.AXFR), recursionDesired: false);

    public TransferState Take(ReadOnlySpan<byte> bytes)
    {
        if (State != TransferState.Incomplete)
            throw new InvalidOperationException("The transfer has ended.");
        if (!DnsMessage.TryRead(bytes, out DnsMessage message) || !message.IsResponse || message.Id != id)
            return Fail("a message that is no reply to the query");
        if (message.Rcode != DnsRcode.NoError)
            return Fail(string.Create(CultureInfo.InvariantCulture, $"the server says {RcodeWords.Of(message.Rcode)}"));
        if (message.Answers.Count == 0)
            return Fail("a message without records");
        foreach (DnsRecord record in message.Answers)
        {
            if (State == TransferState.Complete)
                return Fail("records behind the last SOA record");
            TakeRecord(record);
            if (State == TransferState.Failed)
                break;
        }

        return State;
    }

    /// <summary>The connection ended before the transfer did.</summary>
    public TransferState End(string because) => State == TransferState.Incomplete ? Fail(because) : State;

    private void TakeRecord(DnsRecord record)
    {
        if (_records.Count == 0 && (record.Type != DnsType.SOA || record.Name != origin))
        {
            Fail($"the first record is not the SOA record of {origin}");
        }
        else if (_records.Count > 0 && record.Type == DnsType.SOA)
        {
            // RFC 5936 §2.2: the same record again is the end.
            if (!record.Data.Span.SequenceEqual(_records[0].Data.Span) || record.Name != origin)
                Fail("the SOA record at the end is not the one at the beginning");
            else if (!_records.Exists(r => r.Type == DnsType.NS && r.Name == origin))
                Fail("the zone has no NS record at its top");
            else
                (State, Zone) = (TransferState.Complete, new Zone(_records[0], _records));
        }
        else if (!record.Name.IsSubdomainOf(origin) || record.Class != DnsClass.IN)
        {
            Fail($"{record.Name} lies outside the zone");
        }
        else if (_records.Count >= MostRecords)
        {
            Fail(string.Create(CultureInfo.InvariantCulture, $"the zone has more than {MostRecords} records"));
        }
        else
        {
            _records.Add(record);
        }
    }

    private TransferState Fail(string problem)
    {
        (State, Problem, Zone) = (TransferState.Failed, problem, null);
        return State;
    }
}
