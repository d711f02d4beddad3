using Wirepath.Stack;
using Wirepath.Tcp;

namespace Wirepath.Packetdrill;

/// <summary>What a socket was told by setsockopt: settings of the stack, and values that are only kept to be read again.</summary>
internal sealed class SocketOptions
{
    // Values that mean nothing to a host whose packets a script carries: queues, filters, marks of the operating system.
    private readonly Dictionary<string, long> _kept;

    public SocketOptions(TcpSettings settings) => (Settings, _kept) = (settings, []);

    /// <summary>What an accepted connection inherits from its listener.</summary>
    public SocketOptions(SocketOptions listener)
    {
        (Settings, NoDelay, Cork, KeepAlive) = (listener.Settings, listener.NoDelay, listener.Cork, listener.KeepAlive);
        (ReceiveLowWater, Linger, NotSentLowWater, Inq) = (listener.ReceiveLowWater, listener.Linger, listener.NotSentLowWater, listener.Inq);
        (TimeToLive, TypeOfService, MayFragment) = (listener.TimeToLive, listener.TypeOfService, listener.MayFragment);
        (ReceiveTimeout, SendTimeout) = (listener.ReceiveTimeout, listener.SendTimeout);
        _kept = new Dictionary<string, long>(listener._kept);
    }

    public TcpSettings Settings { get; set; }

    public bool NoDelay { get; set; }

    public bool Cork { get; set; }

    public bool KeepAlive { get; set; }

    public int ReceiveLowWater { get; set; } = 1;

    /// <summary>SO_LINGER; null while it is off.</summary>
    public TimeSpan? Linger { get; set; }

    /// <summary>Bytes; 0 leaves it to the host's settings.</summary>
    public long NotSentLowWater { get; set; }

    /// <summary>TCP_FASTOPEN of a listener.</summary>
    public int FastOpenQueue { get; set; }

    public FastOpenKeys? FastOpenKeys { get; set; }

    /// <summary>TCP_INQ: recvmsg tells what is left.</summary>
    public bool Inq { get; set; }

    public byte TimeToLive { get; set; }

    public byte TypeOfService { get; set; }

    /// <summary>IP_PMTUDISC_DONT.</summary>
    public bool MayFragment { get; set; }

    /// <summary>Zero: no bound.</summary>
    public TimeSpan ReceiveTimeout { get; set; }

    public TimeSpan SendTimeout { get; set; }

    /// <summary>The SOF_TIMESTAMPING_ bits.</summary>
    public long Timestamping { get; set; }

    public long? Kept(string name) => _kept.TryGetValue(name, out long value) ? value : null;

    public void Keep(string name, long value) => _kept[name] = value;

    public TcpSocketOptions ForConnect(Wire.IpEndpoint local) => new()
    {
        Local = local, Tcp = Kept("TCP_FASTOPEN_NO_COOKIE") is > 0 ? Settings with { FastOpen = Settings.FastOpen | Constants.FastOpenWithoutCookie } : Settings, TimeToLive = TimeToLive, TypeOfService = TypeOfService, MayFragment = MayFragment,
        FastOpen = Kept("TCP_FASTOPEN_CONNECT") is > 0, FastOpenOnWrite = Kept("TCP_FASTOPEN_CONNECT") is > 0,
    };

    public void ApplyTo(TcpStream stream)
    {
        if (NoDelay && !stream.NoDelay)
            stream.NoDelay = true;
        if (stream.Cork != Cork)
            stream.Cork = Cork;
        if (stream.KeepAlive != KeepAlive)
            stream.KeepAlive = KeepAlive;
        if (stream.Settings != Settings)
            stream.Settings = Settings;
        stream.ReceiveLowWater = ReceiveLowWater;
        (stream.TimeToLive, stream.TypeOfService, stream.MayFragment) = (TimeToLive, TypeOfService, MayFragment);
    }

    public void ApplyTo(TcpAcceptor acceptor)
    {
        (acceptor.Settings, acceptor.TimeToLive, acceptor.TypeOfService, acceptor.MayFragment) = (Settings, TimeToLive, TypeOfService, MayFragment);
        (acceptor.FastOpenQueueLimit, acceptor.FastOpenKeys) = (FastOpenQueue, FastOpenKeys);
    }
}
