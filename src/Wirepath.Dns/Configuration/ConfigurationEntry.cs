using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>One key with its values. The first value that is wrong sets <see cref="Error"/>; from then on all read as defaults.</summary>
internal sealed class ConfigurationEntry(ConfigurationToken key, string name, ConfigurationToken[] values, ConfigurationBuilder builder)
{
    public string Key => name;

    public ConfigurationToken KeyToken => key;

    public ConfigurationBuilder Builder => builder;

    public TextError? Error { get; private set; }

    public void Fail(int value, string message) => Error ??= values[value].Error(message);

    public void FailKey(string message) => Error ??= key.Error(message);

    public string Text(int value = 0) => values[value].Text;

    public ConfigurationToken Token(int value = 0) => values[value];

    public bool Flag(int value = 0)
    {
        if (Text(value) is "yes" or "no")
            return Text(value) == "yes";
        Fail(value, $"'{Text(value)}' is not yes or no, which '{name}:' takes.");
        return false;
    }

    public int Number(int least, int most, int value = 0)
    {
        if (int.TryParse(Text(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            return number;
        Fail(value, string.Create(CultureInfo.InvariantCulture, $"'{Text(value)}' is not a number from {least} to {most}, which '{name}:' takes."));
        return Math.Max(least, 0);
    }

    public TimeSpan Seconds() => TimeSpan.FromSeconds(Number(0, int.MaxValue));

    public TimeSpan Milliseconds() => TimeSpan.FromMilliseconds(Number(0, int.MaxValue));

    /// <summary>Bytes, with k, m or g for powers of 1024.</summary>
    public long Size()
    {
        string text = Text().TrimEnd('b', 'B');
        long unit = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch { 'k' => 1L << 10, 'm' => 1L << 20, 'g' => 1L << 30, _ => 1 };
        string digits = unit > 1 ? text[..^1] : text;
        if (unit > 0 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= long.MaxValue / unit)
            return number * unit;
        Fail(0, $"'{Text()}' is not a number of bytes such as 4194304, 4096k or 4m.");
        return 0;
    }

    public DomainName Name(int value = 0)
    {
        if (DomainName.TryParse(Text(value), out DomainName parsed))
            return parsed;
        Fail(value, $"'{Text(value)}' is not a domain name.");
        return default;
    }

    /// <summary>An address block, or one address.</summary>
    public IpPrefix Prefix(int value = 0)
    {
        if (IpPrefix.TryParse(Text(value), out IpPrefix prefix))
            return prefix;
        if (IpAddress.TryParse(Text(value), out IpAddress address))
            return new IpPrefix(address, address.Size * 8);
        Fail(value, $"'{Text(value)}' is neither an address nor a block such as 192.0.2.0/24.");
        return default;
    }

    /// <summary><c>address[@port][#name]</c></summary>
    public ConfiguredServer Server(ushort defaultPort, int value = 0)
    {
        string rest = Text(value);
        string tlsName = "";
        if (rest.IndexOf('#', StringComparison.Ordinal) is > 0 and int hash)
            (rest, tlsName) = (rest[..hash], rest[(hash + 1)..]);
        ushort port = defaultPort;
        if (rest.IndexOf('@', StringComparison.Ordinal) is > 0 and int at)
        {
            if (!ushort.TryParse(rest.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            {
                Fail(value, $"'{rest[(at + 1)..]}' is not a port, a number up to 65535.");
                return default;
            }

            rest = rest[..at];
        }

        if (IpAddress.TryParse(rest, out IpAddress address))
            return new ConfiguredServer(new IpEndpoint(address, port), tlsName);
        Fail(value, $"'{rest}' is not an address; address, address@port or address@port#name is expected.");
        return default;
    }

    public DnsRecord? Record(int value = 0)
    {
        ConfigurationToken token = values[value];
        if (RecordLine.TryRead(token.Text, token.File, token.Line, token.Column + (token.IsQuoted ? 1 : 0), out DnsRecord? record, out TextError error))
            return record;
        Error ??= error;
        return null;
    }

    /// <summary>One of some words.</summary>
    public T Choice<T>(int value, IReadOnlyDictionary<string, T> choices)
    {
        if (choices.TryGetValue(Text(value), out T? chosen))
            return chosen;
        Fail(value, $"'{Text(value)}' is not one of {string.Join(", ", choices.Keys)}, which '{name}:' takes here.");
        return choices.Values.First();
    }
}
