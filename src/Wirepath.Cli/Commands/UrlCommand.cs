using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Wirepath.Http;
using Wirepath.Url;

namespace Wirepath.Cli.Commands;

/// <summary><c>wirepath url TEXT</c>: what was typed, what it was taken for, and its parts.</summary>
internal static class UrlCommand
{
    public static Command Create()
    {
        var text = new Argument<string>("URL") { Description = "What one would type into an address bar." };
        var strict = new Option<bool>("--strict") { Description = "Parse as the URL standard does, without the address bar's fix-up." };
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Command("url", "Take a URL apart: each component as it is sent and as it is read.") { text, strict, json };
        command.SetAction(parsed => Run(parsed.GetValue(text)!, parsed.GetValue(strict), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string typed, bool strict, bool json)
    {
        AddressBarFixUp fixedUp = strict ? new AddressBarFixUp(typed, []) : AddressBar.FixUp(typed);
        var remarks = new List<UrlValidationError>();
        if (!UrlRecord.TryParse(fixedUp.Url, null, remarks, out UrlRecord? url, out UrlFailure? failure))
        {
            if (json)
                WriteJson(writer => WriteFailure(writer, typed, failure));
            else
                PointAt(fixedUp.Url, failure.Position, failure.Message);
            return ExitCodes.Url;
        }

        UrlAnatomy anatomy = UrlAnatomy.Of(url, typed);
        if (json)
        {
            WriteJson(writer => WriteAnatomy(writer, anatomy, fixedUp, remarks));
            return ExitCodes.Success;
        }

        Console.Out.WriteLine(url.Href);
        Console.Out.WriteLine();
        foreach (UrlComponent part in anatomy.Components)
            Console.Out.WriteLine($"  {Label(part.Part),-10} {Value(part)}");
        if (url.IsSpecial)
            Console.Out.WriteLine($"  {"origin",-10} {url.Origin}");
        foreach (string change in fixedUp.Changes)
            Console.Out.WriteLine($"\n  changed    {change}");
        foreach (UrlValidationError remark in remarks)
            Console.Out.WriteLine($"\n  remark     {remark.Message} ({remark.Name}, at character {remark.Position + 1})");
        return ExitCodes.Success;
    }

    private static string Label(UrlPart part) => part switch
    {
        UrlPart.Scheme => "scheme",
        UrlPart.Username => "user",
        UrlPart.Password => "password",
        UrlPart.Host => "host",
        UrlPart.Port => "port",
        UrlPart.PathSegment => "path",
        UrlPart.OpaquePath => "path",
        UrlPart.QueryPair => "query",
        UrlPart.Fragment => "fragment",
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };

    private static string Value(UrlComponent part) => part.Note switch
    {
        UrlComponentNote.DefaultPort => $"{part.Decoded}  (the scheme's default, not sent)",
        UrlComponentNote.InternationalisedName => $"{part.Decoded}  → {part.Raw} (A-labels, what DNS is asked)",
        UrlComponentNote.AddressLiteral => $"{part.Decoded}  (an address: nothing to look up)",
        UrlComponentNote.PercentEncoded => $"{part.Decoded}  ← {part.Raw}",
        UrlComponentNote.None when part.Part == UrlPart.PathSegment => "/" + part.Decoded,
        UrlComponentNote.None when part.Part == UrlPart.Fragment => $"{part.Decoded}  (stays here, is never sent)",
        UrlComponentNote.None => part.Decoded,
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };

    private static void PointAt(string text, int position, string message)
    {
        Console.Error.WriteLine($"wirepath: {message}");
        if (position >= 0 && position <= text.Length && !text.AsSpan().ContainsAny('\r', '\n'))
        {
            Console.Error.WriteLine("  " + text);
            Console.Error.WriteLine("  " + new string(' ', position) + "^");
        }
    }

    private static void WriteJson(Action<Utf8JsonWriter> content)
    {
        using Stream output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("wirepath", 1);
            writer.WriteString("type", "url");
            content(writer);
            writer.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

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
            writer.WriteString("part", Label(part.Part));
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
