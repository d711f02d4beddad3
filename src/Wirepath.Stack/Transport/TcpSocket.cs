using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>A row of the connection table: a connection, and what the host keeps beside it.</summary>
internal sealed class TcpSocket : ITimerTarget
{
    private readonly TcpLayer _layer;

    public TcpSocket(TcpLayer layer, TcpConnection connection)
    {
        (_layer, Connection) = (layer, connection);
        Timer = new WheelTimer(this);
    }

    public readonly TcpConnection Connection;
    public readonly WheelTimer Timer;

    /// <summary>The application's end; null until connected or accepted.</summary>
    public TcpStream? Stream;
    public TcpLayer.ConnectOperation? Connecting;
    public TcpAcceptor? Acceptor;

    public RouteDecision Route;
    public int RouteVersion = -1;
    public int PathMtuVersion;
    public int Mss;

    /// <summary>Of the IP header; 0: the host's.</summary>
    public byte TimeToLive;
    public byte TypeOfService;
    public bool MayFragment;

    /// <summary>What made it want to send.</summary>
    public EventId Cause;
    public long Charged;
    public long Retransmissions;
    public bool IsReady;
    public bool IsStarved;
    public bool IsEstablished;
    public bool IsRemoved;

    public void OnTimer(WheelTimer timer, Instant now) => _layer.OnTimer(this, now);
}
