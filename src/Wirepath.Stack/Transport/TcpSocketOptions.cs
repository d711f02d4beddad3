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

    /// <summary>Hops that the IP header allows; 0: the host's default.</summary>
    public byte TimeToLive { get; init; }

    /// <summary>DSCP in the upper six bits (RFC 2474); the lower two belong to ECN.</summary>
    public byte TypeOfService { get; init; }

    /// <summary>True: routers may fragment what this connection sends; the path's MTU is not probed for (RFC 1191 off).</summary>
    public bool MayFragment { get; init; }

    /// <summary>See <see cref="TcpStream.Linger"/>.</summary>
    public TimeSpan? Linger { get; init; }

    /// <summary>True: Fast Open (RFC 7413). <see cref="InitialBytes"/> go with the SYN when a cookie of the peer is known; otherwise the SYN asks for one.</summary>
    public bool FastOpen { get; init; }

    /// <summary>Written before the SYN leaves (<c>MSG_FASTOPEN</c>); more than the send buffer takes is an error.</summary>
    public ReadOnlyMemory<byte> InitialBytes { get; init; }

    /// <summary>
    /// True, with <see cref="FastOpen"/> and a known cookie: the stream is there at once, and the SYN leaves with the first bytes written to it
    /// (<c>TCP_FASTOPEN_CONNECT</c>). Without a cookie it makes no difference.
    /// </summary>
    public bool FastOpenOnWrite { get; init; }
}
