using System.CommandLine;
using Wirepath.Explain;

namespace Wirepath.Cli;

/// <summary>How a run is told: how much, in which language, as text or JSON, with a capture or without.</summary>
internal sealed class OutputOptions
{
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "The verdict only." };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Every segment with its numbers, states and windows." };
    private readonly Option<bool> _bytes = new("--bytes", "-vv") { Description = "Every byte: each packet peeled layer by layer." };
    private readonly Option<bool> _json = new("--json") { Description = "JSON lines on stdout instead of text: docs/json.md." };
    private readonly Option<string?> _pcap = new("--pcap") { Description = "Write a capture: one interface per link, each packet with its cause.", HelpName = "FILE" };
    private readonly Option<string?> _keyLog = new("--keylog")
    {
        Description = "Append the secrets of TLS connections to a file that Wireshark reads, as SSLKEYLOGFILE does. Given together with --pcap on the embedded internet, the capture carries them as well.",
        HelpName = "FILE",
    };

    private readonly Option<string> _language = LanguageOption();
    private readonly Option<string> _color = Bounded.Word("--color", "Colour of the story; NO_COLOR and TERM=dumb are honoured. [auto]", "auto", "always", "never");
    private readonly Option<bool> _ascii = new("--ascii") { Description = "Draw with ASCII characters only." };

    public static Option<string> LanguageOption() => Bounded.Word("--lang", "Language in which it is told: English or Chinese. [en]", "en", "zh");

    /// <summary>A server has no journey to tell: only its requests, or nothing.</summary>
    public void AddToServer(PathCommand command)
    {
        _quiet.Description = "Requests are not told.";
        command.AddGroup("What is told", _quiet, _json, _pcap, _language, _color, _ascii);
    }

    public void AddTo(PathCommand command, bool story = true) => command.AddGroup("What is told", story
        ? [_quiet, _verbose, _bytes, _json, _pcap, _keyLog, _language, _color, _ascii]
        : [_json, _pcap, _language, _color, _ascii]);

    public OutputChoice Read(ParseResult parsed) => new(
        parsed.GetValue(_bytes) ? Detail.Bytes : parsed.GetValue(_verbose) ? Detail.Engineer : parsed.GetValue(_quiet) ? Detail.Verdict : Detail.Story,
        parsed.GetValue(_json), parsed.GetValue(_pcap), parsed.GetValue(_keyLog), parsed.GetValue(_language) == "zh" ? Language.Chinese : Language.English, parsed.GetValue(_color)!, parsed.GetValue(_ascii));
}

internal sealed record OutputChoice(Detail Detail, bool Json, string? CaptureFile, string? KeyLogFile, Language Language, string Color, bool Ascii);
