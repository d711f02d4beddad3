namespace Wirepath.Url;

/// <summary>What is wrong with a host, and where in the text that was handed to the host parser.</summary>
internal sealed record HostProblem(string Name, int Index, string Detail, string Message);

/// <summary>A host in its serialised form, or the reason why it is none.</summary>
internal readonly record struct HostResult(string Host, HostKind Kind, HostProblem? Failure, IReadOnlyList<HostProblem> Tolerated)
{
    public static HostResult Of(string host, HostKind kind) => new(host, kind, null, []);

    public static HostResult Fail(string name, int index, string detail, string message) => new("", HostKind.None, new HostProblem(name, index, detail, message), []);
}
