using Wirepath.Wire;

namespace Wirepath.Packetdrill;

/// <summary>What a script's <c>--options</c> and their defaults say about the test's surroundings.</summary>
internal sealed record ScriptOptions
{
    /// <summary>How far from its time an event may be.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMilliseconds(4);

    /// <summary>Real time of one tick of our timestamp clock; zero: its values are not checked.</summary>
    public TimeSpan TimestampTick { get; init; } = TimeSpan.Zero;

    public IpAddress LocalIp { get; init; } = IpAddress.V4(192, 168, 0, 1);

    public IpAddress RemoteIp { get; init; } = IpAddress.V4(192, 0, 2, 1);

    public IpAddress GatewayIp { get; init; } = IpAddress.V4(192, 168, 0, 2);

    public int PrefixLength { get; init; } = 16;

    /// <summary>Port of a <c>bind</c> whose address is <c>...</c></summary>
    public ushort BindPort { get; init; } = 8080;

    /// <summary>Port of a <c>connect</c> whose address is <c>...</c></summary>
    public ushort ConnectPort { get; init; } = 8080;

    public int Mtu { get; init; } = 1500;

    /// <summary>True: segments are compared one by one. False: a script written where a device cuts super-segments names several as one.</summary>
    public bool StrictSegments { get; init; }

    /// <summary>What these options need that is not offered; null when all is well.</summary>
    public string? Unoffered { get; init; }
}
