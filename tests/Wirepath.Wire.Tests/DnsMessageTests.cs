namespace Wirepath.Wire.Tests;

public class DnsMessageTests
{
    private static readonly DomainName s_example = DomainName.Parse("example.com");

    [Fact]
    public void What_is_written_is_what_is_read() => Any.Holds(Any.Message, message =>
    {
        DnsMessage.TryRead(message.ToArray(), out DnsMessage read).ShouldBeTrue();
        read.ShouldSatisfyAllConditions(
            () => read.Id.ShouldBe(message.Id),
            () => read.Flags.ShouldBe(message.Flags),
            () => read.Opcode.ShouldBe(message.Opcode),
            () => read.Rcode.ShouldBe(message.Rcode),
            () => read.Edns.ShouldBe(message.Edns),
            () => read.Questions.ShouldBe(message.Questions),
            () => read.Answers.ShouldBe(message.Answers),
            () => read.Authorities.ShouldBe(message.Authorities),
            () => read.Additionals.ShouldBe(message.Additionals));
        read.Answers.Zip(message.Answers).ShouldAllBe(pair => pair.First.Name.EqualsExactly(pair.Second.Name));
    });

    [Fact]
    public void Cut_to_any_size_it_stays_readable_keeps_whole_RRsets_and_says_so() => Any.Holds(Any.Message, message =>
    {
        int whole = message.ToArray().Length;
        for (int size = DnsHeader.Size; size <= whole; size += 7)
        {
            byte[] bytes = message.ToArray(size);
            bytes.Length.ShouldBeLessThanOrEqualTo(size);
            DnsMessage.TryRead(bytes, out DnsMessage read).ShouldBeTrue();
            bool cut = read.Questions.Count < 1 || read.Answers.Count < message.Answers.Count || read.Authorities.Count < message.Authorities.Count;
            read.IsTruncated.ShouldBe(cut || message.IsTruncated || (read.Additionals.Count < message.Additionals.Count && read.IsTruncated));
            ShouldBeWholeSets(read.Answers, message.Answers);
            ShouldBeWholeSets(read.Authorities, message.Authorities);
            ShouldBeWholeSets(read.Additionals, message.Additionals);
        }
    }, 60);

    [Fact]
    public void Names_are_compressed_as_in_RFC_1035()
    {
        DnsMessage message = DnsMessage.Query(1, new DnsQuestion(DomainName.Parse("www.example.com"), DnsType.A), true).CreateResponse();
        message.Answers.Add(DnsRecord.ForName(DomainName.Parse("www.example.com"), DnsType.CNAME, 60, DomainName.Parse("web.example.com")));
        message.Answers.Add(DnsRecord.ForAddress(DomainName.Parse("web.example.com"), 60, IpAddress.V4(192, 0, 2, 1)));
        byte[] bytes = message.ToArray();
        // Header, question, pointer + fixed fields + "web" and a pointer, pointer + fixed fields + address.
        bytes.Length.ShouldBe(12 + 17 + 4 + (2 + 10 + 6) + (2 + 10 + 4));
        Convert.ToHexString(bytes.AsSpan(33, 18)).ShouldBe("C00C" + "000500010000003C" + "0006" + "03776562C010");
        Convert.ToHexString(bytes.AsSpan(51, 2)).ShouldBe("C02D");
    }

    [Fact]
    public void A_response_recorded_from_the_world_is_read()
    {
        // example.com A? with one answer, as any resolver sends it.
        byte[] bytes = Convert.FromHexString("A1B281800001000100000001" + "076578616D706C6503636F6D0000010001" + "C00C000100010000012C00045DB8D822" + "0000290FA0000080000000");
        DnsMessage.TryRead(bytes, out DnsMessage message).ShouldBeTrue();
        message.Answers.ShouldHaveSingleItem().ToString().ShouldBe("example.com. 300 IN A 93.184.216.34");
        (message.RecursionAvailable, message.RecursionDesired, message.IsResponse).ShouldBe((true, true, true));
        message.Edns.ShouldBe(new Edns(4000, dnssecOk: true));
        message.Additionals.ShouldBeEmpty();
        message.ToArray().ShouldBe(bytes);
    }

