namespace Wirepath.Url;

/// <summary>A validation error of a host.</summary>
/// <param name="Name">As the standard names it.</param>
/// <param name="Index">UTF-16 index into the host as it was handed in.</param>
/// <param name="Length">How many UTF-16 units are at fault from there; 0 when something is missing there.</param>
/// <param name="Detail">The offending text; empty when something is missing.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Idna">When UTS 46 found it: what.</param>
internal readonly record struct HostProblem(string Name, int Index, int Length, string Detail, string Message, IdnaError Idna = IdnaError.None);
