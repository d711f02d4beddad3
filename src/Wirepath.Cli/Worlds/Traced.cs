using Wirepath.Dns;

namespace Wirepath.Cli;

/// <summary>What is known of where an answer came from.</summary>
/// <param name="By">The node that knows: the provider's resolver, or this host, which iterates itself.</param>
/// <param name="Answer">What it knows; null when it knows nothing of the question.</param>
internal sealed record Traced(string By, NameAnswer? Answer);