    [Fact]
    public void The_response_code_has_twelve_bits_with_EDNS()
    {
        var message = new DnsMessage { Rcode = DnsRcode.BadCookie, Edns = new Edns() };
        DnsMessage.TryRead(message.ToArray(), out DnsMessage read).ShouldBeTrue();
        read.Rcode.ShouldBe(DnsRcode.BadCookie);
    }

    [Theory]
    [InlineData("0001000000010000000000", "half a header")]
    [InlineData("000100000001000000000000", "a question that is not there")]
    [InlineData("0001000000000000000000020000290000000000000000290000000000000000", "half an OPT")]
    [InlineData("000100000000000000000002000029020000000000000000002902000000000000" + "00", "OPT twice")]
    [InlineData("000100000000000100000000000029020000000000" + "0000", "OPT among the answers")]
    [InlineData("0001000000000001000000000000010001000000000003010203", "an address of three bytes")]
    [InlineData("0001000000000001000000000000020001000000000003000000", "bytes behind the name of an NS")]
    [InlineData("00010000000000010000000000000200010000000000020161", "an NS name that leaves its data")]
    [InlineData("000100000000000000000001000029020000000000" + "0005" + "000A000201", "an EDNS option past its end")]
    public void Messages_that_lie_are_refused(string hex, string why) =>
        DnsMessage.TryRead(Convert.FromHexString(hex), out _).ShouldBeFalse(why);

    [Fact]
    public void Glue_below_its_own_cut_sets_TC_when_it_does_not_fit_and_other_additionals_do_not()
    {
        DnsMessage referral = DnsMessage.Query(1, new DnsQuestion(DomainName.Parse("www.example.com"), DnsType.A), false).CreateResponse();
        referral.Authorities.Add(DnsRecord.ForName(s_example, DnsType.NS, 60, DomainName.Parse("ns.example.com")));
        referral.Additionals.Add(DnsRecord.ForAddress(DomainName.Parse("ns.example.com"), 60, IpAddress.V4(1)));
        int whole = referral.ToArray().Length;
        Read(referral.ToArray(whole)).IsTruncated.ShouldBeFalse();
        Read(referral.ToArray(whole - 1)).IsTruncated.ShouldBeTrue(); // RFC 9471 §3.1

        DnsMessage answer = referral.CreateResponse();
        answer.Answers.Add(DnsRecord.ForMx(s_example, 60, new MxData(1, DomainName.Parse("mail.example.com"))));
        answer.Additionals.Add(DnsRecord.ForAddress(DomainName.Parse("mail.example.com"), 60, IpAddress.V4(1)));
        Read(answer.ToArray(answer.ToArray().Length - 1)).IsTruncated.ShouldBeFalse(); // RFC 2181 §9
    }

