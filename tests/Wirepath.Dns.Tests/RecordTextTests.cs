using FsCheck;
using FsCheck.Fluent;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>Data of records as zone files have them: each type by its RFC, all of them as RFC 3597 says, and back.</summary>
public class RecordTextTests
{
    private const string Head = "$ORIGIN example.\n$TTL 1h\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";

    [Theory]
    [InlineData("HINFO PC \"Linux 6\"", "HINFO \"PC\" \"Linux 6\"")]
    [InlineData("MINFO a b.", "MINFO a.example. b.")]
    [InlineData("RP who txt", "RP who.example. txt.example.")]
    [InlineData("AFSDB 1 db", "AFSDB 1 db.example.")]
    [InlineData("NAPTR 100 50 \"s\" \"http+I2L+I2C+I2R\" \"\" _http._tcp.gatech.edu.", "NAPTR 100 50 \"s\" \"http+I2L+I2C+I2R\" \"\" _http._tcp.gatech.edu.")]
    [InlineData("NAPTR 100 10 u sip+E2U \"!^.*$!sip:info@example!\" .", "NAPTR 100 10 \"u\" \"sip+E2U\" \"!^.*$!sip:info@example!\" .")]
    [InlineData("CERT PKIX 0 RSASHA256 AQID", "CERT 1 0 8 AQID")]
    [InlineData("KX 10 kx", "KX 10 kx.example.")]
    [InlineData("DS 12345 ECDSAP256SHA256 2 AB CD", "DS 12345 13 2 ABCD")]
    [InlineData("CDS 0 0 0 00", "CDS 0 0 0 00")]
    [InlineData("CDNSKEY 0 3 0 AA==", "CDNSKEY 0 3 0 AA==")]
    [InlineData("DNSKEY 257 3 13 ( AQID BAUG )", "DNSKEY 257 3 13 AQIDBAUG")]
    [InlineData("RRSIG A 8 2 1h 20260102030405 20251231235959 4711 example. AQID", "RRSIG A 8 2 3600 20260102030405 20251231235959 4711 example. AQID")]
    [InlineData("RRSIG TYPE65280 8 2 60 1767323045 0 4711 @ AQID", "RRSIG TYPE65280 8 2 60 20260102030405 19700101000000 4711 example. AQID")]
    [InlineData("NSEC b A AAAA RRSIG NSEC TYPE1234", "NSEC b.example. A AAAA RRSIG NSEC TYPE1234")]
    [InlineData("NSEC b", "NSEC b.example.")]
    [InlineData("NSEC3PARAM 1 0 5 aabb", "NSEC3PARAM 1 0 5 AABB")]
    [InlineData("NSEC3PARAM 1 0 0 -", "NSEC3PARAM 1 0 0 -")]
    [InlineData("NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA", "NSEC3 1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX DNSKEY")]
    [InlineData("TLSA 3 1 1 0123 4567", "TLSA 3 1 1 01234567")]
    [InlineData("SMIMEA 3 0 0 01", "SMIMEA 3 0 0 01")]
    [InlineData("SSHFP 4 2 00FF", "SSHFP 4 2 00FF")]
    [InlineData("OPENPGPKEY AQ ID", "OPENPGPKEY AQID")]
    [InlineData("DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=", "DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=")]
    [InlineData("CSYNC 66 3 A NS AAAA", "CSYNC 66 3 A NS AAAA")]
    [InlineData("ZONEMD 2018031500 1 1 FEBE3D4C", "ZONEMD 2018031500 1 1 FEBE3D4C")]
    [InlineData("URI 10 1 \"ftp://ftp1.example/public\"", "URI 10 1 \"ftp://ftp1.example/public\"")]
    [InlineData("CAA 128 issue \"ca.test; policy=ev\"", "CAA 128 issue \"ca.test; policy=ev\"")]
    [InlineData("EUI48 00-00-5E-00-53-2a", "EUI48 00-00-5e-00-53-2a")]
    [InlineData("L32 10 10.1.2.0", "L32 10 10.1.2.0")]
    // RFC 1876 §3 and its defaults
    [InlineData("LOC 42 21 54 N 71 06 18 W -24m 30m", "LOC 42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m")]
    [InlineData("LOC 52 14 05 N 00 08 50 E 10m", "LOC 52 14 5.000 N 0 8 50.000 E 10.00m 1.00m 10000.00m 10.00m")]
    [InlineData("LOC 32 7 19 S 116 2 25 E 10m", "LOC 32 7 19.000 S 116 2 25.000 E 10.00m 1.00m 10000.00m 10.00m")]
    [InlineData("LOC 42 N 71.5 W 1", null)]
    // RFC 9460 appendix D
    [InlineData("HTTPS 0 foo.example.com.", "HTTPS 0 foo.example.com.")]
    [InlineData("SVCB 16 foo.example.com. port=53", "SVCB 16 foo.example.com. port=53")]
    [InlineData("SVCB 1 foo.example.com. key667=hello", "SVCB 1 foo.example.com. key667=\"hello\"")]
    [InlineData(@"SVCB 1 foo.example.com. key667=""hello\210qoo""", @"SVCB 1 foo.example.com. key667=""hello\210qoo""")]
    [InlineData("SVCB 1 foo.example.com. ( ipv6hint=\"2001:db8::1,2001:db8::53:1\" )", "SVCB 1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1")]
    [InlineData("SVCB 16 foo.example.org. ( alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1 )", "SVCB 16 foo.example.org. mandatory=alpn,ipv4hint alpn=\"h2,h3-19\" ipv4hint=192.0.2.1")]
    [InlineData(@"SVCB 16 foo.example.org. alpn=""f\\\\oo\\,bar,h2""", @"SVCB 16 foo.example.org. alpn=""f\\\\oo\\,bar,h2""")]
    [InlineData(@"SVCB 16 foo.example.org. alpn=f\\\092oo\092,bar,h2", @"SVCB 16 foo.example.org. alpn=""f\\\\oo\\,bar,h2""")]
    [InlineData("HTTPS 1 . dohpath=\"/dns-query{?dns}\" no-default-alpn alpn=h3 key3=\"\\001\\187\"", "HTTPS 1 . alpn=\"h3\" no-default-alpn port=443 dohpath=\"/dns-query{?dns}\"")]
    [InlineData("SVCB 1 foo.example.com. key123=abc key123=def", null)]
    [InlineData("SVCB 1 foo.example.com. mandatory=key123,key123 key123=abc", null)]
    [InlineData("SVCB 1 foo.example.com. port", null)]
    [InlineData("SVCB 1 foo.example.com. no-default-alpn=abc", null)]
    // known types as bytes, and bytes that they cannot be
    [InlineData(@"A \# 4 C0000201", "A 192.0.2.1")]
    [InlineData(@"A \# 3 C00002", null)]
    [InlineData(@"MX \# 4 000A 0161 00", null)]
    [InlineData(@"NSEC3 \# 2 0101", null)]
    [InlineData("DNSKEY 257 3 13 ???", null)]
    [InlineData("NSEC3 1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22boj A", null)]
    [InlineData("EUI64 00-00-5e-00-53-2a", null)]
    [InlineData("CAA 0 iss-ue x", null)]
    [InlineData("RRSIG A 8 2 1h 20261302030405 0 1 . AQID", null)]
    public void Data_of_each_type_are_read_and_written(string written, string? expected)
    {
        bool read = ZoneFile.TryParse(Head + "x " + written + "\n", "z", null, out Zone? zone, out TextError error);
        read.ShouldBe(expected is not null, error.ToString());
        if (expected is null)
            error.Line.ShouldBe(6);
        else
            zone!.Records[^1].ToString().ShouldBe("x.example. 3600 IN " + expected);
    }

