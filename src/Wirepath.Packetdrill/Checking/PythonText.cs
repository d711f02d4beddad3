using System.Text;

namespace Wirepath.Packetdrill;

/// <summary>One statement of a code block.</summary>
/// <param name="Line">In the block, from 0.</param>
/// <param name="Indent">Blanks before it; those behind a colon or a semicolon count one more than their line.</param>
/// <param name="Text">Without comments.</param>
internal readonly record struct PythonStatement(int Line, int Indent, string Text);

/// <summary>Cuts code into statements: lines, joined inside of brackets and behind a backslash; a semicolon begins another.</summary>
internal static class PythonText
{
    public static List<PythonStatement> Read(string code)
    {
        var statements = new List<PythonStatement>();
        var text = new StringBuilder();
        (int line, int first, int indent, int depth, char quote) = (0, 0, 0, 0, '\0');
        bool begun = false;
        void End()
        {
            string statement = text.ToString().TrimEnd();
            if (statement.Length > 0)
                statements.Add(new PythonStatement(first, indent, statement));
            text.Clear();
            begun = false;
        }

        for (int i = 0; i < code.Length; i++)
        {
            char c = code[i];
            if (!begun && !char.IsWhiteSpace(c) && c is not (';' or '#') && !(c == '\\' && i + 1 < code.Length && code[i + 1] == '\n'))
                (begun, first, indent) = (true, line, Indent(code, i));
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
                text.Append(c);
                line += c == '\n' ? 1 : 0;
                continue;
            }

            switch (c)
            {
                case '\\' when i + 1 < code.Length && code[i + 1] == '\n':
                    i++;
                    line++;
                    if (begun)
                        text.Append(' ');
                    break;
                case '#':
                    while (i + 1 < code.Length && code[i + 1] != '\n')
                        i++;
                    break;
                case '\n':
                    line++;
                    if (depth > 0)
                        text.Append(' ');
                    else
                        End();
                    break;
                case ';' when depth == 0:
                    End();
                    break;
                default:
                    depth = Math.Max(0, depth + (c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0));
                    quote = c is '"' or '\'' ? c : '\0';
                    if (begun)
                        text.Append(c);
                    break;
            }
        }

        End();
        return statements;
    }

    // Of the line: what follows a semicolon belongs to the block that its line does.
    private static int Indent(string code, int at)
    {
        int start = code.LastIndexOf('\n', Math.Max(0, at - 1)) + 1;
        int end = start;
        while (end < at && char.IsWhiteSpace(code[end]))
            end++;
        return end - start;
    }
}
