using System.Collections;

namespace Wirepath.Url;

/// <summary>
/// WHATWG URL, "URLSearchParams class": the pairs of a query, in their order, names possibly more than once. Lone surrogates become
/// U+FFFD. Iterating sees changes that are made meanwhile, as in JavaScript.
/// </summary>
public sealed class UrlSearchParams : IReadOnlyCollection<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _pairs = [];
    private readonly UrlObject? _url;

    /// <param name="init">A query; one leading question mark is dropped.</param>
    public UrlSearchParams(string init = "")
    {
        ArgumentNullException.ThrowIfNull(init);
        FormUrlEncoded.Parse(init is ['?', ..] ? init.AsSpan(1) : init, _pairs);
    }

    public UrlSearchParams(IEnumerable<KeyValuePair<string, string>> init)
    {
        ArgumentNullException.ThrowIfNull(init);
        _pairs.AddRange(init.Select(pair => new KeyValuePair<string, string>(Scalar(pair.Key), Scalar(pair.Value))));
    }

    internal UrlSearchParams(UrlObject url)
    {
        _url = url;
        Reload();
    }

    /// <summary>The standard's size.</summary>
    public int Count => _pairs.Count;

    public void Append(string name, string value)
    {
        _pairs.Add(new(Scalar(name), Scalar(value)));
        Update();
    }

    /// <summary>All pairs of that name.</summary>
    public void Delete(string name)
    {
        name = Scalar(name);
        _pairs.RemoveAll(pair => pair.Key == name);
        Update();
    }

    /// <summary>All pairs of that name and value.</summary>
    public void Delete(string name, string value)
    {
        (name, value) = (Scalar(name), Scalar(value));
        _pairs.RemoveAll(pair => pair.Key == name && pair.Value == value);
        Update();
    }

    /// <summary>The first value; null when there is none.</summary>
    public string? Get(string name) => IndexOf(Scalar(name)) is >= 0 and int at ? _pairs[at].Value : null;

    public IReadOnlyList<string> GetAll(string name)
    {
        name = Scalar(name);
        return [.. _pairs.Where(pair => pair.Key == name).Select(pair => pair.Value)];
    }

    public bool Has(string name) => IndexOf(Scalar(name)) >= 0;

    public bool Has(string name, string value) => _pairs.Contains(new(Scalar(name), Scalar(value)));

    /// <summary>The first pair of that name gets the value, others of it go; without one, it is appended.</summary>
    public void Set(string name, string value)
    {
        (name, value) = (Scalar(name), Scalar(value));
        int at = IndexOf(name);
        if (at < 0)
        {
            _pairs.Add(new(name, value));
        }
        else
        {
            _pairs[at] = new(name, value);
            int seen = 0;
            _pairs.RemoveAll(pair => pair.Key == name && seen++ > 0);
        }

        Update();
    }

    /// <summary>By name, by UTF-16 code units; pairs of one name keep their order.</summary>
    public void Sort()
    {
        KeyValuePair<string, string>[] sorted = [.. _pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        _pairs.Clear();
        _pairs.AddRange(sorted);
        Update();
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (int i = 0; i < _pairs.Count; i++)
            yield return _pairs[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As a query, without a question mark.</summary>
    public override string ToString() => FormUrlEncoded.Serialize(_pairs);

    internal void Reload()
    {
        _pairs.Clear();
        FormUrlEncoded.Parse(_url!.Record.QuerySpan, _pairs);
    }

    private int IndexOf(string name) => _pairs.FindIndex(pair => pair.Key == name);

    private void Update() => _url?.Update(ToString());

    private static string Scalar(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? string.Concat(text.EnumerateRunes().Select(rune => rune.ToString())) : text;
    }
}