    [Fact]
    public void Whatever_bytes_a_record_has_its_text_is_read_as_the_same_bytes()
    {
        DnsType[] types = [.. Enum.GetValues<DnsType>().Where(t => t is not (DnsType.None or DnsType.OPT or DnsType.ANY or DnsType.SOA or DnsType.CNAME or DnsType.NS) && (ushort)t is < 128 or > 255), (DnsType)65280];
        int ofTheirOwn = 0;
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<int>(), (noise, pick) =>
        {
            DnsType type = types[(pick & int.MaxValue) % types.Length];
            byte[] data = Shaped(type, noise, new RandomSource((ulong)pick));
            var record = new DnsRecord(World.Name("x.example"), type, DnsClass.IN, 1, data);
            string text = record.DataToString();
            ofTheirOwn += text.StartsWith(@"\#", StringComparison.Ordinal) ? 0 : 1;
            bool read = ZoneFile.TryReadRecords($"x.example. 1 IN {DnsMnemonic.Of(type)} {text}\n", "z", null, out List<PlacedRecord> records, out TextError error);
            // What a server works with must be what it says; all else comes back as it was.
            if (!read)
                return text.StartsWith(@"\#", StringComparison.Ordinal) && error.Message.Contains("are not the data", StringComparison.Ordinal);
            return records[0].Record.Data.Span.SequenceEqual(data);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithQuietOnSuccess(true));
        ofTheirOwn.ShouldBeGreaterThan(5_000); // the noise does look like records often enough
    }

