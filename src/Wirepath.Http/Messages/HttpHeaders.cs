using System.Buffers;
using System.Collections;
using System.Text;

namespace Wirepath.Http;

/// <summary>The fields of a message in the order in which they were sent (RFC 9110 §5); names compare without case.</summary>
public sealed class HttpHeaders : IReadOnlyList<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _fields = [];

    public int Count => _fields.Count;

    public KeyValuePair<string, string> this[int index] => _fields[index];

    /// <summary>The value of the first field of that name; null when there is none.</summary>
    public string? Get(string name)
    {
        foreach (KeyValuePair<string, string> field in _fields)
        {
            if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return field.Value;
            }
        }

        return null;
    }

    public bool Contains(string name) => Get(name) is not null;

    /// <summary>Every value of that name, in order: what <c>Set-Cookie</c> needs, which cannot be combined (RFC 9110 §5.3).</summary>
    public IEnumerable<string> GetAll(string name)
    {
        foreach (KeyValuePair<string, string> field in _fields)
        {
            if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                yield return field.Value;
            }
        }
    }

    /// <summary>All values of that name as one, with commas between them (RFC 9110 §5.3); null when there is none.</summary>
    public string? Combined(string name)
    {
        string? all = null;
        foreach (KeyValuePair<string, string> field in _fields)
        {
            if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                all = all is null ? field.Value : $"{all}, {field.Value}";
            }
        }

        return all;
    }

    /// <summary>The elements of a comma-separated list over all fields of that name; empty elements are passed over (RFC 9110 §5.6.1.2).</summary>
    public IEnumerable<string> ElementsOf(string name)
    {
        foreach (string value in GetAll(name))
        {
            int start = 0;
            while (start < value.Length)
            {
                int end = EndOfElement(value, start);
                string element = value[start..end].Trim(' ', '\t');
                start = end + 1;
                if (element.Length > 0)
                {
                    yield return element;
                }
            }
        }
    }

    /// <summary>Whether a list field has that element, without case: <c>Connection: close</c>.</summary>
    public bool HasToken(string name, string token)
    {
        foreach (KeyValuePair<string, string> field in _fields)
        {
            if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                foreach (Range range in field.Value.AsSpan().Split(','))
                {
                    if (field.Value.AsSpan()[range].Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <exception cref="ArgumentException">The name is no token, or the value has characters that would end or break its line.</exception>
    public HttpHeaders Add(string name, string value)
    {
        if (!HttpSyntax.IsToken(name))
        {
            throw new ArgumentException($"\"{name}\" is no field name (RFC 9110 §5.1).", nameof(name));
        }

        if (!HttpSyntax.IsFieldValue(value))
        {
            throw new ArgumentException($"The value of {name} has characters that a field cannot carry (RFC 9110 §5.5).", nameof(value));
        }

        _fields.Add(new(name, value));
        return this;
    }

    /// <summary>Puts the field in the place of all of that name.</summary>
    /// <exception cref="ArgumentException">As <see cref="Add"/>.</exception>
    public HttpHeaders Set(string name, string value)
    {
        Remove(name);
        return Add(name, value);
    }

    public bool Remove(string name) => _fields.RemoveAll(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) > 0;

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The next comma outside quotation marks, or the end.</summary>
    private static int EndOfElement(string value, int start)
    {
        bool quoted = false;
        for (int i = start; i < value.Length; i++)
        {
            switch (value[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    return i;
            }
        }

        return value.Length;
    }

    /// <summary>What a parser has checked already.</summary>
    internal void AddParsed(string name, string value) => _fields.Add(new(name, value));

    /// <summary>RFC 9112 §5.2: a folded line goes on with one blank in place of the fold.</summary>
    internal void ContinueLast(string more)
    {
        KeyValuePair<string, string> last = _fields[^1];
        _fields[^1] = new(last.Key, last.Value.Length == 0 ? more : more.Length == 0 ? last.Value : $"{last.Value} {more}");
    }

    /// <summary>All field lines, without the empty line that ends them.</summary>
    internal void WriteLinesTo(IBufferWriter<byte> to)
    {
        foreach (KeyValuePair<string, string> field in _fields)
        {
            Encoding.Latin1.GetBytes(field.Key, to);
            to.Write(": "u8);
            Encoding.Latin1.GetBytes(field.Value, to);
            to.Write("\r\n"u8);
        }
    }

    /// <summary>All field lines and the empty line.</summary>
    internal void WriteTo(IBufferWriter<byte> to)
    {
        WriteLinesTo(to);
        to.Write("\r\n"u8);
    }
}
