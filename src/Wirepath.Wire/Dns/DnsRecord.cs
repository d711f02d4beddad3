using System.Globalization;

namespace Wirepath.Wire;

/// <summary>One resource record (RFC 1035 §4.1.3), immutable.</summary>
/// <param name="Name">Owner.</param>
/// <param name="Type">Says what <paramref name="Data"/> is.</param>
/// <param name="Class">Nearly always IN.</param>
/// <param name="Ttl">Seconds.</param>
/// <param name="Data">RDATA in wire form, names inside decompressed, case preserved.</param>
public sealed record DnsRecord(DomainName Name, DnsType Type, DnsClass Class, uint Ttl, ReadOnlyMemory<byte> Data)
{
    /// <summary>An A or AAAA record.</summary>
    public static DnsRecord ForAddress(DomainName name, uint ttl, IpAddress address)
    {
        byte[] data = new byte[address.Size];
        address.Write(data);
        return new DnsRecord(name, address.IsV4 ? DnsType.A : DnsType.AAAA, DnsClass.IN, ttl, data);
    }

    /// <summary>A record whose data is one name: NS, CNAME, PTR, DNAME.</summary>
    public static DnsRecord ForName(DomainName name, DnsType type, uint ttl, DomainName target) =>
        new(name, type, DnsClass.IN, ttl, target.Wire.ToArray());

    public static DnsRecord ForSoa(DomainName name, uint ttl, SoaData soa) => new(name, DnsType.SOA, DnsClass.IN, ttl, soa.ToArray());

    public static DnsRecord ForMx(DomainName name, uint ttl, MxData mx) => new(name, DnsType.MX, DnsClass.IN, ttl, mx.ToArray());

    public static DnsRecord ForTxt(DomainName name, uint ttl, params ReadOnlySpan<string> strings) =>
        new(name, DnsType.TXT, DnsClass.IN, ttl, TxtData.FromText(strings).ToArray());

    /// <summary>The address of an A or AAAA record.</summary>
    public bool TryGetAddress(out IpAddress address)
    {
        address = default;
        if ((Type, Data.Length) is not ((DnsType.A, 4) or (DnsType.AAAA, 16)) || Class != DnsClass.IN)
            return false;
        address = IpAddress.Read(Data.Span);
        return true;
    }

    /// <summary>The name of an NS, CNAME, PTR or DNAME record.</summary>
    public bool TryGetName(out DomainName name)
    {
        name = default;
        return Type is DnsType.NS or DnsType.CNAME or DnsType.PTR or DnsType.DNAME
            && DomainName.TryRead(Data.Span, out name) && name.Size == Data.Length;
    }

    public bool TryGetSoa(out SoaData soa)
    {
        soa = default;
        return Type == DnsType.SOA && SoaData.TryRead(Data, out soa);
    }

    public bool TryGetMx(out MxData mx)
    {
        mx = default;
        return Type == DnsType.MX && MxData.TryRead(Data, out mx);
    }

    public bool TryGetSrv(out SrvData srv)
    {
        srv = default;
        return Type == DnsType.SRV && SrvData.TryRead(Data, out srv);
    }

    public bool TryGetTxt(out TxtData txt)
    {
        txt = default;
        return Type is DnsType.TXT or DnsType.SPF && TxtData.TryRead(Data, out txt);
    }

    /// <summary>True when the records belong to one RRset (RFC 2181 §5).</summary>
    public bool IsSameSet(DnsRecord other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Type == other.Type && Class == other.Class && Name == other.Name;
    }

    public bool Equals(DnsRecord? other) =>
        other is not null && IsSameSet(other) && Ttl == other.Ttl && Data.Span.SequenceEqual(other.Data.Span);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Name);
        hash.Add(Type);
        hash.AddBytes(Data.Span);
        return hash.ToHashCode();
    }

    /// <summary>RDATA in presentation format, of unknown types as <c>\# 3 010203</c> (RFC 3597 §5).</summary>
    public string DataToString() => RdataText.Format(Type, Data);

    /// <summary>The line of a zone file: <c>www.example.com. 3600 IN A 192.0.2.1</c></summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} {Ttl} {DnsMnemonic.Of(Class)} {DnsMnemonic.Of(Type)} {DataToString()}");
}
