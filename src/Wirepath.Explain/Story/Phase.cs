using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>What a stretch of a navigation was spent on.</summary>
public enum PhaseKind
{
    /// <summary>Neither the network nor a server was waited for: the programs' own time, and gaps.</summary>
    Other,
    Dns,
    /// <summary>The client waited for a neighbour's MAC address, whatever wanted to be sent.</summary>
    Arp,
    Connect,
    Tls,
    /// <summary>From the request to the first byte of the answer's head.</summary>
    Wait,
    Transfer,
    /// <summary>An exchange whose answer was "ask there instead".</summary>
    Redirect,
}

/// <summary>A stretch of time with one main occupation. The phases of a navigation touch each other and cover it whole.</summary>
/// <param name="Hop">Which URL of a chain of redirects it belongs to, from 0.</param>
public sealed record Phase(PhaseKind Kind, Instant Start, Instant End, int Hop)
{
    public TimeSpan Duration => End - Start;
}
