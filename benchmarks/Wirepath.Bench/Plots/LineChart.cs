using System.Globalization;
using System.Text;

namespace Wirepath.Bench;

/// <summary>A line of a chart: one y for each x.</summary>
internal sealed record ChartSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>Lines over a common x, as SVG text that reads on light and on dark paper: no background, medium grey axes.</summary>
internal sealed record LineChart(string Title, string XTitle, string YTitle, IReadOnlyList<ChartSeries> Series)
{
    private const int Width = 760;
    private const int Height = 260;
    private const int Left = 64;
    private const int Right = 16;
    private const int Top = 34;
    private const int Bottom = 44;
    private const int TicksWanted = 6;

    // Told apart with colour-blind eyes as well (Okabe and Ito).
    private static readonly string[] s_colours = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999933", "#8877CC"];

    /// <summary>Areas stacked on each other instead of lines: shares of a whole.</summary>
    public bool IsStacked { get; init; }

    public string ToSvg()
    {
        double mostX = Series.Max(series => series.X.Count == 0 ? 0 : series.X[^1]);
        double[][] tops = Tops();
        double mostY = Math.Max(tops.Max(line => line.DefaultIfEmpty().Max()), 1e-9);
        double step = Step(mostY);
        mostY = Math.Ceiling(mostY / step) * step;
        var svg = new StringBuilder();
        svg.Append(Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="11" fill="#808080">""")).Append('\n');
        svg.Append(Invariant($"""<text x="{Left}" y="16" font-size="13" font-weight="bold">{Escape(Title)}</text>""")).Append('\n');
        DrawAxes(svg, mostX, mostY, step);
        for (int i = 0; i < Series.Count; i++)
            DrawSeries(svg, i, tops, mostX, mostY);
        DrawLegend(svg);
        return svg.Append("</svg>\n").ToString();
    }

    // Y of each line; stacked ones stand on those before.
    private double[][] Tops()
    {
        double[][] tops = [.. Series.Select(series => series.Y.ToArray())];
        for (int i = 1; IsStacked && i < tops.Length; i++)
        {
            for (int j = 0; j < tops[i].Length; j++)
                tops[i][j] += tops[i - 1][j];
        }

        return tops;
    }

    private static void DrawAxes(StringBuilder svg, double mostX, double mostY, double step)
    {
        for (double y = 0; y <= mostY + (step / 2); y += step)
        {
            svg.Append(Invariant($"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(y, mostY):0.#}" y2="{Y(y, mostY):0.#}" stroke="#808080" stroke-opacity="0.25"/>"""));
            svg.Append(Invariant($"""<text x="{Left - 6}" y="{Y(y, mostY) + 4:0.#}" text-anchor="end">{y:0.###}</text>""")).Append('\n');
        }

        double stepX = Step(mostX);
        for (double x = 0; x <= mostX + (stepX / 1000); x += stepX)
            svg.Append(Invariant($"""<text x="{X(x, mostX):0.#}" y="{Height - Bottom + 16}" text-anchor="middle">{x:0.###}</text>""")).Append('\n');
    }

    private void DrawSeries(StringBuilder svg, int index, double[][] tops, double mostX, double mostY)
    {
        ChartSeries series = Series[index];
        string colour = s_colours[index % s_colours.Length];
        svg.Append(IsStacked
            ? Invariant($"""<polygon fill="{colour}" fill-opacity="0.75" points='""")
            : Invariant($"""<polyline fill="none" stroke="{colour}" stroke-width="1.2" points='"""));
        for (int i = 0; i < series.X.Count; i++)
            svg.Append(Invariant($"{X(series.X[i], mostX):0.#},{Y(tops[index][i], mostY):0.#} "));
        for (int i = series.X.Count - 1; IsStacked && i >= 0; i--)
            svg.Append(Invariant($"{X(series.X[i], mostX):0.#},{Y(index == 0 ? 0 : tops[index - 1][i], mostY):0.#} "));
        svg.Append("'/>\n");
    }

    private void DrawLegend(StringBuilder svg)
    {
        svg.Append(Invariant($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 8}" text-anchor="middle">{Escape(XTitle)}</text>"""));
        svg.Append(Invariant($"""<text transform="translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">{Escape(YTitle)}</text>""")).Append('\n');
        int x = Width - Right;
        for (int i = Series.Count - 1; i >= 0; i--)
        {
            x -= 14 + (7 * Series[i].Name.Length);
            svg.Append(Invariant($"""<rect x="{x}" y="8" width="9" height="9" fill="{s_colours[i % s_colours.Length]}"/><text x="{x + 12}" y="16">{Escape(Series[i].Name)}</text>""")).Append('\n');
        }
    }

    private static double X(double x, double most) => Left + (x / Math.Max(most, 1e-9) * (Width - Left - Right));

    private static double Y(double y, double most) => Height - Bottom - (y / most * (Height - Top - Bottom));

    // 1, 2 or 5 times a power of ten.
    private static double Step(double most)
    {
        double rough = Math.Max(most, 1e-9) / TicksWanted;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text) => System.Security.SecurityElement.Escape(text);
}
