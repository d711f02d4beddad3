namespace Wirepath.Packetdrill;

internal enum TokenKind : byte
{
    /// <summary>Digits, perhaps with a fraction, or 0x and hexadecimal digits.</summary>
    Number,

    /// <summary>Letters, digits and underscores that are no number.</summary>
    Word,

    /// <summary>Between double quotes, escapes resolved.</summary>
    Text,

    /// <summary><c>--name</c> or <c>--name=value</c>.</summary>
    Option,

    /// <summary>Between back-ticks: a set-up command.</summary>
    Command,

    /// <summary>Between <c>%{</c> and <c>}%</c>.</summary>
    Code,

    /// <summary>One character, or <c>...</c>.</summary>
    Sign,

    End,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">Without quotes, back-ticks and braces.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Start">First character in the script.</param>
/// <param name="End">Behind the last one.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Line, int Column, int Start, int End)
{
    public bool Is(string sign) => Kind == TokenKind.Sign && Text == sign;

    public bool IsWord(string word) => Kind == TokenKind.Word && Text == word;
}

internal sealed class ScriptSyntaxException(Token at, string message) : Exception(message)
{
    public Token At { get; } = at;
}
