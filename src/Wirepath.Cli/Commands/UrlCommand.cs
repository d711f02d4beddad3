using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Wirepath.Explain;
using Wirepath.Http;
using Wirepath.Url;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath url TEXT</c>: what was typed, what it was taken for, and its parts.</summary>
internal static class UrlCommand
{
    public static PathCommand Create(Shell shell)
    {
        var text = new Argument<string>("URL") { Description = "What one would type into an address bar." };
        var strict = new Option<bool>("--strict") { Description = "Parse as the URL standard does, without the address bar's fix-up." };
        var json = new Option<bool>("--json") { Description = "One line of JSON." };
        Option<string> language = OutputOptions.LanguageOption();
        var command = new PathCommand("url", "Take a URL apart: each component as it is sent and as it is read.") { text };
        command.AddGroup("Options", strict, json, language);
        command.AddExample("url 'https://user@例子.中国:443/a%20b?q=1#top'", "Every part, what is sent of it, and what stays here.");
        command.AddExample("url example.com", "What an address bar makes of it.");
        command.AddExample("url http://1.2.3.4.5/", "What is wrong, and where.");
        command.SetAction(parsed => Run(shell, parsed.GetValue(text)!, parsed.GetValue(strict), parsed.GetValue(json),
            CommandWords.For(parsed.GetValue(language) == "zh" ? Language.Chinese : Language.English)));
        return command;
    }

    private static int Run(Shell shell, string typed, bool strict, bool json, CommandWords words)
    {
        AddressBarFixUp fixedUp = strict ? new AddressBarFixUp(typed, []) : AddressBar.FixUp(typed);
        var remarks = new List<UrlValidationError>();
        if (!UrlRecord.TryParse(fixedUp.Url, null, remarks, out UrlRecord? url, out UrlFailure? failure))
        {
            if (json)
                JsonLines.Write(shell.Output, "url", writer => WriteFailure(writer, typed, failure));
            else
                PointAt(shell, fixedUp.Url, failure.Position, words.UrlWrong(failure));
            return ExitCodes.Url;
        }

        UrlAnatomy anatomy = UrlAnatomy.Of(url, typed);
        if (json)
        {
            JsonLines.Write(shell.Output, "url", writer => WriteAnatomy(writer, anatomy, fixedUp, remarks));
            return ExitCodes.Success;
        }

        shell.Out.WriteLine(url.Href);
        shell.Out.WriteLine();
        foreach (UrlComponent part in anatomy.Components)
            Row(shell, words.UrlLabel(part.Part), Value(part, words));
        if (url.IsSpecial)
            Row(shell, words.UrlOrigin, url.Origin);
        if (fixedUp.Notes.Count + remarks.Count > 0)
            shell.Out.WriteLine();
        foreach (FixUpNote note in fixedUp.Notes)
            Row(shell, words.UrlChanged, words.UrlChange(note));
        foreach (UrlValidationError remark in remarks)
            Row(shell, words.UrlRemark, $"{remark.Message} ({words.UrlAt(remark.Name, remark.Position + 1)})");
        return ExitCodes.Success;
    }

    private static void Row(Shell shell, string label, string value) => shell.Out.WriteLine($"  {Columns.PadRight(label, 10)} {value}");

    private static string Value(UrlComponent part, CommandWords words) => part.Note switch
    {
        UrlComponentNote.DefaultPort => $"{part.Decoded}  ({words.UrlDefaultPort})",
        UrlComponentNote.InternationalisedName => $"{part.Decoded}  {words.UrlALabels(part.Raw)}",
        UrlComponentNote.AddressLiteral => $"{part.Decoded}  ({words.UrlAddress})",
        UrlComponentNote.PercentEncoded => $"{part.Decoded}  ← {part.Raw}",
        UrlComponentNote.None when part.Part == UrlPart.PathSegment => "/" + part.Decoded,
        UrlComponentNote.None when part.Part == UrlPart.Fragment => $"{part.Decoded}  ({words.UrlStaysHere})",
        UrlComponentNote.None => part.Decoded,
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };

    private static void PointAt(Shell shell, string text, int position, string message)
    {
        shell.Error.WriteLine($"wirepath: {message}");
        if (position < 0 || position > text.Length || text.Any(char.IsControl))
            return;
        shell.Error.WriteLine("  " + text);
        // Wide characters take two columns each.
        shell.Error.WriteLine("  " + new string(' ', Columns.Of(text[..position])) + "^");
    }

    private static string PartName(UrlPart part) => CommandWords.For(Language.English).UrlLabel(part);

    private static void WriteFailure(Utf8JsonWriter writer, string typed, UrlFailure failure)
    {
        writer.WriteString("typed", typed);
        writer.WriteStartObject("failure");
        writer.WriteString("name", failure.Name);
        writer.WriteNumber("position", failure.Position);
        writer.WriteString("message", failure.Message);
        writer.WriteEndObject();
    }

    private static void WriteAnatomy(Utf8JsonWriter writer, UrlAnatomy anatomy, AddressBarFixUp fixedUp, List<UrlValidationError> remarks)
    {
        writer.WriteString("typed", anatomy.Typed);
        writer.WriteString("href", anatomy.Url.Href);
        writer.WriteString("origin", anatomy.Url.Origin);
        writer.WriteStartArray("components");
        foreach (UrlComponent part in anatomy.Components)
        {
            writer.WriteStartObject();
            writer.WriteString("part", PartName(part.Part));
            writer.WriteString("raw", part.Raw);
            writer.WriteString("decoded", part.Decoded);
            writer.WriteNumber("start", part.Start);
            writer.WriteString("note", part.Note.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("changes");
        foreach (string change in fixedUp.Changes)
            writer.WriteStringValue(change);
        writer.WriteEndArray();
        writer.WriteStartArray("remarks");
        foreach (UrlValidationError remark in remarks)
            writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{remark.Name}@{remark.Position}: {remark.Message}"));
        writer.WriteEndArray();
    }
}
