namespace Wirepath.Url;

// Validation errors. Nothing here runs unless somebody collects them.
internal ref partial struct UrlParser
{
    private bool Fail(string name, int index, int length, string detail, string message)
    {
        Remark(name, index, length, message, detail);
        return false;
    }

    private void Remark(string name, int index, int length, string message, string detail = "", IdnaError idna = IdnaError.None)
    {
        if (_errors is null)
            return;
        int start = PositionOf(index), end = length == 0 ? start : PositionOf(index + length - 1) + 1;
        _errors.Add(new UrlValidationError(name, start, message) { Length = end - start, Detail = detail, Idna = idna });
    }

    /// <summary>Where a position of the cleaned input stands in what was typed.</summary>
    private int PositionOf(int index)
    {
        // Errors come nearly in order: the search goes on where the last one ended.
        int kept = index >= _lastIndex ? _lastIndex : 0, at = index >= _lastIndex ? _lastPosition + _trimmedStart : _trimmedStart;
        for (; at < _typed.Length; at++)
        {
            if (_typed[at] is '\t' or '\n' or '\r')
                continue;
            if (kept == index)
                break;
            kept++;
        }

        (_lastIndex, _lastPosition) = (kept, at - _trimmedStart);
        return at;
    }

    private readonly void RemarkDropped(Range trimmed)
    {
        const string name = "invalid-URL-unit";
        int start = trimmed.Start.Value, end = trimmed.End.Value;
        if (start > 0)
            _errors!.Add(new UrlValidationError(name, 0, "Blanks or control characters before the URL are dropped.") { Length = start });
        if (end < _typed.Length)
            _errors!.Add(new UrlValidationError(name, end, "Blanks or control characters after the URL are dropped.") { Length = _typed.Length - end });
        int tab = _typed[trimmed].IndexOfAny(UrlCodePoints.TabsAndNewlines);
        if (tab >= 0)
            _errors!.Add(new UrlValidationError(name, start + tab, "Tabs and line breaks in the URL are dropped.") { Length = 1 });
    }

    private void RemarkHost(List<HostProblem> problems, int start)
    {
        foreach (HostProblem problem in problems)
            Remark(problem.Name, start + problem.Index, problem.Length, problem.Message, problem.Detail, problem.Idna);
    }

    private void RemarkMissingSlashes(int p)
    {
        if (_errors is not null)
            Remark("special-scheme-missing-following-solidus", p, 0, $"After \"{_scheme.Name()}:\" there should be \"//\".", _scheme.Name()!);
    }

    private void RemarkIfBackslash(int p)
    {
        if (_errors is not null && _input[p] == '\\')
            Remark("invalid-reverse-solidus", p, 1, UrlMessages.Backslash);
    }

    private void RemarkCredentials(int p, ReadOnlySpan<char> credentials)
    {
        for (int i = 0; i < credentials.Length; i++)
        {
            if (credentials[i] == '@')
                Remark("invalid-credentials", p + i, 1, UrlMessages.Credentials);
        }
    }

    private void RemarkPath(int p, ReadOnlySpan<char> path)
    {
        int done = 0;
        for (int i = 0; IsSpecial && i < path.Length; i++)
        {
            if (path[i] != '\\')
                continue;
            RemarkUnits(p + done, path[done..i]);
            RemarkIfBackslash(p + i);
            done = i + 1;
        }

        RemarkUnits(p + done, path[done..]);
    }

    private void RemarkUnits(int p, ReadOnlySpan<char> text)
    {
        for (int i = 0; UrlCodePoints.IndexOfNoUrlUnit(text[i..], out int length) is >= 0 and int at; i += at + length)
        {
            ReadOnlySpan<char> unit = text[(i + at)..];
            Remark("invalid-URL-unit", p + i + at, length, UrlMessages.NoUrlUnit(unit), unit[..length].ToString());
        }
    }
}
