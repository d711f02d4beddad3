using System.Text;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>Trust anchors that look after themselves: RFC 5011.</summary>
public sealed class AnchorRolloverTests : IDisposable
{
    private readonly FakeTime _time = new();
    private readonly EventLog _log = new();
    private readonly EventRecorder _recorder = new();
    private readonly TrustAnchors _anchors = new();
    private readonly AnchorRollover _rollover;
    private readonly Signer _old = new(".");
    private readonly Signer _new = new(".");

    public AnchorRolloverTests()
    {
        _log.Subscribe(_recorder);
        _anchors.TryAdd(_old.DsRecord()).ShouldBeTrue();
        _rollover = new AnchorRollover(_anchors, new ResolverSettings(), _time, _log.For("resolver", _time));
        _rollover.Track(DomainName.Root);
    }

    private IEnumerable<string> Story => _recorder.Events.Select(e => e.What).OfType<TrustAnchorChanged>().Select(e => $"{Nick(e.KeyTag)} {e.What}");

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public void A_roll_over_takes_thirty_days_and_ends_with_the_old_key_revoked_and_forgotten()
    {
        Publish([_old], by: [_old]);
        States().ShouldBe(["old Valid"]);

        Publish([_old, _new], by: [_old]);
        States().ShouldBe(["old Valid", "new AddPending"]);
        Trusted().ShouldBe(["old"]);
        _time.Advance(TimeSpan.FromDays(29.9));
        Publish([_old, _new], by: [_old]);
        Trusted().ShouldBe(["old"]);
        _time.Advance(TimeSpan.FromDays(0.2));
        Publish([_old, _new], by: [_old]);
        Trusted().ShouldBe(["old", "new"]);

        Signer revoked = _old.Revoked();
        Publish([revoked, _new], by: [revoked, _new]);
        States().ShouldBe(["revoked Revoked", "new Valid"]);
        Trusted().ShouldBe(["new"]);
        Publish([_old, _new], by: [_new]);
        Trusted().ShouldBe(["new"], "without the bit it stays revoked");

        Publish([_new], by: [_new]);
        _time.Advance(TimeSpan.FromDays(30));
        Publish([_new], by: [_new]);
        States().ShouldBe(["new Valid"]);
        Story.ShouldBe([
            "old is trusted, as configured", "new is new; trusted after 30 days", "new is trusted now: its hold-down is over", "revoked was revoked",
            "revoked is forgotten: it was revoked long ago",
        ]);
    }

    [Fact]
    public void A_key_that_goes_away_before_its_time_starts_over()
    {
        Publish([_old, _new], by: [_old]);
        _time.Advance(TimeSpan.FromDays(20));
        Publish([_old], by: [_old]);
        States().ShouldBe(["old Valid"]);
        _time.Advance(TimeSpan.FromDays(20));
        Publish([_old, _new], by: [_old]);
        States().ShouldBe(["old Valid", "new AddPending"]);
    }

    [Fact]
    public void Only_a_trusted_key_brings_in_others_and_only_a_key_itself_revokes_itself()
    {
        Publish([_old], by: [_old]);
        Publish([_old, _new], by: [_new]);
        States().ShouldBe(["old Valid"]);
        Publish([_old.Revoked(), _new], by: [_new]);
        States().ShouldBe(["old Valid"], "somebody else says that it is revoked");
        Publish([_old.Revoked(), _new], by: [_old.Revoked()]);
        States().ShouldBe(["revoked Revoked"], "what it says last counts for itself alone");
        Trusted().ShouldBeEmpty();
        _anchors.TryFind(DomainName.Root, out _).ShouldBeFalse("RFC 5011 §5: as if it had never been configured");
    }

    [Fact]
    public void A_missing_key_stays_trusted_and_comes_back_until_a_year_has_passed()
    {
        Publish([_old, _new], by: [_old]);
        _time.Advance(TimeSpan.FromDays(31));
        Publish([_old, _new], by: [_old]);
        Publish([_new], by: [_new]);
        States().ShouldBe(["old Missing", "new Valid"]);
        Trusted().ShouldBe(["old", "new"]);
        Publish([_old, _new], by: [_old]);
        States().ShouldBe(["old Valid", "new Valid"]);
        Publish([_new], by: [_new]);
        _time.Advance(TimeSpan.FromDays(367));
        Publish([_new], by: [_new]);
        States().ShouldBe(["new Valid"]);
    }

