using System.CommandLine;
using Wirepath.Explain;

namespace Wirepath.Cli;

/// <summary>How a run is told: how much, in which language, as text or JSON, with a capture or without.</summary>
internal sealed class OutputOptions
{
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "The verdict only." };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Every segment with its numbers, states and windows." };
    private readonly Option<bool> _bytes = new("--bytes", "-vv") { Description = "Every byte: each packet peeled layer by layer." };
    private readonly Option<bool> _json = new("--json") { Description = "The events and the journey as JSON lines on stdout, instead of text." };
    private readonly Option<string?> _pcap = new("--pcap") { Description = "Write a capture: one interface per link, each packet with its cause.", HelpName = "FILE" };
    private readonly Option<string> _language = new("--lang") { Description = "Language of the story.", HelpName = "en|zh", DefaultValueFactory = _ => "en" };
    private readonly Option<string> _color = new("--color") { Description = "Colour of the story; NO_COLOR is honoured.", HelpName = "auto|always|never", DefaultValueFactory = _ => "auto" };
    private readonly Option<bool> _ascii = new("--ascii") { Description = "Draw with ASCII characters only." };

    public OutputOptions()
    {
        _language.AcceptOnlyFromAmong("en", "zh");
        _color.AcceptOnlyFromAmong("auto", "always", "never");
    }

    public void AddTo(Command command, bool story = true)
    {
        if (story)
        {
            foreach (Option option in new Option[] { _quiet, _verbose, _bytes })
                command.Options.Add(option);
        }

        foreach (Option option in new Option[] { _json, _pcap, _language, _color, _ascii })
            command.Options.Add(option);
    }

    public OutputChoice Read(ParseResult parsed) => new(
        parsed.GetValue(_bytes) ? Detail.Bytes : parsed.GetValue(_verbose) ? Detail.Engineer : parsed.GetValue(_quiet) ? Detail.Verdict : Detail.Story,
        parsed.GetValue(_json), parsed.GetValue(_pcap), parsed.GetValue(_language) == "zh", parsed.GetValue(_color)!, parsed.GetValue(_ascii));
}


internal sealed record OutputChoice(Detail Detail, bool Json, string? CaptureFile, bool Chinese, string Color, bool Ascii);
