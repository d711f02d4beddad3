using System.Text.Json;

namespace Wirepath.WebPlatform;

/// <summary>Takes a file apart into cases and remembers the line of each.</summary>
internal sealed class CaseReader(string path, byte[] json, CaseShape? shape)
{
    private static readonly JsonReaderOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = false };

    private int _countedTo;
    private int _line = 1;

    /// <exception cref="JsonException">It is no JSON, or not of the shape.</exception>
    public void Read(ICollection<WebPlatformCase> cases)
    {
        var reader = new Utf8JsonReader(WithoutBom(), s_options);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray && shape is not CaseShape.Setters)
            ReadArray(ref reader, shape, null, cases);
        else if (reader.TokenType == JsonTokenType.StartObject && shape is null or CaseShape.Setters)
            ReadSetters(ref reader, cases);
        else
            throw Wrong($"{(shape is CaseShape.Setters ? "an object with a list for each attribute" : "an array of cases")} was expected", reader.TokenStartIndex);

        while (reader.Read())
        {
            // To the end, which must be there.
        }
    }

    private ReadOnlySpan<byte> WithoutBom() => json is [0xEF, 0xBB, 0xBF, ..] ? json.AsSpan(3) : json;

    private void ReadSetters(ref Utf8JsonReader reader, ICollection<WebPlatformCase> cases)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string attribute = reader.GetString()!;
            long at = reader.TokenStartIndex;
            reader.Read();
            if (attribute == "comment")
                reader.Skip();
            else if (reader.TokenType != JsonTokenType.StartArray)
                throw Wrong($"the cases of '{attribute}' are not an array", at);
            else
                ReadArray(ref reader, CaseShape.Setters, attribute, cases);
        }
    }

    private void ReadArray(ref Utf8JsonReader reader, CaseShape? known, string? attribute, ICollection<WebPlatformCase> cases)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // Texts between the cases are comments.
            if (reader.TokenType == JsonTokenType.String)
                continue;
            long at = reader.TokenStartIndex;
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Wrong("a case is an object", at);
            JsonElement element = JsonElement.ParseValue(ref reader);
            int line = LineOf(at);
            known ??= ShapeOf(element) ?? throw Wrong("this is none of the shapes that are known", at);
            var fields = new CaseFields(element);
            try
            {
                cases.Add(known switch
                {
                    CaseShape.Url => UrlCases.Of(path, line, fields),
                    CaseShape.Setters => SetterCases.Of(path, line, attribute!, fields),
                    CaseShape.ToAscii => DomainCases.Of(path, line, fields),
                    CaseShape.PercentEncoding => EncodingCases.Of(path, line, fields),
                    _ => throw new InvalidOperationException($"No such shape: {known}."),
                });
            }
            catch (FormatException missing)
            {
                throw Wrong(missing.Message, at);
            }
        }
    }

    private static CaseShape? ShapeOf(JsonElement element)
    {
        if (element.TryGetProperty("href", out _) || element.TryGetProperty("failure", out _))
            return CaseShape.Url;
        if (!element.TryGetProperty("output", out JsonElement output))
            return null;
        return output.ValueKind == JsonValueKind.Object ? CaseShape.PercentEncoding : CaseShape.ToAscii;
    }

    private JsonException Wrong(string what, long at) => new($"{char.ToUpperInvariant(what[0])}{what[1..]}", null, LineOf(at) - 1, null);

    private int LineOf(long at)
    {
        int to = (int)at + json.Length - WithoutBom().Length;
        _line += json.AsSpan(_countedTo, to - _countedTo).Count((byte)'\n');
        _countedTo = to;
        return _line;
    }
}
