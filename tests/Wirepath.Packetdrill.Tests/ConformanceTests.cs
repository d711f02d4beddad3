namespace Wirepath.Packetdrill.Tests;

/// <summary>Every script below Scripts/ is a test: its path names the RFC and what it checks.</summary>
public class ConformanceTests
{
    private static readonly string s_root = Path.Combine(AppContext.BaseDirectory, "Scripts");

    public static TheoryData<string> Scripts =>
        [.. Directory.EnumerateFiles(s_root, "*.pkt", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(s_root, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void The_host_does_what_the_script_says(string name)
    {
        string text = File.ReadAllText(Path.Combine(s_root, name));
        PacketdrillScript.TryParse(text, name, new PacketdrillSettings { StrictEchoes = true }, out PacketdrillScript? script, out ScriptError? error).ShouldBeTrue(error?.ToString());
        ScriptResult result = ScriptRunner.Run(script);
        result.ShouldBe(new ScriptPassed(Unasked: 0), result.ToString());
    }
}