    [Fact]
    public void Keys_are_fetched_at_half_their_life_and_after_failure_at_a_tenth()
    {
        _rollover.Due.ShouldBe([DomainName.Root]);
        Publish([_old], by: [_old], ttl: 172_800);
        After().ShouldBe(TimeSpan.FromDays(1));
        _rollover.Due.ShouldBeEmpty();
        _rollover.Failed(DomainName.Root);
        After().ShouldBe(TimeSpan.FromHours(4.8));
        Publish([_old], by: [_old], ttl: 60);
        After().ShouldBe(TimeSpan.FromHours(1));
        Publish([_old], by: [_old], ttl: 100 * 86_400);
        After().ShouldBe(TimeSpan.FromDays(10), "the signature lasts 20 days");
    }

    [Fact]
    public void The_memory_survives_a_restart()
    {
        Publish([_old, _new], by: [_old]);
        _rollover.HasChanged.ShouldBeTrue();
        string saved = _rollover.ToText([DomainName.Root]);
        _rollover.Saved();
        _rollover.HasChanged.ShouldBeFalse();

        _time.Advance(TimeSpan.FromDays(31));
        var anchors = new TrustAnchors();
        var restarted = new AnchorRollover(anchors, new ResolverSettings(), _time, NodeLog.Silent);
        restarted.TryLoad(saved, "root.key", out IReadOnlyList<DomainName> zones, out TextError error).ShouldBeTrue(error.ToString());
        zones.ShouldBe([DomainName.Root]);
        restarted.StatesOf(DomainName.Root).ShouldBe(_rollover.StatesOf(DomainName.Root));
        restarted.NextProbe.ShouldBe(_rollover.NextProbe);
        restarted.Observe(DomainName.Root, KeySet([_old, _new], [_old], 3600), Ledger(), EventId.None);
        restarted.StatesOf(DomainName.Root).ShouldAllBe(key => key.State == AnchorState.Valid, "the time before the restart counts");
    }

    [Fact]
    public void A_file_of_another_resolver_is_understood_and_a_broken_one_changes_nothing()
    {
        const string Unbounds = """
            ; autotrust trust anchor file
            ;;id: . 1
            ;;last_queried: 1767225600 ;;Thu Jan  1 00:00:00 2026
            ;;next_probe_time: 1767265600 ;;Thu Jan  1 11:06:40 2026
            .	86400	IN	DNSKEY	257 3 13 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4= ;{id = 20326 (ksk), size = 2048b} ;;state=2 [  VALID  ] ;;count=0 ;;lastchange=1502438004 ;;Fri Aug 11 07:53:24 2017
            .	86400	IN	DNSKEY	257 3 13 zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs= ;{id = 38696 (ksk), size = 2048b} ;;state=1 [ ADDPEND ] ;;count=3 ;;lastchange=1736640000
            .	86400	IN	DNSKEY	257 3 13 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ;;state=5 [ REMOVED ]
            """;
        _rollover.TryLoad(Unbounds, "root.key", out _, out TextError error).ShouldBeTrue(error.ToString());
        _rollover.StatesOf(DomainName.Root).Select(key => key.State).ShouldBe([AnchorState.Valid, AnchorState.AddPending]);
        _rollover.NextProbe.ShouldBe(Instant.FromDateTimeOffset(DateTimeOffset.FromUnixTimeSeconds(1767265600)));

        foreach (string broken in (string[])[". 3600 IN A 192.0.2.1", "nonsense", ". 3600 IN DNSKEY 257 3 13 ###"])
        {
            _rollover.TryLoad(Unbounds.Replace(".\t86400\tIN\tDNSKEY\t257 3 13 z", broken + "\n.\t86400\tIN\tDNSKEY\t257 3 13 z", StringComparison.Ordinal), "root.key", out _, out error).ShouldBeFalse();
            error.Line.ShouldBe(6);
            _rollover.StatesOf(DomainName.Root).Count.ShouldBe(2);
        }
    }

