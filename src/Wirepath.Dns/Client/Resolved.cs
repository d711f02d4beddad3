using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Dns;

/// <summary>One value of an answer.</summary>
/// <param name="Name">Owner: where the aliases led.</param>
/// <param name="Data">What the record says.</param>
/// <param name="Ttl">Seconds that are left.</param>
/// <param name="Origin">Who gave it; null when the resolver cannot say.</param>
public readonly record struct ResolvedRecord<T>(DomainName Name, T Data, int Ttl, SetProvenance? Origin);

/// <summary>What came of a look-up by an application. A failure is a value: <see cref="EnsureSucceeded"/> makes an exception of it.</summary>
/// <param name="Asked">The name as it was typed.</param>
/// <param name="Answers">What was asked in the end: one answer, or two where both families were. The name in them is the absolute one.</param>
/// <param name="Records">Values of the type; without aliases.</param>
public sealed record Resolved<T>(string Asked, IReadOnlyList<NameAnswer> Answers, IReadOnlyList<ResolvedRecord<T>> Records)
{
    public bool Succeeded => Records.Count > 0;

    /// <summary><see cref="NameFailure.None"/> when there are records.</summary>
    public NameFailure Failure => Succeeded ? NameFailure.None : Decisive.Failure;

    /// <summary>On failure: what was tried, with whom, what came back. Empty on success.</summary>
    public string Explanation => Succeeded ? "" : Decisive.Explanation;

    /// <summary>The absolute name that was found, or the first that was looked for.</summary>
    public DomainName Name => Answers.FirstOrDefault(answer => answer.Succeeded)?.Name ?? Answers[0].Name;

    /// <summary>Seconds for which the whole holds, aliases included; 0 without records.</summary>
    public int Ttl => Succeeded ? Answers.Where(answer => answer.Succeeded).Min(answer => answer.Ttl) : 0;

    /// <summary>Every answer in it was verified.</summary>
    public bool IsAuthenticated => Answers.All(answer => answer.IsAuthenticated);

    // That a name has no records of one family says less than that servers failed for the other.
    private NameAnswer Decisive => Answers.FirstOrDefault(answer => answer.Failure is not (NameFailure.None or NameFailure.NoSuchType)) ?? Answers[0];

    /// <returns>The same.</returns>
    /// <exception cref="NameResolutionException">There are no records.</exception>
    public Resolved<T> EnsureSucceeded() => Succeeded ? this : throw new NameResolutionException(Asked, Failure, Explanation);
}

/// <summary>A name could not be resolved, and the program asked to be told so by an exception.</summary>
public sealed class NameResolutionException(string name, NameFailure failure, string explanation)
    : Exception($"'{name}' could not be resolved: {(explanation.Length > 0 ? explanation : failure.ToString())}.")
{
    public NameFailure Failure { get; } = failure;
}
