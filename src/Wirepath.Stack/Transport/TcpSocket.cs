using Wirepath.Tcp;
using Wirepath.Wire;

namespace Wirepath.Stack;

/// <summary>A row of the connection table, and its timer: a connection, and what the host keeps beside it. There may be a hundred thousand: each field counts.</summary>
internal sealed class TcpSocket(TcpLayer layer, TcpConnection connection) : WheelTimer, ITimerTarget
{
    private object? _owner;
    private Route? _route;

    public readonly TcpConnection Connection = connection;

    /// <summary>The next row with the same bucket.</summary>
    public TcpSocket? Chained;
    public int Hash;

    /// <summary>The application's end; null until connected or accepted.</summary>
    public TcpStream? Stream
    {
        get => _owner as TcpStream;
        set => _owner = value;
    }

    /// <summary>Until there is a stream: who asked for the connection,</summary>
    public TcpLayer.ConnectOperation? Connecting
    {
        get => _owner as TcpLayer.ConnectOperation;
        set
        {
            if (value is not null || _owner is TcpLayer.ConnectOperation)
                _owner = value;
        }
    }

    /// <summary>or who will be asked for it.</summary>
    public TcpAcceptor? Acceptor
    {
        get => _owner as TcpAcceptor;
        set => _owner = value;
    }

    public RouteDecision Route
    {
        get => new(_route!, _route!.Gateway.IsNone ? Connection.Id.Remote.Address : _route.Gateway, Connection.Id.Local.Address);
        set => _route = value.Route;
    }

    public int RouteVersion = -1;
    public int PathMtuVersion;
    public int Mss;
    public int Charged;
    public uint Retransmissions;

    /// <summary>What made it want to send.</summary>
    public EventId Cause;

    /// <summary>Of the IP header; 0: the host's.</summary>
    public byte TimeToLive;
    public byte TypeOfService;
    public bool MayFragment;

    public bool IsReady;
    public bool IsStarved;
    public bool IsEstablished;
    public bool IsRemoved;

    /// <summary>The application is gone.</summary>
    public bool IsOrphan;

    public void OnTimer(WheelTimer timer, Instant now) => layer.OnTimer(this, now);
}
