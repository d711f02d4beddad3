namespace Wirepath.Cli.Tests;

/// <summary>What <c>resolver</c> and <c>nameserver</c> say to wrong options and files, before anything listens.</summary>
public sealed class NameServerCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wirepath-names-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("resolver --listen 127.0.0.1", "--listen: '127.0.0.1' is not an address and a port")]
    [InlineData("resolver --metrics 192.0.2.1:9153", "--metrics: 192.0.2.1:9153 is not a loopback address")]
    [InlineData("resolver --certificate x", "--certificate and --key go together.")]
    [InlineData("resolver --threads 0", "--threads: '0' is not a whole number from 1 to 64.")]
    [InlineData("resolver --config nowhere.conf", "nowhere.conf:1:1: it cannot be read")]
    [InlineData("resolver --check nowhere.conf", "nowhere.conf:1:1: it cannot be read")]
    [InlineData("nameserver", "which zone?")]
    [InlineData("nameserver --zone a..b=x", "--zone: 'a..b' is not a domain name.")]
    [InlineData("nameserver --zone nowhere", "nowhere:1:1: it cannot be read")]
    [InlineData("nameserver --zone x --nsec3", "--keys and --nsec3 are about signing: give --sign too.")]
    [InlineData("nameserver --zone x --sign --opt-out", "--opt-out is a part of NSEC3: give --nsec3 too.")]
    [InlineData("nameserver --secondary example.com", "--secondary: 'example.com' is not a zone's name and its primary's address")]
    [InlineData("nameserver --zone x --allow-transfer everybody", "--allow-transfer: 'everybody' is not a prefix")]
    public void Wrong_options_and_files_end_with_2_and_a_sentence(string line, string expected)
    {
        CommandRun run = CommandRun.Of(line.Split(' '));
        run.Code.ShouldBe(2);
        run.Error.ShouldContain(expected);
        run.Text.ShouldBeEmpty();
    }

    [Fact]
    public void Files_are_checked_and_zones_printed_without_listening()
    {
        string zone = Path.Combine(_folder, "example.zone");
        File.WriteAllText(zone, "$ORIGIN example.\n$TTL 1h\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nwww CNAME\n");
        CommandRun run = CommandRun.Of("nameserver", "--zone", zone, "--check");
        (run.Code, run.Error).ShouldBe((2, $"wirepath: {zone}:6:10: the name it points to is expected here.\n"));

        File.WriteAllText(zone, File.ReadAllText(zone).Replace("CNAME", "CNAME ns", StringComparison.Ordinal));
        run = CommandRun.Of("nameserver", "--zone", zone, "--check");
        (run.Code, run.Text, run.Error).ShouldBe((0, "", ""));
        run = CommandRun.Of("nameserver", "--zone", zone, "--print", "--sign");
        run.Code.ShouldBe(0);
        run.Text.ShouldContain("$ORIGIN example.\n");
        run.Text.ShouldContain("\tDNSKEY\t257 3 13 ");
        run.Text.ShouldContain("\tNSEC\tns.example. NS SOA RRSIG NSEC DNSKEY");

        string configuration = Path.Combine(_folder, "resolver.conf");
        File.WriteAllText(configuration, "server:\n  access-control: 192.0.2.0/24 perhaps\n");
        run = CommandRun.Of("resolver", "--check", configuration);
        run.Code.ShouldBe(2);
        run.Error.ShouldStartWith($"wirepath: {configuration}:2:");
        File.WriteAllText(configuration, "server:\n  access-control: 192.0.2.0/24 allow\n");
        CommandRun.Of("resolver", "--check", configuration).Code.ShouldBe(0);
    }
}
