namespace Wirepath.Wire;

/// <summary>Which of the known words a mistyped one was meant to be.</summary>
public static class Nearest
{
    /// <returns>The word that the fewest slips of a finger lead to; null when none is near.</returns>
    public static string? To(string typed, IEnumerable<string> known)
    {
        string? nearest = null;
        int least = int.MaxValue;
        foreach (string word in known)
        {
            int slips = word.Length > typed.Length && typed.Length >= 3 && word.StartsWith(typed, StringComparison.OrdinalIgnoreCase)
                ? 1
                : Slips(typed.ToLowerInvariant(), word.ToLowerInvariant());
            // A third of the letters may be wrong; beyond that a guess only confuses.
            if (slips < least && slips <= Math.Max(1, Math.Max(typed.TrimStart('-').Length, word.TrimStart('-').Length) / 3))
                (nearest, least) = (word, slips);
        }

        return nearest;
    }

    /// <summary>For the end of a sentence: <c>; did you mean '--loss'?</c>, or a full stop.</summary>
    public static string Question(string typed, IEnumerable<string> known) => To(typed, known) is { } word ? $"; did you mean '{word}'?" : ".";

    // Damerau's distance: a letter more, less, other, or two exchanged.
    private static int Slips(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
