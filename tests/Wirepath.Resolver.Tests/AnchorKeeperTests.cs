using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Resolver.Tests;

/// <summary>The files of trust anchors that look after themselves (RFC 5011), with a signed root that is asked directly.</summary>
public sealed class AnchorKeeperTests : IDisposable
{
    private static readonly IpAddress s_root = IpAddress.Parse("192.0.2.1");

    private readonly string _folder = Directory.CreateTempSubdirectory("wirepath-anchors-").FullName;
    private readonly SigningKey _old = SigningKey.FromSeed(SigningAlgorithm.EcdsaP256Sha256, true, new RandomSource(1));
    private readonly SigningKey _new = SigningKey.FromSeed(SigningAlgorithm.EcdsaP256Sha256, true, new RandomSource(2));
    private readonly RootOnly _servers = new();

    private string FileName => Path.Combine(_folder, "root.key");

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task Keys_are_fetched_when_they_are_due_and_what_is_new_is_saved_and_read_again()
    {
        _servers.Publish(_old);
        File.WriteAllText(FileName, $". 3600 IN DNSKEY 257 3 13 {Convert.ToBase64String(_old.Public.PublicKey.Span)}\n");
        await using (AnchorKeeper keeper = Keeper(out RecursiveResolver resolver))
        {
            await keeper.LookAsync();
            States(resolver).ShouldBe([AnchorState.Valid]);
        }

        _servers.Publish(_old, _new);
        await using (AnchorKeeper keeper = Keeper(out RecursiveResolver resolver))
        {
            await keeper.LookAsync();
            States(resolver).ShouldBe([AnchorState.Valid, AnchorState.AddPending]);
        }

        File.ReadAllText(FileName).ShouldContain(" ;;state=1 [ ADDPEND ] ");
        await using (AnchorKeeper keeper = Keeper(out RecursiveResolver resolver))
            States(resolver).ShouldBe([AnchorState.Valid, AnchorState.AddPending], "as the file has it");
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_costs_neither_the_old_one_nor_the_running_state()
    {
        _servers.Publish(_old, _new);
        string before = $". 3600 IN DNSKEY 257 3 13 {Convert.ToBase64String(_old.Public.PublicKey.Span)}\n";
        File.WriteAllText(FileName, before);
        Directory.CreateDirectory(FileName + ".new"); // in the way of writing, as a full disk would be
        var log = new EventLog();
        var recorder = new EventRecorder();
        log.Subscribe(recorder);
        await using AnchorKeeper keeper = Keeper(out RecursiveResolver resolver, log.For("resolver", TimeProvider.System));
        await keeper.LookAsync();
        States(resolver).ShouldBe([AnchorState.Valid, AnchorState.AddPending]);
        File.ReadAllText(FileName).ShouldBe(before);
        recorder.Events.Select(e => e.What).OfType<Remark>().ShouldHaveSingleItem().Text.ShouldContain("is as it was");

        // A reload takes over what could not be saved.
        await using var after = new AnchorKeeper(Resolver(out RecursiveResolver next), [new AnchorFile(FileName, before)], keeper, NodeLog.Silent, TimeProvider.System);
        States(next).ShouldBe([AnchorState.Valid, AnchorState.AddPending]);
        Directory.Delete(FileName + ".new");
        await keeper.LookAsync();
        File.ReadAllText(FileName).ShouldContain("ADDPEND");
    }

    [Fact]
    public void A_pending_key_in_such_a_file_is_not_an_anchor_and_a_broken_file_is_told_with_its_line()
    {
        string configuration = Path.Combine(_folder, "resolver.conf");
        File.WriteAllText(configuration, "server:\n  auto-trust-anchor-file: \"root.key\"\n");
        File.WriteAllText(FileName, $"; comment\n. 3600 IN DNSKEY 257 3 13 {Convert.ToBase64String(_new.Public.PublicKey.Span)} ;;state=1 [ ADDPEND ] ;;lastchange=1767225600\n");
        ResolverSetup.TryRead(configuration, out ResolverSetup? setup, out TextError error).ShouldBeTrue(error.ToString());
        setup!.Configuration.TrustAnchors.ShouldBeEmpty();
        setup.AnchorFiles.ShouldHaveSingleItem().Path.ShouldBe(FileName);

        File.WriteAllText(FileName, "; comment\n. 3600 IN A 192.0.2.1\n");
        ResolverSetup.TryRead(configuration, out _, out error).ShouldBeFalse();
        error.Line.ShouldBe(2);
        File.Delete(FileName);
        ResolverSetup.TryRead(configuration, out setup, out _).ShouldBeTrue("it is made when there is something to save");
        setup!.Configuration.TrustAnchors.Count.ShouldBe(2, "until then the built-in ones count");
    }

    private AnchorKeeper Keeper(out RecursiveResolver resolver, NodeLog? log = null) => new(
        Resolver(out resolver), [new AnchorFile(FileName, File.ReadAllText(FileName))], null, log ?? NodeLog.Silent, TimeProvider.System);

    private RecursiveResolver Resolver(out RecursiveResolver resolver) => resolver = new RecursiveResolver(
        new ResolverConfiguration { AutoTrustAnchorFiles = [FileName] }, RootHints.Of((DomainName.Parse("a.root"), s_root)), new ResolverCache(), _servers, NodeLog.Silent,
        TimeProvider.System, new RandomSource(1));

    private static AnchorState[] States(RecursiveResolver resolver) => [.. resolver.Rollover.StatesOf(DomainName.Root).Select(key => key.State)];

    /// <summary>A root server in the place of a network.</summary>
    private sealed class RootOnly : IDnsTransport
    {
        private AuthoritativeServer? _server;

        public void Publish(params SigningKey[] keys) => _server = new AuthoritativeServer(
            new ZoneSet(ZoneSigner.Sign(ZoneFile.Parse(". 3600 SOA a.root. b. 1 2 3 4 5\n. 3600 NS a.root.\na.root. 3600 A 192.0.2.1", "root"), keys, new SigningSettings(),
                Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()))), NodeLog.Silent);

        public async ValueTask<DnsReply> ExchangeAsync(IpEndpoint server, ReadOnlyMemory<byte> query, bool overTcp, TimeSpan timeout, CancellationToken ct)
        {
            byte[] response = new byte[DnsMessage.MaxSize];
            DnsResponse sent = await _server!.RespondAsync(query, response, new IpEndpoint(s_root, 1), overTcp, ct);
            return DnsReply.Answered(response.AsMemory(0, sent.Length));
        }
    }
}
