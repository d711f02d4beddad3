namespace Wirepath.Http;

/// <summary>RFC 9112 §9.3: persistence.</summary>
public static class HttpConnectionRules
{
    /// <summary>What one side's head says of the connection after this message.</summary>
    public static bool Persists(HttpVersion version, HttpHeaders headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (headers.HasToken("Connection", "close"))
        {
            return false;
        }

        return version.IsAtLeast11 || headers.HasToken("Connection", "keep-alive");
    }

    /// <summary>Whether the connection can carry another exchange after this one.</summary>
    public static bool ConnectionPersists(RequestHead request, ResponseHead response, BodyFraming responseFraming)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        return request.ConnectionPersists && response.ConnectionPersists && !responseFraming.ClosesConnection && responseFraming.Kind is not (BodyFramingKind.UntilClose or BodyFramingKind.Tunnel);
    }
}
