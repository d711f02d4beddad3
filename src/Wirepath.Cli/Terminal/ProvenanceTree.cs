using Wirepath.Dns;
using Wirepath.Explain;
using Wirepath.Wire;

namespace Wirepath.Cli;

/// <summary>Where an answer came from, as a tree: each set with who gave it, below it the zones from the anchor down.</summary>
internal static class ProvenanceTree
{
    public static IReadOnlyList<StyledLine> Lines(Traced traced, CommandWords words, TextOptions options)
    {
        var page = new Page(options.Width, options.Ascii);
        page.Row("FROM", [new(words.TraceBy(traced.By), TextRole.Plain)]);
        if (traced.Answer is not { Sets.Count: > 0 } answer)
        {
            page.More([new(traced.Answer is { Explanation.Length: > 0 } ? words.NameFailed(traced.Answer) : words.TraceNothing, TextRole.Dim)], indent: 2);
            return page.Lines;
        }

        for (int i = 0; i < answer.Sets.Count; i++)
            Write(page, answer.Sets[i], isLast: i == answer.Sets.Count - 1, words);
        return page.Lines;
    }

    private static void Write(Page page, SetProvenance set, bool isLast, CommandWords words)
    {
        string trunk = isLast ? "  " : "│ ";
        page.More([new(isLast ? "└ " : "├ ", TextRole.Dim), new($"{set.Name} {DnsMnemonic.Of(set.Type)}", TextRole.Emphasis), new($"  TTL {set.Ttl}", TextRole.Time)], indent: 4);
        Below(page, trunk, $"{words.TraceSource(set)} · {words.TraceRank(set.Rank)}", TextRole.Plain);
        foreach (TrustStep step in set.Chain)
            Below(page, trunk + "├ ", words.TraceStep(step, isAnchor: step == set.Chain[0]), RoleOf(step.Security));
        string verdict = words.TraceVerdict(set);
        if (verdict.Length > 0)
            Below(page, trunk + (set.Chain.Count > 0 ? "└ " : ""), verdict, RoleOf(set.Security));
    }

    private static void Below(Page page, string trunk, string text, TextRole role) =>
        page.More([new(trunk, TextRole.Dim), new(text, role)], indent: trunk.Length + 2);

    private static TextRole RoleOf(Security security) => security switch
    {
        Security.Secure => TextRole.Good,
        Security.Bogus => TextRole.Bad,
        Security.Unchecked or Security.Indeterminate or Security.Insecure => TextRole.Plain,
        _ => throw new ArgumentOutOfRangeException(nameof(security)),
    };
}
