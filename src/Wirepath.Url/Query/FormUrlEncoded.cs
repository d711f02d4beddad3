namespace Wirepath.Url;

/// <summary><c>application/x-www-form-urlencoded</c> (WHATWG URL, section 5).</summary>
public static class FormUrlEncoded
{
    /// <summary>"application/x-www-form-urlencoded string parser".</summary>
    /// <param name="text">Without a leading question mark, which would be part of the first name.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(ReadOnlySpan<char> text)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        Parse(text, pairs);
        return pairs;
    }

    /// <summary>"application/x-www-form-urlencoded serializer".</summary>
    public static string Serialize(IEnumerable<KeyValuePair<string, string>> pairs) => Serialize(pairs, null);

    /// <param name="pairs">Names and values.</param>
    /// <param name="encoding">For forms of documents that are not in UTF-8; null is UTF-8.</param>
    public static string Serialize(IEnumerable<KeyValuePair<string, string>> pairs, LegacyEncoding? encoding)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var to = new GrowingBuffer<char>(stackalloc char[256]);
        foreach ((string name, string value) in pairs)
        {
            if (to.Length > 0)
                to.Add('&');
            Append(ref to, name, encoding);
            to.Add('=');
            Append(ref to, value, encoding);
        }

        string text = to.Written.ToString();
        to.Dispose();
        return text;
    }

    internal static void Parse(ReadOnlySpan<char> text, List<KeyValuePair<string, string>> pairs)
    {
        foreach (Range range in text.Split('&'))
        {
            ReadOnlySpan<char> pair = text[range];
            if (pair.IsEmpty)
                continue;
            int equals = pair.IndexOf('=');
            pairs.Add(equals < 0 ? new(Decode(pair), "") : new(Decode(pair[..equals]), Decode(pair[(equals + 1)..])));
        }
    }

    internal static string Decode(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny('+', '%') && !text.ContainsAnyInRange('\uD800', '\uDFFF'))
            return text.ToString();
        var to = new GrowingBuffer<char>(stackalloc char[256]);
        text.Replace(to.Extend(text.Length), '+', ' ');
        var decoded = new GrowingBuffer<char>(stackalloc char[256]);
        PercentEncoding.AppendDecoded(ref decoded, to.Written);
        string result = decoded.Written.ToString();
        decoded.Dispose();
        to.Dispose();
        return result;
    }

    private static void Append(ref GrowingBuffer<char> to, string text, LegacyEncoding? encoding)
    {
        if (encoding is null)
            PercentEncoding.Append(ref to, text, PercentEncodeSet.FormUrlEncoded);
        else
            encoding.Append(ref to, text, PercentEncodeSet.FormUrlEncoded);
    }
}
