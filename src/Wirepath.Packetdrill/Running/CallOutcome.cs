namespace Wirepath.Packetdrill;

/// <summary>What a system call answered.</summary>
/// <param name="Value">Its result; -1 for an error.</param>
/// <param name="Errno">The error's name; null when there was none.</param>
/// <param name="Wrong">What else was not as the script says, such as the bytes that were read; null when all was.</param>
internal readonly record struct CallOutcome(long Value, string? Errno = null, string? Wrong = null)
{
    public static CallOutcome Error(string errno) => new(-1, errno);

    public override string ToString() => Wrong ?? (Errno is null ? FormattableString.Invariant($"{Value}") : FormattableString.Invariant($"{Value} {Errno}"));
}
