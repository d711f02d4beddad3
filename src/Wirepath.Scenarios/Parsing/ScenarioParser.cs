using System.Globalization;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>Reads a whole scenario.</summary>
internal sealed class ScenarioParser
{
    private static readonly Dictionary<string, StepKind> s_kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["QUERY"] = StepKind.Query,
        ["CHECK_ANSWER"] = StepKind.CheckAnswer,
        ["CHECK_OUT_QUERY"] = StepKind.CheckOutQuery,
        ["REPLY"] = StepKind.Reply,
        ["TIMEOUT"] = StepKind.Timeout,
        ["ERROR"] = StepKind.Error,
        ["NOTHING"] = StepKind.Nothing,
        ["TRAFFIC"] = StepKind.Traffic,
        ["TIME_PASSES"] = StepKind.TimePasses,
        ["ASSIGN"] = StepKind.Assign,
        ["INFRA_RTT"] = StepKind.RoundTrip,
    };

    // Known to the format, and about something that is not here.
    private static readonly Dictionary<string, string> s_unsupported = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CHECK_AUTOTRUST"] = "the state file of trust anchors in another program's form",
        ["CHECK_TEMPFILE"] = "files that a resolver writes in another program's form",
        ["FLUSH_MESSAGE"] = "a control channel that flushes one message",
        ["EXPIRE_MESSAGE"] = "a control channel that makes one message run out",
        ["CONNECT"] = "steps of single TCP connections",
        ["RESTART"] = "a restart in the middle",
        ["LOG"] = "log lines as a result",
    };

    private readonly ScriptLines _lines;
    private readonly string _name;
    private readonly ScenarioConfiguration _configuration;
    private readonly EntryParser _entries;
    private Need? _missing;

    public ScenarioParser(string text, string name)
    {
        _lines = new ScriptLines(text, name);
        _name = name;
        _configuration = ScenarioConfiguration.Read(_lines);
        _entries = new EntryParser(_lines, name) { ComparesDo = !_configuration.HasOwnTime };
    }

    public Scenario Read()
    {
        var scenario = new Scenario(_name, _configuration);
        ReadBody(scenario);
        scenario.Missing = scenario.Configuration.Missing ?? _missing ?? _entries.Missing;
        return scenario;
    }

    private void ReadBody(Scenario scenario)
    {
        bool hasBegun = false;
        while (_lines.HasMore)
        {
            List<Word> words = _lines.Peek();
            if (words.Count == 0)
                break;
            Word first = words[0];
            if (first.Is("SCENARIO_END"))
            {
                if (!hasBegun)
                    throw _lines.Wrong(first, "SCENARIO_END stands where SCENARIO_BEGIN is expected");
                return;
            }

            if (first.Is("SCENARIO_BEGIN"))
            {
                hasBegun = true;
                scenario.Title = string.Join(' ', words.Skip(1).Select(w => w.Text));
                _lines.At++;
            }
            else if (!hasBegun)
            {
                throw _lines.Wrong(first, $"'{first.Text}' stands where SCENARIO_BEGIN is expected");
            }
            else if (first.Is("RANGE_BEGIN"))
            {
                scenario.Ranges.Add(ReadRange(words));
            }
            else if (first.Is("STEP"))
            {
                if (ReadStep(words) is { } step)
                    scenario.Steps.Add(step);
            }
            else if (_entries.TryReadDirective(words))
            {
                _lines.At++;
            }
            else
            {
                throw _lines.Wrong(first, $"'{first.Text}' stands where RANGE_BEGIN, STEP or SCENARIO_END is expected");
            }
        }

        throw _lines.AtEnd(hasBegun ? "the scenario has no SCENARIO_END" : "there is no SCENARIO_BEGIN");
    }

    private ServerRange ReadRange(List<Word> words)
    {
        if (words.Count < 3)
            throw _lines.Wrong(words[^1], "RANGE_BEGIN takes the numbers of the first and the last step");
        var range = new ServerRange(_lines.Number, Number(words[1]), Number(words[2]), [], []);
        _lines.At++;
        while (_lines.HasMore)
        {
            List<Word> next = _lines.Peek();
            if (next.Count == 0)
                break;
            if (next[0].Is("RANGE_END"))
            {
                _lines.At++;
                return range;
            }

            if (next[0].Is("ENTRY_BEGIN"))
            {
                range.Entries.Add(_entries.Read());
                continue;
            }

            if (next[0].Is("ADDRESS"))
            {
                foreach (Word address in MatchWords.Split(next))
                    range.Addresses.Add(Address(address));
            }
            else if (!_entries.TryReadDirective(next))
            {
                throw _lines.Wrong(next[0], $"'{next[0].Text}' stands where ADDRESS, ENTRY_BEGIN or RANGE_END is expected");
            }

            _lines.At++;
        }

        throw _lines.AtEnd($"the range of line {range.Line} has no RANGE_END");
    }

    // Null: a step of a kind that is not there.
    private Step? ReadStep(List<Word> words)
    {
        if (words.Count < 3)
            throw _lines.Wrong(words[^1], "STEP takes a number and what happens, such as QUERY or CHECK_ANSWER");
        (int line, int number, Word what) = (_lines.Number, Number(words[1]), words[2]);
        List<Word> rest = words[3..];
        _lines.At++;
        if (s_unsupported.TryGetValue(what.Text, out string? reason))
        {
            SkipToNext();
            _missing ??= new Need(line, $"{what.Text.ToUpperInvariant()}: {reason}");
            return null;
        }

        if (!s_kinds.TryGetValue(what.Text, out StepKind kind))
            throw _lines.Wrong(what, $"'{what.Text}' is no step{Nearest.Question(what.Text, s_kinds.Keys)}");
        IpAddress? address = null;
        int named = rest.FindIndex(w => w.Is("ADDRESS"));
        if (named >= 0)
        {
            address = named + 1 < rest.Count ? Address(rest[named + 1]) : throw _lines.Wrong(rest[named], "ADDRESS takes an address");
            rest.RemoveRange(named, 2);
        }

        var step = new Step(line, number, kind) { Address = address, Text = string.Join(' ', rest.Select(w => w.Text)) };
        List<Word> next = _lines.Peek();
        if (next.Count > 1 && next[0].Is("ADDRESS"))
        {
            step = step with { Address = Address(next[1]) };
            _lines.At++;
            next = _lines.Peek();
        }

        if (next.Count > 0 && next[0].Is("ENTRY_BEGIN"))
            step.Entry = _entries.Read();
        if (kind is StepKind.Query && step.Entry is null)
            throw _lines.Wrong(what, $"{what.Text} needs an entry with what is asked");
        if (kind is StepKind.TimePasses && rest.Count == 0)
            throw _lines.Wrong(what, "TIME_PASSES takes ELAPSE and seconds, or EVAL and an expression");
        return step;
    }

    private void SkipToNext()
    {
        while (_lines.HasMore)
        {
            List<Word> words = _lines.Peek();
            if (words.Count == 0 || words[0].Is("STEP") || words[0].Is("SCENARIO_END") || words[0].Is("RANGE_BEGIN"))
                return;
            _lines.At++;
        }
    }

    private int Number(Word word) => int.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw _lines.Wrong(word, $"'{word.Text}' is not a number");

    private IpAddress Address(Word word) => IpAddress.TryParse(word.Text.Split('@')[0], out IpAddress address)
        ? address
        : throw _lines.Wrong(word, $"'{word.Text}' is not an address");
}
