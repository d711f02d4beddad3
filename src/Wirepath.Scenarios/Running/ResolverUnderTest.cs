using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>The resolver that a scenario's configuration describes.</summary>
internal static class ResolverUnderTest
{
    public static RecursiveResolver Create(ScenarioConfiguration configuration, IDnsTransport transport, TimeProvider time)
    {
        ResolverConfiguration read = configuration.Settings;
        return new RecursiveResolver(
            read, RootHints.Internet, new ResolverCache(read.Cache), transport, NodeLog.Silent, time, new RandomSource(1));
    }
}
