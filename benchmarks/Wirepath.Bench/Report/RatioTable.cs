using System.Globalization;
using System.Text;

namespace Wirepath.Bench;

/// <summary>A part's result as aligned text.</summary>
internal static class RatioTable
{
    private const int Gap = 2;

    public static string Draw(PartResult result)
    {
        var lines = new List<string[]>();
        if (result.Rows.Count > 0)
        {
            lines.Add(["", .. result.Part.Figures.Select(figure => figure.Title), "spread", .. result.Part.References.Select(reference => reference.Title), .. result.HasYardsticks ? (string[])["÷ Linux", "goal"] : []]);
            foreach (RowResult row in result.Rows)
            {
                lines.Add(
                [
                    "  " + row.Row.Title,
                    .. result.Part.Figures.Select((figure, i) => Number(result.Figure(row, i), figure.Format)),
                    Number(result.Spread(row), "0 %"),
                    .. result.Part.References.Select(reference => Number(result.Ratio(row, reference), "0.00")),
                    .. result.HasYardsticks ? (string[])[Number(result.YardstickRatio(row), "0.00"), Number(row.Row.Yardstick?.Goal ?? double.NaN, "0.0")] : [],
                ]);
            }
        }

        var text = new StringBuilder();
        text.AppendLine().AppendLine(result.Part.Title);
        int[] widths = lines.Count == 0 ? [] : [.. Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
        {
            text.Append(line[0].PadRight(widths[0]));
            for (int i = 1; i < line.Length; i++)
                text.Append(line[i].PadLeft(widths[i] + Gap));
            text.AppendLine();
        }

        foreach (string failure in result.Failures)
            text.AppendLine(CultureInfo.InvariantCulture, $"  not measured: {failure}");
        if (result.LeftOut is { } reason)
            text.AppendLine(CultureInfo.InvariantCulture, $"  left out: {reason}");
        return text.ToString().TrimEnd();
    }

    private static string Number(double value, string format) =>
        double.IsNaN(value) || double.IsInfinity(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);
}
