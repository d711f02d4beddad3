namespace Wirepath.Http;

/// <summary>How a connection to a name is sought: RFC 8305 (happy eyeballs) and RFC 9460 (HTTPS records).</summary>
public sealed record ConnectSettings
{
    /// <summary>How long IPv4 addresses wait for the answer about IPv6 ones. 50 ms (RFC 8305 §3).</summary>
    public TimeSpan ResolutionDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long an attempt is given before the next one starts beside it. 250 ms (RFC 8305 §5); a failure starts the next at once.</summary>
    public TimeSpan ConnectionAttemptDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long known addresses wait for the HTTPS record, and for the addresses of what it names. 50 ms: it is a hint, no condition.</summary>
    public TimeSpan ServicePatience { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Attempts at the most. 16: a name with more addresses is made to waste our time.</summary>
    public int MostAttempts { get; init; } = 16;

    /// <summary>Ask for HTTPS records of https URLs.</summary>
    public bool UseHttpsRecords { get; init; } = true;

    /// <summary>
    /// An http URL whose name has an HTTPS record is fetched as https (RFC 9460 §9.5). Off, as in browsers' default for what was typed with http.
    /// </summary>
    public bool UpgradeHttp { get; init; }

    /// <summary>How long an http URL waits to learn whether it is to be https. 1 s; then it stays http.</summary>
    public TimeSpan UpgradePatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>AliasMode records that are followed one after another. 8.</summary>
    public int MostServiceAliases { get; init; } = 8;

    /// <summary>Alternative endpoints of one name that are tried; those with the lowest priority values. 4.</summary>
    public int MostServices { get; init; } = 4;
}
