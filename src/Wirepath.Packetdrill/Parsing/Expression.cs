namespace Wirepath.Packetdrill;

/// <summary>An argument or result of a system call.</summary>
internal abstract record Expression;

internal sealed record NumberExpression(long Value) : Expression;

/// <summary><c>SOCK_STREAM</c>, or <c>O_RDWR|O_NONBLOCK|0x4</c>: the names and numbers that are joined.</summary>
internal sealed record SymbolExpression(IReadOnlyList<string> Names) : Expression
{
    public bool Has(string name) => Names.Contains(name);
}

/// <summary><c>"abc"</c>, or <c>"abc"...</c>: what begins so.</summary>
internal sealed record TextExpression(string Value, bool IsPrefix = false) : Expression;

/// <summary><c>...</c>: whatever is there.</summary>
internal sealed record AnyExpression : Expression;

/// <summary><c>[5]</c>, or <c>[]</c>.</summary>
internal sealed record ListExpression(IReadOnlyList<Expression> Items) : Expression;

/// <summary><c>{fd=4, events=POLLIN}</c>; items without a name have an empty one.</summary>
internal sealed record StructExpression(IReadOnlyList<KeyValuePair<string, Expression>> Fields) : Expression
{
    public Expression? this[string name] => Fields.FirstOrDefault(f => f.Key == name).Value;
}

/// <summary><c>htons(8080)</c>, <c>inet_addr("192.0.2.1")</c>, <c>sizeof(int)</c>.</summary>
internal sealed record CallExpression(string Name, IReadOnlyList<Expression> Arguments) : Expression;
