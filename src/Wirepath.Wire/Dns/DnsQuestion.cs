namespace Wirepath.Wire;

/// <summary>One question (RFC 1035 §4.1.2).</summary>
public readonly record struct DnsQuestion(DomainName Name, DnsType Type, DnsClass Class)
{
    public DnsQuestion(DomainName name, DnsType type)
        : this(name, type, DnsClass.IN)
    {
    }

    /// <summary><c>www.example.com. IN A</c></summary>
    public override string ToString() => $"{Name} {DnsMnemonic.Of(Class)} {DnsMnemonic.Of(Type)}";
}
