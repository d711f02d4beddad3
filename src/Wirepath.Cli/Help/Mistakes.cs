using System.CommandLine;
using System.CommandLine.Parsing;
using Wirepath.Wire;

namespace Wirepath.Cli;

/// <summary>What is wrong with a command line, in one sentence.</summary>
internal static class Mistakes
{
    /// <returns>Null when the line can be run.</returns>
    public static string? In(ParseResult parsed, string[] line)
    {
        Command command = parsed.CommandResult.Command;
        if (UnknownOption(parsed, command, line) is { } unknown)
            return unknown;
        if (parsed.Errors.Count == 0)
            return null;
        if (command is RootCommand)
        {
            string typed = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : "";
            return typed.Length == 0 ? "which command? 'wirepath --help' lists them." : $"there is no command '{typed}'{Nearest.Question(typed, command.Subcommands.Select(c => c.Name))}";
        }

        if (parsed.UnmatchedTokens.Count > 0 && !HasOwnError(parsed))
            return $"'{parsed.UnmatchedTokens[0]}' is one argument too many for 'wirepath {command.Name}'.";
        foreach (ParseError error in parsed.Errors)
        {
            switch (error.SymbolResult)
            {
                case OptionResult { Tokens.Count: 0 } option when option.Option.Arity.MinimumNumberOfValues > 0:
                    return $"{option.Option.Name} needs a value: {option.Option.HelpName}.";
                case OptionResult { IdentifierTokenCount: > 1 } option when option.Tokens.Count > option.Option.Arity.MaximumNumberOfValues:
                    return $"{option.Option.Name} was given {option.IdentifierTokenCount} times; once is enough.";
                case ArgumentResult { Tokens.Count: 0 } argument:
                    return Missing(command, argument.Argument);
                case CommandResult when command.Arguments.FirstOrDefault(a => parsed.GetResult(a) is null or { Tokens.Count: 0 }) is { Arity.MinimumNumberOfValues: > 0 } missing:
                    return Missing(command, missing);
            }
        }

        return parsed.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd();
    }

    private static string Missing(Command command, Argument argument)
    {
        string example = command is PathCommand { Examples: [var first, ..] } ? $", for example: wirepath {first.Line}" : ".";
        return $"'wirepath {command.Name}' needs a {argument.Name}{example}";
    }

    /// <summary>A word with a dash in front that is no option would be taken for an argument: a URL, a host.</summary>
    private static string? UnknownOption(ParseResult parsed, Command command, string[] line)
    {
        int end = Array.IndexOf(line, "--");
        IEnumerable<string> arguments = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).Concat(parsed.UnmatchedTokens);
        foreach (string word in arguments)
        {
            if (word.Length < 2 || word[0] != '-' || !line.AsSpan(0, end < 0 ? line.Length : end).Contains(word))
                continue;
            string typed = word.Split('=', ':')[0];
            IEnumerable<string> known = command.Options.Concat(parsed.RootCommandResult.Command.Options).SelectMany(o => o.Aliases.Append(o.Name));
            return $"there is no option '{typed}'{Nearest.Question(typed, known)}";
        }

        return null;
    }

    private static bool HasOwnError(ParseResult parsed) => parsed.Errors.Any(e => e.SymbolResult is OptionResult or ArgumentResult);
}
