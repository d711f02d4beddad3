using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>What surrounds an authoritative answer: cookies (RFC 7873, RFC 9018), NSID (RFC 5001), transfers (RFC 5936, RFC 1995, RFC 1996).</summary>
public class ServingTests
{
    private const string Text = "$ORIGIN example.\n$TTL 1h\n@ SOA ns hostmaster 7 600 60 3600 5\n@ NS ns\nns A 192.0.2.1\nwww A 192.0.2.80\n";

    // RFC 9018 appendix A.1 and A.2: a first query, and one that comes again within the hour.
    [Fact]
    public void Server_cookies_are_those_of_RFC_9018()
    {
        var time = new FakeTime();
        time.Advance(DateTimeOffset.FromUnixTimeSeconds(1559731985) - time.Now);
        var cookies = new ServerCookies(Convert.FromHexString("e5e973e5a6b2a43f48e7dc849e37bfcf"), time);
        cookies.Check(With("2464c4abcf10c957"), IpAddress.Parse("198.51.100.100"), out EdnsOption reply).ShouldBe(CookieState.Unproven);
        Convert.ToHexStringLower(reply.Data.Span).ShouldBe("2464c4abcf10c957010000005cf79f111f8130c3eee29480");
        cookies.Check(With(Convert.ToHexString(reply.Data.Span)), IpAddress.Parse("198.51.100.100"), out _).ShouldBe(CookieState.Proven);
        cookies.Check(With(Convert.ToHexString(reply.Data.Span)), IpAddress.Parse("198.51.100.101"), out _).ShouldBe(CookieState.Unproven);
        time.Advance(TimeSpan.FromMinutes(61));
        cookies.Check(With(Convert.ToHexString(reply.Data.Span)), IpAddress.Parse("198.51.100.100"), out _).ShouldBe(CookieState.Unproven);
        cookies.Check(With("2464c4"), default, out _).ShouldBe(CookieState.Malformed);
        cookies.Check(With("2464c4abcf10c95700"), default, out _).ShouldBe(CookieState.Malformed);
        cookies.Check(new Edns(), default, out _).ShouldBe(CookieState.Absent);
        cookies.Check(null, default, out _).ShouldBe(CookieState.Absent);

        static Edns With(string hex) => new(1232, 0, false, [new EdnsOption(EdnsOptionCode.Cookie, Convert.FromHexString(hex))]);
    }

    [Fact]
    public void The_server_says_its_name_and_gives_cookies_and_may_insist_on_them()
    {
        var world = new World();
        var server = new AuthoritativeServer(new ZoneSet(ZoneFile.Parse(Text, "z")), NodeLog.Silent)
        {
            Settings = new AuthoritativeSettings { Nsid = "ns1.fra", Cookies = new ServerCookies(new byte[16], world.Time), RequireCookies = true },
        };
        var query = DnsMessage.Query(7, new DnsQuestion(World.Name("www.example"), DnsType.A), false);
        query.Edns = new Edns(1232, 0, false, [new EdnsOption(EdnsOptionCode.Nsid, default), new EdnsOption(EdnsOptionCode.Cookie, new byte[8])]);
        DnsMessage reply = world.Ask(server, query);
        reply.Rcode.ShouldBe(DnsRcode.BadCookie);
        reply.Edns!.TryGetOption(EdnsOptionCode.Nsid, out EdnsOption nsid).ShouldBeTrue();
        nsid.Data.ToArray().ShouldBe("ns1.fra"u8.ToArray());
        reply.Edns.TryGetOption(EdnsOptionCode.Cookie, out EdnsOption cookie).ShouldBeTrue();

        world.Ask(server, query, overTcp: true).Rcode.ShouldBe(DnsRcode.NoError); // a stream proves the address
        query.Edns = new Edns(1232, 0, false, [cookie]);
        world.Ask(server, query).Answers.ShouldHaveSingleItem();
        query.Edns = new Edns();
        world.Ask(server, query).Answers.ShouldHaveSingleItem(); // RFC 7873 §5.2.1: who knows no cookies is served
        query.Edns = new Edns(1232, 0, false, [new EdnsOption(EdnsOptionCode.Cookie, new byte[9])]);
        world.Ask(server, query).Rcode.ShouldBe(DnsRcode.FormErr);
    }

