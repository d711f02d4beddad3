using System.Globalization;
using BenchmarkDotNet.Attributes;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Bench;

/// <summary>A referral with 13 servers and their addresses from bytes to a message and back, and a cache that is asked.</summary>
public class DnsBenchmarks
{
    private const int Servers = 13;
    private const int CachedNames = 10_000;
    private const uint Ttl = 86_400;

    private readonly Instant _now = new(17_000_000_000_000_000);
    private readonly ResolverCache _cache = new();
    private readonly byte[] _written = new byte[DnsMessage.MaxSize];
    private readonly DomainName _absent = DomainName.Parse("nobody.example.");
    private DomainName[] _names = [];
    private DnsMessage _message = null!;
    private byte[] _bytes = [];
    private int _next;

    [GlobalSetup]
    public void Prepare()
    {
        DomainName zone = DomainName.Parse("com.");
        _message = DnsMessage.Query(1, new DnsQuestion(DomainName.Parse("www.example.com."), DnsType.A), recursionDesired: false).CreateResponse();
        for (int i = 0; i < Servers; i++)
        {
            DomainName server = DomainName.Parse($"{(char)('a' + i)}.gtld-servers.example.");
            _message.Authorities.Add(DnsRecord.ForName(zone, DnsType.NS, Ttl, server));
            _message.Additionals.Add(DnsRecord.ForAddress(server, Ttl, IpAddress.V4(192, 0, 2, (byte)i)));
        }

        _bytes = _message.ToArray();
        _names = [.. Enumerable.Range(0, CachedNames).Select(i => DomainName.Parse(string.Create(CultureInfo.InvariantCulture, $"host{i}.example.")))];
        foreach (DomainName name in _names)
            _cache.StoreSet(new Rrset([DnsRecord.ForAddress(name, Ttl, IpAddress.V4(192, 0, 2, 1))], [], Ttl), _now, _now);
        if (!ReadReferral() || !FindCached() || FindAbsent())
            throw new InvalidOperationException("The cache or the message is not what the benchmark takes it for.");
    }

    [Benchmark]
    public bool ReadReferral() => DnsMessage.TryRead(_bytes, out _);

    [Benchmark]
    public int WriteReferral() => _message.Write(_written, DnsMessage.MaxSize);

    [Benchmark]
    public bool FindCached() => _cache.TryGetSet(_names[_next = (_next + 1) % CachedNames], DnsType.A, _now, out _);

    [Benchmark]
    public bool FindAbsent() => _cache.TryGetSet(_absent, DnsType.A, _now, out _);
}
