namespace Wirepath.Devices;

/// <summary>How passt is started.</summary>
public sealed record PasstSettings
{
    /// <summary>
    /// passt takes connections to the gateway's address to the host's own loopback. Default on, as in passt; off where
    /// the gateway is itself asked for something, such as the name server of a home router.
    /// </summary>
    public bool GatewayIsHost { get; init; } = true;

    /// <summary>How long passt may take until it listens. Default 10 s: it needs milliseconds; a machine under load gets its time.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>More of passt's own options: <c>--mtu 65520</c>, <c>--address 10.0.2.15</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>How the frames are carried.</summary>
    public FrameSocketSettings Socket { get; init; } = new();
}
