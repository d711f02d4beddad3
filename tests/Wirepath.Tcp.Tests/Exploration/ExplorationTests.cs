using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Wirepath.Tests;
using Wirepath.Wire;

namespace Wirepath.Tcp.Tests.Exploration;

/// <summary>
/// Two small real connections and every interleaving of what the network, the clock and the applications can do within a
/// scope. docs/testing-tcp.md says what is held against each state. <c>WIREPATH_EXPLORE=scope:choices</c> plays one path
/// and prints it; <c>WIREPATH_EXPLORE=scope</c> explores one scope alone.
/// </summary>
public sealed class ExplorationTests(ITestOutputHelper output)
{
    /// <summary>Of one scope; with WIREPATH_LONG=1 twenty times as many. A scope that has more is followed depth first up to here, and marked.</summary>
    private const int MostStates = 200_000;

    private static readonly string? s_asked = Environment.GetEnvironmentVariable("WIREPATH_EXPLORE");

    [Fact]
    public void Whatever_happens_within_the_scopes_every_byte_arrives_once_and_both_ends_finish()
    {
        if (s_asked is not null && s_asked.Contains(':', StringComparison.Ordinal))
        {
            Replay(s_asked);
            return;
        }

        long outstanding = BlockPool.Shared.Outstanding;
        var found = new ConcurrentQueue<Violation>();
        var told = new ConcurrentQueue<string>();
        long visited = 0;
        long transitions = 0;
        long started = Stopwatch.GetTimestamp();
        IEnumerable<Scope> scopes = Scopes.All.Where(scope => s_asked is null || scope.Name == s_asked);
        // One at a time from a common list, so that the long ones spread over the processors.
        Parallel.ForEach(Partitioner.Create(scopes, EnumerablePartitionerOptions.NoBuffering), scope =>
        {
            long begun = Stopwatch.GetTimestamp();
            var explorer = new Explorer(scope);
            if (explorer.Run(LongRun.Count(MostStates, 20 * MostStates)) is { } violation)
                found.Enqueue(violation);
            Interlocked.Add(ref visited, explorer.Visited);
            Interlocked.Add(ref transitions, explorer.Transitions);
            told.Enqueue(string.Create(CultureInfo.InvariantCulture,
                $"{scope.Name,-26} {explorer.Visited,10:n0} states {explorer.Transitions,11:n0} transitions {explorer.Ends,8:n0} ends, {explorer.Deepest,3} deep, {Stopwatch.GetElapsedTime(begun).TotalSeconds,5:0.0} s{(explorer.IsComplete ? "" : ", and there are more")}"));
        });
        string summary = string.Create(CultureInfo.InvariantCulture,
            $"{visited:n0} states, {transitions:n0} transitions in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        output.WriteLine(string.Join('\n', told.Order(StringComparer.Ordinal).Append(summary)));
        found.ShouldBeEmpty(string.Join("\n\n", found.Select(violation => violation.ToString())));
        BlockPool.Shared.Outstanding.ShouldBe(outstanding, "blocks leaked");
        if (s_asked is null)
            visited.ShouldBeGreaterThan(1_000_000);
    }

    [Fact]
    public void What_the_fingerprint_leaves_out_exists() => Fingerprint.Stale.ShouldBeEmpty();

    private void Replay(string asked)
    {
        string[] parts = asked.Split(':');
        Scope scope = Scopes.All.Single(scope => scope.Name == parts[0]);
        byte[] path = [.. parts[1].Split('.').Select(number => byte.Parse(number, CultureInfo.InvariantCulture))];
        var trace = new List<string>();
        string? complaint = Explorer.Play(scope, path, trace);
        output.WriteLine(string.Join('\n', trace));
        complaint.ShouldBeNull();
    }
}
