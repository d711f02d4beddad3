using System.Collections.Concurrent;
using System.Globalization;
using Wirepath.Tests;
using Wirepath.Wire;

namespace Wirepath.Simulation.Tests;

/// <summary>
/// Ten thousand random worlds: whole hosts, one connection each. A seed that fails prints itself, what it had decided and
/// the command that plays it again with a capture.
/// </summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class SeedTests(ITestOutputHelper output)
{
    [Fact]
    public void In_ten_thousand_random_worlds_every_byte_arrives_once_and_nothing_is_left_over()
    {
        int count = LongRun.Count(10_000, 200_000);
        long outstanding = BlockPool.Shared.Outstanding;
        var failed = new ConcurrentQueue<SeedOutcome>();
        long bytes = 0;
        long frames = 0;
        long virtualTicks = 0;
        Parallel.For(0, count, seed =>
        {
            SeedOutcome outcome = SeedWorld.Play((ulong)seed);
            Interlocked.Add(ref bytes, outcome.Bytes);
            Interlocked.Add(ref frames, outcome.Frames);
            Interlocked.Add(ref virtualTicks, outcome.Elapsed.Ticks);
            if (outcome.Complaint is not null)
                failed.Enqueue(outcome);
        });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count:n0} worlds, {frames:n0} frames, {bytes:n0} bytes compared, {TimeSpan.FromTicks(virtualTicks).TotalDays:n1} days of virtual time"));
        failed.ShouldBeEmpty(string.Join('\n', failed.OrderBy(outcome => outcome.Seed).Take(20).Select(Describe)));
        BlockPool.Shared.Outstanding.ShouldBe(outstanding, "blocks leaked");
    }

    [Fact]
    public void The_same_seed_plays_the_same_world()
    {
        for (ulong seed = 0; seed < 20; seed++)
            SeedWorld.Play(seed).ShouldBe(SeedWorld.Play(seed));
    }

    private static string Describe(SeedOutcome outcome) => string.Create(CultureInfo.InvariantCulture,
        $"seed {outcome.Seed}: {outcome.Complaint}\n  {outcome.Plan}\n  again: ./wirepath conformance seed {outcome.Seed} --pcap seed-{outcome.Seed}.pcapng");
}

/// <summary>What counts the blocks of the whole process cannot run beside others.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;
