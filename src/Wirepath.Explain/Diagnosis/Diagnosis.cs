using Wirepath.Wire;

namespace Wirepath.Explain;

/// <summary>What a navigation's events amount to: one verdict, and what else is worth knowing, each with its evidence.</summary>
public sealed record Diagnosis(Finding Verdict, Failure? Failure, IReadOnlyList<Finding> Findings)
{
    internal static readonly Diagnosis Empty = new(new Finding(FindingKind.Interrupted, TimeSpan.Zero, [], _ => ""), null, []);

    internal static Diagnosis Of(Navigation navigation, Journey journey)
    {
        Failure? failure = FailureReader.Read(navigation, journey.Events);
        List<Finding> findings = [.. NameRules.Findings(navigation), .. PathRules.Findings(navigation, journey), .. TransferRules.Findings(navigation)];
        findings.Sort((a, b) => b.Cost != a.Cost ? b.Cost.CompareTo(a.Cost) : a.Kind.CompareTo(b.Kind));
        return new Diagnosis(VerdictOf(navigation, failure), failure, findings);
    }

    private static Finding VerdictOf(Navigation navigation, Failure? failure)
    {
        if (failure is not null)
            return new Finding(FindingKind.Failure, navigation.Elapsed, [failure.Evidence], w => w.Explain(failure).Verdict);
        if (!navigation.IsFinished || navigation.IsInterrupted)
        {
            PhaseKind during = navigation.Phases.Count > 0 ? navigation.Phases[^1].Kind : PhaseKind.Other;
            return new Finding(FindingKind.Interrupted, navigation.Elapsed, [navigation.Started], w => w.Interrupted(navigation.Elapsed, during));
        }

        Finding verdict = DominantRule.Verdict(navigation);
        return navigation.Hops is [.., { Http.Head: { Status: >= 400 } head }]
            ? verdict with { Sentence = w => w.AnsweredWithError(head.Status, head.Reason, verdict.Sentence(w)) }
            : verdict;
    }

    /// <summary>Time inside a set of stretches that may overlap.</summary>
    internal static TimeSpan Union(IEnumerable<(Instant From, Instant To)> stretches)
    {
        List<(Instant From, Instant To)> list = [.. stretches];
        return list.Count == 0 ? TimeSpan.Zero : NameReader.Overlap(list, list.Min(s => s.From), list.Max(s => s.To));
    }
}
