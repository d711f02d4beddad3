using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Resolver.Tests;

/// <summary>Files that the two servers read: what is wrong is told with its place.</summary>
public sealed class SetupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wirepath-setup-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private const string Zone = "$ORIGIN example.\n$TTL 1h\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";

    [Fact]
    public void A_configuration_brings_in_the_files_that_it_names()
    {
        Write("hints", "a.root. 60 A 192.0.2.4\n. 60 NS a.root.\n");
        Write("anchor", ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n");
        Write("more/a.conf", "server:\n  access-control: 192.0.2.0/24 allow\n");
        Write("more/b.conf", "server:\n  access-control: 198.51.100.0/24 allow\n");
        string path = Write("resolver.conf", "include: \"more/*.conf\"\nserver:\n  root-hints: \"hints\"\n  trust-anchor-file: \"anchor\"\n");
        ResolverSetup.TryRead(path, out ResolverSetup? setup, out TextError error).ShouldBeTrue(error.ToString());
        setup!.Hints.Servers.ShouldHaveSingleItem().Address.ShouldBe(IpAddress.Parse("192.0.2.4"));
        setup.Configuration.Access.Count.ShouldBe(2);
        setup.Configuration.TrustAnchors.ShouldHaveSingleItem().Type.ShouldBe(DnsType.DS);

        Write("hints", "a.root. 60 A 192.0.2\n");
        ResolverSetup.TryRead(path, out _, out error).ShouldBeFalse();
        (Path.GetFileName(error.File), error.Line, error.Column).ShouldBe(("hints", 1, 14));
        ResolverSetup.TryRead(Path.Combine(_folder, "nowhere"), out _, out error).ShouldBeFalse();
        error.Message.ShouldStartWith("it cannot be read: ");
        ResolverSetup.TryRead(null, out setup, out _).ShouldBeTrue();
        setup!.Hints.Servers.Count.ShouldBe(26);
        setup.Configuration.TrustAnchors.Select(a => a.ToString()).ShouldContain(a => a.Contains(" 20326 8 2 ", StringComparison.Ordinal)); // the Internet's
    }

    [Fact]
    public void Keys_are_made_once_and_only_their_owner_can_read_them()
    {
        string zone = Write("example.zone", Zone);
        string keys = Path.Combine(_folder, "keys");
        var signing = new ZoneSigning { KeyFolder = keys };
        DnsRecord first = Read();
        Read().ShouldBe(first);
        foreach (string file in Directory.GetFiles(keys))
        {
            if (!OperatingSystem.IsWindows())
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.WriteAllText(Path.Combine(keys, "example.ksk.pem"), "nothing");
        using var broken = new NameserverSetup([new ZoneSource(null, zone)], signing, TimeProvider.System);
        broken.TryRead(out _, out TextError error).ShouldBeFalse();
        error.Message.ShouldStartWith("a private key in PEM is expected");

        DnsRecord Read()
        {
            using var setup = new NameserverSetup([new ZoneSource(null, zone)], signing, TimeProvider.System);
            setup.TryRead(out ZoneSet? zones, out TextError wrong).ShouldBeTrue(wrong.ToString());
            zones!.Zones.ShouldHaveSingleItem().IsSigned.ShouldBeTrue();
            return setup.DelegationSigners.ShouldHaveSingleItem();
        }
    }

    [Fact]
    public void Zones_that_are_wrong_or_given_twice_are_refused_with_their_place()
    {
        string zone = Write("example.zone", Zone + "$INCLUDE sub/hosts\n");
        Problem(zone).ShouldEndWith("example.zone:6:10: '" + Path.Combine(_folder, "sub/hosts") + "' cannot be read: Could not find a part of the path '" + Path.Combine(_folder, "sub/hosts") + "'.");
        Write("sub/hosts", "www A 192.0.2\n");
        Problem(zone).ShouldEndWith("sub/hosts:1:7: '192.0.2' is not an IPv4 address.");
        Write("sub/hosts", "www A 192.0.2.80\n");
        Problem(zone).ShouldBe("");
        Problem(zone, zone).ShouldEndWith("the zone example. is given twice.");

        static string Problem(params string[] files)
        {
            using var setup = new NameserverSetup([.. files.Select(f => new ZoneSource(null, f))], null, TimeProvider.System);
            return setup.TryRead(out _, out TextError error) ? "" : error.ToString();
        }
    }
}
