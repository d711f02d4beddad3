namespace Wirepath.Packetdrill;

/// <summary>An argument or result of a system call.</summary>
internal abstract record Expression;

internal sealed record NumberExpression(long Value) : Expression;

/// <summary><c>SOCK_STREAM</c>, or <c>O_RDWR|O_NONBLOCK</c>: the names that are joined.</summary>
internal sealed record SymbolExpression(IReadOnlyList<string> Names) : Expression
{
    public bool Has(string name) => Names.Contains(name);
}

internal sealed record TextExpression(string Value) : Expression;

/// <summary><c>...</c>: whatever is there.</summary>
internal sealed record AnyExpression : Expression;

/// <summary><c>[5]</c></summary>
internal sealed record ListExpression(IReadOnlyList<Expression> Items) : Expression;

/// <summary><c>{fd=4, events=POLLIN}</c>; items without a name have an empty one.</summary>
internal sealed record StructExpression(IReadOnlyList<KeyValuePair<string, Expression>> Fields) : Expression
{
    public Expression? this[string name] => Fields.FirstOrDefault(f => f.Key == name).Value;
}

/// <summary><c>htons(8080)</c></summary>
internal sealed record CallExpression(string Name, IReadOnlyList<Expression> Arguments) : Expression;
