using Wirepath.Wire;

namespace Wirepath.Tcp;

/// <summary>The congestion controls by their Linux names.</summary>
public static class CongestionControls
{
    public const string Reno = "reno";
    public const string Cubic = "cubic";
    public const string Bbr = "bbr";

    public static readonly IReadOnlyList<string> Names = [Cubic, Reno, Bbr];

    public static bool IsKnown(string name) => Names.Contains(name);

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="cubic">What <see cref="Cubic"/> is set to.</param>
    /// <param name="isPaced">Segments will be spaced even where the control does not ask for it.</param>
    /// <param name="seed">Of what the control leaves to chance (BBR's waiting for the next probe).</param>
    /// <exception cref="ArgumentException">The name is not among <see cref="Names"/>.</exception>
    internal static CongestionControl Create(string name, CubicSettings cubic, bool isPaced, ulong seed) => name switch
    {
        Reno => new Reno(),
        Cubic => new Cubic(cubic, isPaced),
        Bbr => new Bbr(new RandomSource(seed)),
        _ => throw new ArgumentException($"'{name}' is not a congestion control; known are: {string.Join(", ", Names)}.", nameof(name)),
    };
}
