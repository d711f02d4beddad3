using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Wirepath.WebPlatform;

/// <summary>The fields of a case, as JavaScript's strings: with lone surrogates, which .NET's reader of JSON refuses to give out.</summary>
internal sealed class CaseFields(JsonElement element)
{
    public bool Has(string name) => element.TryGetProperty(name, out _);

    /// <exception cref="FormatException">It is missing, or no text.</exception>
    public string Text(string name) => TextOrNull(name) ?? throw new FormatException($"the case has no '{name}'");

    /// <exception cref="FormatException">It is there and no text.</exception>
    public string? TextOrNull(string name)
    {
        if (!element.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String ? Unescape(value) : throw new FormatException($"'{name}' is no text");
    }

    /// <summary>The members of an object, all texts.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Texts(string name)
    {
        if (!element.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.Object)
            throw new FormatException($"the case has no object '{name}'");
        return [.. value.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, new CaseFields(value).Text(member.Name)))];
    }

    private static string Unescape(JsonElement value)
    {
        ReadOnlySpan<char> raw = value.GetRawText().AsSpan()[1..^1];
        if (!raw.Contains('\\'))
            return raw.ToString();
        var text = new StringBuilder(raw.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            i++;
            text.Append(raw[i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                'u' => (char)ushort.Parse(raw.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                char c => c,
            });
            i += raw[i] == 'u' ? 4 : 0;
        }

        return text.ToString();
    }
}
