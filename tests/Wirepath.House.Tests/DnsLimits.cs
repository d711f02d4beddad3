using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Wirepath.Dns;
using Wirepath.Resolver;

namespace Wirepath.House.Tests;

/// <summary>
/// docs/dns-limits.md has every number of the DNS settings, with what its documentation says of unit and reason. After a
/// change on purpose: <c>WIREPATH_UPDATE_API=1 ./test House</c> writes the tables anew.
/// </summary>
public sealed partial class DnsLimits
{
    private const string Marker = "<!-- From here on written by the tests, out of the settings' own documentation. -->";

    private static readonly (string Title, Type Settings)[] s_tables =
    [
        ("Resolver", typeof(ResolverSettings)),
        ("Cache", typeof(CacheSettings)),
        ("Forwarder", typeof(ForwarderSettings)),
        ("Authoritative server", typeof(AuthoritativeSettings)),
        ("Server on the operating system's sockets", typeof(ServerSettings)),
    ];

    [Fact]
    public void Stand_in_the_docs_with_their_defaults_and_reasons()
    {
        string file = Path.Combine(Repository.Root, "docs", "dns-limits.md");
        string page = File.ReadAllText(file);
        int at = page.IndexOf(Marker, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0, $"{file} has no line '{Marker}'");
        string expected = page[..at] + Tables();
        if (Environment.GetEnvironmentVariable("WIREPATH_UPDATE_API") == "1")
            File.WriteAllText(file, page = expected);
        page.ShouldBe(expected, "a limit changed; if on purpose: WIREPATH_UPDATE_API=1 ./test House");
    }

    private static string Tables()
    {
        var text = new StringBuilder().Append(Marker).Append('\n');
        foreach ((string title, Type settings) in s_tables)
        {
            XDocument documentation = XDocument.Load(Path.ChangeExtension(settings.Assembly.Location, ".xml"));
            object defaults = Activator.CreateInstance(settings)!;
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}: `{settings.Name}`\n\n| setting | default | |\n|---|---|---|\n");
            foreach (PropertyInfo property in settings.GetProperties().Where(p => IsLimit(p.PropertyType)).OrderBy(p => p.Name, StringComparer.Ordinal))
            {
                string summary = Summary(documentation, $"P:{settings.FullName}.{property.Name}");
                summary.ShouldNotBeEmpty($"{settings.Name}.{property.Name} says nothing of its unit and reason");
                text.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {Value(property.GetValue(defaults))} | {summary} |\n");
            }
        }

        return text.ToString();
    }

    private static bool IsLimit(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(ushort) || type == typeof(double)
        || type == typeof(TimeSpan) || type == typeof(IReadOnlyList<int>);

    private static string Value(object? value) => value switch
    {
        TimeSpan { Ticks: 0 } => "0",
        TimeSpan span when span < TimeSpan.FromSeconds(10) && span.TotalMilliseconds % 1000 != 0 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.###} ms"),
        TimeSpan span when span.TotalDays >= 1 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.##} d"),
        TimeSpan span when span.TotalHours >= 1 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.##} h"),
        TimeSpan span when span.TotalMinutes >= 2 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.##} min"),
        TimeSpan span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s"),
        IEnumerable list and not string => string.Join(' ', list.Cast<object>()),
        IFormattable number => number.ToString("#,0.###", CultureInfo.InvariantCulture),
        _ => "",
    };

    private static string Summary(XDocument documentation, string member)
    {
        XElement? summary = documentation.Descendants("member").FirstOrDefault(m => m.Attribute("name")?.Value == member)?.Element("summary");
        if (summary is null)
            return "";
        var text = new StringBuilder();
        foreach (XNode node in summary.Nodes())
        {
            text.Append(node switch
            {
                XElement { Name.LocalName: "see" } see => "`" + see.Attribute("cref")!.Value.Split('.')[^1] + "`",
                XElement element => element.Value,
                _ => node.ToString(),
            });
        }

        return Blanks().Replace(text.ToString(), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
