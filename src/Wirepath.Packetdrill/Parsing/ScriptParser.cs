using System.Globalization;

namespace Wirepath.Packetdrill;

/// <summary>Reads the words of a script into events: options first, then one event after the other.</summary>
internal sealed partial class ScriptParser(string text, List<Token> tokens)
{
    private int _at;
    private bool _isIpv6;

    private Token Next => tokens[_at];

    private Token After => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <exception cref="ScriptSyntaxException">A word does not fit.</exception>
    public PacketdrillScript ReadScript(string name, PacketdrillSettings settings)
    {
        ScriptOptions options = new() { IpVersion = settings.IpVersion, GivenMtu = settings.Mtu };
        var definitions = new Dictionary<string, string>(StringComparer.Ordinal);
        while (Next.Kind == TokenKind.Option)
            options = OptionReader.Apply(options, TakeOption(), definitions);
        _isIpv6 = options.IsIpv6Wire;
        Substitute(PacketdrillSettings.Customary(options.IpVersion), definitions, settings.Definitions);
        var events = new List<ScriptEvent>();
        while (Next.Kind != TokenKind.End)
            events.Add(ReadEvent());
        return new PacketdrillScript(name, options, events, settings);
    }

    // --name=value is one word; --name = value and --name= value are more.
    private Token TakeOption()
    {
        Token option = Take();
        if (!option.Text.Contains('=', StringComparison.Ordinal) && TrySkip("="))
            option = option with { Text = option.Text + "=" };
        bool lacksValue = option.Text.EndsWith('=') && Next.Line == option.Line && Next.Kind is TokenKind.Word or TokenKind.Number or TokenKind.Text;
        return lacksValue ? option with { Text = option.Text + Take().Text } : option;
    }

    // A defined word stands for another word, at its own place; the later definition goes before the earlier.
    private void Substitute(params ReadOnlySpan<IReadOnlyDictionary<string, string>> definitions)
    {
        for (int i = _at; i < tokens.Count; i++)
        {
            Token word = tokens[i];
            if (word.Kind != TokenKind.Word)
                continue;
            string? value = null;
            foreach (IReadOnlyDictionary<string, string> some in definitions)
                value = some.GetValueOrDefault(word.Text, value!);
            if (value is null)
                continue;
            List<Token> stands = Lexer.Read(value);
            tokens.RemoveAt(i);
            tokens.InsertRange(i, stands.SkipLast(1).Select(t => word with { Kind = t.Kind, Text = t.Text }));
            i += stands.Count - 2;
        }
    }

    private ScriptEvent ReadEvent()
    {
        Token first = Next;
        EventTime time = ReadTime();
        int start = Next.Start;
        ScriptEvent read = Next switch
        {
            { Kind: TokenKind.Command } => new SetupCommand(time, first.Line, "", Take().Text),
            { Kind: TokenKind.Code } => new CodeBlock(time, first.Line, "", Take().Text, tokens[_at - 1].Line),
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
        if (Next.Is("...") && (After.Kind == TokenKind.Number || After.Is("+")))
        {
            _at++;
            TrySkip("+");
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
