using System.CommandLine;
using Wirepath.Cli.Commands;

namespace Wirepath.Cli.Tests;

public class HelpTests
{
    public static TheoryData<string> Commands => ["get", "dns", "url", "ping", "traceroute", "serve", "resolver", "nameserver", "conformance", "sysctl", "links"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Of_a_command_says_what_it_is_for_names_every_option_and_ends_with_examples(string name)
    {
        CommandRun run = CommandRun.Of(name, "--help");
        run.Code.ShouldBe(0);
        run.Error.ShouldBeEmpty();
        run.Text.ShouldStartWith($"wirepath {name}");
        PathCommand command = Find(name);
        foreach (Option option in command.Options)
            run.Text.ShouldContain($"{option.Name}");
        run.Text.ShouldContain("\nExamples\n");
        run.Text.ShouldNotContain("Embedded {", Case.Sensitive);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Fits_the_terminal(string name)
    {
        foreach (int columns in (int[])[40, 60, 80, 120])
        {
            CommandRun run = CommandRun.In(new Dictionary<string, string> { ["COLUMNS"] = columns.ToString(System.Globalization.CultureInfo.InvariantCulture) }, name, "--help");
            // What a person may want to copy stays on one line: examples and the forms of a value.
            foreach (string line in run.Text.Split('\n').Where(l => l.TrimStart().Contains(' ') && !l.Contains("wirepath ", StringComparison.Ordinal) && !l.Contains("tap:NAME", StringComparison.Ordinal)))
                line.Length.ShouldBeLessThanOrEqualTo(columns, line);
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Examples_are_lines_that_the_program_understands(string name)
    {
        using var shell = new Shell(Stream.Null, TextWriter.Null);
        foreach ((string line, string purpose) in Find(name).Examples)
        {
            string[] words = [.. line.Split(' ').Select(w => w.Trim('\''))];
            var root = new RootCommand("") { Find(words[0]) };
            Mistakes.In(root.Parse(words), words).ShouldBeNull(line);
            purpose.ShouldEndWith(purpose.EndsWith('?') ? "?" : ".");
        }
    }

    [Fact]
    public void Without_arguments_the_overview_is_shown_and_the_code_says_that_nothing_was_done()
    {
        CommandRun run = CommandRun.Of();
        run.Code.ShouldBe(2);
        foreach (string command in Commands.Select(c => c.Data))
            run.Text.ShouldContain($"\n  {command}");
        CommandRun.Of("--help").Text.ShouldBe(run.Text);
    }

    private static PathCommand Find(string name)
    {
        var shell = new Shell(Stream.Null, TextWriter.Null);
        return name switch
        {
            "get" => GetCommand.Create(shell),
            "dns" => DnsCommand.Create(shell),
            "url" => UrlCommand.Create(shell),
            "ping" => PingCommand.Create(shell),
            "traceroute" => TracerouteCommand.Create(shell),
            "serve" => ServeCommand.Create(shell),
            "resolver" => ResolverCommand.Create(shell),
            "nameserver" => NameserverCommand.Create(shell),
            "conformance" => ConformanceCommand.Create(shell),
            "sysctl" => ListCommands.Sysctl(shell),
            "links" => ListCommands.Links(shell),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }
}