    [Fact]
    public void A_file_may_begin_with_DS_records()
    {
        var anchors = new TrustAnchors();
        var rollover = new AnchorRollover(anchors, new ResolverSettings(), _time, NodeLog.Silent);
        rollover.TryLoad($"{_old.DsRecord()}\n; no more\n", "root.key", out IReadOnlyList<DomainName> zones, out TextError error).ShouldBeTrue(error.ToString());
        zones.ShouldBe([DomainName.Root]);
        rollover.Observe(DomainName.Root, KeySet([_old, _new], [_old], 3600), Ledger(), EventId.None);
        rollover.StatesOf(DomainName.Root).ShouldBe([(_old.Key.KeyTag, AnchorState.Valid), (_new.Key.KeyTag, AnchorState.AddPending)]);
    }

    [Fact]
    public void A_file_is_replaced_whole_or_stays_as_it_was()
    {
        string folder = Directory.CreateTempSubdirectory("wirepath-anchors").FullName;
        try
        {
            string path = Path.Combine(folder, "root.key");
            StateFile.TryRead(path, out byte[] content, out _).ShouldBeTrue();
            content.ShouldBeEmpty("what is not there is empty");
            StateFile.TryReplace(path, "first"u8, out string error).ShouldBeTrue(error);

            // What is beside it cannot be written: as with a full disk, the old file stays.
            Directory.CreateDirectory(path + ".new");
            StateFile.TryReplace(path, "second"u8, out error).ShouldBeFalse();
            error.ShouldContain("is as it was");
            StateFile.TryRead(path, out content, out _).ShouldBeTrue();
            Encoding.ASCII.GetString(content).ShouldBe("first");
            Directory.Delete(path + ".new");
            StateFile.TryReplace(path, "third"u8, out _).ShouldBeTrue();
            File.Exists(path + ".new").ShouldBeFalse();
            StateFile.TryRead(folder, out _, out error).ShouldBeTrue("a folder is no file");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_validator_follows_a_roll_over_and_probes_when_it_is_due()
    {
        using var world = new SignedWorld();
        var anchors = new TrustAnchors();
        anchors.TryAdd(world["."].DsRecord()).ShouldBeTrue();
        var rollover = new AnchorRollover(anchors, world.Settings, world.Time, NodeLog.Silent);
        rollover.Track(DomainName.Root);
        var validator = new Validator(world.Settings, anchors, world.Time, NodeLog.Silent, rollover);
        world.Validate(world.Message("com. A", answers: "[.] com. A 192.0.2.1"), validator).Security.ShouldBe(Security.Secure);
        rollover.StatesOf(DomainName.Root).ShouldBe([(world["."].Key.KeyTag, AnchorState.Valid)]);

        world.Asked.Clear();
        world.Time.Advance(TimeSpan.FromHours(2));
        world.Time.Run(Done(validator.ProbeAnchorsAsync(_ => new ValidationContext(world, Ledger(), EventId.None, CancellationToken.None))));
        world.Asked.ShouldBe([". DNSKEY"]);
        rollover.Due.ShouldBeEmpty();
    }

    private void Publish(Signer[] keys, Signer[] by, uint ttl = 3600)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _rollover.Observe(DomainName.Root, KeySet(keys, by, ttl), Ledger(), EventId.None);
    }

    private Rrset KeySet(Signer[] keys, Signer[] by, uint ttl)
    {
        var set = new Rrset(Array.ConvertAll(keys, key => key.KeyRecord), [], ttl);
        return Signer.With(set, Array.ConvertAll(by, key => key.Sign(set, _time.Now)));
    }

    private string[] States() => [.. _rollover.StatesOf(DomainName.Root).Select(key => $"{Nick(key.KeyTag)} {key.State}")];

    private string[] Trusted() => _anchors.TryFind(DomainName.Root, out TrustPoint? point) ? [.. point.Keys.Select(key => Nick(key.KeyTag))] : [];

    private TimeSpan After() => _rollover.NextProbe - Instant.FromDateTimeOffset(_time.Now);

    private string Nick(ushort tag) => tag == _old.Key.KeyTag ? "old" : tag == _new.Key.KeyTag ? "new" : tag == _old.Revoked().Key.KeyTag ? "revoked" : "?";

    private static QueryBudget Ledger() => new(new ResolverSettings(), Instant.Epoch);

    private static async ValueTask<bool> Done(ValueTask work)
    {
        await work;
        return true;
    }
}
