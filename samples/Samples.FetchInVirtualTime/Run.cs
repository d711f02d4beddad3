using Wirepath.Events;
using Wirepath.Explain;
using Wirepath.Http;

namespace Samples.FetchInVirtualTime;

/// <summary>What one run gave.</summary>
internal sealed record Run(FetchResult Result, byte[] Body, IReadOnlyList<Event> Events, Journey Journey);
