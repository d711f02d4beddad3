using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Reads the data of a record of one type.</summary>
/// <returns>False when the data are not of that type's form.</returns>
public delegate bool RecordReader<T>(DnsRecord record, out T data);

/// <summary>A type of record and what its data are to a program.</summary>
/// <param name="Type">The type that is asked for.</param>
/// <param name="Reader">Makes a value of the data.</param>
public sealed record RecordKind<T>(DnsType Type, RecordReader<T> Reader);

/// <summary>The kinds of records that applications ask for. Others can be made: <c>new RecordKind&lt;T&gt;(type, reader)</c>.</summary>
public static class RecordKind
{
    public static RecordKind<IpAddress> A { get; } = new(DnsType.A, static (record, out address) => record.TryGetAddress(out address));

    public static RecordKind<IpAddress> Aaaa { get; } = new(DnsType.AAAA, static (record, out address) => record.TryGetAddress(out address));

    public static RecordKind<DomainName> Ns { get; } = new(DnsType.NS, static (record, out name) => record.TryGetName(out name));

    public static RecordKind<DomainName> Cname { get; } = new(DnsType.CNAME, static (record, out name) => record.TryGetName(out name));

    public static RecordKind<DomainName> Ptr { get; } = new(DnsType.PTR, static (record, out name) => record.TryGetName(out name));

    public static RecordKind<SoaData> Soa { get; } = new(DnsType.SOA, static (record, out soa) => record.TryGetSoa(out soa));

    /// <summary>In the order of the answer; the lowest preference is to be tried first.</summary>
    public static RecordKind<MxData> Mx { get; } = new(DnsType.MX, static (record, out mx) => record.TryGetMx(out mx));

    public static RecordKind<SrvData> Srv { get; } = new(DnsType.SRV, static (record, out srv) => record.TryGetSrv(out srv));

    public static RecordKind<TxtData> Txt { get; } = new(DnsType.TXT, static (record, out txt) => record.TryGetTxt(out txt));

    public static RecordKind<CaaData> Caa { get; } = new(DnsType.CAA, static (record, out caa) => CaaData.TryRead(record.Data, out caa));

    public static RecordKind<SvcbData> Https { get; } = new(DnsType.HTTPS, static (record, out https) => SvcbData.TryRead(record.Data, out https));

    public static RecordKind<SvcbData> Svcb { get; } = new(DnsType.SVCB, static (record, out svcb) => SvcbData.TryRead(record.Data, out svcb));
}
