using System.Globalization;

namespace Wirepath.Packetdrill;

/// <summary>Reads the words of a script into events: options first, then one event after the other.</summary>
internal sealed partial class ScriptParser(string text, List<Token> tokens)
{
    private int _at;

    private Token Next => tokens[_at];

    private Token After => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <exception cref="ScriptSyntaxException">A word does not fit.</exception>
    public PacketdrillScript ReadScript(string name)
    {
        ScriptOptions options = new();
        while (Next.Kind == TokenKind.Option)
            options = OptionReader.Apply(options, Take());
        var events = new List<ScriptEvent>();
        while (Next.Kind != TokenKind.End)
            events.Add(ReadEvent());
        return new PacketdrillScript(name, options, events);
    }

    private ScriptEvent ReadEvent()
    {
        Token first = Next;
        EventTime time = ReadTime();
        int start = Next.Start;
        ScriptEvent read = Next switch
        {
            { Kind: TokenKind.Command } => new SetupCommand(time, first.Line, "", Take().Text),
            { Kind: TokenKind.Code } => new CodeBlock(time, first.Line, "", Take().Text),
            { Kind: TokenKind.Word } when After.Is("(") => ReadCall(time, first.Line),
            _ when Next.Is("<") || Next.Is(">") => ReadPacket(time, first.Line),
            _ => throw Expected("An event is a packet (< or >), a system call, a `command` or %{ code }%"),
        };
        return read with { Source = SourceFrom(start) };
    }

    // One line of it, however it was written.
    private string SourceFrom(int start) =>
        string.Join(' ', text[start..tokens[_at - 1].End].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // ---- Times -----------------------------------------------------------------------------------------------------

    private EventTime ReadTime()
    {
        if (Next.Kind is TokenKind.Command or TokenKind.Code)
            return new EventTime(TimeKind.Relative, TimeSpan.Zero, TimeSpan.Zero, null);
        if (TrySkip("*"))
            return new EventTime(TimeKind.Any, TimeSpan.Zero, TimeSpan.Zero, null);
        bool relative = TrySkip("+");
        TimeSpan start = ReadSeconds();
        TimeSpan last = start;
        if (TrySkip("~"))
        {
            TrySkip("+");
            last = ReadSeconds();
            if (last < start)
                throw new ScriptSyntaxException(tokens[_at - 1], "A range ends after its beginning");
        }

        TimeSpan? end = null;
        if (Next.Is("...") && After.Kind == TokenKind.Number)
        {
            _at++;
            end = ReadSeconds();
        }

        return new EventTime(relative ? TimeKind.Relative : TimeKind.Absolute, start, last, end);
    }

    private TimeSpan ReadSeconds()
    {
        Token number = Next;
        if (number.Kind != TokenKind.Number || !decimal.TryParse(number.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            || seconds > 100_000_000)
            throw Expected("A time is a number of seconds");
        _at++;
        return new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond));
    }

    // ---- System calls ----------------------------------------------------------------------------------------------

    private SystemCall ReadCall(EventTime time, int line)
    {
        string name = Take().Text;
        List<Expression> arguments = ReadArguments();
        Expression? result = null;
        string? errno = null;
        if (TrySkip("="))
        {
            result = ReadExpression();
            if (Next.Kind == TokenKind.Word && Next.Text.Length > 1 && Next.Text[0] == 'E')
                errno = Take().Text;
            if (Next.Is("("))
                SkipNote();
        }

        return new SystemCall(time, line, "", name, arguments, result, errno);
    }

    // (Operation now in progress)
    private void SkipNote()
    {
        while (!Next.Is(")"))
        {
            if (Next.Kind == TokenKind.End)
                throw Expected("A note that begins with ( ends with )");
            _at++;
        }

        _at++;
    }

    // ---- Words -----------------------------------------------------------------------------------------------------

    private Token Take() => tokens[Next.Kind == TokenKind.End ? _at : _at++];

    private bool TrySkip(string sign)
    {
        if (!Next.Is(sign))
            return false;
        _at++;
        return true;
    }

    private bool TrySkipWord(string word)
    {
        if (!Next.IsWord(word))
            return false;
        _at++;
        return true;
    }

    private void Skip(string sign)
    {
        if (!TrySkip(sign))
            throw Expected($"Here stands '{sign}'");
    }

    private uint ReadNumber(uint most, string what)
    {
        Token number = Next;
        bool ok = number.Kind == TokenKind.Number && TryNumber(number.Text, out long value) && value <= most;
        if (!ok)
            throw Expected($"{what} is a number of at most {most}");
        _at++;
        TryNumber(number.Text, out value);
        return (uint)value;
    }

    private static bool TryNumber(string digits, out long value) =>
        digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private ScriptSyntaxException Expected(string rule) => new(Next, rule);
}
