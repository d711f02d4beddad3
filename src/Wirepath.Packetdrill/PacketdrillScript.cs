using System.Diagnostics.CodeAnalysis;

namespace Wirepath.Packetdrill;

/// <summary>A script in the language of packetdrill: what the application calls, what the wire delivers, and what must leave, each with its time.</summary>
public sealed class PacketdrillScript
{
    internal PacketdrillScript(string name, ScriptOptions options, IReadOnlyList<ScriptEvent> events, PacketdrillSettings settings) =>
        (Name, Options, Events, Settings) = (name, options, events, settings);

    /// <summary>As given to <c>TryParse</c>: usually the file's.</summary>
    public string Name { get; }

    internal ScriptOptions Options { get; }

    internal IReadOnlyList<ScriptEvent> Events { get; }

    internal PacketdrillSettings Settings { get; }

    /// <summary>Reads a script that is run as most are: over IPv4, on its own.</summary>
    /// <returns>False when the text is not in the language; <paramref name="error"/> names line and word.</returns>
    public static bool TryParse(string text, string name, [NotNullWhen(true)] out PacketdrillScript? script, [NotNullWhen(false)] out ScriptError? error) =>
        TryParse(text, name, PacketdrillSettings.Default, out script, out error);

    /// <summary>Reads a script.</summary>
    /// <param name="text">The script.</param>
    /// <param name="name">Of it, for messages: usually the file's.</param>
    /// <param name="settings">What is said besides it.</param>
    /// <param name="script">What was read.</param>
    /// <param name="error">Why it is none.</param>
    /// <returns>False when the text is not in the language; <paramref name="error"/> names line and word.</returns>
    public static bool TryParse(
        string text, string name, PacketdrillSettings settings, [NotNullWhen(true)] out PacketdrillScript? script, [NotNullWhen(false)] out ScriptError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(settings);
        try
        {
            script = new ScriptParser(text, Lexer.Read(text)).ReadScript(name, settings);
            error = null;
            return true;
        }
        catch (ScriptSyntaxException wrong)
        {
            script = null;
            error = new ScriptError(name, wrong.At.Line, wrong.At.Column, wrong.At.Text, wrong.Message);
            return false;
        }
    }
}

/// <summary>Why a text is no script.</summary>
/// <param name="Script">The script's name.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Word">The word that does not fit; empty at the end of the text.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
public sealed record ScriptError(string Script, int Line, int Column, string Word, string Message)
{
    public override string ToString() => $"{Script}:{Line}:{Column}: {Message}, not {(Word.Length == 0 ? "the end of the script" : $"'{Word}'")}";
}
