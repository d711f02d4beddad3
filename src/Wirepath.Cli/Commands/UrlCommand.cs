using System.CommandLine;
using System.Text.Json;
using Wirepath.Explain;
using Wirepath.Http;
using Wirepath.Url;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath url TEXT</c>: what was typed, what it was taken for, and its parts.</summary>
internal static class UrlCommand
{
    /// <summary>Before the value of a row.</summary>
    private const int RemarkIndent = 13;

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
        // What the standard says is said of what was typed, unless that alone is no URL.
        string read = UrlRecord.TryParse(typed, out UrlRecord? direct) && direct.Href == fixedUp.Url ? typed : fixedUp.Url;
        var remarks = new List<UrlValidationError>();
        if (!UrlRecord.TryParse(read, null, remarks, out UrlRecord? url, out UrlFailure? failure))
        {
            if (json)
            {
                JsonLines.Write(shell.Output, "url", writer => WriteFailure(writer, typed, read, failure));
                return ExitCodes.Url;
            }

            shell.Error.WriteLine($"wirepath: {words.UrlWrong(failure)}");
            foreach (string line in Pointer.Lines(read, failure.Position, failure.Length, TerminalKind.ColumnsOf(shell, shell.ErrorIsTerminal) - 2))
                shell.Error.WriteLine("  " + line);
            return ExitCodes.Url;
        }

        UrlAnatomy anatomy = UrlAnatomy.Of(url, typed);
        if (json)
        {
            JsonLines.Write(shell.Output, "url", writer => WriteAnatomy(writer, anatomy, fixedUp, read, remarks));
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
            Remark(shell, read, remark, words);
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

    private static void Remark(Shell shell, string read, UrlValidationError remark, CommandWords words)
    {
        Row(shell, words.UrlRemark, $"{words.UrlTolerated(remark)} ({words.UrlAt(remark.Name, remark.Position + 1)})");
        foreach (string line in Pointer.Lines(read, remark.Position, remark.Length, TerminalKind.ColumnsOf(shell, shell.OutputIsTerminal) - RemarkIndent))
            Row(shell, "", line);
    }

    private static string PartName(UrlPart part) => CommandWords.For(Language.English).UrlLabel(part);

    private static void WriteFailure(Utf8JsonWriter writer, string typed, string read, UrlFailure failure)
    {
        writer.WriteString("typed", typed);
        writer.WriteString("read", read);
        writer.WriteStartObject("failure");
        writer.WriteString("name", failure.Name);
        writer.WriteNumber("position", failure.Position);
        writer.WriteNumber("length", failure.Length);
        if (failure.Idna != IdnaError.None)
            writer.WriteString("idna", failure.Idna.ToString());
        writer.WriteString("message", failure.Message);
        writer.WriteEndObject();
    }

    private static void WriteAnatomy(Utf8JsonWriter writer, UrlAnatomy anatomy, AddressBarFixUp fixedUp, string read, List<UrlValidationError> remarks)
    {
        writer.WriteString("typed", anatomy.Typed);
        writer.WriteString("read", read);
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
        {
            writer.WriteStartObject();
            writer.WriteString("name", remark.Name);
            writer.WriteNumber("position", remark.Position);
            writer.WriteNumber("length", remark.Length);
            if (remark.Idna != IdnaError.None)
                writer.WriteString("idna", remark.Idna.ToString());
            writer.WriteString("message", remark.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
