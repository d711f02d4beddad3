using Wirepath.Wire;

namespace Wirepath.Dns.Tests;

/// <summary>Answers, DS and DNSKEY sets of random and mutated bytes: judged, never thrown, never believed, never unbounded.</summary>
public sealed class HostileAnswerTests : IDisposable
{
    private static readonly string[] s_names = [".", "example.", "www.example.", "sub.example.", "a.b.sub.example.", "*.example.", "plain.example."];

    private static readonly DnsType[] s_types =
    [
        DnsType.A, DnsType.NS, DnsType.SOA, DnsType.CNAME, DnsType.DNAME, DnsType.MX, DnsType.TXT, DnsType.DS, DnsType.DNSKEY, DnsType.NSEC, DnsType.NSEC3, DnsType.RRSIG,
        DnsType.SRV, DnsType.NAPTR, DnsType.SIG, (DnsType)26, (DnsType)38, (DnsType)65280,
    ];

    private readonly SignedWorld _world = new();
    private readonly RandomSource _random = new(11);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Whatever_comes_is_judged_within_the_ledger_and_nothing_random_is_secure()
    {
        _world.Settings = new ResolverSettings { AcceptDsa = true, BogusTtl = TimeSpan.Zero };
        foreach (string question in (string[])["example. DS", "example. DNSKEY", "sub.example. DS", "sub.example. DNSKEY", "plain.example. DS"])
            _world.Bend(question, _ => _random.Chance(0.5) ? _world.Straight(Question(question)) : Random(Question(question)));
        for (int i = 0; i < 1500; i++)
        {
            var question = new DnsQuestion(Name(), _random.Chance(0.1) ? DnsType.ANY : Type());
            ResolvedMessage message = _world.Validate(Random(question));
            message.Security.ShouldNotBe(Security.Secure, $"{question} in round {i}");
            _world.Ledger.Signatures.ShouldBeLessThanOrEqualTo(_world.Settings.MostSignatures);
            _world.Ledger.Hashes.ShouldBeLessThanOrEqualTo(_world.Settings.MostHashes);
        }
    }

    private ResolvedMessage Random(DnsQuestion question) => new(question, _random.Next(4) switch { 0 => DnsRcode.NXDomain, 1 => DnsRcode.YXDomain, _ => DnsRcode.NoError })
    {
        Answers = Section(question),
        Authorities = Section(question),
        Additionals = Section(question),
        Sources = { IpAddress.Parse("192.0.2.66") },
    };

    private List<Rrset> Section(DnsQuestion question)
    {
        var records = new List<DnsRecord>();
        for (int count = _random.Next(5); count > 0; count--)
        {
            DomainName owner = _random.Chance(0.5) ? question.Name : Name();
            DnsType type = _random.Chance(0.5) && question.Type != DnsType.ANY ? question.Type : Type();
            records.Add(new DnsRecord(owner, type, DnsClass.IN, _random.NextUInt32(), Data(type)));
            if (_random.Chance(0.7))
                records.Add(new DnsRecord(owner, DnsType.RRSIG, DnsClass.IN, 60, Signature(type)));
        }

        return Rrset.Group(records);
    }

    // Half of the time something that can be read, with random numbers in it.
    private byte[] Data(DnsType type) => _random.Chance(0.5) ? Bytes(_random.Next(80)) : type switch
    {
        DnsType.NSEC => new NsecData(Name(), DnsTypeBitmap.Of(Type(), Type())).ToArray(),
        DnsType.NSEC3 => new Nsec3Data(1, (byte)_random.Next(3), (ushort)_random.Next(300), Bytes(_random.Next(9)), Bytes(20), DnsTypeBitmap.Of(Type())).ToArray(),
        DnsType.DS => new DsData(_world["example."].Key.KeyTag, (byte)_random.Next(17), (byte)_random.Next(5), Bytes(32)).ToArray(),
        DnsType.DNSKEY => new DnsKeyData((ushort)(256 + _random.Next(2)), 3, (byte)_random.Next(17), Bytes(_random.Next(300))).ToArray(),
        DnsType.CNAME or DnsType.DNAME or DnsType.NS => Name().Wire.ToArray(),
        _ => Bytes(_random.Next(40)),
    };

    private byte[] Signature(DnsType type)
    {
        uint now = (uint)_world.Time.Now.ToUnixTimeSeconds();
        DomainName signer = Name();
        ushort tag = _random.Chance(0.7) ? _world["example."].Key.KeyTag : _random.NextUInt16();
        return new RrsigData(_random.Chance(0.9) ? type : Type(), (byte)(_random.Chance(0.6) ? 13 : _random.Next(18)), (byte)_random.Next(5), 300,
            now + (uint)_random.Next(100_000), now - (uint)_random.Next(100_000), tag, signer, Bytes(_random.Chance(0.7) ? 64 : _random.Next(140))).ToArray();
    }

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        foreach (ref byte b in bytes.AsSpan())
            b = (byte)_random.NextUInt32();
        return bytes;
    }

    private DomainName Name() => DomainName.Parse(s_names[_random.Next(s_names.Length)]);

    private DnsType Type() => s_types[_random.Next(s_types.Length)];

    private static DnsQuestion Question(string text)
    {
        string[] words = text.Split(' ');
        DnsMnemonic.TryParseType(words[1], out DnsType type).ShouldBeTrue(text);
        return new DnsQuestion(DomainName.Parse(words[0]), type);
    }
}