    [Fact]
    public void A_zone_goes_out_to_who_may_have_it_and_comes_in_as_the_same_zone()
    {
        var text = new System.Text.StringBuilder(Text);
        for (int i = 0; i < 1000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"host{i} TXT \"some text that makes the zone longer than one message\"\n");
        Zone zone = ZoneSigner.Sign(ZoneFile.Parse(text.ToString(), "z"), [SigningKey.FromSeed(SigningAlgorithm.EcdsaP256Sha256, true, new RandomSource(1))],
            new SigningSettings { Denial = DenialKind.Nsec3 }, Instant.Epoch, onDemand: true);
        var server = new AuthoritativeServer(new ZoneSet(zone), NodeLog.Silent) { Settings = new AuthoritativeSettings { Transfers = [IpPrefix.Parse("192.0.2.0/24")] } };
        var client = new IpEndpoint(IpAddress.Parse("192.0.2.7"), 5000);
        var incoming = new ZoneTransferIn(zone.Origin, 77);
        byte[] query = incoming.Query().ToArray();
        server.TryTransfer(query, new IpEndpoint(IpAddress.Parse("198.51.100.7"), 5000), out _).ShouldBeFalse();
        server.TryTransfer(DnsMessage.Query(1, new DnsQuestion(World.Name("www.example"), DnsType.AXFR), false).ToArray(), client, out _).ShouldBeFalse();
        server.TryTransfer(query, client, out IEnumerable<ReadOnlyMemory<byte>> messages).ShouldBeTrue();
        int count = 0;
        foreach (ReadOnlyMemory<byte> message in messages)
        {
            incoming.State.ShouldBe(TransferState.Incomplete);
            message.Length.ShouldBeLessThanOrEqualTo(16_384);
            incoming.Take(message.Span);
            count++;
        }

        incoming.State.ShouldBe(TransferState.Complete, incoming.Problem);
        count.ShouldBeGreaterThan(10);
        incoming.Zone!.AllRecords().ShouldBe(zone.AllRecords());

        // IXFR: who has the serial number gets the SOA record alone, who has an older one the whole zone.
        DnsMessage ixfr = DnsMessage.Query(5, new DnsQuestion(zone.Origin, DnsType.IXFR), false);
        ixfr.Authorities.Add(zone.Soa);
        server.TryTransfer(ixfr.ToArray(), client, out messages).ShouldBeTrue();
        DnsMessage.TryRead(messages.ShouldHaveSingleItem().Span, out DnsMessage same).ShouldBeTrue();
        same.Answers.ShouldHaveSingleItem().Type.ShouldBe(DnsType.SOA);
        zone.Soa.TryGetSoa(out SoaData soa);
        ixfr.Authorities[0] = DnsRecord.ForSoa(zone.Origin, 1, soa with { Serial = soa.Serial - 1 });
        server.TryTransfer(ixfr.ToArray(), client, out messages).ShouldBeTrue();
        messages.Count().ShouldBe(count);
    }

    [Fact]
    public void A_transfer_that_is_not_one_is_refused_with_the_reason()
    {
        Zone zone = ZoneFile.Parse(Text, "z");
        DnsRecord a = zone.Records[^1];
        Problem([]).ShouldBe("a message without records");
        Problem([a]).ShouldBe("the first record is not the SOA record of example.");
        Problem([zone.Soa, zone.Soa]).ShouldBe("the zone has no NS record at its top");
        Problem([zone.Soa, a with { Name = World.Name("www.other") }]).ShouldBe("www.other. lies outside the zone");
        Problem([zone.Soa, zone.Records[1], zone.Soa, a]).ShouldBe("records behind the last SOA record");
        Problem([zone.Soa, a]).ShouldBe("cut");
        Problem([zone.Soa, a], DnsRcode.Refused).ShouldBe("the server says REFUSED");

        string Problem(DnsRecord[] records, DnsRcode rcode = DnsRcode.NoError)
        {
            var incoming = new ZoneTransferIn(zone.Origin, 1);
            DnsMessage message = incoming.Query().CreateResponse(rcode);
            message.Answers.AddRange(records);
            incoming.Take(message.ToArray());
            incoming.End("cut").ShouldBe(TransferState.Failed);
            return incoming.Problem;
        }
    }

