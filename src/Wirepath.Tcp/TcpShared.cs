using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>What all connections and listeners of a host have in common: secrets, the budget of challenge ACKs, Fast Open's keys and cookies, counters.</summary>
public sealed class TcpShared
{
    public TcpShared(RandomSource random, TcpCounters counters)
    {
        ArgumentNullException.ThrowIfNull(random);
        Counters = counters;
        Cookies = new SynCookies(random.Fork("syn cookies"));
        FastOpenKeys = FastOpenKeys.Draw(random.Fork("fast open"));
        Challenges = new ChallengeBudget(random.Fork("challenges"));
    }

    public TcpCounters Counters { get; }

    internal SynCookies Cookies { get; }

    internal FastOpenKeys FastOpenKeys { get; }

    internal FastOpenCache FastOpenCookies { get; } = new();

    /// <summary>What was learnt of peers is forgotten: their Fast Open cookies.</summary>
    public void ForgetPeers() => FastOpenCookies.Clear();

    internal ChallengeBudget Challenges { get; }

    /// <summary>How the host's memory stands; kept up to date by the host.</summary>
    public MemoryState Memory { get; set; }
}

/// <summary>What a host's memory allows its connections.</summary>
public enum MemoryState : byte
{
    Plenty,
    /// <summary>Windows are opened no further.</summary>
    Pressure,
    /// <summary>Nothing more is kept: what arrives is dropped, for its sender to repeat.</summary>
    Exhausted,
}
