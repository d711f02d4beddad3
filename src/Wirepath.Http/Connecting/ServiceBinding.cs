using System.Text;
using Wirepath.Dns;
using Wirepath.Wire;

namespace Wirepath.Http;

/// <summary>One endpoint that an HTTPS record names (RFC 9460 §2.5.2).</summary>
/// <param name="Priority">Lowest first.</param>
/// <param name="Target">Whose addresses are connected to.</param>
/// <param name="Port">The origin's unless the record says otherwise.</param>
/// <param name="Protocols">ALPN identifiers, the default one included.</param>
/// <param name="Hints">Addresses to use until the target's own are there.</param>
internal sealed record ServiceBinding(ushort Priority, DomainName Target, ushort Port, IReadOnlyList<string> Protocols, IReadOnlyList<IpAddress> Hints);

/// <summary>Reads the HTTPS records of an answer: an alias to follow, or endpoints that we can talk to.</summary>
internal static class ServiceBindings
{
    /// <summary>The one protocol that is spoken here, and the default of the https scheme (RFC 9460 §9.1.1).</summary>
    private const string Http11 = "http/1.1";

    /// <summary>Where the HTTPS records of an origin are (RFC 9460 §9.1): at its name, or below it when the port is not 443.</summary>
    public static bool TryGetQueryName(DomainName host, ushort port, out DomainName name)
    {
        name = host;
        return port == 443
            || (host.TryPrepend("_https"u8, out DomainName service) && service.TryPrepend(Encoding.ASCII.GetBytes($"_{port}"), out name));
    }

    /// <param name="answer">To an HTTPS question.</param>
    /// <param name="port">Of the origin.</param>
    /// <param name="alias">The target of an AliasMode record, when there is one; the root when it says that there is no such service.</param>
    /// <returns>Endpoints that we can talk to, best first; empty when there is an alias, and when there is none.</returns>
    public static List<ServiceBinding> Read(NameAnswer answer, ushort port, out DomainName? alias)
    {
        alias = null;
        var services = new List<ServiceBinding>();
        foreach (DnsRecord record in answer.Records)
        {
            if (record.Type != DnsType.HTTPS || !SvcbData.TryRead(record.Data, out SvcbData data))
                continue;
            if (data.IsAlias)
            {
                // §2.4.1: beside an alias, endpoints are not looked at.
                alias = data.Target;
                return [];
            }

            if (TryRead(record.Name, data, port, out ServiceBinding? service))
                services.Add(service!);
        }

        return [.. services.OrderBy(service => service.Priority)];
    }

    private static bool TryRead(DomainName owner, SvcbData data, ushort port, out ServiceBinding? service)
    {
        service = null;
        if (!UnderstandsMandatory(data) || !TryReadProtocols(data, out List<string> protocols) || !protocols.Contains(Http11))
            return false;
        if (data.TryGet(SvcParamKey.Port, out _) && !data.TryGetPort(out port))
            return false;
        service = new ServiceBinding(data.Priority, data.Target.IsRoot ? owner : data.Target, port, protocols, data.AddressHints());
        return true;
    }

    // §8: a record that needs something of which we know nothing is not for us.
    private static bool UnderstandsMandatory(SvcbData data)
    {
        if (!data.TryGet(SvcParamKey.Mandatory, out ReadOnlyMemory<byte> keys))
            return true;
        if (keys.Length == 0 || keys.Length % 2 != 0)
            return false;
        for (ReadOnlySpan<byte> rest = keys.Span; rest.Length > 0; rest = rest[2..])
        {
            var key = (SvcParamKey)((rest[0] << 8) | rest[1]);
            if (key is not (SvcParamKey.Alpn or SvcParamKey.NoDefaultAlpn or SvcParamKey.Port or SvcParamKey.Ipv4Hint or SvcParamKey.Ipv6Hint) || !data.TryGet(key, out _))
                return false;
        }

        return true;
    }

    // §7.1.1: identifiers with their lengths before them, none empty.
    private static bool TryReadProtocols(SvcbData data, out List<string> protocols)
    {
        protocols = [];
        bool hasAlpn = data.TryGet(SvcParamKey.Alpn, out ReadOnlyMemory<byte> alpn);
        ReadOnlySpan<byte> rest = alpn.Span;
        while (rest.Length > 0)
        {
            int length = rest[0];
            if (length == 0 || length >= rest.Length)
                return false;
            protocols.Add(Encoding.Latin1.GetString(rest.Slice(1, length)));
            rest = rest[(length + 1)..];
        }

        bool withoutDefault = data.TryGet(SvcParamKey.NoDefaultAlpn, out _);
        if (hasAlpn ? protocols.Count == 0 : withoutDefault)
            return false;
        if (!withoutDefault && !protocols.Contains(Http11))
            protocols.Add(Http11);
        return true;
    }
}
