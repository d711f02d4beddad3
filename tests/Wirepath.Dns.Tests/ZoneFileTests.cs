using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

public class ZoneFileTests
{
    private const string Head = "$ORIGIN example.\n$TTL 1h\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";

    [Fact]
    public void Everything_that_RFC_1035_lets_one_write_is_read()
    {
        Zone zone = ZoneFile.Parse("""
            ; a comment, then directives
            $TTL 1h30m
            $ORIGIN example.
            @   IN SOA ns.example. host\.master ( 2026010100 ; serial
                        2h 30M ; refresh, retry
                        1w
                        5m )
                NS ns
            ns 60 IN A 192.0.2.1
               IN 61 AAAA 2001:db8::1
            $ORIGIN sub
            www A 192.0.2.2
            a\.b\032c TXT one "two; \"quoted\"" \065
            _sip._tcp SRV 1 2 5060 ns.example.
            @ CAA 0 issue "ca.test"
            @ TYPE65280 \# 3 01 0203
            @ HTTPS 1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.9
            x A \# 4 C0000205
            p PTR www
            """, "zone", DomainName.Parse("example"));

        zone.Origin.ToString().ShouldBe("example.");
        zone.Records.Select(r => r.ToString()).ShouldBe([
            @"example. 5400 IN SOA ns.example. host\.master.example. 2026010100 7200 1800 604800 300",
            "example. 5400 IN NS ns.example.",
            "ns.example. 60 IN A 192.0.2.1",
            "ns.example. 61 IN AAAA 2001:db8::1",
            "www.sub.example. 5400 IN A 192.0.2.2",
            """a\.b\032c.sub.example. 5400 IN TXT "one" "two; \"quoted\"" "A" """.TrimEnd(),
            "_sip._tcp.sub.example. 5400 IN SRV 1 2 5060 ns.example.",
            "sub.example. 5400 IN CAA 0 issue \"ca.test\"",
            @"sub.example. 5400 IN TYPE65280 \# 3 010203",
            zone.Records[9].ToString(), // its text is the wire library's business
            "x.sub.example. 5400 IN A 192.0.2.5",
            "p.sub.example. 5400 IN PTR www.sub.example.",
        ]);
        SvcbData.TryRead(zone.Records[9].Data, out SvcbData https).ShouldBeTrue();
        https.TryGetPort(out ushort port).ShouldBeTrue();
        port.ShouldBe((ushort)8443);
        https.AddressHints().ShouldBe([IpAddress.Parse("192.0.2.9")]);
    }

    [Fact]
    public void A_zone_survives_being_written_and_read_again()
    {
        Zone zone = ZoneFile.Parse(Head + "t TXT \"a b\" \"\\\"\"\nm MX 10 ns\n", "zone");
        Zone again = ZoneFile.Parse(string.Join('\n', zone.Records), "zone");
        again.Records.ShouldBe(zone.Records);
    }

