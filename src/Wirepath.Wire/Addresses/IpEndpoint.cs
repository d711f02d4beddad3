using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Wirepath.Wire;

/// <summary>An address and a port, as a value.</summary>
public readonly record struct IpEndpoint(IpAddress Address, ushort Port)
{
    public static IpEndpoint From(IPEndPoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return new(IpAddress.From(endpoint.Address), (ushort)endpoint.Port);
    }

    public IPEndPoint ToIPEndPoint() => new(Address.ToIPAddress(), Port);

    /// <summary>Reads <c>192.0.2.1:80</c> or <c>[2001:db8::1]:80</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpEndpoint endpoint)
    {
        endpoint = default;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            return false;
        string host = text![..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal))
            return false;
        if (!IpAddress.TryParse(host, out IpAddress address))
            return false;
        endpoint = new IpEndpoint(address, port);
        return true;
    }

    public override string ToString() => Address.IsV6
        ? string.Create(CultureInfo.InvariantCulture, $"[{Address}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Address}:{Port}");
}
