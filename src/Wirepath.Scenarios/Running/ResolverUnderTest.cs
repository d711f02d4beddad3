using Wirepath.Dns;
using Wirepath.Events;
using Wirepath.Wire;

namespace Wirepath.Scenarios;

/// <summary>The resolver that a scenario's configuration describes.</summary>
internal static class ResolverUnderTest
{
    public static IDnsResponder Create(ScenarioConfiguration configuration, IDnsTransport transport, TimeProvider time)
    {
        ResolverConfiguration read = configuration.Settings;
        (DomainName, IpAddress)[] root = [.. read.StubZones.Where(z => z.Name.IsRoot)
            .SelectMany(z => z.Servers.Select(s => (DomainName.Parse("root-servers.test"), s.Endpoint.Address)))];
        RootHints hints = root.Length > 0 ? RootHints.Of(root) : RootHints.Internet;
        return new RecursiveResolver(hints, read.Settings, new RrsetCache(read.Cache), transport, NodeLog.Silent, time, new RandomSource(1));
    }
}
