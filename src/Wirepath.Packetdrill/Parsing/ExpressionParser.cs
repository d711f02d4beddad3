using System.Globalization;

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

    // Names and numbers may be joined with |, and nothing else.
    private Expression ReadOneExpression()
    {
        Expression first = ReadOperand();
        if (!Next.Is("|"))
            return first;
        var names = new List<string>();
        bool numbersOnly = true;
        long joined = 0;
        Add(first);
        while (TrySkip("|"))
            Add(ReadOperand());
        return numbersOnly ? new NumberExpression(joined) : new SymbolExpression(names);

        void Add(Expression part)
        {
            switch (part)
            {
                case NumberExpression number:
                    names.Add(number.Value.ToString(CultureInfo.InvariantCulture));
                    joined |= number.Value;
                    break;
                case SymbolExpression symbol:
                    names.AddRange(symbol.Names);
                    numbersOnly = false;
                    break;
                default:
                    throw Expected("With | names and numbers are joined");
            }
        }
    }

    private Expression ReadOperand()
    {
        Token first = Next;
        switch (first.Kind)
        {
            case TokenKind.Number:
                _at++;
                return TryNumber(first.Text, out long value) ? new NumberExpression(value) : throw new ScriptSyntaxException(first, "Arguments are whole numbers");
            case TokenKind.Text:
                return ReadTexts();
            case TokenKind.Word when After.Is("("):
                _at++;
                return new CallExpression(first.Text, ReadArguments());
            // SYMBOL = value in a list: what is checked under that name.
            case TokenKind.Word when After.Is("="):
                _at += 2;
                return new StructExpression([new(first.Text, ReadExpression())]);
            case TokenKind.Word:
                _at++;
                return new SymbolExpression([first.Text]);
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
        if (TrySkip("("))
            return ReadBracketed();
        throw Expected("An argument is a number, a name, a \"text\", [a list], {a struct} or ...");
    }

    // (void *)0 is 0: types do not matter here. (1|2) is what it holds.
    private Expression ReadBracketed()
    {
        Token first = Next;
        bool isCast = first.Kind == TokenKind.Word && (After.Is("*") || (After.Is(")") && StartsOperand(tokens[Math.Min(_at + 2, tokens.Count - 1)])));
        if (!isCast)
        {
            Expression inner = ReadExpression();
            Skip(")");
            return inner;
        }

        while (!TrySkip(")"))
        {
            if (Next.Kind != TokenKind.Word && !Next.Is("*"))
                throw Expected("In a cast stands a type");
            _at++;
        }

        return ReadOperand();
    }

    private static bool StartsOperand(Token token) =>
        token.Kind is TokenKind.Number or TokenKind.Text or TokenKind.Word || token.Is("-") || token.Is("{") || token.Is("[") || token.Is("(");

    // "one" "two" is "onetwo"; "one"... is whatever begins so.
    private TextExpression ReadTexts()
    {
        string text = "";
        while (Next.Kind == TokenKind.Text)
            text += Take().Text;
        return new TextExpression(text, TrySkip("..."));
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
