using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>A responder that can also hand out whole zones, which take many messages: over streams only.</summary>
public interface IZoneTransferSource
{
    /// <summary>Answers AXFR, and IXFR with the whole zone (RFC 1995 §4).</summary>
    /// <param name="query">A message that came over TCP or TLS.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="messages">To be sent in this order; made while they are taken.</param>
    /// <returns>False when it is no transfer, or not for this client: answer it as any other query.</returns>
    bool TryTransfer(ReadOnlyMemory<byte> query, IpEndpoint client, out IEnumerable<ReadOnlyMemory<byte>> messages);
}

/// <summary>A zone as the messages of a transfer (RFC 5936 §2.2): SOA, everything else, SOA.</summary>
internal static class ZoneTransferOut
{
    /// <summary>A query for AXFR or IXFR, seen without reading all of it.</summary>
    public static bool IsTransfer(ReadOnlySpan<byte> query)
    {
        int at = DnsHeader.Size;
        return DnsHeader.TryRead(query, out DnsHeader header) && header is { Opcode: DnsOpcode.Query, QuestionCount: 1 } && (header.Flags & DnsFlags.QR) == 0
            && DomainName.TryRead(query, ref at, out _) && query.Length >= at + 4 && query[at] == 0 && query[at + 1] is (byte)DnsType.AXFR or (byte)DnsType.IXFR;
    }

    public static IEnumerable<ReadOnlyMemory<byte>> Messages(DnsMessage query, Zone zone, int messageSize)
    {
        // RFC 1995 §2: who has this serial number gets the SOA alone.
        if (query.Questions[0].Type == DnsType.IXFR && query.Authorities.Find(r => r.Type == DnsType.SOA) is { } known
            && known.TryGetSoa(out SoaData theirs) && (int)(theirs.Serial - zone.Serial) >= 0)
        {
            DnsMessage same = Begin(query);
            same.Answers.Add(zone.Soa);
            yield return same.ToArray();
            yield break;
        }

        DnsMessage message = Begin(query);
        int size = DnsHeader.Size + query.Questions[0].Name.Size + 4 + Edns.DefaultUdpPayloadSize;
        foreach (DnsRecord record in zone.AllRecords().Append(zone.Soa))
        {
            // Counted without compression: what is promised to fit does.
            int takes = record.Name.Size + 10 + record.Data.Length;
            if (message.Answers.Count > 0 && size + takes > messageSize)
            {
                yield return message.ToArray();
                message = Begin(query);
                message.Questions.Clear(); // RFC 5936 §2.2.1: only the first message needs it
                size = DnsHeader.Size + Edns.DefaultUdpPayloadSize;
            }

            message.Answers.Add(record);
            size += takes;
        }

        yield return message.ToArray();
    }

    private static DnsMessage Begin(DnsMessage query)
    {
        DnsMessage message = query.CreateResponse();
        message.IsAuthoritative = true;
        message.Edns = query.Edns is null ? null : new Edns(dnssecOk: query.Edns.DnssecOk);
        return message;
    }
}