    [Fact]
    public void A_secondary_follows_refresh_retry_notify_and_expire()
    {
        var world = new World();
        var server = IpAddress.Parse("192.0.2.1");
        var primary = new AuthoritativeServer(new ZoneSet(ZoneFile.Parse(Text, "z")), NodeLog.Silent) { Settings = new AuthoritativeSettings { Transfers = [new IpPrefix(IpAddress.AnyV4, 0)] } };
        var wire = new Primary { Server = primary };
        var seen = new List<string>();
        var secondary = new SecondaryZone(World.Name("example"), [new IpEndpoint(server, 53)], wire, wire, world.Time, new RandomSource(1))
        {
            Changed = zone => seen.Add(zone is null ? "expired" : $"serial {zone.Serial}"),
        };
        var copy = new AuthoritativeServer(ZoneSet.Empty, NodeLog.Silent)
        {
            Settings = new AuthoritativeSettings { Notifiers = [new IpPrefix(server, 32)] },
            Notified = _ => secondary.Notify(),
        };
        using var ending = new CancellationTokenSource();
        Task running = secondary.RunAsync(ending.Token);
        seen.ShouldBe(["serial 7"]);

        Serve(8);
        world.Time.Advance(TimeSpan.FromSeconds(599));
        seen.Count.ShouldBe(1);
        world.Time.Advance(TimeSpan.FromSeconds(1)); // refresh
        seen.ShouldBe(["serial 7", "serial 8"]);
        wire.Transfers.ShouldBe(2);
        world.Time.Advance(TimeSpan.FromSeconds(600)); // nothing new: no transfer
        wire.Transfers.ShouldBe(2);

        Serve(9);
        DnsMessage notify = DnsMessage.Query(3, new DnsQuestion(World.Name("example"), DnsType.SOA), false);
        notify.Opcode = DnsOpcode.Notify;
        Tell(notify, "198.51.100.1").ShouldBe(DnsRcode.Refused);
        seen.Count.ShouldBe(2);
        Tell(notify, "192.0.2.1").ShouldBe(DnsRcode.NoError);
        seen[^1].ShouldBe("serial 9");

        Serve(7); // a number that is not greater changes nothing
        secondary.Notify();
        seen.Count.ShouldBe(3);

        wire.Server = null;
        secondary.Notify();
        secondary.Problem.ShouldContain("no answer to SOA");
        int asked = wire.Asked;
        world.Time.Advance(TimeSpan.FromSeconds(60)); // retry
        wire.Asked.ShouldBeGreaterThan(asked);
        secondary.Current.ShouldNotBeNull();
        world.Time.Advance(TimeSpan.FromSeconds(3600));
        seen[^1].ShouldBe("expired");
        secondary.Current.ShouldBeNull();
        wire.Server = primary;
        world.Time.Advance(TimeSpan.FromSeconds(60));
        seen[^1].ShouldBe("serial 7");

        ending.Cancel();
        running.IsFaulted.ShouldBeFalse();

        void Serve(int serial) => primary.Zones = new ZoneSet(ZoneFile.Parse(Text.Replace("hostmaster 7", $"hostmaster {serial}", StringComparison.Ordinal), "z"));

        DnsRcode Tell(DnsMessage message, string from)
        {
            byte[] room = new byte[512];
            DnsResponse response = world.Time.Run(copy.RespondAsync(message.ToArray(), room, new IpEndpoint(IpAddress.Parse(from), 1053), false, default));
            DnsMessage.TryRead(room.AsSpan(0, response.Length), out DnsMessage reply).ShouldBeTrue();
            return reply.Rcode;
        }
    }

    /// <summary>A server at the other end of an ideal wire, or silence.</summary>
    private sealed class Primary : IDnsTransport, IZoneTransferTransport
    {
        public AuthoritativeServer? Server { get; set; }

        public int Asked { get; private set; }

        public int Transfers { get; private set; }

        public async ValueTask<DnsReply> ExchangeAsync(IpEndpoint server, ReadOnlyMemory<byte> query, bool overTcp, TimeSpan timeout, CancellationToken ct)
        {
            Asked++;
            if (Server is null)
                return DnsReply.TimedOut;
            byte[] room = new byte[DnsMessage.MaxSize];
            DnsResponse response = await Server.RespondAsync(query, room, server, overTcp, ct);
            return DnsReply.Answered(room.AsMemory(0, response.Length));
        }

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> TransferAsync(
            IpEndpoint server, ReadOnlyMemory<byte> query, TimeSpan timeout, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
        {
            Transfers++;
            await Task.CompletedTask;
            if (Server is null || !Server.TryTransfer(query, server, out IEnumerable<ReadOnlyMemory<byte>> messages))
                yield break;
            foreach (ReadOnlyMemory<byte> message in messages)
                yield return message;
        }
    }
}
