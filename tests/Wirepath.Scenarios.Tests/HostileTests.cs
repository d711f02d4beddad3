using Wirepath.Wire;

namespace Wirepath.Scenarios.Tests;

/// <summary>Scenarios that were damaged: they are no scenarios any more, or plays of servers that behave oddly. Nothing throws, nothing goes on for ever.</summary>
public class HostileTests
{
    private const int Rounds = 300;

    private static readonly string[] s_texts =
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Scenarios"), "*.rpl", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    [Fact]
    public void A_damaged_scenario_ends_with_a_result_or_an_error()
    {
        var random = new RandomSource(20260101);
        int played = 0;
        for (int round = 0; round < Rounds; round++)
        {
            string text = Damaged(s_texts[random.Next(s_texts.Length)], random);
            if (!Scenario.TryParse(text, "damaged", out Scenario? scenario, out ScenarioError? error))
            {
                error.Line.ShouldBeInRange(1, text.Count(c => c == '\n') + 1);
                continue;
            }

            played++;
            Should.NotThrow(() => ScenarioRunner.Run(scenario), text);
        }

        played.ShouldBeGreaterThan(Rounds / 4);
    }

    [Fact]
    public void Servers_that_answer_one_another_s_questions_end_nothing_but_the_scenario()
    {
        var random = new RandomSource(7);
        for (int round = 0; round < Rounds / 3; round++)
        {
            // Entries of two scenarios in one: servers say what nobody expects.
            string text = s_texts[random.Next(s_texts.Length)];
            string other = s_texts[random.Next(s_texts.Length)];
            int from = other.IndexOf("RANGE_BEGIN", StringComparison.Ordinal);
            int to = other.LastIndexOf("RANGE_END", StringComparison.Ordinal);
            int into = text.IndexOf("RANGE_BEGIN", StringComparison.Ordinal);
            if (from < 0 || into < 0)
                continue;
            string mixed = text[..into] + other[from..(to + "RANGE_END".Length)].Replace("MATCH opcode qtype qname", "MATCH opcode", StringComparison.Ordinal) + "\n" + text[into..];
            Scenario.TryParse(mixed, "mixed", out Scenario? scenario, out ScenarioError? error).ShouldBeTrue(error?.ToString());
            Should.NotThrow(() => ScenarioRunner.Run(scenario!), mixed);
        }
    }

    private static string Damaged(string text, RandomSource random)
    {
        List<string> lines = [.. text.Split('\n')];
        for (int times = random.Next(3) + 1; times > 0; times--)
        {
            int at = random.Next(lines.Count);
            switch (random.Next(6))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(at, lines[random.Next(lines.Count)]);
                    break;
                case 2 when lines[at].Length > 0:
                    int column = random.Next(lines[at].Length);
                    lines[at] = lines[at].Remove(column, 1).Insert(column, ((char)(32 + random.Next(95))).ToString());
                    break;
                case 3:
                    lines[at] = lines[at].Replace("192.0.2.3", "192.0.2.1", StringComparison.Ordinal).Replace("NOERROR", "NXDOMAIN", StringComparison.Ordinal);
                    break;
                case 4:
                    lines[at] = lines[at].Replace("example.com", "com", StringComparison.Ordinal).Replace(" IN A ", " IN NS ", StringComparison.Ordinal);
                    break;
                default:
                    (int a, int b) = (random.Next(lines.Count), random.Next(lines.Count));
                    (lines[a], lines[b]) = (lines[b], lines[a]);
                    break;
            }

            if (lines.Count == 0)
                lines.Add("");
        }

        return string.Join('\n', lines);
    }
}