    [Fact]
    public void Presentation_format_is_that_of_zone_files()
    {
        DomainName ns = DomainName.Parse("ns.example.com");
        Text(DnsRecord.ForSoa(s_example, 60, new SoaData(ns, DomainName.Parse(@"john\.doe.example.com"), 2024, 7200, 900, 604800, 300)))
            .ShouldBe(@"example.com. 60 IN SOA ns.example.com. john\.doe.example.com. 2024 7200 900 604800 300");
        Text(DnsRecord.ForTxt(s_example, 60, "say \"hi\"", "")).ShouldBe("""example.com. 60 IN TXT "say \"hi\"" "" """.TrimEnd());
        Text(new DnsRecord(s_example, (DnsType)4711, DnsClass.IN, 60, new byte[] { 1, 2 })).ShouldBe(@"example.com. 60 IN TYPE4711 \# 2 0102");
        Text(new DnsRecord(s_example, DnsType.DS, DnsClass.IN, 60, new DsData(60485, 5, 1, Convert.FromHexString("2BB183AF5F22588179A53B0A98631FAD1A292118")).ToArray()))
            .ShouldBe("example.com. 60 IN DS 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118");
        Text(new DnsRecord(s_example, DnsType.NSEC, DnsClass.IN, 60, new NsecData(ns, DnsTypeBitmap.Of(DnsType.MX, DnsType.A, DnsType.RRSIG, DnsType.NSEC, (DnsType)1234)).ToArray()))
            .ShouldBe("example.com. 60 IN NSEC ns.example.com. A MX RRSIG NSEC TYPE1234");
        Text(new DnsRecord(s_example, DnsType.HTTPS, DnsClass.IN, 60,
                new SvcbData(1, DomainName.Root, [new SvcParam(SvcParamKey.Port, new byte[] { 1, 187 }), new SvcParam(SvcParamKey.Alpn, "\u0002h2\u0002h3"u8.ToArray())]).ToArray()))
            .ShouldBe("""example.com. 60 IN HTTPS 1 . alpn="h2,h3" port=443""");
        // RFC 5155 appendix A's next hashed owner.
        RdataText.Base32Hex(Convert.FromHexString("174EB2409FE28BCB4887A1836F957F0A8425E27B")).ShouldBe("2T7B4G4VSA5SMI47K61MV5BV1A22BOJR");
    }

    [Fact]
    public void The_type_bitmap_is_that_of_RFC_4034()
    {
        // §4.3's own example: A MX RRSIG NSEC TYPE1234.
        DnsTypeBitmap types = DnsTypeBitmap.Of(DnsType.A, DnsType.MX, DnsType.RRSIG, DnsType.NSEC, (DnsType)1234);
        Convert.ToHexString(types.Wire.Span).ShouldBe("0006400100000003041B000000000000000000000000000000000000000000000000000020");
        types.Contains(DnsType.MX).ShouldBeTrue();
        types.Contains(DnsType.NS).ShouldBeFalse();
        types.Contains((DnsType)1234).ShouldBeTrue();
        DnsTypeBitmap.TryRead(new byte[] { 0, 0 }, out _).ShouldBeFalse();
        DnsTypeBitmap.TryRead(new byte[] { 1, 1, 1, 0, 1, 1 }, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_key_tag_is_that_of_RFC_4034()
    {
        // §5.4's DNSKEY, whose DS says 60485.
        byte[] key = Convert.FromBase64String(
            "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==");
        new DnsKeyData(256, 3, 5, key).KeyTag.ShouldBe((ushort)60485);
    }

    [Fact]
    public void Mnemonics_go_both_ways()
    {
        DnsMnemonic.TryParseType("aaaa", out DnsType type).ShouldBeTrue();
        type.ShouldBe(DnsType.AAAA);
        DnsMnemonic.TryParseType("TYPE65280", out type).ShouldBeTrue();
        DnsMnemonic.Of(type).ShouldBe("TYPE65280");
        DnsMnemonic.TryParseType("1", out _).ShouldBeFalse();
        DnsMnemonic.TryParseType("A,NS", out _).ShouldBeFalse();
        DnsMnemonic.TryParseClass("CLASS3", out DnsClass @class).ShouldBeTrue();
        @class.ShouldBe(DnsClass.CH);
    }

    private static string Text(DnsRecord record) => record.ToString();

    private static DnsMessage Read(byte[] bytes)
    {
        DnsMessage.TryRead(bytes, out DnsMessage message).ShouldBeTrue();
        return message;
    }

    private static void ShouldBeWholeSets(List<DnsRecord> read, List<DnsRecord> all)
    {
        read.ShouldBe(all.Take(read.Count));
        if (read.Count > 0 && read.Count < all.Count)
            read[^1].IsSameSet(all[read.Count]).ShouldBeFalse();
    }
}