    [Theory]
    [InlineData("www A 192.0.2", "z:6:7: '192.0.2' is not an IPv4 address.")]
    [InlineData("www A", "z:6:6: an IPv4 address is expected here.")]
    [InlineData("www AAAA 192.0.2.1", "z:6:10: '192.0.2.1' is not an IPv6 address.")]
    [InlineData("www A 192.0.2.1 192.0.2.2", "z:6:17: '192.0.2.2' is one too many: the data of the A record is complete.")]
    [InlineData("www", "z:6:4: a record type is expected here.")]
    [InlineData("www IN 60", "z:6:10: a record type is expected here.")]
    [InlineData("www ADDRESS 192.0.2.1", "z:6:5: 'ADDRESS' is not a record type.")]
    [InlineData("www ANY x", "z:6:5: ANY is a type of questions, not of records.")]
    [InlineData("www CH TXT x", "z:6:5: only class IN is served, not CH.")]
    [InlineData("a..b A 192.0.2.1", "z:6:1: 'a..b' is not a domain name; the owner name is expected.")]
    [InlineData("mx MX ten mail", "z:6:7: 'ten' is not a number from 0 to 65535; the preference is expected.")]
    [InlineData("mx MX 70000 mail", "z:6:7: '70000' is not a number from 0 to 65535; the preference is expected.")]
    [InlineData("t TXT \"open", "z:6:7: this '\"' is not closed on its line.")]
    [InlineData("t TXT ( one\n two", "z:6:7: this '(' is never closed.")]
    [InlineData("t TXT one )", "z:6:11: there is no '(' that this ')' would close.")]
    [InlineData("t TXT ((", "z:6:8: parentheses do not nest; ')' is expected first.")]
    [InlineData("t TXT \\999", "z:6:7: an escape is \\ and a character, or \\ and three digits up to 255.")]
    [InlineData("t TYPE999 \\# 3 0102", "z:6:14: the length says 3 bytes, 2 are there.")]
    [InlineData("t TYPE999 xyz", "z:6:11: the data of a TYPE999 record can be given only as \\# length hex here (RFC 3597).")]
    [InlineData("t DS 1 8 2 XYZ", "z:6:12: the digest is expected as pairs of hexadecimal digits.")]
    [InlineData("$INCLUDE other", "z:6:10: there is no other file here: put the records of the included file in its place.")]
    [InlineData("$ORIGN x.", "z:6:1: '$ORIGN' is not a directive; $ORIGIN, $TTL or $INCLUDE is expected.")]
    [InlineData("$TTL soon", "z:6:6: 'soon' is not a time; the default TTL is expected, in seconds or as in 1h30m.")]
    [InlineData("x HTTPS 1 . colour=red", "z:6:13: 'colour' is not a service parameter such as alpn, port, ipv4hint or key65280.")]
    // what a zone must be
    [InlineData("@ SOA ns hostmaster 1 2 3 4 5", "z:6:1: a second SOA record; the first is on line 3.")]
    [InlineData("www.other. A 192.0.2.1", "z:6:1: www.other. lies outside the zone example.")]
    [InlineData("ns CNAME www", "z:6:1: ns.example. has a CNAME record and so may have nothing else, such as A.")]
    [InlineData("w CNAME a\nw CNAME b", "z:7:1: w.example. has two CNAME records.")]
    [InlineData("w CNAME a\n  TXT b", "z:7:3: w.example. has a CNAME record and so may have nothing else, such as TXT.")]
    [InlineData("@ NS gone", "z:6:1: the name server gone.example. needs an A or AAAA record in this file.")]
    [InlineData("child NS ns.child", "z:6:1: the name server ns.child.example. needs an A or AAAA record in this file (glue).")]
    [InlineData("child NS al\nal CNAME ns", "z:6:1: the name server al.example. is an alias, which RFC 2181 §10.3 forbids.")]
    public void What_is_wrong_is_told_with_its_place(string line, string expected)
    {
        ZoneFile.TryParse(Head + line, "z", null, out Zone? zone, out TextError error).ShouldBeFalse();
        zone.ShouldBeNull();
        error.ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("", null, "z:1:1: the zone has no SOA record.")]
    [InlineData("  A 192.0.2.1", null, "z:1:3: the first record needs an owner name; a line that starts with a blank takes that of the line before.")]
    [InlineData("a. A 192.0.2.1", null, "z:1:1: this record has no TTL: give it one, or set $TTL before it.")]
    [InlineData("a. SOA n. h. 1 2 3 4 5", "b.", "z:1:1: the SOA record belongs to a., but the zone is b.")]
    [InlineData("a. SOA n. h. 1 2 3 4 5", null, "z:1:1: the zone a. has no NS record at its top.")]
    [InlineData("a. SOA n. h. 1 2 3 4", null, "z:1:21: the minimum (negative) TTL is expected here.")]
    public void A_zone_needs(string text, string? origin, string expected)
    {
        ZoneFile.TryParse(text, "z", origin is null ? null : DomainName.Parse(origin), out _, out TextError error).ShouldBeFalse();
        error.ToString().ShouldBe(expected);
    }

    [Fact]
    public void Mutated_zone_files_are_read_or_refused_but_never_throw()
    {
        var random = new RandomSource(3);
        string good = Head + "t TXT \"a b\" ( c\n d ) ; e\nh HTTPS 1 . alpn=\"h2\"\nu TYPE9 \\# 2 0102\n*.w CNAME ns\nd DNAME x.\n";
        const string Alphabet = "\\\"();$@.\n \t019azé*#=,\0";
        for (int i = 0; i < 20_000; i++)
        {
            char[] text = good.ToCharArray();
            for (int changes = random.Next(6); changes >= 0; changes--)
                text[random.Next(text.Length)] = Alphabet[random.Next(Alphabet.Length)];
            int length = random.Next(text.Length) + 1;
            bool read = ZoneFile.TryParse(new string(text, 0, random.Chance(0.3) ? length : text.Length), "z", null, out Zone? zone, out TextError error);
            (zone is not null).ShouldBe(read);
            if (!read)
            {
                error.Line.ShouldBeGreaterThan(0);
                error.Column.ShouldBeGreaterThan(0);
            }
        }
    }

    [Fact]
    public void The_root_hints_of_the_Internet_are_thirteen_servers_with_both_families()
    {
        RootHints.Internet.Servers.Count.ShouldBe(26);
        RootHints.Internet.Servers.Select(s => s.Name).Distinct().Count().ShouldBe(13);
        RootHints.TryParse("a.root. 60 A 192.0.2.1\nb.root. 60 A x", "hints", out _, out TextError error).ShouldBeFalse();
        error.ToString().ShouldBe("hints:2:14: 'x' is not an IPv4 address.");
    }
}
