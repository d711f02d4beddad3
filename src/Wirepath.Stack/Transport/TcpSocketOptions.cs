using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>What a socket asks for before it connects.</summary>
public sealed record TcpSocketOptions
{
    /// <summary>The own end, as <c>bind</c> gives it; an unspecified address or port 0 is left to the host.</summary>
    public IpEndpoint Local { get; init; }

    /// <summary>Limits and timers of this connection; null for the host's.</summary>
    public TcpSettings? Tcp { get; init; }
}
