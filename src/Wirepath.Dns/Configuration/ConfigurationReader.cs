using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>Reads clauses and keys, and the files that are included.</summary>
internal sealed class ConfigurationReader(ConfigurationBuilder builder, Func<string, IReadOnlyList<IncludedFile>?> include)
{
    /// <summary>Files within files. 10: deeper is a circle.</summary>
    private const int MostDepth = 10;

    // Null before the first clause.
    private ConfigurationClause? _clause;

    public TextError? Read(string text, string fileName) => ReadFile(text, fileName, 0) ?? builder.Check();

    private TextError? ReadFile(string text, string fileName, int depth)
    {
        var lexer = new ConfigurationLexer(text, fileName);
        var waiting = new Queue<ConfigurationToken>();
        while (TryTake(out ConfigurationToken token))
        {
            int colon = token.Text.IndexOf(':', StringComparison.Ordinal);
            if (token.IsQuoted || colon <= 0)
                return token.Error($"'{token.Text}' stands where a key such as 'server:' or 'verbosity:' is expected.");
            string key = token.Text[..colon];
            // "port:53": the value follows without a blank.
            if (colon + 1 < token.Text.Length)
                waiting.Enqueue(token with { Text = token.Text[(colon + 1)..], Column = token.Column + colon + 1 });
            if ((key is "include" or "include-toplevel" ? ReadInclude(token, key, depth) : ReadKey(token, key)) is { } wrong)
                return wrong;
        }

        return lexer.Error;

        bool TryTake(out ConfigurationToken taken) => waiting.TryDequeue(out taken) || lexer.TryRead(out taken);

        TextError? TakeValues(ConfigurationToken token, string key, int count, out ConfigurationToken[] values)
        {
            values = new ConfigurationToken[count];
            for (int i = 0; i < count; i++)
            {
                if (!TryTake(out values[i]))
                    return lexer.Error ?? token.Error($"'{key}:' takes {Values(count)}, and the file ends here.");
                // A value may have colons, but one on a later line that is a known key is one.
                if (!values[i].IsQuoted && values[i].Line > token.Line && values[i].Text.EndsWith(':') && ConfigurationKeys.IsKnown(values[i].Text[..^1]))
                    return values[i].Error($"'{values[i].Text}' stands where a value of '{key}:' on line {token.Line} is expected.");
            }

            return null;
        }

        TextError? ReadInclude(ConfigurationToken token, string key, int level)
        {
            if (TakeValues(token, key, 1, out ConfigurationToken[] values) is { } missing)
                return missing;
            if (level >= MostDepth)
                return values[0].Error($"files are included more than {MostDepth} deep: they include one another.");
            if (include(values[0].Text) is not { } files)
                return values[0].Error($"there is no file '{values[0].Text}' that can be read.");
            ConfigurationClause? outer = _clause;
            foreach (IncludedFile file in files)
            {
                // A fragment without a clause goes on in the one that includes it.
                _clause = key == "include" ? outer : null;
                if (ReadFile(file.Text, file.Name, level + 1) is { } wrong)
                    return wrong;
            }

            return null;
        }

        TextError? ReadKey(ConfigurationToken token, string key)
        {
            if (ConfigurationKeys.Clause(key) is { } clause)
            {
                _clause = clause;
                if (clause.WithoutEffect.Length > 0)
                    builder.WithoutEffect.Add(new KeyWithoutEffect(key, token.Error($"'{key}:' changes nothing here: {clause.WithoutEffect}")));
                else if (clause.IsZone)
                    builder.Begin(token, key);
                return null;
            }

            if (_clause is null)
            {
                return token.Error(ConfigurationKeys.IsKnown(key)
                    ? $"'{key}:' stands outside of a clause such as 'server:'."
                    : $"there is no clause '{key}:'{Nearest.Question(key, ConfigurationKeys.Clauses)}");
            }

            if (_clause.Find(key) is not { } known)
                return token.Error($"'{_clause.Name}:' has no key '{key}:'{Nearest.Question(key, _clause.Keys)}");
            if (TakeValues(token, key, known.Values, out ConfigurationToken[] values) is { } missing)
                return missing;
            var entry = new ConfigurationEntry(token, key, values, builder);
            if (known.Apply is { } apply)
                apply(entry);
            else
                builder.WithoutEffect.Add(new KeyWithoutEffect(key, token.Error($"'{key}:' changes nothing here: {known.WithoutEffect}")));
            return entry.Error;
        }
    }

    private static string Values(int count) => count == 1 ? "a value" : $"{count} values";
}
