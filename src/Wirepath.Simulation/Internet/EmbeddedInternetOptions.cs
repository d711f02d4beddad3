using Wirepath.Stack;

namespace Wirepath.Simulation;

/// <summary>What may differ from one embedded internet to the next.</summary>
public sealed record EmbeddedInternetOptions
{
    /// <summary>Of the PC: where <c>--sysctl</c> goes.</summary>
    public HostSettings Pc { get; init; } = HostSettings.Default;

    /// <summary>Of all other hosts.</summary>
    public HostSettings Others { get; init; } = HostSettings.Default;

    /// <summary>
    /// Changes to links, by name (<see cref="EmbeddedInternet.LinkNames"/>), made before anything is sent, so that the
    /// hosts at both ends know an MTU that differs.
    /// </summary>
    public IReadOnlyDictionary<string, Func<LinkSettings, LinkSettings>> Links { get; init; } = new Dictionary<string, Func<LinkSettings, LinkSettings>>();

    /// <summary>The PC's hosts file.</summary>
    public string HostsFile { get; init; } = """
        127.0.0.1   localhost
        192.168.1.1 router.home
        """;
}
