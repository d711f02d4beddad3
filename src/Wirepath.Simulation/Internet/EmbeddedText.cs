using System.Text;

namespace Wirepath.Simulation;

/// <summary>Zone files and pages, which are resources of this assembly under their paths: <c>Zones/root.zone</c>, <c>Pages/index.html</c>.</summary>
internal static class EmbeddedText
{
    public static bool Exists(string name) => typeof(EmbeddedText).Assembly.GetManifestResourceInfo(name) is not null;

    public static byte[] Bytes(string name)
    {
        using Stream stream = typeof(EmbeddedText).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"There is no resource '{name}'.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public static string Text(string name) => Encoding.UTF8.GetString(Bytes(name));
}
