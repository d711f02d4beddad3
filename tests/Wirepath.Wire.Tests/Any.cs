using FsCheck;
using FsCheck.Fluent;

namespace Wirepath.Wire.Tests;

/// <summary>Generators of the values that go over a wire.</summary>
internal static class Any
{
    public static readonly Gen<byte> Byte = Gen.Choose(0, 255).Select(value => (byte)value);
    public static readonly Gen<bool> Bool = Gen.Choose(0, 1).Select(value => value == 1);
    public static readonly Gen<ushort> UInt16 = Gen.Choose(0, 65535).Select(value => (ushort)value);
    public static readonly Gen<uint> UInt32 = from high in UInt16 from low in UInt16 select ((uint)high << 16) | low;
    public static readonly Gen<ulong> UInt64 = from high in UInt32 from low in UInt32 select ((ulong)high << 32) | low;
    public static readonly Gen<MacAddress> Mac = UInt64.Select(value => new MacAddress(value));
    public static readonly Gen<IpAddress> V4 = UInt32.Select(IpAddress.V4);
    public static readonly Gen<IpAddress> V6 = from high in UInt64 from low in UInt64 select IpAddress.V6(high, low);
    public static readonly Gen<IpAddress> Ip = Gen.OneOf(V4, V6);
    public static readonly Gen<SequenceNumber> Sequence = UInt32.Select(value => new SequenceNumber(value));

    public static Gen<byte[]> Bytes(int min, int max) =>
        from length in Gen.Choose(min, max) from bytes in Byte.ArrayOf(length) select bytes;

    public static readonly Gen<Ipv4Header> Ipv4 =
        from tos in Byte
        from payload in Gen.Choose(0, 1480)
        from id in UInt16
        from df in Bool
        from mf in Bool
        from offset in Gen.Choose(0, 8191)
        from ttl in Byte
        from protocol in Byte
        from source in V4
        from destination in V4
        select new Ipv4Header(tos, (ushort)(20 + payload), id, df, mf, offset * 8, ttl, (IpProtocol)protocol, 0, source, destination, 20);

    public static readonly Gen<TcpHeader> Tcp =
        from source in UInt16
        from destination in UInt16
        from sequence in Sequence
        from acknowledgment in Sequence
        from words in Gen.Choose(5, 15)
        from flags in Gen.Choose(0, 511)
        from window in UInt16
        from checksum in UInt16
        from urgent in UInt16
        select new TcpHeader(source, destination, sequence, acknowledgment, words * 4, (TcpFlags)flags, window, checksum, urgent);

    public static readonly Gen<TcpOptions> TcpOptions =
        from switches in Gen.Choose(0, 63)
        from mss in UInt16
        from scale in Byte
        from value in UInt32
        from echo in UInt32
        from blocks in (from left in Sequence from right in Sequence select new SackBlock(left, right)).ArrayOf(4)
        from count in Gen.Choose(1, 4)
        from cookie in Bytes(0, 16)
        select Options(switches, mss, scale, value, echo, blocks.AsSpan(0, count), cookie);

    // Labels out of few letters, so that names share suffixes and compression has something to do.
    public static readonly Gen<byte[]> Label = Gen.Frequency(
        (8, Gen.Elements("a", "B", "www", "example", "com", "mail", "*", "_tcp").Select(System.Text.Encoding.ASCII.GetBytes)),
        (1, Bytes(1, 63)));

    public static readonly Gen<DomainName> Name =
        from count in Gen.Choose(0, 6) from labels in Label.ArrayOf(count) select Join(labels);

    public static readonly Gen<DnsRecord> Record =
        from name in Name
        from ttl in UInt32
        from address in Ip
        from target in Name
        from mailbox in Name
        from number in UInt16
        from opaque in Bytes(0, 40)
        from kind in Gen.Choose(0, 6)
        select kind switch
        {
            0 => DnsRecord.ForAddress(name, ttl, address),
            1 => DnsRecord.ForName(name, DnsType.NS, ttl, target),
            2 => DnsRecord.ForName(name, DnsType.CNAME, ttl, target),
            3 => DnsRecord.ForMx(name, ttl, new MxData(number, target)),
            4 => DnsRecord.ForSoa(name, ttl, new SoaData(target, mailbox, ttl, 1, 2, 3, number)),
            5 => new DnsRecord(name, DnsType.SRV, DnsClass.IN, ttl, new SrvData(number, 1, 2, target).ToArray()),
            _ => new DnsRecord(name, (DnsType)65300, DnsClass.CH, ttl, opaque),
        };

    public static readonly Gen<DnsMessage> Message =
        from id in UInt16
        from flags in UInt16
        from opcode in Gen.Choose(0, 15)
        from rcode in Gen.Choose(0, 15)
        from extended in Gen.Choose(0, 255)
        from question in Name
        from edns in Bool
        from dnssec in Bool
        from option in Bytes(0, 24)
        from counts in Gen.Choose(0, 6).ArrayOf(3)
        from records in Record.ArrayOf(18)
        select MakeMessage(id, flags, opcode, rcode, extended, question, edns ? new Edns(1232, 0, dnssec, [new EdnsOption(EdnsOptionCode.Cookie, option)]) : null, counts, records);

    /// <summary>Runs a property so many times and throws at the first counterexample, shrunk.</summary>
    public static void Holds<T>(Gen<T> generator, Action<T> property, int times = 300) =>
        Prop.ForAll(generator.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithQuietOnSuccess(true));

    private static TcpOptions Options(int switches, ushort mss, byte scale, uint value, uint echo, ReadOnlySpan<SackBlock> blocks, byte[] cookie)
    {
        TcpOptions options = default;
        if ((switches & 1) != 0)
            (options.HasMss, options.Mss) = (true, mss);
        if ((switches & 2) != 0)
            (options.HasWindowScale, options.WindowScale) = (true, scale);
        options.SackPermitted = (switches & 4) != 0;
        if ((switches & 8) != 0)
            (options.HasTimestamps, options.TimestampValue, options.TimestampEcho) = (true, value, echo);
        if ((switches & 16) != 0)
            options.SetFastOpen(cookie.AsSpan(0, Math.Min(cookie.Length, 14)));
        if ((switches & 32) != 0)
        {
            foreach (SackBlock block in blocks)
                options.AddSack(block);
        }

        return options;
    }

    private static DomainName Join(byte[][] labels)
    {
        DomainName name = DomainName.Root;
        foreach (byte[] label in labels)
        {
            if (name.TryPrepend(label, out DomainName longer))
                name = longer;
        }

        return name;
    }

    private static DnsMessage MakeMessage(
        ushort id, ushort flags, int opcode, int rcode, int extended, DomainName question, Edns? edns, int[] counts, DnsRecord[] records)
    {
        var message = new DnsMessage
        {
            Id = id,
            Flags = (DnsFlags)flags & DnsFlags.All,
            Opcode = (DnsOpcode)opcode,
            Rcode = (DnsRcode)(edns is null ? rcode : (extended << 4) | rcode),
            Edns = edns,
            Questions = { new DnsQuestion(question, DnsType.A) },
        };
        message.Answers.AddRange(records.Take(counts[0]));
        message.Authorities.AddRange(records.Skip(6).Take(counts[1]));
        message.Additionals.AddRange(records.Skip(12).Take(counts[2]));
        return message;
    }
}
