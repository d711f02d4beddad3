namespace Wirepath.Http;

/// <summary>RFC 9112 §5: one field line.</summary>
internal static class FieldLines
{
    /// <summary>Adds the field to <paramref name="to"/>, or says what is wrong.</summary>
    public static HttpProblem? Read(ReadOnlySpan<byte> line, long position, HttpHeaders to)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            return new HttpProblem(HttpProblemKind.FieldLineMalformed, position, colon == 0 ? "A field line begins with its colon; a name belongs before it." : "A field line has no colon between name and value.");
        }

        ReadOnlySpan<byte> name = line[..colon];
        if (!HttpSyntax.IsToken(name))
        {
            // RFC 9112 §5.1: a blank here has been used to smuggle requests past proxies.
            return name[^1] is (byte)' ' or (byte)'\t'
                ? new HttpProblem(HttpProblemKind.WhitespaceBeforeColon, position + colon - 1, "A blank stands between a field's name and its colon (RFC 9112 §5.1).")
                : new HttpProblem(HttpProblemKind.FieldNameInvalid, position, "A field name has characters other than those of a token (RFC 9110 §5.1).");
        }

        ReadOnlySpan<byte> value = line[(colon + 1)..];
        if (InvalidIn(value, position + colon + 1) is { } problem)
        {
            return problem;
        }

        to.AddParsed(HttpSyntax.Text(name), HttpSyntax.Text(HttpSyntax.TrimOws(value)));
        return null;
    }

    public static HttpProblem? InvalidIn(ReadOnlySpan<byte> value, long position)
    {
        int invalid = HttpSyntax.IndexOfInvalidInValue(value);
        return invalid < 0 ? null : new HttpProblem(HttpProblemKind.FieldValueInvalid, position + invalid, $"A field value contains {HttpSyntax.Describe(value[invalid])}, which it may not (RFC 9110 §5.5).");
    }
}
