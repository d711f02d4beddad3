using System.Globalization;

namespace Wirepath.Tcp.Tests.Exploration;

/// <summary>What a path of choices led to that must not be.</summary>
internal sealed record Violation(Scope Scope, byte[] Path, string What)
{
    public string Replay => $"{Scope.Name}:{string.Join('.', Path)}";

    public override string ToString()
    {
        var lines = new List<string>();
        Explorer.Play(Scope, Path, lines);
        return string.Create(CultureInfo.InvariantCulture, $"""
            {What}
            scope {Scope.Name}, {Path.Length} choices; again with WIREPATH_EXPLORE={Replay}
            {string.Join('\n', lines)}
            """);
    }
}

/// <summary>
/// Depth first through all that may happen in a scope. A connection cannot be copied, so a state is reached by playing the
/// choices that lead to it again; a state that was reached before by another path is not followed twice.
/// The first choice of a state is what a good network and diligent applications do, so that below every state that is
/// visited lies the run in which from now on everything arrives: none of these may be without end, nor end unfinished.
/// </summary>
internal sealed class Explorer(Scope scope)
{
    /// <summary>No run takes as many steps: it would be without end.</summary>
    private const int MostSteps = 1000;

    private readonly HashSet<ulong> _visited = [];
    private readonly byte[] _path = new byte[MostSteps];
    private readonly ulong[] _states = new ulong[MostSteps];
    private readonly List<Choice> _replayed = [];

    public long Visited => _visited.Count;

    public long Transitions { get; private set; }

    public int Deepest { get; private set; }

    public long Ends { get; private set; }

    /// <summary>Stops at the first violation.</summary>
    /// <param name="most">States after which it stops unfinished.</param>
    public Violation? Run(long most = long.MaxValue)
    {
        var world = new ExploredWorld(scope);
        return Explore(world, 0, most);
    }

    /// <summary>The exploration came to its end by itself.</summary>
    public bool IsComplete { get; private set; } = true;

    // Takes the world over.
    private Violation? Explore(ExploredWorld world, int depth, long most)
    {
        ulong state = world.Fingerprint();
        Deepest = Math.Max(Deepest, depth);
        if (_visited.Count >= most)
            IsComplete = false;
        if (!IsComplete || !_visited.Add(state))
        {
            world.Dispose();
            return IsComplete && _states.AsSpan(0, depth).Contains(state) ? Found(depth, "the same state comes round again: nobody gets on") : null;
        }

        _states[depth] = state;
        if (depth == MostSteps - 1)
            return Found(depth, "no end in sight");
        var choices = new List<Choice>();
        world.List(choices);
        if (choices.Count == 0)
        {
            Ends++;
            string? unfinished = world.Unfinished();
            world.Dispose();
            return unfinished is null ? null : Found(depth, unfinished);
        }

        for (int i = 0; i < choices.Count && IsComplete; i++)
        {
            if (i > 0)
                world = Replay(depth);
            _path[depth] = (byte)i;
            Transitions++;
            string? complaint = TryDo(world, choices[i]);
            if (complaint is not null)
            {
                world.Dispose();
                return Found(depth + 1, complaint);
            }

            if (Explore(world, depth + 1, most) is { } violation)
                return violation;
        }

        return null;
    }

    private ExploredWorld Replay(int depth)
    {
        var world = new ExploredWorld(scope);
        for (int i = 0; i < depth; i++)
        {
            world.List(_replayed);
            world.Do(_replayed[_path[i]]);
        }

        return world;
    }

    private Violation Found(int depth, string what) => new(scope, _path[..depth], what);

    private static string? TryDo(ExploredWorld world, Choice choice)
    {
        try
        {
            return world.Do(choice);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e.ToString(); // whatever the network does, nothing throws
        }
    }

    /// <summary>One path, with its trace.</summary>
    /// <returns>What is wrong at its end; null when nothing is.</returns>
    public static string? Play(Scope scope, ReadOnlySpan<byte> path, List<string> trace)
    {
        using var world = new ExploredWorld(scope, trace);
        var choices = new List<Choice>();
        foreach (byte number in path)
        {
            world.List(choices);
            if (TryDo(world, choices[number]) is { } complaint)
                return complaint;
        }

        world.List(choices);
        return choices.Count == 0 ? world.Unfinished() : null;
    }
}