    // Noise alone is hardly ever a record: each field gets some of it in its own shape.
    private static byte[] Shaped(DnsType type, byte[] noise, RandomSource random)
    {
        if (random.Chance(0.1))
            return noise;
        var data = new List<byte>();
        if (type is DnsType.SVCB or DnsType.HTTPS)
        {
            data.AddRange([0, 1, 1, (byte)'a', 0]);
            for (byte key = 0; key < 9; key++)
            {
                if (random.Chance(0.3))
                    data.AddRange([0, key, 0, (byte)noise.Length, .. noise]);
            }
        }

        if (type == DnsType.LOC)
            data.AddRange([0, (byte)(random.Next(10) << 4 | random.Next(10)), 0x16, 0x13, (byte)(0x70 + random.Next(32)), 1, 2, 3, 0x80, (byte)random.Next(256), 6, 7, 0, 0x98, 0x96, (byte)random.Next(256)]);
        foreach (RdataField field in RdataLayout.Of(type))
        {
            switch (field.Kind)
            {
                case RdataFieldKind.Name:
                    data.AddRange(noise.Length is 0 or > 63 ? [0] : [(byte)noise.Length, .. noise, 0]);
                    break;
                case RdataFieldKind.CharacterString or RdataFieldKind.Salt or RdataFieldKind.Hash or RdataFieldKind.CharacterStrings:
                    data.AddRange([(byte)noise.Length, .. noise]);
                    break;
                case RdataFieldKind.Tag:
                    data.AddRange([3, (byte)'t', (byte)'a', (byte)'g']);
                    break;
                case RdataFieldKind.Types:
                    data.AddRange(DnsTypeBitmap.Of(noise.Select(b => (DnsType)(b + 1))).Wire.Span);
                    break;
                default:
                    int size = field.Kind switch
                    {
                        RdataFieldKind.Byte or RdataFieldKind.Algorithm => 1,
                        RdataFieldKind.UInt16 or RdataFieldKind.Type or RdataFieldKind.CertificateType => 2,
                        RdataFieldKind.Ipv6 => 16,
                        RdataFieldKind.HardwareAddress => type == DnsType.EUI48 ? 6 : 8,
                        RdataFieldKind.Text or RdataFieldKind.Hex or RdataFieldKind.Base64 => noise.Length,
                        _ => 4,
                    };
                    for (int i = 0; i < size; i++)
                        data.Add(i < noise.Length ? noise[i] : (byte)random.Next(256));
                    break;
            }
        }

        return [.. data];
    }

    [Fact]
    public void Included_files_have_their_own_origin_and_leave_that_of_the_file_around_them_alone()
    {
        var files = new Dictionary<string, string>
        {
            ["/etc/sub/hosts"] = "a A 192.0.2.2\n$INCLUDE deeper/more\n$ORIGIN elsewhere.\nb.sub.example. A 192.0.2.3\n",
            ["/etc/sub/deeper/more"] = "c A 192.0.2.4\n",
            ["/etc/loop"] = "$INCLUDE \"loop\"\n",
            ["/etc/bad"] = "\n  x A 192.0.2\n",
        };
        var settings = new ZoneFileSettings { ReadFile = path => files.TryGetValue(path, out string? text) ? text : throw new FileNotFoundException($"no {path}") };
        ZoneFile.TryParse(Head + "$INCLUDE sub/hosts sub\n  TXT still-ns\nz A 192.0.2.9\n", "/etc/zone", null, out Zone? zone, out TextError error, settings).ShouldBeTrue(error.ToString());
        zone!.Records.Skip(3).Select(r => r.Name.ToString() + " " + r.Type).ShouldBe(
            ["a.sub.example. A", "c.sub.example. A", "b.sub.example. A", "ns.example. TXT", "z.example. A"]);

        Wrong("$INCLUDE loop", "/etc/loop:1:10: '/etc/loop' includes itself.");
        Wrong("$INCLUDE nowhere", "/etc/zone:6:10: '/etc/nowhere' cannot be read: no /etc/nowhere");
        Wrong("w $INCLUDE bad", "/etc/zone:6:3: '$INCLUDE' is not a record type.");
        Wrong("$INCLUDE bad", "/etc/bad:2:3: 'x' is not a record type.");
        Wrong("$INCLUDE bad x y", "/etc/zone:6:16: 'y' is one too many: $INCLUDE is complete.");

        void Wrong(string line, string expected)
        {
            ZoneFile.TryParse(Head + line + "\n", "/etc/zone", null, out _, out TextError wrong, settings).ShouldBeFalse();
            wrong.ToString().ShouldBe(expected);
        }
    }

    [Fact]
    public void A_signed_zone_is_written_and_read_again_as_the_same_zone()
    {
        foreach (DenialKind denial in Enum.GetValues<DenialKind>())
        {
            Zone signed = SigningTests.Signed(new SigningSettings { Denial = denial, PublishCds = true });
            var text = new StringWriter();
            ZoneFile.Write(signed, text);
            Zone again = ZoneFile.Parse(text.ToString(), "z");
            again.AllRecords().ShouldBe(signed.AllRecords());
        }
    }
}
