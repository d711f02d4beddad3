namespace Wirepath.Packetdrill;

// Arguments and results of system calls.
internal sealed partial class ScriptParser
{
    /// <summary>Lists in structs in lists: no call needs more than four, and the reader's own stack is finite.</summary>
    private const int MostNested = 32;

    private int _depth;

    private List<Expression> ReadArguments()
    {
        Skip("(");
        return ReadItems(")");
    }

    private List<Expression> ReadItems(string close)
    {
        var items = new List<Expression>();
        while (!TrySkip(close))
        {
            if (items.Count > 0)
                Skip(",");
            items.Add(ReadExpression());
        }

        return items;
    }

    private Expression ReadExpression()
    {
        if (++_depth > MostNested)
            throw Expected($"Arguments are nested at most {MostNested} deep");
        Expression read = ReadOneExpression();
        _depth--;
        return read;
    }

    private Expression ReadOneExpression()
    {
        Token first = Next;
        switch (first.Kind)
        {
            case TokenKind.Number:
                _at++;
                return TryNumber(first.Text, out long value) ? new NumberExpression(value) : throw new ScriptSyntaxException(first, "Arguments are whole numbers");
            case TokenKind.Text:
                _at++;
                return new TextExpression(first.Text);
            case TokenKind.Word when After.Is("("):
                _at++;
                return new CallExpression(first.Text, ReadArguments());
            case TokenKind.Word:
                return ReadSymbols();
            default:
                break;
        }

        if (TrySkip("..."))
            return new AnyExpression();
        if (TrySkip("-"))
            return ReadExpression() is NumberExpression number ? new NumberExpression(-number.Value) : throw new ScriptSyntaxException(first, "A minus stands before a number");
        if (TrySkip("["))
            return new ListExpression(ReadItems("]"));
        if (TrySkip("{"))
            return ReadStruct();
        throw Expected("An argument is a number, a name, a \"text\", [a list], {a struct} or ...");
    }

    private SymbolExpression ReadSymbols()
    {
        var names = new List<string>();
        do
        {
            if (Next.Kind is not (TokenKind.Word or TokenKind.Number))
                throw Expected("After | comes another name");
            names.Add(Take().Text);
        }
        while (TrySkip("|"));
        return new SymbolExpression(names);
    }

    private StructExpression ReadStruct()
    {
        var fields = new List<KeyValuePair<string, Expression>>();
        while (!TrySkip("}"))
        {
            if (fields.Count > 0)
                Skip(",");
            fields.Add(ReadField());
        }

        return new StructExpression(fields);
    }

    // name=value; msg_name(...)=... says how long the value is, which nobody here asks.
    private KeyValuePair<string, Expression> ReadField()
    {
        bool named = Next.Kind == TokenKind.Word && (After.Is("=") || After.Is("("));
        if (!named)
            return new("", ReadExpression());
        int before = _at;
        string name = Take().Text;
        if (Next.Is("("))
            ReadArguments();
        if (TrySkip("="))
            return new(name, ReadExpression());
        _at = before;
        return new("", ReadExpression());
    }
}
