namespace Wirepath.Tcp.Tests.Exploration;

/// <summary>What an application does next, in its turn. Reading is not among it: whatever is readable may be read at any time.</summary>
internal enum Call : byte
{
    /// <summary>Writes <see cref="Step.Bytes"/>; what finds no room is written when there is some.</summary>
    Write,
    /// <summary>Waits until everything was read and the peer has closed.</summary>
    AwaitEnd,
    Shutdown,
    Close,
    Abort,
}

internal readonly record struct Step(Call Call, int Bytes = 0);

/// <summary>
/// What is explored together: two ends, what their applications do, and how often the network may misbehave. Each
/// misbehaviour may happen at any moment; orders of delivery between the two directions, of calls and of reads are free.
/// </summary>
internal sealed record Scope(string Name)
{
    public TcpSettings Client { get; init; } = Small;
    public TcpSettings Server { get; init; } = Small;
    public Step[] ClientCalls { get; init; } = [];
    public Step[] ServerCalls { get; init; } = [];

    /// <summary>Both ends open actively (RFC 9293 figure 7).</summary>
    public bool Simultaneous { get; init; }

    public int Mss { get; init; } = 100;
    public int Losses { get; init; }
    public int Duplicates { get; init; }

    /// <summary>Deliveries of a segment before one that was sent earlier.</summary>
    public int Reorders { get; init; }

    /// <summary>Timers that fire although segments are under way.</summary>
    public int EarlyTimers { get; init; }

    /// <summary>A path MTU that lets only this MSS through is reported to the client at any moment; 0: never.</summary>
    public int PathMss { get; init; }

    /// <summary>RST and SYN inside the window, but not at its edge (RFC 5961), to either end.</summary>
    public int Forgeries { get; init; }

    /// <summary>Data segments carry URG, and a pointer at their first byte.</summary>
    public bool Urgent { get; init; }

    /// <summary>An end that aborts, or closes without reading, owes the other nothing.</summary>
    public bool MayAbort => ClientCalls.Concat(ServerCalls).Any(step => step.Call == Call.Abort)
        || !(IsPatient(ClientCalls) && IsPatient(ServerCalls));

    public int ClientBytes => ClientCalls.Sum(step => step.Bytes);
    public int ServerBytes => ServerCalls.Sum(step => step.Bytes);

    private static bool IsPatient(Step[] calls)
    {
        int close = Array.FindIndex(calls, step => step.Call == Call.Close);
        return close < 0 || Array.FindIndex(calls, step => step.Call == Call.AwaitEnd) is >= 0 and var wait && wait < close;
    }

    /// <summary>Every retry is generous: the budget of losses ends before the patience does.</summary>
    public static TcpSettings Small { get; } = new()
    {
        SynRetries = 30,
        SynAckRetries = 30,
        Retries2 = 60,
        OrphanRetries = 60,
        ReceiveBuffer = new BufferSizes(1000, 1000, 1000),
        SendBuffer = new BufferSizes(16384, 16384, 16384),
        TuneReceiveBuffer = false,
    };

    public static TcpSettings Bare { get; } = Small with { Sack = false, Timestamps = false, WindowScaling = false };
}
