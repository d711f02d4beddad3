namespace Wirepath.Tcp;

/// <summary>The congestion controls by their Linux names.</summary>
public static class CongestionControls
{
    public const string Reno = "reno";

    public static readonly IReadOnlyList<string> Names = [Reno];

    public static bool IsKnown(string name) => Names.Contains(name);

    /// <exception cref="ArgumentException">The name is not among <see cref="Names"/>.</exception>
    internal static CongestionControl Create(string name) => name switch
    {
        Reno => new Reno(),
        _ => throw new ArgumentException($"'{name}' is not a congestion control; known are: {string.Join(", ", Names)}.", nameof(name)),
    };
}
